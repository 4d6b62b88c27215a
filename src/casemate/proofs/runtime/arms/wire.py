"""Answers in the place of the network, so that a client gets as far as the line that matters, and tells how TLS was asked for.

There is no network in the sandbox. A name that nobody knows is an address of this machine, which a check of addresses finds to
be a private one; what connects there, or to an address that cannot be reached, is let in and the connection closed.
`tls.wrap`: a client's context was used, with its number, whether it asks for a certificate, and whether the name is compared;
`tls.open`: a context was told to ask for none. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os
import sys

from . import caller, late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

ADDRESS = "127.0.77.1"
_URLLIB3 = os.path.join("urllib3", "connection.py")


def arm(watch: Watch) -> None:
    """Wrap sockets and contexts when they are imported."""
    late.when("socket", functools.partial(_sockets, watch))
    late.when("ssl", functools.partial(_contexts, caller.Few(watch)))


def _sockets(watch: Watch, module: Any) -> None:
    ports: list[int] = []

    def port() -> int:
        """Of a listener that lets in and closes; made when first wanted, in the process that wants it."""
        if not ports:
            import threading

            listener = module.socket(module.AF_INET, module.SOCK_STREAM)
            listener.bind((ADDRESS, 0))
            listener.listen(16)
            ports.append(listener.getsockname()[1])

            def close() -> None:
                while True:
                    listener.accept()[0].close()

            threading.Thread(target=close, daemon=True).start()
        return ports[0]

    look, by_name, by_name_ex = module.getaddrinfo, module.gethostbyname, module.gethostbyname_ex

    @functools.wraps(look)
    def looked(host: Any, port: Any, *args: Any, **named: Any) -> Any:
        try:
            return look(host, port, *args, **named)
        except module.gaierror:
            if not watch.folder or not isinstance(host, (str, bytes)) or not host:
                raise
            number = port if isinstance(port, int) else int(port) if str(port).isdigit() else 443
            return [(module.AF_INET, module.SOCK_STREAM, 6, "", (ADDRESS, number))]

    @functools.wraps(by_name)
    def named(host: Any) -> Any:
        try:
            return by_name(host)
        except module.gaierror:
            if not watch.folder:
                raise
            return ADDRESS

    @functools.wraps(by_name_ex)
    def named_ex(host: Any) -> Any:
        try:
            return by_name_ex(host)
        except module.gaierror:
            if not watch.folder:
                raise
            return host, [], [ADDRESS]

    module.getaddrinfo, module.gethostbyname, module.gethostbyname_ex = looked, named, named_ex
    connect = module.socket.connect

    def connected(self: Any, address: Any) -> None:
        """Connect, where it cannot be there to the listener."""
        host = address[0] if isinstance(address, tuple) and address else ""
        if host == ADDRESS:
            connect(self, (ADDRESS, port()))
            return
        try:
            connect(self, address)
        except (BlockingIOError, InterruptedError):
            raise
        except OSError:
            here = not isinstance(host, str) or host.startswith(("127.", "localhost"))
            if not watch.folder or here or self.family != module.AF_INET or not self.type & module.SOCK_STREAM:
                raise
            connect(self, (ADDRESS, port()))

    module.socket.connect = connected


def _compared_later() -> bool:
    """Whether this is a connection of urllib3, which compares the name itself, unless it was told not to."""
    frame: Any = sys._getframe(3)
    for _ in range(6):
        if frame is None:
            return False
        if frame.f_code.co_name == "connect" and frame.f_code.co_filename.endswith(_URLLIB3):
            return getattr(frame.f_locals.get("self"), "assert_hostname", False) is not False
        frame = frame.f_back
    return False


def _contexts(few: caller.Few, module: Any) -> None:
    kind = module.SSLContext
    count = [0]

    def number(context: Any) -> int:
        known = context.__dict__.get("_number_for_the_watch")
        if known is None:
            count[0] += 1
            known = context.__dict__["_number_for_the_watch"] = count[0]
        return int(known)

    def tell(context: Any, server_side: Any) -> None:
        if not server_side:
            asks = context.verify_mode != module.CERT_NONE
            few.record("tls.wrap", (number(context), asks, bool(context.check_hostname) or _compared_later()))

    wrap, wrap_bio = kind.wrap_socket, kind.wrap_bio

    @functools.wraps(wrap)
    def wrapped(self: Any, sock: Any, server_side: bool = False, *args: Any, **named: Any) -> Any:
        tell(self, server_side)
        return wrap(self, sock, server_side, *args, **named)

    @functools.wraps(wrap_bio)
    def wrapped_bio(
        self: Any, incoming: Any, outgoing: Any, server_side: bool = False, *args: Any, **named: Any
    ) -> Any:
        tell(self, server_side)
        return wrap_bio(self, incoming, outgoing, server_side, *args, **named)

    kind.wrap_socket, kind.wrap_bio = wrapped, wrapped_bio
    for name, open_value in (("verify_mode", module.CERT_NONE), ("check_hostname", False)):
        own = getattr(kind, name)

        def changed(self: Any, value: Any, own: Any = own, open_value: Any = open_value) -> None:
            own.__set__(self, value)
            if value == open_value:
                few.record("tls.open", (number(self),))

        setattr(kind, name, property(own.__get__, changed))
