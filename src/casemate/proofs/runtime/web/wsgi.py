"""A request handed to a WSGI callable as a server does it. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import io
import sys
from urllib.parse import unquote_to_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .request import Request

MOST = 256 << 10  # bytes of an answer's body


def environ(request: Request) -> dict[str, Any]:
    """The environment of a request."""
    path, _, query = request.target.partition("?")
    host = request.header("Host") or "localhost"
    made: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request.target,
        "RAW_URI": request.target,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "40000",
        "CONTENT_LENGTH": str(len(request.body)) if request.body or request.method in ("POST", "PUT", "PATCH") else "",
        "CONTENT_TYPE": "",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            made[key] = value
        elif key == "COOKIE" and "HTTP_COOKIE" in made:
            made["HTTP_COOKIE"] += "; " + value
        else:
            made["HTTP_" + key] = value
    return made


def call(application: Any, made: dict[str, Any]) -> dict[str, Any]:
    """Call it, and take in what it answers. An exception of the application is the answer's `error`."""
    answer: dict[str, Any] = {"status": 0, "headers": [], "body": b"", "error": ""}

    def write(data: bytes) -> None:
        answer["body"] = (answer["body"] + data)[:MOST]

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        answer["status"] = int(status.split(" ", 1)[0])
        answer["headers"] = [[str(key), str(value)] for key, value in headers]
        return write

    try:
        result = application(made, start)
        try:
            size = len(answer["body"])
            for piece in result:
                size += len(piece)
                write(piece)
                if size >= MOST:
                    break
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
    except Exception as error:
        answer["error"] = said(error)
    return answer


def said(error: BaseException) -> str:
    """An exception as `Type: text`."""
    try:
        return f"{type(error).__name__}: {error}"[:2000]
    except Exception:
        return type(error).__name__
