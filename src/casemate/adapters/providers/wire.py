"""One HTTP request to a provider, and whatever comes of it: never a second request, never another address.

The standard library's client follows no redirect, tries nothing again, takes no proxy, cookie or credential from its
surroundings, and unpacks nothing. What it lacks is a limit on the whole: here every read and write has what is left of one
deadline, so that a server that sends a byte now and then gains nothing, and the body is read up to a size and no further.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, IncompleteRead
from typing import Any, Protocol
from urllib.parse import urlsplit

from casemate.model.errors import UserError

PIECE = 65_536  # bytes that are read at once


class End(StrEnum):
    """Why there is no response."""

    UNREACHABLE = "unreachable"  # nothing was sent
    STALLED = "stalled"
    CUT = "cut"
    ENDLESS = "endless"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole response. wait: seconds that it asks to be left alone for (Retry-After, RFC 9110 §10.2.3), 0 for none."""

    status: int
    kind: str
    body: bytes
    wait: int = 0
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """No whole response. detail: ours or the operating system's words, never the server's."""

    why: End
    detail: str


class Waiting(Protocol):
    """Tells the time that is left."""

    def __call__(self) -> float:
        """Seconds; raises TimeoutError when there are none."""


def checked(url: str) -> str:
    """A base address as it was written. Raises UserError for what cannot be one."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or any(mark in url for mark in " \\@?#"):
        raise UserError(
            "the model's address is no http or https address without credentials, query and fragment",
            "write it as the provider does, such as https://llm.example/v1 or http://127.0.0.1:11434/v1",
        )
    return url


def is_here(url: str) -> bool:
    """Whether the address names this very machine, by number or as localhost."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())


def post(url: str, headers: dict[str, str], body: bytes, *, patience: float, most: int) -> Response | Broken:
    """Send one request. patience: seconds for all of it, but for looking up the name, which takes as long as the system's
    resolver does. most: bytes of the response's body. Raises nothing for what a server does."""
    ends = time.monotonic() + patience
    parts = urlsplit(url)

    def left() -> float:
        if (rest := ends - time.monotonic()) <= 0:
            raise TimeoutError
        return rest

    sock = None
    try:
        sock = _connected(parts.hostname or "", parts.port, parts.scheme == "https", left)
    except TimeoutError:
        return Broken(why=End.UNREACHABLE, detail=f"no connection within {patience:g} s")
    except (OSError, UnicodeError) as error:
        return Broken(why=End.UNREACHABLE, detail=_words(error))
    try:
        connection = _Connection(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        connection.sock = _Limited(sock, left)
        connection.request("POST", parts.path or "/", body, {**headers, "Connection": "close"})
        return _read(connection, left, most)
    except TimeoutError:
        return Broken(why=End.STALLED, detail=f"no whole answer within {patience:g} s")
    except OSError as error:  # RemoteDisconnected among them
        return Broken(why=End.CUT, detail=_words(error))
    except HTTPException as error:
        why = End.CUT if isinstance(error, IncompleteRead) else End.MALFORMED
        return Broken(why=why, detail=f"not HTTP as it should be ({type(error).__name__})")
    except ValueError as error:  # a chunk's or a header's number that is none
        return Broken(why=End.MALFORMED, detail=f"not HTTP as it should be ({type(error).__name__})")
    finally:
        sock.close()


def _connected(host: str, port: int | None, secure: bool, left: Waiting) -> socket.socket:
    sock = _opened(socket.getaddrinfo(host, port or (443 if secure else 80), type=socket.SOCK_STREAM), left)
    if not secure:
        return sock
    try:
        sock.settimeout(left())
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def _opened(places: list[Any], left: Waiting) -> socket.socket:
    """A connection to the first of these that takes one, all of them within the time."""
    fault = OSError(0, "it has no address")
    for family, kind, protocol, _, address in places:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left())
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            fault = error
    raise fault


def _read(connection: HTTPConnection, left: Waiting, most: int) -> Response | Broken:
    response = connection.getresponse()
    if response.getheader("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        return Broken(why=End.MALFORMED, detail="a packed answer, which was not asked for")
    pieces, size = [], 0
    while piece := response.read(min(PIECE, most + 1 - size)):
        left()
        pieces.append(piece)
        size += len(piece)
        if size > most:
            return Broken(why=End.ENDLESS, detail=f"more than {most:,} bytes")
    if response.length:
        return Broken(why=End.CUT, detail=f"{response.length:,} bytes of the answer are missing")
    wait = response.getheader("Retry-After", "").strip()
    return Response(
        status=response.status,
        kind=response.getheader("Content-Type", "").split(";")[0].strip().lower(),
        body=b"".join(pieces),
        wait=int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 7 else 0,
        location=response.getheader("Location", ""),
    )


def parsed(body: bytes) -> Any:
    """The JSON that a body is. Raises ValueError."""
    try:
        return json.loads(body.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested without end") from error


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    return getattr(error, "strerror", "") or type(error).__name__


class _Connection(HTTPConnection):
    """A connection whose socket is given."""

    def connect(self) -> None:
        """Not again: one connection, one request."""
        raise ConnectionError("the connection is gone")


class _Limited:
    """As much of a socket as the client uses, each use within what is left of the time."""

    def __init__(self, sock: socket.socket, left: Waiting) -> None:
        self._sock = sock
        self._left = left

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._left())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._left))

    def close(self) -> None:
        """Whoever opened the socket closes it, after the answer was read."""


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, left: Waiting) -> None:
        self._sock = sock
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._left())
        return self._sock.recv_into(buffer)
