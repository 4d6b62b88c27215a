"""Stand-ins: for imports that are not there, and for objects that a function wants and nobody can make.

A stand-in does whatever it is asked and gives back stand-ins, never a text that it was given: so a value cannot pass through
one and come out again. What is handed to one is noted all the same, since a real one might have refused it. Standard library
only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from .watch import Watch


_REPAIRS = 20
_GONE = re.compile(r"cannot import name '?(\w+)'?")
_TOLD = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical", "log", "deprecated"))


class Standin:
    """Anything."""

    _watch: Watch | None = None
    _touched = False
    _settled = False
    _wide = 0  # parts that come of one that is taken apart

    def __init__(self, name: str = "stand-in") -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made: Any = Standin(object.__getattribute__(self, "_name") + "." + name)
        if name in _TOLD:
            made = _nothing  # whoever only notes a value refuses none
        object.__setattr__(self, name, made)
        return made

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Whatever it is."""
        touch([*args, *named.values()])
        told = _told()
        if told is not None:
            return told
        if len(args) == 1 and not named and callable(args[0]) and not isinstance(args[0], (Standin, type)):
            return args[0]  # a decorator
        return Standin(object.__getattribute__(self, "_name") + "()")

    def __getitem__(self, key: Any) -> Any:
        touch([key])
        told = _told()
        if told is not None:
            return told
        return Standin("item")

    def __setitem__(self, key: Any, value: Any) -> None:
        touch([key, value])

    def __delitem__(self, key: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter([Standin("item") for _ in range(Standin._wide)])

    def __await__(self) -> Any:
        yield from ()
        return Standin("awaited")

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *exc: Any) -> None:
        pass

    def __fspath__(self) -> str:
        return os.environ.get("TMPDIR", "/tmp")

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: Any) -> bool:
        touch([item])
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: Any) -> None:
        pass

    def __str__(self) -> str:
        return "standin"

    def __mro_entries__(self, bases: Any) -> Any:
        return (Plain,)


class Plain:
    """What a class is made from whose base is a stand-in."""

    def __init__(self, *args: Any, **named: Any) -> None:
        touch([*args, *named.values()])

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__()


def touch(values: Sequence[Any]) -> None:
    """Note that these were handed to a stand-in."""
    watch = Standin._watch
    if watch is not None and not Standin._touched and not Standin._settled and watch.canary:
        Standin._touched = any(_holds(value, watch.canary, 0) for value in values)


def settle(watch: Watch) -> None:
    """The canary took effect: where it did so on the finding's line, what is handed to a stand-in later does not matter."""
    if watch.events and watch.events[-1]["at_sink"] and not Standin._touched:
        Standin._settled = True


_SOURCE: list[Any] = []


def tells(path: str, line: int, value: Any) -> None:
    """From now on a stand-in that is asked on that line of a file, by its real path, gives that value."""
    _SOURCE[:] = [path, line, value]


def _told() -> Any:
    """What is given to whoever asks, None when it is not the source's line."""
    if not _SOURCE:
        return None
    frame = sys._getframe(2)
    here = os.path.realpath(frame.f_code.co_filename) == _SOURCE[0] and abs(frame.f_lineno - _SOURCE[1]) <= 1
    return _SOURCE[2] if here else None


def widen(parts: int) -> bool:
    """From now on a stand-in that is taken apart has so many parts. Whether that is new."""
    new = Standin._wide != parts
    Standin._wide = parts
    return new


def _nothing(*args: Any, **named: Any) -> None:
    """Takes anything and does nothing."""


def touched() -> bool:
    """Whether a stand-in was handed the canary."""
    return Standin._touched


def _holds(value: Any, word: str, depth: int) -> bool:
    if type(value) is str:
        return word in value
    if type(value) in (bytes, bytearray):
        return word.encode() in value
    if type(value) in (list, tuple, set, frozenset) and depth < 3:
        return any(_holds(part, word, depth + 1) for part in value)
    if type(value) is dict and depth < 3:
        return any(_holds(part, word, depth + 1) for pair in value.items() for part in pair)
    return False


class Imports:
    """The last finder: makes stand-ins for the modules that are in `made`, and for what lies below them.

    In `made` are also modules of the target that broke, and names that a module has no more.
    """

    def __init__(self) -> None:
        self.made: set[str] = set()

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """A stand-in's specification, or None."""
        if name.partition(".")[0] not in self.made:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> Any:
        """An empty module that has every attribute."""
        module = type(sys)(spec.name)
        module.__path__ = []

        def anything(name: str) -> Any:
            if name.startswith("__") and name.endswith("__"):
                raise AttributeError(name)
            return Standin(spec.name + "." + name)

        module.__getattr__ = anything  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in it."""


_imports: list[Imports] = []


def install(watch: Watch, *, imports: bool) -> None:
    """Let stand-ins tell the watch what they are handed. imports: there may be stand-ins for modules, too."""
    Standin._watch = watch
    if imports:
        _imports[:] = [Imports()]
        sys.meta_path.append(_imports[0])


def modules() -> list[str]:
    """The modules that have stand-ins."""
    return sorted(name for imports in _imports for name in imports.made)


def repaired(name: str) -> ModuleType:
    """Import a module, with stand-ins for what is missing on the way: a module that is not there or breaks, a name that a module
    has no more. Raises what the import raises when that does not help."""
    for _ in range(_REPAIRS):
        before = set(sys.modules)
        try:
            return importlib.import_module(name)
        except Exception as error:
            if not _imports or not _replaced(name, error):
                raise
            for half in set(sys.modules) - before:  # what was imported half-way is imported again
                if half.partition(".")[0] == name.partition(".")[0] and half not in _imports[0].made:
                    del sys.modules[half]
    return importlib.import_module(name)


def _replaced(name: str, error: Any) -> bool:
    """Put a stand-in where an import broke. Whether there is a new one."""
    made = _imports[0].made
    if isinstance(error, ModuleNotFoundError):
        top = (error.name or "").partition(".")[0]
        if not top or top in made or name.partition(".")[0] == top:
            return False
        made.add(top)
        return True
    gone = _GONE.match(str(error)) if isinstance(error, ImportError) else None
    if gone is not None and error.name in sys.modules and f"{error.name}.{gone.group(1)}" not in made:
        made.add(f"{error.name}.{gone.group(1)}")
        setattr(sys.modules[error.name], gone.group(1), Standin(gone.group(1)))
        return True
    broken = ""
    trace = error.__traceback__
    while trace is not None:
        told = trace.tb_frame.f_globals.get("__name__", "")
        if trace.tb_frame.f_code.co_name == "<module>" and isinstance(told, str):
            broken = told
        trace = trace.tb_next
    if not broken or broken in made or name == broken or name.startswith(broken + "."):
        return False
    made.add(broken)
    sys.modules[broken] = _imports[0].create_module(importlib.machinery.ModuleSpec(broken, None))
    return True
