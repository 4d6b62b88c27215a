"""Values for what a function wants beside the canary: from its defaults, annotations and names. Standard library only, Python
3.7 and later."""

from __future__ import annotations

import collections.abc
import contextlib
import enum
import inspect
import io
import os
import pathlib

from .stubs import Standin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from typing import Any

_FLAGS = (
    "is_",
    "has_",
    "use_",
    "allow",
    "enable",
    "verify",
    "debug",
    "verbose",
    "quiet",
    "strict",
    "recursive",
    "force",
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FOLDERS = _words("dir folder root directory dest destination base workdir cwd parent outdir")
_INTO = ("to_", "into_", "dest", "out_", "output_", "extract", "target_")
_FILES = _words("path file filename filepath fname src source infile outfile output")
_MANY = _words("jobs workers threads processes cpus procs")
_NUMBERS = _words(
    "n length len total amount min max nbytes bits rounds seconds days hours retries count size port timeout num limit offset"
) | _words("width height index level depth seed")
_HOSTS = _words("host hostname address addr ip bind server")
_DATABASES = _words("connection conn con db database cursor cur")
_CALLED = _words("callback func fn function hook handler")
_LISTS = _words("args argv items lst values names paths files iterable iterator iter seq rows elements objects entries")
_MAPPINGS = _words("kwargs options config settings params headers env context attrs mapping")


class Scratch:
    """Places that may be given to a function, so that it finds what it opens. text: what is given where nothing says more."""

    text = "text"
    texts = False  # whether what could be anything is a text
    url = "http://localhost/"

    def __init__(self, base: str) -> None:
        self.folder = os.path.join(base, "folder")
        self.file = os.path.join(self.folder, "file.txt")
        os.makedirs(self.folder, exist_ok=True)
        with open(self.file, "w") as file:
            file.write("text\n")


def arguments(
    function: Callable[..., Any],
    given: dict[str, Any],
    scratch: Scratch,
    how: str,
    things: Container[str] = (),
    many: Container[str] = (),
    depth: int = 0,
    learned: dict[str, Any] | None = None,
) -> tuple[list[Any], dict[str, Any], list[str]]:
    """Positional and named arguments with what is given in its place; and the names of those that are stand-ins.

    how: "plain" leaves out what has a default; "full" gives every parameter a value; "only NAME" gives this one a value, and
    "flip NAME" the other one of True and False.
    things: parameters that are no plain values; many: whose parts are none. learned: values, what parameters have to be, as
    `guards.wanted` tells it; keys, that mappings have to have.
    Raises ValueError for a function without a signature, and TypeError where the given does not fit.
    """
    signature = _signature(function, given)
    args: list[Any] = []
    named: dict[str, Any] = {}
    made: list[str] = []
    left = dict(given)
    by_name = False
    values, keys = (learned or {}).get("values") or {}, (learned or {}).get("keys") or ()
    way, _, only = how.partition(" ")
    for parameter in signature.parameters.values():
        name, kind = parameter.name, parameter.kind
        if name in left:
            value = left.pop(name)
        elif kind is parameter.VAR_POSITIONAL or kind is parameter.VAR_KEYWORD:
            continue
        elif name == only:
            value = not parameter.default if way == "flip" else filled(function, parameter, scratch, depth)
        elif name in values:
            value = _asked(values[name], function, parameter, scratch, name in things, depth)
        elif parameter.default is not parameter.empty and way != "full":
            by_name = True
            continue
        elif name in many:
            value = [Standin(name)]
            made.append(name)
        else:
            value = likely(parameter, scratch, name in things, _noted(function, parameter), depth)
        if isinstance(value, Standin):
            made.append(name)
        if type(value) is dict and name not in given:
            value = {**{key: plain(key, scratch) for key in keys}, **value}
        if kind is parameter.VAR_POSITIONAL:
            args += value if isinstance(value, (list, tuple)) else [value]
        elif kind is parameter.VAR_KEYWORD:
            named.update(value if isinstance(value, dict) else {"value": value})
        elif kind is parameter.KEYWORD_ONLY or (by_name and kind is not parameter.POSITIONAL_ONLY):
            named[name] = value
        else:
            args.append(value)
    if keys and any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        for key in keys:
            if key not in given and key not in signature.parameters:
                named.setdefault(key, plain(key, scratch))
    if left and any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        named.update(left)  # a wrapper that hands on what it gets
    elif left:
        raise TypeError("no parameter " + ", ".join(sorted(left)))
    return args, named, made


_ANNOTATED: tuple[tuple[str, Callable[[Scratch], Any]], ...] = (
    ("callable", lambda scratch: _same),
    ("path", lambda scratch: pathlib.Path(scratch.file)),
    ("textio", lambda scratch: io.StringIO("text")),
    ("bytesio", lambda scratch: io.BytesIO(b"text")),
    ("binaryio", lambda scratch: io.BytesIO(b"text")),
    ("dict", lambda scratch: {}),
    ("mapping", lambda scratch: {}),
    ("list", lambda scratch: []),
    ("sequence", lambda scratch: []),
    ("iterable", lambda scratch: []),
    ("tuple", lambda scratch: ()),
    ("set", lambda scratch: set()),
    ("bytes", lambda scratch: b"text"),
)


def _signature(function: Any, given: dict[str, Any]) -> inspect.Signature:
    """Of a class its constructor's, also where `__new__` or a metaclass takes anything."""
    signature = inspect.signature(function)
    if isinstance(function, type) and not set(given) <= set(signature.parameters):
        constructor: Any = getattr(function, "__init__")  # noqa: B009 - typed as of an object otherwise
        own = inspect.signature(constructor)
        return own.replace(parameters=list(own.parameters.values())[1:])
    return signature


def _noted(function: Any, parameter: inspect.Parameter) -> Any:
    """The annotation, looked up where it is only written."""
    noted = parameter.annotation
    if isinstance(noted, str):
        body = getattr(function, "__init__", function) if isinstance(function, type) else function
        spaces = getattr(inspect.unwrap(body), "__globals__", {})
        found: Any = spaces.get(noted.partition(".")[0])
        for part in noted.split(".")[1:]:
            found = getattr(found, part, None)
        return noted if found is None or not isinstance(found, type) else found
    return "" if noted is parameter.empty else noted


def _instance(noted: Any, scratch: Scratch, depth: int) -> Any:
    """An object of an annotated class of somebody's own, None when none can be made."""
    if not isinstance(noted, type) or noted.__module__ in ("builtins", "typing", "pathlib", "io", "collections.abc"):
        return None
    if issubclass(noted, enum.Enum):
        return next(iter(noted), None)
    if depth > 1:
        return None
    try:
        args, named, made = arguments(noted, {}, scratch, "plain", depth=depth + 1)
        return None if made else noted(*args, **named)
    except Exception:
        return None


def _asked(
    told: list[Any], function: Any, parameter: inspect.Parameter, scratch: Scratch, thing: bool, depth: int
) -> Any:
    """A value that is what the function asks of the parameter."""
    kind: str = told[0]
    what: Any = told[1] if len(told) > 1 else None
    default = parameter.default
    if kind == "is":
        return default if what is False and default is not parameter.empty and not default else what
    if kind == "ends" and what.startswith("."):
        name = os.path.join(scratch.folder, "given" + what)
        with open(name, "w") as file:
            file.write("text\n")
        return name
    if kind == "ends":  # of what is no file's name most often that of a type of content
        return {"/": "application", "+": "application/x"}.get(what[:1], scratch.text) + what
    if kind == "starts":
        return str(what) + scratch.text
    if default is not parameter.empty and default:
        return default
    if default is None:
        return filled(function, parameter, scratch, depth)
    if isinstance(default, bool):
        return True
    return likely(parameter, scratch, thing, _noted(function, parameter), depth)


def filled(function: Any, parameter: inspect.Parameter, scratch: Scratch, depth: int = 0) -> Any:
    """A value other than None for a parameter that may be None."""
    noted = _noted(function, parameter)
    if isinstance(noted, str) and noted:
        body = getattr(function, "__init__", function) if isinstance(function, type) else function
        with contextlib.suppress(Exception):
            noted = eval(
                noted, dict(getattr(inspect.unwrap(body), "__globals__", {}))
            )  # as whoever asks for hints does
    own = _typed(noted, parameter.name, scratch, depth)
    if own is not None:
        return own
    return likely(parameter.replace(default=parameter.empty), scratch, False, noted, depth)


def _typed(noted: Any, name: str, scratch: Scratch, depth: int) -> Any:
    """What fits an annotation that has parts, None where nothing is known to fit."""
    parts = [part for part in getattr(noted, "__args__", None) or () if part is not type(None)]
    origin = getattr(noted, "__origin__", None)
    if not parts:
        if noted in (str, int, float, bool, bytes):
            return {str: _text(name.lower(), scratch), int: 1, float: 1.0, bool: True, bytes: b"text"}[noted]
        return _instance(noted, scratch, depth)
    if origin is None or "Union" in str(origin):
        return _typed(parts[0], name, scratch, depth)
    if not isinstance(origin, type):
        return None
    if "Callable" in origin.__name__:
        return _same
    if issubclass(origin, tuple):
        return tuple(_typed(part, name, scratch, depth) for part in parts if part is not Ellipsis)
    if issubclass(origin, collections.abc.Mapping):
        return {_typed(parts[0], name, scratch, depth): _typed(parts[-1], name, scratch, depth)}
    if issubclass(origin, collections.abc.Iterable):
        return [_typed(parts[0], name, scratch, depth)]
    return None


def attribute(name: str, scratch: Scratch) -> Any:
    """What an attribute of that name is likely to hold: a place or a number, else a stand-in."""
    name = name.lower().strip("_")
    last = name.rsplit("_", 1)[-1]
    if last in _NUMBERS:
        return 0 if last == "port" else 1
    if name.startswith(_FLAGS):
        return False
    if last in _DATABASES:
        return _database(last)
    return _text(name, scratch) if scratch.texts or _placed(name) else Standin(name)


def plain(name: str, scratch: Scratch) -> Any:
    """The same, but a text for what could be anything."""
    value = attribute(name, scratch)
    return scratch.text if isinstance(value, Standin) else value


def _database(name: str) -> Any:
    """An empty database, or its cursor: a statement that comes to it is a statement that any other would have got."""
    try:
        import sqlite3
    except ImportError:  # an interpreter that was built without it
        return Standin(name)
    connection = sqlite3.connect(":memory:")
    return connection.cursor() if name in ("cursor", "cur") else connection


def _placed(name: str) -> bool:
    """Whether something of that name is a place: a folder, a file, a host, an address."""
    last = name.rsplit("_", 1)[-1]
    return last in _FOLDERS | _FILES | _HOSTS or name.endswith(("dir", "path", "file", "url", "uri"))


def likely(parameter: inspect.Parameter, scratch: Scratch, thing: bool, noted: Any = "", depth: int = 0) -> Any:
    """A value that the parameter is likely to accept: a text when nothing says more. thing: it is used as an object. noted: its
    annotation."""
    default = parameter.default
    if default is not parameter.empty and default is not None:
        return default
    own = _instance(noted, scratch, depth)
    if own is not None:
        return own
    said = str(getattr(noted, "__name__", noted)).lower().replace("typing.", "")
    name = parameter.name.lower().strip("_")
    if "str" not in said.split("[")[0]:
        if "path" in said and _placed(name):
            return pathlib.Path(_text(name, scratch))
        for word, make in _ANNOTATED:
            if word in said:
                return make(scratch)
    if said.startswith(("str", "optional[str")) or (not said and name.endswith("str")):
        return _text(name, scratch)
    if said in {"int", "float"}:
        return 1
    if said == "bool" or name.startswith(_FLAGS):
        return False
    if default is None and name.rsplit("_", 1)[-1] in _MANY:
        return 2  # one is often a case of its own
    if default is None:
        return _text(name, scratch) if _placed(name) else None
    last = name.rsplit("_", 1)[-1]
    if thing and not said and last in _DATABASES:
        return _database(last)
    if thing or said:
        return Standin(name)
    if name in _NUMBERS or last in _NUMBERS:
        return 0 if last == "port" else 1  # any port that is free
    if name in _CALLED:
        return _same
    if name in _LISTS:
        return []
    if name in _MAPPINGS:
        return {}
    return _text(name, scratch)


def _text(name: str, scratch: Scratch) -> str:
    last = name.rsplit("_", 1)[-1]
    if last in _FOLDERS or name.endswith("dir") or name.startswith(_INTO):
        return scratch.folder
    if last in _FILES or name.endswith(("path", "file", "filename")):
        return scratch.file
    if "url" in name or "uri" in name:
        return scratch.url
    if last in _HOSTS:
        return "127.0.0.1"
    if last == "encoding":
        return "utf-8"
    if last == "mode":
        return "r"
    return scratch.text


def _same(*args: Any, **named: Any) -> Any:
    return args[0] if args else None
