"""A server for tests, on the loopback interface, that speaks the providers' wire protocols, or whatever it is told to instead."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from casemate.adapters.providers.anthropic import Anthropic
from casemate.adapters.providers.openai import Compatible, OpenAI
from casemate.adapters.providers.provider import Provider


@dataclass
class Request:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: bytes = field(repr=False, default=b"")


STALL = object()
"""A step of an answer: nothing more comes until the server is closed."""

Steps = Iterable[object]


class Server:
    """Answers each request with the steps that `answer` gives for it: bytes to send, or STALL; then it closes the connection."""

    def __init__(self, answer: Callable[[Request], Steps], port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.tls = tls
        self.requests: list[Request] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The base address."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def die(self) -> None:
        """Nobody listens from now on, as after a kill: an answer may call it of itself."""
        with suppress(OSError):  # twice is as once
            self._listener.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it: nobody listens any more, and what stalls is let go."""
        self._closing.set()
        self.die()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, ExitStack() as secured:
            try:
                if self.tls is not None:
                    connection = secured.enter_context(self.tls.wrap_socket(connection, server_side=True))
                request = _read(connection)
                self.requests.append(request)
                for step in self.answer(request):
                    if step is STALL:
                        self._closing.wait()
                        return
                    connection.sendall(step)
            except (OSError, ValueError):
                return  # the client went away


def _read(connection: socket.socket) -> Request:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _piece(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += _piece(connection)
    return Request(first.split(" ")[1], headers, json.loads(body), data[: len(head)] + body)


def _piece(connection: socket.socket) -> bytes:
    """What came next. Raises ValueError when the client went away."""
    piece = connection.recv(65_536)
    if not piece:
        raise ValueError("no whole request")
    return piece


def http(status: int, body: Any, *, kind: str = "application/json", **headers: str) -> bytes:
    """A whole response."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


class ChatCompletions:
    """How OpenAI's protocol spells an answer."""

    path = "/chat/completions"
    usage_names = ("prompt_tokens", "completion_tokens")
    error_statuses = (400, 401, 403, 404, 429, 500, 503, 529)

    def __init__(self, make: type[Provider]) -> None:
        self.make = make

    def answer(self, text: Any = "fine", calls: Iterable[tuple[str, str, Any]] = (), usage: Any = (7, 3), **more: Any):
        """A body. calls: id, tool, and arguments as an object or as a text."""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": more.get("refusal")}
        if called := [
            {
                "id": i,
                "type": "function",
                "function": {"name": n, "arguments": a if isinstance(a, str) else json.dumps(a)},
            }
            for i, n, a in calls
        ]:
            message["tool_calls"] = called
        ended = "length" if more.get("cut") else "tool_calls" if called else "stop"
        stated = dict(zip(self.usage_names, usage, strict=True)) if isinstance(usage, tuple) else usage
        choice = {"index": 0, "message": message, "finish_reason": ended}
        return {"id": "x", "object": "chat.completion", "choices": [choice], "usage": stated}

    def error(self, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "some_error", "code": None}}

    def limit(self, body: dict[str, Any]) -> int:
        return body["max_completion_tokens" if self.make is OpenAI else "max_tokens"]

    def key(self, headers: dict[str, str]) -> str:
        return headers["authorization"].removeprefix("Bearer ")


class Messages:
    """How Anthropic's protocol spells an answer."""

    path = "/v1/messages"
    usage_names = ("input_tokens", "output_tokens")
    error_statuses = ChatCompletions.error_statuses
    make = Anthropic

    def answer(self, text: Any = "fine", calls: Iterable[tuple[str, str, Any]] = (), usage: Any = (7, 3), **more: Any):
        """A body. calls: id, tool, and arguments as an object."""
        content = [{"type": "text", "text": more.get("refusal") or text}] if text or more.get("refusal") else []
        content += [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in calls]
        ended = "refusal" if more.get("refusal") else "max_tokens" if more.get("cut") else "end_turn"
        stated = dict(zip(self.usage_names, usage, strict=True)) if isinstance(usage, tuple) else usage
        return {"type": "message", "role": "assistant", "content": content, "stop_reason": ended, "usage": stated}

    def error(self, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "some_error", "message": message}}

    def limit(self, body: dict[str, Any]) -> int:
        return body["max_tokens"]

    def key(self, headers: dict[str, str]) -> str:
        return headers["x-api-key"]


SPEECHES = {"openai": ChatCompletions(OpenAI), "compatible": ChatCompletions(Compatible), "anthropic": Messages()}
