"""Imports a module of the target, repaired where it has to be. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import importlib.util
import os
import sys

from . import stubs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_ALONE: set[str] = set()  # those that were loaded without what their packages' own files do


def module(target: str, path: str) -> tuple[ModuleType | dict[str, Any], bool]:
    """The module of a file, imported as the package that it belongs to, else alone; what is reported when it cannot be loaded.
    The second: whether it had to be loaded without what its packages' own files do."""
    full = os.path.join(target, path)
    parts = [os.path.basename(full)[: -len(".py")]]
    folder = os.path.dirname(full)
    while folder != target and (os.path.isfile(os.path.join(folder, "__init__.py")) or _shared(folder)):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    if parts[-1] == "__init__":
        parts.pop()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    name = ".".join(parts)
    try:
        found = stubs.repaired(name)
        if os.path.realpath(getattr(found, "__file__", None) or full) == os.path.realpath(full):
            return found, name in _ALONE
        return _by_place(name, full), False  # another one of that name came first
    except BaseException as error:
        first = error
    for half in [one for one in sys.modules if one.partition(".")[0] == parts[0]]:
        del sys.modules[half]  # what was imported half-way: it has no path, or not all of its names
    for top in range(1, len(parts)):  # packages without what their own file does
        package = ".".join(parts[:top])
        made = type(sys)(package)
        made.__path__ = [os.path.join(folder, *parts[:top])]
        sys.modules[package] = made
    try:
        found = stubs.repaired(name)
        _ALONE.add(name)
        return found, True
    except BaseException as error:
        missing = first if isinstance(first, ImportError) else error
        told: dict[str, Any] = {"broken": f"{name} cannot be imported: {type(first).__name__}: {str(first)[:300]}"}
        if isinstance(missing, ImportError) and missing.name:
            told["missing"] = missing.name
        return told, True


def _shared(folder: str) -> bool:
    """Whether a folder is a package that several distributions share: it holds packages only, and is no place for sources."""
    if os.path.basename(folder) in ("src", "lib", "python", "source") or not os.path.basename(folder).isidentifier():
        return False
    return not any(name.endswith(".py") for name in os.listdir(folder))


def forget(target: str, path: str) -> None:
    """Let the module of a file be loaded anew."""
    full = os.path.realpath(os.path.join(target, path))
    for name, module in list(sys.modules.items()):
        if os.path.realpath(getattr(module, "__file__", None) or "") == full:
            del sys.modules[name]


def _by_place(name: str, full: str) -> ModuleType:
    """The module of that very file."""
    spec = importlib.util.spec_from_file_location(name, full)
    if spec is None or spec.loader is None:
        raise ImportError(f"{full!r} is no module", name=name)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
