"""Drives a function, a method or a constructor of the target, with the canary in the one parameter that the trace names.

Fidelity: a public function with plain values is "public API"; where the file had to be loaded without its package, or the
object of a method could not be made, or a stand-in was needed, "isolated function". Standard library only, Python 3.7 and
later.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import os
import pathlib
import re
import sys

from . import stubs, surroundings
from .probe import last_line
from .stubs import Standin
from .synthesis import Scratch, arguments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_PARAMETER = re.compile(r"parameter `(\w+)`")
_LONG = 1 << 16
_MANY = 50
_PUBLIC, _ISOLATED = "public API", "isolated function"
_WORDS = (
    ("path", "path"),
    ("bytes", "bytes"),
    ("list", "list"),
    ("sequence", "list"),
    ("dict", "mapping"),
    ("mapping", "mapping"),
    ("io", "file"),
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Library:
    """The target as a library. settings: target, its folder."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.target = settings["target"]
        self.scratch = Scratch(os.path.join(os.environ.get("TMPDIR", "/tmp"), "scratch"))


def load(settings: dict[str, Any]) -> Library:
    """Nothing is imported yet: a target may break on one module and not on another."""
    return Library(settings)


def variants(library: Library, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of calling the function that holds the trace's source, likeliest first. Empty when there is none.

    A source that is no parameter is planted where the function looks for it; then a function further along the trace may
    be the one to call.
    """
    steps = case["steps"]
    named = _PARAMETER.search(steps[0]["note"])
    if named is not None:
        return _ways(library, case, steps[0], named.group(1), {})
    how = surroundings.kind(steps[0]["note"])
    if not how:
        return []
    tree = _tree(library, steps[0]["path"])
    source = [os.path.realpath(os.path.join(library.target, steps[0]["path"])), steps[0]["line"]]
    plant = {
        "plant": how,
        "key": surroundings.key(tree, steps[0]["line"]),
        "source": source,
        "separator": surroundings.separator(tree),
        "suffixes": surroundings.suffixes(tree),
    }
    out = [way for step in (steps[0], steps[-1], *steps[1:-1]) for way in _ways(library, case, step, None, plant)]
    return [way for at, way in enumerate(out) if way not in out[:at]]


def _tree(library: Library, path: str) -> ast.Module:
    with open(os.path.join(library.target, path), "rb") as file:
        return ast.parse(file.read())


def _ways(
    library: Library, case: dict[str, Any], step: dict[str, Any], parameter: str | None, plant: dict[str, Any]
) -> list[dict[str, Any]]:
    """The ways of calling the function around a step. parameter: the one that gets the canary, if one does."""
    chain = _enclosing(_tree(library, step["path"]), step["line"], parameter)
    if not chain or not isinstance(chain[-1], _FUNCTIONS):
        return []
    if any(isinstance(node, _FUNCTIONS) for node in chain[:-1]):
        return []  # a function within a function: nobody else can call it
    names = [node.name for node in chain]
    function = chain[-1]
    base = {
        "path": step["path"],
        "names": names,
        "parameter": parameter,
        "then": _then(case, names),
        "things": sorted(_things(function)),
        **plant,
    }
    method = len(chain) > 1
    objects = ["none"] if not method else ["made"] if names[-1] in ("__init__", "__new__") else ["made", "full", "bare"]
    shapes = _shapes(function, parameter) if parameter is not None else ["text"]
    hows = ("plain", "full") if function.args.defaults or any(function.args.kw_defaults) else ("plain",)
    return [dict(base, object=kind, shape=shape, how=how) for how in hows for kind in objects for shape in shapes]


def drive(library: Library, variant: dict[str, Any], value: str | bytes, probe: Any) -> dict[str, Any]:
    """Call it once."""
    module, alone = _module(library, variant["path"])
    if isinstance(module, dict):
        return module
    given = {}
    if variant["parameter"] is not None:
        given[variant["parameter"]] = _shaped(value, variant["shape"], library.scratch)
    made: list[str] = []
    try:
        holder: Any = module
        for name in variant["names"][:-1]:
            holder = getattr(holder, name)
        own = inspect.getattr_static(holder, variant["names"][-1])
        called, bare = _callable(library, holder, own, variant, made)
        args, named, others = arguments(called, given, library.scratch, variant["how"], variant["things"])
        made += others
    except Exception as error:
        return {"broken": f"it cannot be called: {type(error).__name__}: {str(error)[:300]}", "stubs": made}
    private = any(name.startswith("_") and not name.startswith("__") for name in variant["names"])
    told: dict[str, Any] = {"fidelity": _ISOLATED if made or bare or alone or private else _PUBLIC, "stubs": made}
    try:
        with surroundings.planted(variant, value, library.scratch.folder):
            probe.on()
            result = _finished(called(*args, **named))
            if variant["then"] and not any(probe.passed):
                result = _followed(library, result, variant["then"])
            told["returned"] = _text(result)
    except BaseException as error:
        told["error"] = f"{type(error).__name__}: {_text(error)[:2000]}"
    finally:
        probe.off()
    return told


def _callable(library: Library, holder: Any, own: Any, variant: dict[str, Any], made: list[str]) -> tuple[Any, bool]:
    """What to call, and whether its object is a bare one."""
    name = variant["names"][-1]
    if variant["object"] == "none":
        called = getattr(holder, name)
        inner = getattr(called, "callback", None)  # a command of click's is an object around its function
        return (inner if callable(inner) and not inspect.isroutine(called) else called), False
    if name in ("__init__", "__new__"):
        return holder, False
    if isinstance(own, (staticmethod, classmethod)):
        return getattr(holder, name), False
    bare = variant["object"] == "bare"
    thing = _bare(holder) if bare else _object(library, holder, variant["object"], made)
    if isinstance(own, property):
        return (lambda: getattr(thing, name)), bare
    return getattr(thing, name), bare


def _object(library: Library, cls: Any, how: str, made: list[str]) -> Any:
    args, named, others = arguments(cls, {}, library.scratch, "full" if how == "full" else "plain")
    made += others
    return cls(*args, **named)


def _bare(cls: Any) -> Any:
    """An object whose constructor did not run, and which has every attribute that is asked for."""

    def anything(self: Any, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Standin(name)

    bare = type(cls)(
        cls.__name__, (cls,), {"__getattr__": anything, "__init__": lambda self: None, "__module__": cls.__module__}
    )
    return bare.__new__(bare)


def _followed(library: Library, thing: Any, then: list[str]) -> Any:
    """The methods of a constructed object that the trace goes through afterwards, in order."""
    result: Any = thing
    for name in then:
        method = getattr(thing, name, None)
        if method is not None and callable(method):
            args, named, _ = arguments(method, {}, library.scratch, "plain")
            result = _finished(method(*args, **named))
    return result


def _finished(result: Any) -> Any:
    """What comes of it in the end: a coroutine is run, a generator is read."""
    if inspect.iscoroutine(result):
        return asyncio.new_event_loop().run_until_complete(asyncio.wait_for(result, 5))
    if inspect.isgenerator(result) or type(result) in (map, filter, zip):
        return [item for item, _ in zip(result, range(_MANY), strict=False)]
    if inspect.isasyncgen(result):

        async def read() -> Any:
            return [item async for item in result]

        return asyncio.new_event_loop().run_until_complete(asyncio.wait_for(read(), 5))
    if hasattr(type(result), "__enter__") and type(result).__name__ == "_GeneratorContextManager":
        with result as held:
            return held
    return result


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value[:_LONG]).decode("utf-8", "backslashreplace")
    try:
        return str(value)[:_LONG]
    except Exception:
        return f"<{type(value).__name__}>"


def _enclosing(tree: ast.AST, line: int, parameter: str | None) -> list[Any]:
    """The definitions around a line, outermost first; the innermost function among them has the parameter."""
    chain: list[Any] = []
    here: Any = tree
    while True:
        inner = None
        for node in ast.walk(here):
            if node is not here and isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first <= line <= last_line(node) and (inner is None or node.lineno < inner.lineno):
                    inner = node
        if inner is None:
            break
        chain.append(inner)
        here = inner
    while (
        chain and parameter is not None and not (isinstance(chain[-1], _FUNCTIONS) and parameter in _names(chain[-1]))
    ):
        chain.pop()
    return chain


def _names(function: Any) -> list[str]:
    a = function.args
    every = [*getattr(a, "posonlyargs", []), *a.args, *a.kwonlyargs]
    return [arg.arg for arg in [*every, *([a.vararg] if a.vararg else []), *([a.kwarg] if a.kwarg else [])]]


def _then(case: dict[str, Any], names: list[str]) -> list[str]:
    """After a constructor: the methods of the class in which the trace goes on."""
    if names[-1] != "__init__":
        return []
    function = case.get("function", "").rpartition(".")
    return [function[2]] if function[0] == ".".join(names[:-1]) and function[2] != "__init__" else []


def _shapes(function: Any, parameter: str) -> list[str]:
    """What the canary may be wrapped in, by annotation and use."""
    a = function.args
    if a.vararg is not None and a.vararg.arg == parameter:
        return ["list"]
    if a.kwarg is not None and a.kwarg.arg == parameter:
        return ["keywords"]
    every = [*getattr(a, "posonlyargs", []), *a.args, *a.kwonlyargs]
    notes = [arg.annotation for arg in every if arg.arg == parameter and arg.annotation is not None]
    noted = ast.dump(notes[0]).lower() if notes else ""
    likely = [shape for word, shape in _WORDS if word in noted]
    if _opened(function, parameter):
        likely.append("filename")
    if _has_call(function, parameter, ("read", "readline", "readlines")):
        likely.append("file")
    if _has_call(function, parameter, ("get", "items", "keys", "values")):
        likely.append("mapping")
    return list(dict.fromkeys([*likely, "text", "bytes", "list"]))[:4]


def _has_call(function: Any, parameter: str, methods: tuple[str, ...]) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in methods
        and isinstance(node.value, ast.Name)
        and node.value.id == parameter
        for node in ast.walk(function)
    )


def _things(function: Any) -> set[str]:
    """The parameters of which the function uses attributes that no text has, or which it calls."""
    out = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and not hasattr(str, node.attr):
            out.add(node.value.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            out.add(node.func.id)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            out.update(item.context_expr.id for item in node.items if isinstance(item.context_expr, ast.Name))
    return out & set(_names(function))


def _opened(function: Any, parameter: str) -> bool:
    """Whether the function opens a file of that name to read it: then what matters may be in the file."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "open"
        and node.args
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == parameter
        for node in ast.walk(function)
    )


def _shaped(value: str | bytes, shape: str, scratch: Scratch) -> Any:
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    if shape == "bytes":
        return data
    if shape == "file":
        return io.BytesIO(data) if isinstance(value, bytes) else io.StringIO(value)
    if shape == "filename":
        name = os.path.join(scratch.folder, "given")
        with open(name, "wb") as file:
            file.write(data)
        return name
    if isinstance(value, bytes):
        return value
    if shape == "path":
        return pathlib.Path(value)
    if shape == "list":
        return [value]
    if shape in ("mapping", "keywords"):
        return Every(value)
    return value


class Every(dict):  # type: ignore[type-arg]
    """A mapping whose every key has the canary."""

    def __init__(self, value: str) -> None:
        super().__init__(value=value, name=value)
        self._value = value

    def __missing__(self, key: Any) -> str:
        return self._value

    def get(self, key: Any, default: Any = None) -> Any:
        """The canary, whatever the key."""
        return self._value

    def __contains__(self, key: Any) -> bool:
        return True


def _module(library: Library, path: str) -> tuple[ModuleType | dict[str, Any], bool]:
    """The module of a file, imported as the package that it belongs to, else alone; what is reported when it cannot be loaded."""
    full = os.path.join(library.target, path)
    parts = [os.path.basename(full)[: -len(".py")]]
    folder = os.path.dirname(full)
    while os.path.isfile(os.path.join(folder, "__init__.py")) and folder != library.target:
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    if parts[-1] == "__init__":
        parts.pop()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    name = ".".join(parts)
    try:
        return stubs.repaired(name), False
    except BaseException as error:
        first = error
    for top in range(1, len(parts)):  # packages without what their own file does
        package = ".".join(parts[:top])
        if package not in sys.modules or not hasattr(sys.modules[package], "__path__"):
            module = type(sys)(package)
            module.__path__ = [os.path.join(folder, *parts[:top])]
            sys.modules[package] = module
    try:
        return stubs.repaired(name), True
    except BaseException as error:
        missing = first if isinstance(first, ImportError) else error
        told: dict[str, Any] = {"broken": f"{name} cannot be imported: {type(first).__name__}: {str(first)[:300]}"}
        if isinstance(missing, ImportError) and missing.name:
            told["missing"] = missing.name
        return told, True
