"""A request made of a variant and a value: each channel has its own encoding, which the framework undoes.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_RAW_COOKIES = ("django",)  # they take octal numbers for characters, and octets for UTF-8
_BOUNDARY = "casemate-part-4f1c"
_COOKIE = frozenset("!#$%&'*+-./:<=>?@[]^_`{|}~()ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_NAME = frozenset(chr(n) for n in range(33, 127)) - frozenset(":")


class CannotCarryError(Exception):
    """The channel has no way to carry the value: no server would let it through."""


class Request:
    """method, target (path and query, encoded), headers (as latin-1 text) and body."""

    __slots__ = ("body", "headers", "method", "target")

    def __init__(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body

    def header(self, name: str) -> str:
        """The first of that name, "" when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def raw(self) -> bytes:
        """As HTTP/1.1, for frameworks that are their own server."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{key}: {value}" for key, value in self.headers)]
        lines += [f"Content-Length: {len(self.body)}"] if self.body or self.method in ("POST", "PUT", "PATCH") else []
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body


def build(variant: dict[str, Any], value: str | bytes) -> Request:
    """The request of a variant with the value in its place. Raises CannotCarryError."""
    channel, keys, carrier = variant["channel"], list(variant["keys"]), variant["carrier"]
    value = _affixed(_wrapped(value, variant.get("wrap", ())), variant.get("affixes"))
    parts: dict[str, dict[str, Any]] = {
        name: dict(variant.get(name) or {}) for name in ("path", "query", "form", "cookie", "header", "file")
    }
    body: bytes | None = None
    kind = ""
    if channel in ("", "target"):
        pass  # a request that only follows another one, or nothing but an address
    elif channel == "json":
        document = _put(variant.get("json"), keys, _text(value), carrier)
        body, kind = json.dumps(document).encode(), "application/json"
    elif channel == "body":
        body = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        kind = variant.get("content_type") or "text/plain"
    elif channel in ("file", "filename"):
        name, content = parts["file"].pop(keys[0], ("upload.txt", "ok"))
        parts["file"][keys[0]] = (name, value) if channel == "file" else (_text(value), content)
    elif carrier == "whole" and channel == "query":
        parts["query"] = {"": value}
    elif carrier == "key":
        parts[channel].pop(keys[0], None)
        parts[channel][_text(value)] = variant.get("beside", "ok")
    else:
        parts[channel][keys[0]] = value
    if body is None and variant.get("json") is not None:
        body, kind = json.dumps(variant["json"]).encode(), "application/json"
    target = _path(variant["pieces"], parts["path"]) + _query(parts["query"])
    if channel == "target":
        target = _target(value)
    headers = _headers(parts["header"])
    octal = variant.get("framework") not in _RAW_COOKIES
    if parts["cookie"]:
        headers.append(("Cookie", "; ".join(f"{_name(k)}={cookie(v, octal)}" for k, v in parts["cookie"].items())))
    if body is None:
        body, kind = _form(parts["form"], parts["file"])
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", kind))
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", variant.get("host") or "localhost"))
    return Request(variant["method"], target, headers, body)


def _target(value: str | bytes) -> str:
    """The value as what a request line asks for, which begins with a slash."""
    octets = _octets(value)
    if not octets.startswith(b"/"):
        raise CannotCarryError("what a request asks for begins with a slash")
    return quote(octets, safe="/?:@!$&'()*+,;=~-._%\\")


def _affixed(value: str | bytes, affixes: Any) -> str | bytes:
    before, after = affixes or ("", "")
    if isinstance(value, bytes):
        return b"".join([before.encode(), value, after.encode()])
    return f"{before}{value}{after}"


def _wrapped(value: str | bytes, wraps: Any) -> str | bytes:
    """What the program undoes by itself is done first, innermost last."""
    for wrap in wraps:
        if wrap == "percent":
            value = quote(value, safe="")
        elif wrap == "base64":
            import base64

            value = base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()
        elif wrap == "json":
            value = json.dumps(_text(value))
        elif wrap == "hex":
            value = (value if isinstance(value, bytes) else value.encode()).hex()
    return value


def _put(document: Any, keys: list[Any], value: str, carrier: str) -> Any:
    """The document with the value below the keys; what is not there is made."""
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        made = list(document) if isinstance(document, list) else []
        while len(made) <= key < 16:
            made.append("ok")
        made[min(key, 15)] = _put(made[min(key, 15)], rest, value, carrier)
        return made
    held = dict(document) if isinstance(document, dict) else {}
    if carrier == "key" and not rest:
        held[value] = "ok"
    else:
        held[key] = _put(held.get(key), rest, value, carrier)
    return held


def _path(pieces: list[list[str]], values: dict[str, Any]) -> str:
    made = []
    for piece in pieces:
        if piece[0] == "text":
            made.append(quote(piece[1], safe="/:@!$&'()*+,;=~-._%"))
        else:
            value = values.get(piece[1], "ok")
            made.append(quote(_octets(value), safe="/-._~" if piece[2] == "path" else "-._~"))
    return "".join(made) or "/"


def _query(values: dict[str, Any]) -> str:
    if not values:
        return ""
    if set(values) == {""}:
        return "?" + quote(_octets(values[""]), safe="=&-._~")
    return "?" + _urlencoded(values)


def _urlencoded(values: dict[str, Any]) -> str:
    pairs = [(key, item) for key, value in values.items() for item in (value if isinstance(value, list) else [value])]
    return "&".join(f"{quote_plus(_octets(key))}={quote_plus(_octets(value))}" for key, value in pairs)


def _form(fields: dict[str, Any], files: dict[str, Any]) -> tuple[bytes, str]:
    if not files:
        return (_urlencoded(fields).encode(), "application/x-www-form-urlencoded") if fields else (b"", "")
    made = []
    for key, value in fields.items():
        made.append(f'Content-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n'.encode() + _octets(value))
    for key, (name, content) in files.items():
        head = f'Content-Disposition: form-data; name="{_quoted(key)}"; filename="{_quoted(name)}"'
        made.append(f"{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode() + _octets(content))
    body = b"".join(b"--" + _BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in made)
    return body + b"--" + _BOUNDARY.encode() + b"--\r\n", f"multipart/form-data; boundary={_BOUNDARY}"


def _quoted(text: str) -> str:
    """A name inside of a quoted text of a header, with a line break as a browser writes it."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\r", "%0D").replace("\n", "%0A")


def cookie(value: str | bytes, octal: bool) -> str:
    """A cookie's value, as latin-1 text, quoted where it must be; octal: what is not ASCII is a number too."""
    octets = _octets(value)
    if all(chr(octet) in _COOKIE for octet in octets):
        return octets.decode("latin-1")
    return '"' + "".join(_escaped(octet, octal) for octet in octets) + '"'


def _escaped(octet: int, octal: bool) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return f"\\{octet:03o}" if octet < 32 or octet == 127 or octet in b",;" or (octal and octet > 127) else chr(octet)


def _headers(values: dict[str, Any]) -> list[tuple[str, str]]:
    made = []
    for name, value in values.items():
        octets = _octets(value)
        try:
            text = value.encode("latin-1").decode("latin-1") if isinstance(value, str) else octets.decode("latin-1")
        except UnicodeEncodeError:
            text = octets.decode("latin-1")
        if any(sign in text for sign in "\r\n\0"):
            raise CannotCarryError("a header holds no line break and no NUL")
        made.append((_name(name), text.strip(" \t")))
    return made


def _name(name: str) -> str:
    if not name or not set(name) <= _NAME:
        raise CannotCarryError("a name of a header or cookie is made of visible ASCII")
    return name


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
