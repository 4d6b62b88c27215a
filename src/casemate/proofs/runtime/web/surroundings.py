"""What a view reads beside the canary, and values that let it come as far as the trace goes.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import re

from ..probe import first_line, last_line
from . import benign, channels, conditions, forms, keys, reading
from .people import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .keys import Finder
    from .reading import Library, Source

_REQUEST = re.compile(r"(?:^|_)(?:request|req|http_request|rq)$|^(?:self|bottle|r|web)$", re.IGNORECASE)
_LOGIN = re.compile(
    r"login|authent|logged_in|user_passes|member|signin|IsAuth|jwt_required|auth_required", re.IGNORECASE
)
_STAFF = re.compile(r"staff|superuser|permission|admin|role", re.IGNORECASE)
_ORDINARY = frozenset(
    (
        "Host",
        "Referer",
        "Origin",
        "User-Agent",
        "Accept",
        "Cookie",
        "Content-Type",
        "Content-Length",
        "Accept-Language",
        "Accept-Encoding",
    )
)


def parts(
    library: Library, finder: Finder, scope: list[tuple[Source, Any]], marks: set[tuple[str, int]], method: str
) -> dict[str, Any]:
    """Plausible values by channel for all that the functions read of a request and its session."""
    found: dict[str, Any] = {
        "query": {},
        "form": {},
        "cookie": {},
        "header": {},
        "file": {},
        "json": None,
        "session": {},
        "signed": {},
    }
    for source, function in scope:
        for node in ast.walk(function):
            if not isinstance(node, (ast.Attribute, ast.Name)):
                continue
            if _is_session(node):
                outer: Any = source.parents.get(node)
                if isinstance(outer, ast.Compare) and node in outer.comparators:
                    text = library.constant(source, outer.left)
                    if text:
                        found["session"].setdefault(text, _typed(benign.value(text)))
                for way in finder.ways(source, node, True):
                    if way.keys and way.carrier == "value":
                        mapping = getattr(source.parents.get(way.node), "arg", "") is None  # **it
                        _nest(
                            found["session"],
                            way.keys,
                            {} if mapping else _typed(_value(library, source, function, way, marks)),
                        )
                continue
            if not isinstance(node, ast.Attribute) or node.attr not in channels.READ_AS or not _is_request(node.value):
                continue
            several = channels.READ_AS[node.attr]
            channel = several[0] if len(several) == 1 or method != "GET" else "query"
            if len(several) > 1 and method == "GET" and "query" not in several:
                continue
            for way in finder.ways(source, node, channel in ("json", "body")):
                if way.keys and way.carrier == "value":
                    _put(found, _channel(channel, way), way.keys, _value(library, source, function, way, marks))
    return found


def reads(function: Any) -> list[ast.Attribute]:
    """What a function reads of a request, in order."""
    found = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in channels.READ_AS and _is_request(node.value)
    ]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _typed(text: str) -> str | int:
    return int(text) if text.isdigit() else text


def _nest(held: dict[str, Any], names: list[Any], value: Any) -> None:
    """Put a value below several names, where nothing stands yet."""
    for key in names[:-1]:
        inner = held.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        held = inner
    if isinstance(names[-1], str):
        held.setdefault(names[-1], value)


def _channel(channel: str, way: keys.Way) -> str:
    if channel == "body":
        return "json" if "loads" in way.through else "form" if way.through else ""
    return channel


def _put(found: dict[str, Any], channel: str, names: list[Any], text: str) -> None:
    name = str(names[0])
    if channel == "header":
        told, name = channels.of_environ(name) if name.isupper() and "_" in name else ("header", name)
        if told == "header" and name.title() not in _ORDINARY:
            found["header"].setdefault(name, text)
    elif channel == "json":
        found["json"] = found["json"] if isinstance(found["json"], dict) else {}
        _nest(found["json"], names, _typed(text))
    elif channel == "file":
        found["file"].setdefault(name, ("upload.txt", "ok"))
    elif channel == "signed cookie":
        found["signed"].setdefault(name, text)
    elif channel in ("query", "form", "cookie"):
        found[channel].setdefault(name, text)


def _is_request(node: Any) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return bool(_REQUEST.search(name))


def _is_session(node: Any) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "session"
    return node.attr == "session" and _is_request(node.value)


def _value(library: Library, source: Source, function: Any, way: keys.Way, marks: set[tuple[str, int]]) -> str:
    """For what is read there: what it is compared with on the way to the trace's lines, its own default, or by its name."""
    node = way.node
    if way.field is not None:
        return forms.example(way.field, str(way.keys[-1]))
    told = list(conditions.of(library, source, function, node, marks))
    wanted = conditions.value(told)
    if wanted is not None:
        return wanted
    avoided = {text for condition in told for text in condition.texts}
    above: Any = source.parents.get(node)
    if isinstance(above, ast.Call) and node in above.args and getattr(above.func, "id", "") in benign.CASTS:
        return benign.value("", above.func.id)  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        cast = next((k.value for k in node.keywords if k.arg == "type"), None)
        if isinstance(cast, ast.Name) and cast.id in benign.CASTS:
            return benign.value("", cast.id)
        default = (
            node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "default"), None)
        )
        text = library.constant(source, default) if default is not None else None
        if text and text not in avoided:
            return text
    return benign.value(way.keys[-1])


def method_wanted(scope: list[tuple[Source, Any]], marks: set[tuple[str, int]]) -> list[str]:
    """Methods that the source itself asks for on the lines of the trace, likeliest first."""
    found: list[str] = []
    for source, function in scope:
        if not any(first_line(function) <= line <= last_line(function) for p, line in marks if p == source.path):
            continue
        if function.name in ("get", "post", "put", "patch", "delete"):
            found.append(function.name.upper())
        elif function.name == "form_valid":
            found.append("POST")
        for node in ast.walk(function):
            if not isinstance(node, ast.If):
                continue
            told = [n for n in ast.walk(node.test) if isinstance(n, ast.Attribute) and n.attr == "method"]
            names = [
                t
                for t in (reading.literal(n) for n in ast.walk(node.test))
                if t in ("GET", "POST", "PUT", "PATCH", "DELETE")
            ]
            if told and names:
                first, last = node.body[0].lineno, last_line(node.body[-1])
                inside = any(p == source.path and first <= line <= last for p, line in marks)
                differs = any(isinstance(n, ast.NotEq) for n in ast.walk(node.test))
                if inside != differs:
                    found.append(names[0])
    return list(dict.fromkeys(found))


def login(scope: list[tuple[Source, Any]]) -> str:
    """Who has to ask: "" for anyone, "user", or "staff"; by the names of decorators, base classes and attributes of the user."""
    told: list[str] = []
    for source, function in scope:
        holder = next((a for a in source.above(function) if isinstance(a, ast.ClassDef)), None)
        marks = [*function.decorator_list, *(holder.decorator_list + holder.bases if holder is not None else [])]
        for held in holder.body if holder is not None else ():
            if isinstance(held, ast.Assign) and any(getattr(t, "id", "") == "permission_classes" for t in held.targets):
                marks.append(held.value)
        told += [n for mark in marks for n in _names(mark)]
        if any(isinstance(n, ast.Attribute) and n.attr == "user" and _is_request(n.value) for n in ast.walk(function)):
            told.append("login")
        told += [
            n.attr
            for n in ast.walk(function)
            if isinstance(n, ast.Attribute) and n.attr in ("is_staff", "is_superuser")
        ]
    if any(_STAFF.search(name) for name in told):
        return "staff"
    return "user" if any(_LOGIN.search(name) for name in told) else ""


def people(scope: list[tuple[Source, Any]]) -> list[str]:
    """Names by which the functions read from `g` who is logged in."""
    found = {
        node.attr
        for _, function in scope
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        if getattr(node.value, "id", "") == "g" and node.attr in NAMES
    }
    return sorted(found)


def _names(node: Any) -> list[str]:
    return [
        getattr(n, "attr", "") or getattr(n, "id", "")
        for n in ast.walk(node)
        if isinstance(n, (ast.Attribute, ast.Name))
    ]
