"""What was found of a target's web applications: their routes, and which functions of the target belong to each.

A framework's file below `frameworks/` fills these in. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os
import types

from . import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .request import Request

    Owner = tuple[str, int, str]

ENTRY_POINT = "entry point"
ISOLATED = "isolated function"
_DEEP = 6  # decorators upon decorators


class Route:
    """One way in. pieces: the path, of ["text", …] and ["param", name, kind, pattern]. owners: of the functions that belong to
    it, the file (resolved), first line and name; within: those of them that it only encloses, and may not call. view: the
    thing that is called. fidelity: where it is another one than the application's. names: of those methods of a class that
    this way in calls, where several share the class."""

    __slots__ = ("_found", "_further", "endpoint", "fidelity", "methods", "names", "pieces", "rule", "view")

    def __init__(
        self, rule: str, methods: Iterable[str], pieces: list[list[str]], view: Any, endpoint: str = ""
    ) -> None:
        self.rule = rule
        self.methods = sorted({method.upper() for method in methods} - {"HEAD", "OPTIONS", "TRACE", "CONNECT"}) or [
            "GET"
        ]
        self.pieces = pieces
        self.view = view
        self.endpoint = endpoint or getattr(view, "__name__", "")
        self.fidelity = ""
        self.names: set[str] = set()
        self._further: list[Any] = []
        self._found: tuple[set[Owner], set[Owner]] | None = None

    def include(self, function: Any) -> None:
        """A function that the framework calls for the view."""
        self._further.append(function)

    @property
    def owners(self) -> set[Owner]:
        """Found when it is asked for: a request can be sent without."""
        return self._looked()[0]

    @property
    def within(self) -> set[Owner]:
        """Found when it is asked for."""
        return self._looked()[1]

    def _looked(self) -> tuple[set[Owner], set[Owner]]:
        if self._found is None:
            found = owners(self.view)
            direct = owners(self.view, closures=False)
            for function in self._further:
                found |= owners(function)
                direct |= owners(function)
            self._found = found, found - direct
        return self._found

    def params(self) -> list[list[str]]:
        """The variable parts of the path."""
        return [piece for piece in self.pieces if piece[0] == "param"]


class App:
    """One application. Subclasses know a framework."""

    framework = ""

    def __init__(self, name: str, fidelity: str = ENTRY_POINT) -> None:
        self.name = name
        self.fidelity = fidelity
        self.notes: list[str] = []
        self.routes: list[Route] = []

    def find_routes(self) -> None:
        """Fill in `routes`."""
        raise NotImplementedError

    def around(self) -> set[tuple[str, int, str]]:
        """Owners of functions that run around every view, such as those before each request."""
        return set()

    def declared(self, route: Route, name: str) -> list[tuple[str, list[str]]]:
        """For frameworks that hand the parts of a request over as parameters: channel and keys of the parameter `name`."""
        return []

    def defaults(self, route: Route) -> dict[str, Any]:
        """What the framework itself demands of a request to the route, by channel."""
        return {}

    def send(self, request: Request, variant: dict[str, Any]) -> dict[str, Any]:
        """Send it: status, headers, body (bytes), error, session, notes."""
        raise NotImplementedError


class Site:
    """All applications of a target. problems: what could not be loaded, and why, in one line each."""

    def __init__(self, target: str) -> None:
        self.target = os.path.realpath(target)
        self.apps: list[App] = []
        self.problems: list[str] = []
        self.library = reading.Library()
        self._index: dict[tuple[str, str], list[tuple[App, Route, int]]] = {}
        self._indexed = -1

    def index(self) -> dict[tuple[str, str], list[tuple[App, Route, int]]]:
        """Routes by file and name of the functions that belong to them, with the first line of each."""
        number = sum(len(app.routes) for app in self.apps)
        if number != self._indexed:
            self._index = {}
            for app in self.apps:
                for route in app.routes:
                    for path, line, name in filter(lambda owner: self.owns(owner[0]), route.owners):
                        self._index.setdefault((path, name), []).append((app, route, line))
            self._indexed = number
        return self._index

    def changed(self) -> None:
        """Routes were added."""
        self._indexed = -1

    def path(self, relative: str) -> str:
        """The resolved path of a file of the target."""
        return os.path.realpath(os.path.join(self.target, relative))

    def owns(self, path: str) -> bool:
        """Whether a resolved path is the target's own, and no library that is installed below it."""
        return path.startswith(self.target + os.sep) and "site-packages" not in path

    def problem(self, what: str, error: BaseException) -> None:
        """Keep why something could not be loaded."""
        text = f"{what}: {type(error).__name__}: {error}".replace("\n", " ")[:300]
        if text not in self.problems and len(self.problems) < 50:
            self.problems.append(text)


_reals: dict[str, str] = {}


def _real(path: str) -> str:
    if path not in _reals:
        _reals[path] = os.path.realpath(path)
    return _reals[path]


def owners(view: Any, closures: bool = True) -> set[tuple[str, int, str]]:
    """File, first line and name of each Python function that a view is made of: through decorators and classes; closures:
    and those that it encloses, as a decorator does."""
    found: set[tuple[str, int, str]] = set()
    seen: set[int] = set()

    def look(thing: Any, deep: int) -> None:
        if deep > _DEEP or id(thing) in seen:
            return
        seen.add(id(thing))
        if isinstance(thing, functools.partial):
            look(thing.func, deep + 1)
        elif isinstance(thing, types.MethodType):
            look(thing.__func__, deep + 1)
            _class(type(thing.__self__) if not isinstance(thing.__self__, type) else thing.__self__, deep)
        elif isinstance(thing, (staticmethod, classmethod)):
            look(thing.__func__, deep + 1)
        elif isinstance(thing, property):
            look(thing.fget, deep + 1)
        elif isinstance(thing, types.FunctionType):
            code = thing.__code__
            found.add((_real(code.co_filename), code.co_firstlineno, code.co_name))
            for name in ("__wrapped__", "view_class", "cls"):
                if name in thing.__dict__:
                    look(thing.__dict__[name], deep + 1)
            for cell in (thing.__closure__ or ()) if closures else ():
                try:
                    inner = cell.cell_contents
                except ValueError:
                    continue
                if isinstance(inner, (types.FunctionType, types.MethodType, functools.partial)):
                    look(inner, deep + 1)
        elif isinstance(thing, type):
            _class(thing, deep)
        elif callable(thing) and not isinstance(thing, types.BuiltinFunctionType):
            _class(type(thing), deep)

    def _class(kind: type, deep: int) -> None:
        for base in kind.__mro__[:12]:
            if base.__module__ in ("builtins", "typing", "abc"):
                continue
            for member in list(vars(base).values()):
                if isinstance(member, (types.FunctionType, staticmethod, classmethod, property)):
                    look(member, deep + 1)

    look(view, 0)
    return found
