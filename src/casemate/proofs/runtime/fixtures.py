"""How a target's own tests set it up: the fixtures of its `conftest.py`, worked out without pytest.

They know what nobody can guess: the tables and rows that there must be, the folders, and how somebody is logged in. Standard
library only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import pathlib
import sys
import tempfile

from .stubs import Standin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

_PLACES = ("tests", "test", "", "testing")
_DEEPEST = 12


class Fixtures:
    """The fixtures of one `conftest.py`. path: of the file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: dict[str, Callable[..., Any]] = {}
        self._base = tempfile.mkdtemp(prefix="fixtures-")
        self._number = 0
        self._held: list[Any] = []
        module = self._load(path)
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and getattr(value, "_casemate_fixture", False):
                self._known[getattr(value, "_casemate_name", None) or name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def value(self, name: str) -> Any:
        """What a fixture gives, with all that it wants made anew. Raises whatever a fixture raises."""
        return self._value(name, {}, 0)

    def _value(self, name: str, made: dict[str, Any], deep: int) -> Any:
        if name in made:
            return made[name]
        if deep > _DEEPEST:
            raise RecursionError(name)
        if name in self._known:
            function = self._known[name]
            wanted = list(inspect.signature(function).parameters)
            result = function(**{one: self._value(one, made, deep + 1) for one in wanted})
            if inspect.isgenerator(result):
                self._held.append(result)  # what follows the yield would take it all away again
                result = next(result)
        else:
            result = self._builtin(name)
        made[name] = result
        return result

    def _builtin(self, name: str) -> Any:
        if name in ("tmp_path", "tmpdir"):
            self._number += 1
            folder = os.path.join(self._base, str(self._number))
            os.makedirs(folder)
            return pathlib.Path(folder)
        if name == "monkeypatch":
            return Patches()
        return Standin(name)

    def _load(self, path: str) -> ModuleType:
        real = sys.modules.get("pytest")
        sys.modules["pytest"] = _pytest()
        try:
            folder = os.path.dirname(path)
            for place in (os.path.dirname(folder), folder):
                if place not in sys.path:
                    sys.path.append(place)
            spec = importlib.util.spec_from_file_location("conftest", path)
            if spec is None or spec.loader is None:
                raise ImportError(path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
        finally:
            if real is not None:
                sys.modules["pytest"] = real
            else:
                del sys.modules["pytest"]


def files(target: str) -> list[str]:
    """Where a target keeps its fixtures."""
    every = [os.path.join(target, place, "conftest.py") for place in _PLACES]
    return [path for path in every if os.path.isfile(path)]


class Patches:
    """pytest's `monkeypatch`, of which nothing has to be undone here."""

    def setenv(self, name: str, value: Any, prepend: Any = None) -> None:
        """Set a variable."""
        os.environ[name] = str(value)

    def delenv(self, name: str, raising: bool = True) -> None:
        """Take a variable away."""
        os.environ.pop(name, None)

    def setattr(self, target: Any, name: Any, *value: Any, raising: bool = True) -> None:
        """Set an attribute, also by its dotted name."""
        if value:
            setattr(target, name, value[0])
        else:
            module, _, last = target.rpartition(".")
            setattr(importlib.import_module(module), last, name)

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        """Set an item."""
        mapping[key] = value

    def chdir(self, path: Any) -> None:
        """Go to another folder."""
        os.chdir(path)

    def syspath_prepend(self, path: Any) -> None:
        """Import from there as well."""
        sys.path.insert(0, str(path))


def _pytest() -> ModuleType:
    """As much of pytest as a `conftest.py` needs to be imported."""
    module = type(sys)("pytest")

    def fixture(function: Any = None, *, name: str | None = None, **how: Any) -> Any:
        def mark(function: Any) -> Any:
            function._casemate_fixture = True
            function._casemate_name = name
            return function

        return mark(function) if callable(function) else mark

    module.fixture = module.yield_fixture = fixture  # type: ignore[attr-defined]

    def other(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Standin("pytest." + name)

    module.__getattr__ = other  # type: ignore[method-assign]
    return module
