"""What the attempts are made on: servers on loopback, files, and a process of the test's own. All of it is removed again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from adapters.sandbox.machine import SYSTEM_PYTHON

_VICTIM = """
import ctypes, os, signal, sys
held = ctypes.create_string_buffer(sys.argv[2].encode())
signal.signal(signal.SIGWINCH, lambda *_: os.write(1, b"!"))
os.chdir(sys.argv[1])
open("secret.txt").fileno()
kept = open("secret.txt")
os.write(1, b"%d\\n" % ctypes.addressof(held))
os.read(0, 1)
"""
MARKER = "casemate-victim-process"


class Victim:
    """A process of this account that must not be reached. Counts the signals that it gets."""

    def __init__(self, folder: Path, secret: str) -> None:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, "-c", _VICTIM, str(folder), secret, MARKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"CASEMATE_SECRET": secret},
        )
        self.where = int(self._process.stdout.readline())
        self.pid = self._process.pid
        self._heard: int | None = None

    def signals(self) -> int:
        """How many signals it got; -1 when it did not live to say so. Ends it."""
        if self._heard is None:
            self._process.stdin.close()
            said = self._process.stdout.read()
            self._process.stdout.close()
            self._heard = said.count(b"!") if self._process.wait() == 0 else -1
        return self._heard


def _serve(server: socket.socket, answer: bytes, stop: threading.Event) -> None:
    server.settimeout(0.2)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError, OSError):
            if server.type == socket.SOCK_STREAM:
                client, _ = server.accept()
                with client:
                    client.recv(1)
                    client.sendall(answer)
            else:
                said, who = server.recvfrom(200)
                if who:
                    server.sendto((said[:2] + b"\x81\x80" + said[4:] if said[2:3] == b"\x01" else b"") + answer, who)


def _servers(folder: Path, target: Path) -> dict[str, socket.socket]:
    def bound(family: int, kind: int, address: object) -> socket.socket:
        server = socket.socket(family, kind)
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        return server

    name = f"casemate-{secrets.token_hex(8)}"
    found = {
        "tcp": bound(socket.AF_INET6, socket.SOCK_STREAM, ("::", 0)),
        "udp": bound(socket.AF_INET6, socket.SOCK_DGRAM, ("::", 0)),
        "unix": bound(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "stream.sock")),
        "unix_datagram": bound(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagram.sock")),
        "lent": bound(socket.AF_UNIX, socket.SOCK_STREAM, str(target / "s")),
        "lent_datagram": bound(socket.AF_UNIX, socket.SOCK_DGRAM, str(target / "d")),
        "abstract": bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{name}"),
        "abstract_datagram": bound(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{name}.d"),
    }
    if os.getuid() == 0:
        found["dns"] = bound(
            socket.AF_INET, socket.SOCK_DGRAM, (f"127.7.{secrets.randbelow(256)}.{secrets.randbelow(256)}", 53)
        )
    return found


def own_address() -> str:
    """An address of this machine beside loopback, or loopback's where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def _shared_segment(secret: str) -> tuple[int, int]:
    """A System V segment with the secret: key and id."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    key = secrets.randbits(30) | 1
    number = libc.shmget(ctypes.c_int(key), ctypes.c_size_t(4096), 0o1600)
    assert number >= 0, os.strerror(ctypes.get_errno())
    where = libc.shmat(number, None, 0)
    ctypes.memmove(where, secret.encode(), len(secret))
    libc.shmdt(ctypes.c_void_p(where))
    return key, number


def _remove_segment(number: int) -> None:
    ctypes.CDLL(None).shmctl(ctypes.c_int(number), 0, None)


@contextlib.contextmanager
def bait(folder: Path) -> Iterator[tuple[dict[str, object], Victim]]:
    """Everything in place, below a folder of the test's own; and the process."""
    secret = secrets.token_hex(16)
    hidden, target = folder / "hidden", folder / "target"
    for place in (hidden, target):
        place.mkdir()
    for name in ("secret.txt", "spare", "spare two", "spare three"):
        (hidden / name).write_text(secret)
    for name in ("module.py", "other.py"):
        (target / name).write_text("x = 1\n")
    shutil.copy("/usr/bin/id", target / "id")
    (target / "id").chmod(0o755)
    if os.getuid() == 0:
        os.chown(target / "id", 65534, 65534)
        (target / "id").chmod(0o4755)
    shared = Path("/dev/shm", f"casemate-{secrets.token_hex(8)}")
    shared.write_text(secret)
    inherited = os.open(hidden / "secret.txt", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    os.environ["CASEMATE_TEST_SECRET"] = secret
    os.mkfifo(target / "f")
    reader = os.open(target / "f", os.O_RDONLY | os.O_NONBLOCK)
    victim = Victim(hidden, secret)
    key, segment = _shared_segment(secret)
    servers = _servers(hidden, target)
    stop = threading.Event()
    threads = [threading.Thread(target=_serve, args=(server, secret.encode(), stop)) for server in servers.values()]
    for thread in threads:
        thread.start()
    try:
        yield (
            {
                "secret": secret,
                "path": str(hidden / "secret.txt"),
                "spare": str(hidden / "spare"),
                "spare_too": str(hidden / "spare two"),
                "spare_three": str(hidden / "spare three"),
                "folder": str(hidden),
                "target": str(target),
                "setuid": str(target / "id"),
                "shared": str(shared),
                "key": key,
                "victim": victim.pid,
                "where": victim.where,
                "marker": MARKER,
                "address": own_address(),
                "tcp": servers["tcp"].getsockname()[1],
                "resolver": servers["dns"].getsockname()[0] if "dns" in servers else "127.0.0.1",
                "udp": servers["udp"].getsockname()[1],
                "unix": servers["unix"].getsockname(),
                "unix_datagram": servers["unix_datagram"].getsockname(),
                "abstract": servers["abstract"].getsockname()[1:].decode(),
                "abstract_datagram": servers["abstract_datagram"].getsockname()[1:].decode(),
                "session": os.getsid(0),
                "root": os.getuid() == 0,
                "outside": False,
            },
            victim,
        )
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for server in servers.values():
            server.close()
        os.close(inherited)
        os.close(reader)
        shared.unlink()
        _remove_segment(segment)
        del os.environ["CASEMATE_TEST_SECRET"]
        victim.signals()
