"""A request written to a server of the framework's own, over a pair of sockets that are connected to one another.

No port is opened. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import http.client
import io
import logging
import socket

from . import wsgi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .request import Request

_MOST = wsgi.MOST + (64 << 10)


def pair() -> tuple[socket.socket, socket.socket]:
    """The server's end, and the client's."""
    server, client = socket.socketpair()
    server.setblocking(False)
    client.setblocking(False)
    return server, client


async def exchange(loop: Any, client: socket.socket, request: Request, answer: dict[str, Any]) -> None:
    """Send the request, and take in the answer until the other side closes."""
    await loop.sock_sendall(client, request.raw())
    data = b""
    while len(data) < _MOST:
        piece = await loop.sock_recv(client, 65536)
        if not piece:
            break
        data += piece
        if _complete(data):
            break
    read(data, request.method, answer)


def _complete(data: bytes) -> bool:
    """Whether an answer that tells its length is there, for servers that close late."""
    head, found, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n") if found else ():
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False


class _Held:
    """Bytes in the place of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BytesIO:
        """All of it."""
        return io.BytesIO(self._data)


def read(data: bytes, method: str, answer: dict[str, Any]) -> None:
    """Take an answer of HTTP apart; the server's clock is left out, so that two runs are alike."""
    response = http.client.HTTPResponse(_Held(data), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        answer["status"] = response.status
        answer["headers"] = [[key, value] for key, value in response.getheaders() if key.lower() != "date"]
        answer["body"] = response.read(wsgi.MOST)
    except http.client.IncompleteRead as error:
        answer["body"] = error.partial[: wsgi.MOST]
    except (http.client.HTTPException, OSError, ValueError) as error:
        answer["error"] = answer["error"] or f"no answer: {wsgi.said(error)}"


class Errors(logging.Handler):
    """Keeps the exceptions that a framework logs."""

    def __init__(self, *names: str) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []
        self._loggers = [logging.getLogger(name) for name in names]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.exc_info and record.exc_info[1] is not None:
            self.said.append(wsgi.said(record.exc_info[1]))

    def __enter__(self) -> Errors:
        for logger in self._loggers:
            logger.addHandler(self)
        return self

    def __exit__(self, *_told: object) -> None:
        for logger in self._loggers:
            logger.removeHandler(self)
