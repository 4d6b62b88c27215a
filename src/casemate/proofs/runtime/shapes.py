"""What the canary is wrapped in when a parameter is no text. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import io
import os
import pathlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def shaped(value: str | bytes, shape: str, folder: str, told: dict[str, Any] | None = None) -> Any:
    """The value in that shape. folder: where a file may be put. told: a way of driving; what a name has to end in stands with
    its values, under no name."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    if shape == "bytes":
        return data
    if shape == "file":
        return io.BytesIO(data) if isinstance(value, bytes) else io.StringIO(value)
    if shape == "filename":
        ends = ((told or {}).get("values") or {}).get("") or ["", ""]
        name = os.path.join(folder, "given" + str(ends[1]))
        with open(name, "wb") as file:
            file.write(data)
        return name
    if shape == "attributes":
        return Holder(value)
    if shape.startswith("key "):
        return {shape[4:]: nested(value) if isinstance(value, str) else value}
    if isinstance(value, bytes):
        return value
    if shape == "path":
        return pathlib.Path(value)
    if shape == "list":
        return [value]
    if shape == "environ":
        return environ(value)
    if shape in ("mapping", "keywords"):
        return Every(value)
    return value


def nested(value: str) -> str:
    """The text, which is a mapping of itself as well: what is read from a document may lie deep in it."""

    base: Any = type(value)

    def item(self: Any, key: Any) -> Any:
        return self if isinstance(key, str) else base.__getitem__(self, key)

    def get(self: Any, key: Any, default: Any = None) -> Any:
        return self

    def nothing(self: Any, key: Any) -> None:
        """Taking a part away leaves it as it is."""

    made: str = type("Nested", (base,), {"__getitem__": item, "get": get, "__delitem__": nothing})(value)
    return made


class Every(dict):  # type: ignore[type-arg]
    """A mapping whose every key has the canary."""

    def __init__(self, value: str) -> None:
        self._value = nested(value) if isinstance(value, str) else value
        super().__init__(value=self._value, name=self._value)

    def __missing__(self, key: Any) -> str:
        return self._value

    def get(self, key: Any, default: Any = None) -> Any:
        """The canary, whatever the key."""
        return self._value

    def pop(self, key: Any, *default: Any) -> Any:
        """The canary, which stays."""
        return self._value

    def __delitem__(self, key: Any) -> None:
        pass

    def __contains__(self, key: Any) -> bool:
        return True


class Holder:
    """An object whose every attribute is the canary."""

    def __init__(self, value: str | bytes) -> None:
        object.__setattr__(self, "_value", value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return object.__getattribute__(self, "_value")


def environ(value: str) -> dict[str, Any]:
    """What a WSGI server tells of a request whose path, query and headers have the value (PEP 3333)."""
    path = value if value.startswith("/") else "/" + value
    texts = {
        f"HTTP_{name}": value for name in ("REFERER", "USER_AGENT", "COOKIE", "ACCEPT", "X_FORWARDED_FOR", "ORIGIN")
    }
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": value,
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": "0",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(b""),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **texts,
    }
