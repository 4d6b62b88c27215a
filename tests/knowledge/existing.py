"""Whether a dotted name of knowledge exists in an installed library: for tests of knowledge, no test itself."""

from __future__ import annotations

import importlib
import inspect
import warnings
from contextlib import suppress

MISSING = object()


def resolve(dotted: str) -> object:
    """The object of that name, or MISSING. An attribute that only instances have counts when its class assigns it."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        with suppress(ImportError, ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: object = importlib.import_module(".".join(parts[:cut]))
            return _descend(found, parts[cut:])
    return MISSING


def _descend(found: object, rest: list[str]) -> object:
    for name in rest:
        inner = getattr(found, name, MISSING)
        if inner is MISSING and inspect.isclass(found):
            inner = None if _assigned(found, name) else MISSING
        if inner is MISSING:
            return MISSING
        found = inner
    return found


def _assigned(cls: type, name: str) -> bool:
    for base in cls.__mro__:
        if name in getattr(base, "__annotations__", {}):
            return True
        with suppress(OSError, TypeError):
            if f"self.{name} = " in inspect.getsource(base) or f"self.{name}, " in inspect.getsource(base):
                return True
    return False
