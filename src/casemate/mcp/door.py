"""The door before the HTTP transport: who may come in is decided here, before the library sees a byte of the body.

An ASGI application around another. In this order: the Host and Origin headers (a web page whose name was made to lead to this
machine says its own name there: DNS rebinding), the token, the size. What is refused gets a status and one line, and is read on
for a while: a connection that is closed with bytes unread is reset, and the answer may be lost with it (RFC 9112, 9.6).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from anyio import move_on_after

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 1 << 20  # bytes of a request
READ_ON = 8 * MAX_BODY, 5.0  # bytes and seconds for which the body of what is refused is still read


class Door:
    """inner: the application. token: what a client must bear. hosts: the names under which it is reached, with the port, as the
    Host header has them."""

    def __init__(self, inner: App, *, token: str, hosts: Iterable[str]) -> None:
        self._inner = inner
        self._token = sha256(token.encode()).digest()
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
            return
        status, why = self.refusal(scope)
        if status:
            await _read_on(receive)
        else:
            body = await _body(receive)
            if body is not None:
                await self._inner(scope, _again(body, receive), send)
                return
            status, why = 413, f"a request has at most {MAX_BODY} bytes"
        answer = f"{why}\n".encode()
        headers = [
            (b"content-type", b"text/plain"),
            (b"content-length", b"%d" % len(answer)),
            (b"connection", b"close"),
        ]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and reason, before the body; 0 when it may come in."""
        if scope["type"] != "http":
            return 400, "HTTP only"
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        if [host.decode("latin-1").lower() for host in headers.get(b"host", ())] not in (
            [host] for host in self._hosts
        ):
            return 421, "this server is not reached under that name"
        if any(origin.decode("latin-1").lower() not in self._origins for origin in headers.get(b"origin", ())):
            return 403, "no page of another origin may ask"
        given = headers.get(b"authorization", [])
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        if scheme.lower() != b"bearer" or not compare_digest(sha256(token).digest(), self._token):
            return 401, "bear the token that this server was started with"
        for length in headers.get(b"content-length", ()):
            if not length.isdigit() or len(length) > 12 or int(length) > MAX_BODY:
                return 413, f"a request has at most {MAX_BODY} bytes"
        return 0, ""


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large."""
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return bytes(body)
        body += event.get("body", b"")
        if len(body) > MAX_BODY:
            if event.get("more_body", False):
                await _read_on(receive)
            return None
        if not event.get("more_body", False):
            return bytes(body)


async def _read_on(receive: Receive) -> None:
    """Take what a client still sends, so that it comes to read its answer."""
    left, seconds = READ_ON
    with move_on_after(seconds):
        while left > 0:
            event = await receive()
            left -= len(event.get("body", b""))
            if not event.get("more_body", False):
                return


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, then what comes after it."""
    told = False

    async def replayed() -> Event:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
