"""A request handed to an ASGI callable as a server does it, its start and end included.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from . import loops, wsgi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .request import Request

_VERSIONS = {"version": "3.0", "spec_version": "2.3"}
_STARTUP = 5.0  # seconds


def call(application: Any, request: Request) -> dict[str, Any]:
    """Call it, and take in what it answers. An exception of the application is the answer's `error`."""
    answer: dict[str, Any] = {"status": 0, "headers": [], "body": b"", "error": "", "session": {}, "notes": []}
    try:
        loops.run(_all(application, request, answer))
    except (Exception, asyncio.CancelledError) as error:
        answer["error"] = answer["error"] or wsgi.said(error)
    return answer


async def _all(application: Any, request: Request, answer: dict[str, Any]) -> None:
    state: dict[str, Any] = {}
    lifespan = _Lifespan(application, state)
    why = await lifespan.start()
    if why:
        answer["notes"].append(f"the application did not start: {why}")
    try:
        await _one(application, request, answer, state)
    finally:
        await lifespan.stop()


async def _one(application: Any, request: Request, answer: dict[str, Any], state: dict[str, Any]) -> None:
    path, _, query = request.target.partition("?")
    headers = [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in request.headers]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(len(request.body)).encode()))
    scope = {
        "type": "http",
        "asgi": _VERSIONS,
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 40000),
        "state": state,
    }
    sent = [False]

    async def receive() -> dict[str, Any]:
        if sent[0]:
            await asyncio.sleep(0)
            return {"type": "http.disconnect"}
        sent[0] = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = int(message["status"])
            told = message.get("headers", ())
            answer["headers"] = [[key.decode("latin-1"), value.decode("latin-1")] for key, value in told]
        elif message["type"] == "http.response.body":
            answer["body"] = (answer["body"] + message.get("body", b""))[: wsgi.MOST]

    try:
        await application(scope, receive, send)
    except Exception as error:
        answer["error"] = wsgi.said(error)


class _Lifespan:
    """Start and end of an application, in a task of their own."""

    def __init__(self, application: Any, state: dict[str, Any]) -> None:
        self._application = application
        self._state = state
        self._asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: Any = None

    async def start(self) -> str:
        """Why it did not start, "" when it did, or when it knows nothing of starting."""
        self._task = asyncio.ensure_future(self._run())
        await self._asked.put({"type": "lifespan.startup"})
        told = await self._next()
        return str(told.get("message") or "no reason given")[:200] if told["type"].endswith("failed") else ""

    async def stop(self) -> None:
        """Let it end."""
        if self._task.done():
            return
        await self._asked.put({"type": "lifespan.shutdown"})
        await self._next()
        self._task.cancel()

    async def _next(self) -> dict[str, Any]:
        waiting = asyncio.ensure_future(self._told.get())
        await asyncio.wait([waiting, self._task], timeout=_STARTUP, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        return {"type": "over"}

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": _VERSIONS, "state": self._state}
        try:
            await self._application(scope, self._asked.get, self._told.put)
        except Exception as error:
            await self._told.put({"type": "over", "message": wsgi.said(error)})
