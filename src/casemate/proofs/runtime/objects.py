"""Makes what is called: a function, a method of an object that is made for it, or a function within a function.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import sys
import textwrap

from .reading import things
from .stubs import Standin
from .synthesis import Scratch, arguments, attribute, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

MADE, FULL, BARE = "made", "full", "bare"
"""An object by its constructor with what has no default, with everything, and one whose constructor did not run."""


def method(
    holder: Any, name: str, kind: str, scratch: Scratch, made: list[str], learned: dict[str, Any] | None = None
) -> Any:
    """The attribute of that name, of an object when it needs one. made: gets the names of stand-ins. learned: from earlier
    tries."""
    own = inspect.getattr_static(holder, name)
    if name in ("__init__", "__new__"):
        return holder
    if isinstance(own, (staticmethod, classmethod)):
        return getattr(holder, name)
    keys = (learned or {}).get("keys", ())
    thing = bare(holder, scratch, keys) if kind == BARE else instance(holder, kind, scratch, made, learned)
    for key in keys:
        for value in vars(thing).values() if hasattr(thing, "__dict__") else ():
            if type(value) is dict:
                value.setdefault(key, plain(key, scratch))
    if (learned or {}).get("complete"):
        complete(thing, scratch)
    for other in (learned or {}).get("detours", ()):
        object.__setattr__(thing, other, Standin(other))
        made.append(other)
    if isinstance(own, property):
        return lambda: getattr(thing, name)
    return getattr(thing, name)


def function(module: Any, name: str) -> Any:
    """A function of a module. A command of click's is an object around its function."""
    called = getattr(module, name)
    inner = getattr(called, "callback", None)
    return inner if callable(inner) and not inspect.isroutine(called) else called


def instance(cls: Any, kind: str, scratch: Scratch, made: list[str], learned: dict[str, Any] | None = None) -> Any:
    """An object of a class, by its constructor."""
    how = "full" if kind == FULL else "plain"
    keys = {"keys": (learned or {}).get("keys", ())}  # the values are those of the method
    args, named, others = arguments(cls, {}, scratch, how, _wanted(cls), learned=keys)
    made += others
    return cls(*args, **named)


def complete(thing: Any, scratch: Scratch) -> None:
    """Give a value to what is None in an object and has a setter: a method of its name, or a property."""
    cls = type(thing)
    for name, value in list(vars(thing).items()) if hasattr(thing, "__dict__") else ():
        if value is not None:
            continue
        plain = name.rpartition("__")[2] if name.startswith(f"_{cls.__name__.lstrip('_')}__") else name.strip("_")
        for setter in dict.fromkeys((plain, f"set_{plain}", plain.rpartition("_")[2])):
            own = inspect.getattr_static(cls, setter, None)
            with contextlib.suppress(Exception):
                if isinstance(own, property) and own.fset is not None:
                    setattr(thing, setter, plain(setter, scratch))
                elif inspect.isfunction(own):
                    getattr(thing, setter)(plain(setter, scratch))
                else:
                    continue
                break


def concrete(cls: Any) -> Any:
    """The class, or what comes of it and can be made when it is abstract."""
    if not getattr(cls, "__abstractmethods__", None):
        return cls
    waiting = list(cls.__subclasses__())
    for one in waiting:
        if not getattr(one, "__abstractmethods__", None):
            return one
        waiting += one.__subclasses__()
    lacking = dict.fromkeys(cls.__abstractmethods__, lambda self, *args, **named: Standin("abstract"))
    return type(cls)(cls.__name__, (cls,), {**lacking, "__module__": cls.__module__})


def having(cls: Any, attribute: str) -> Any:
    """What comes of the class and has the attribute, else the class."""
    waiting = [cls] if attribute and isinstance(cls, type) else []
    for one in waiting:
        if hasattr(one, attribute):
            return one
        waiting += one.__subclasses__()
    return cls


def bare(cls: Any, scratch: Scratch, keys: Iterable[str] = ()) -> Any:
    """An object whose constructor did not run: it has the constants that the constructor gives it, and every attribute that is
    asked for. keys: that mappings have to have."""
    constants = _constants(cls)
    for value in constants.values():
        if type(value) is dict:
            value.update({key: plain(key, scratch) for key in keys if key not in value})

    def anything(self: Any, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = constants[name] if name in constants else attribute(name, scratch)
        object.__setattr__(self, name, value)
        return value

    spaces = {"__getattr__": anything, "__init__": lambda self: None, "__module__": cls.__module__}
    kind = type(cls)(cls.__name__, (cls,), spaces)
    if getattr(kind, "__abstractmethods__", None):
        kind.__abstractmethods__ = frozenset()
    return kind.__new__(kind)


def _wanted(cls: Any) -> set[str]:
    """The parameters of a constructor that are no plain values: attributes of theirs are used, there or where they are kept."""
    out: set[str] = set()
    for base in cls.__mro__[:-1]:
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError, IndexError):
            continue
        start = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
        kept: dict[str, str] = {}
        for node in ast.walk(start[0]) if start else ():
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                kept.update({t.attr: node.value.id for t in node.targets if isinstance(t, ast.Attribute)})
        if start:
            out |= things(start[0])
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and not hasattr(str, node.attr)
            ):
                out.add(kept.get(node.value.attr, ""))
    return out - {"", "self"}


def _constants(cls: Any) -> dict[str, Any]:
    """What constructors give to attributes as literals, and as parameters with a literal default."""
    fields = getattr(cls, "model_fields", None) or getattr(cls, "__fields__", None)
    found: dict[str, Any] = {
        name: field.default
        for name, field in (fields.items() if isinstance(fields, dict) else ())
        if isinstance(getattr(field, "default", None), (str, int, float))
    }
    for base in reversed(cls.__mro__[:-1]):
        own = base.__dict__.get("__init__")
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(own))).body[0] if own is not None else None
            defaults = {name: p.default for name, p in inspect.signature(own).parameters.items()} if tree else {}
        except (OSError, TypeError, ValueError, SyntaxError, IndexError):
            continue
        for node in ast.walk(tree) if tree is not None else ():
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target, value = node.targets[0], node.value
            if not (isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self"):
                continue
            try:
                found[target.attr] = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError):
                default = defaults.get(getattr(value, "id", ""))
                if isinstance(default, (str, bytes, int, float, tuple)):
                    found[target.attr] = default
    return {name: value for name, value in found.items() if value is not None}


class Inner:
    """Catches what a function of the target defines within itself, when it returns. names: (function, what it defines) that are
    looked for; found: by the latter."""

    def __init__(self, path: str, names: list[tuple[str, str]]) -> None:
        self._path, self._names = path, names
        self.found: dict[str, Any] = {}

    def __enter__(self) -> Inner:
        sys.setprofile(self._look)
        return self

    def __exit__(self, *exc: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: Any, event: str, arg: Any) -> None:
        if event != "return":
            return
        code = frame.f_code
        for outer, inner in self._names:
            if code.co_name == outer and os.path.realpath(code.co_filename) == self._path:
                if callable(frame.f_locals.get(inner)):
                    self.found[inner] = frame.f_locals[inner]
