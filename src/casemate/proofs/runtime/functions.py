"""Drives a function, a method or a constructor of the target, with the canary in the one parameter that the trace names.

Fidelity: a public function with plain values is "public API"; where the file had to be loaded without its package, or the
object of a method could not be made, or a stand-in was needed, "isolated function". Standard library only, Python 3.7 and
later.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import itertools
import os
import re

from . import afterwards, guards, modules, objects, preparing, stubs, surroundings
from .mending import detour, mended
from .probe import last_line, statement
from .reading import FUNCTIONS, enclosing, feeding, keepers, many, names, patterns, shapes, things, users
from .shapes import shaped
from .synthesis import Scratch, arguments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PARAMETER = re.compile(r"parameter `(\w+)`")
_TLS = {"verify", "ssl", "tls", "cert", "context", "certificate"}
_LONG = 1 << 16
_MANY = 50
_REPAIRS = 6
_OTHERS = 4  # parameters that are given a value, or another one, alone
_FED = 3  # parameters of a function with a fact that are tried
_PUBLIC, _ISOLATED = "public API", "isolated function"


class Library:
    """The target as a library. settings: target, its folder."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.target = settings["target"]
        self.scratch = Scratch(os.path.join(os.environ.get("TMPDIR", "/tmp"), "scratch"))

    def tree(self, path: str) -> ast.Module:
        """A file of the target, parsed."""
        with open(os.path.join(self.target, path), "rb") as file:
            return ast.parse(file.read())


def load(settings: dict[str, Any]) -> Library:
    """Nothing is imported yet: a target may break on one module and not on another."""
    return Library(settings)


def variants(library: Library, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of calling the function that holds the trace's source, likeliest first. Empty when there is none.

    A source that is no parameter is planted where the function looks for it; then a function further along the trace may
    be the one to call. A fact has no source: the function around it is called, with the canary in what gets there.
    """
    steps = case["steps"]
    named = _PARAMETER.search(steps[0]["note"])
    if named is not None:
        chain = enclosing(library.tree(steps[0]["path"]), steps[0]["line"], named.group(1))
        ways = _ways(library, case, steps[0]["path"], chain, named.group(1), {})
        kept = [step for step in steps if "kept in attribute" in step["note"] and step["path"] == steps[0]["path"]]
        for step in kept[:1]:  # it holds what other methods put there as well
            for method, parameter in keepers(chain, step["note"].rpartition(" ")[2]):
                ways += _ways(library, case, step["path"], [*chain[:-1], method], parameter, {})[:2]
        return ways
    how = surroundings.kind(steps[0]["note"]) or ("outside" if len(steps) > 1 else "")
    if how:
        tree = library.tree(steps[0]["path"])
        plant = {
            "plant": how,
            "key": surroundings.key(tree, steps[0]["line"]),
            "source": [steps[0]["path"], steps[0]["line"]],
            "separator": surroundings.separator(tree),
            "suffixes": surroundings.suffixes(tree),
        }
        out = []
        for step in (steps[0], steps[-1], *steps[1:-1]):
            chain = enclosing(library.tree(step["path"]), step["line"], None)
            out += _ways(library, case, step["path"], chain, None, plant)
        return [way for at, way in enumerate(out) if way not in out[:at]]
    return _around(library, case) if len(steps) == 1 else []


def _around(library: Library, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of calling what is around a fact, or what uses the constant that it is about."""
    path, line = case["steps"][-1]["path"], case["steps"][-1]["line"]
    tree = library.tree(path)
    chain = enclosing(tree, line, None)
    whole = not (chain and isinstance(chain[-1], FUNCTIONS))
    places = users(tree, line) if whole else [(chain, line)]
    by_rank: list[list[dict[str, Any]]] = []
    for inner, at in places[:4]:
        more: dict[str, Any] = {"fact": True, "secure": _secure(tree, line)}
        if whole:
            more.update(loading=True, use=[inner[-1].lineno, last_line(inner[-1])])
        fed = feeding(tree, inner[-1], at)[:_FED]
        by_rank += [_ways(library, case, path, inner, parameter, more) for parameter in fed]
        by_rank.append(_ways(library, case, path, inner, None, more))
    if whole:
        by_rank += [[{"path": path, "pattern": text, "loading": True}] for text in patterns(tree, line)]
    alone = [way for ways in by_rank for way in ways if _alone(way) and way["parameter"] is None]
    by_rank = [[way for way in ways if not _alone(way)] for ways in by_rank]
    longest = max(map(len, by_rank), default=0)
    out = [ways[at] for at in range(longest) for ways in by_rank if at < len(ways)]  # one of each first
    return out[: len(by_rank)] + alone + out[len(by_rank) :]


def _alone(way: dict[str, Any]) -> bool:
    """Whether one parameter only gets a value that it need not have."""
    return str(way.get("how", "")).startswith(("only ", "flip "))


def _secure(tree: ast.Module, line: int) -> bool:
    """Whether the statement at a line is about TLS, so that addresses have to be such."""
    _, _, heads = statement(tree, line)
    words = {str(getattr(node, "attr", getattr(node, "arg", ""))) for head in heads for node in ast.walk(head)}
    return bool(_TLS & {part for word in words for part in word.lower().split("_")})


def _ways(
    library: Library, case: dict[str, Any], path: str, chain: list[Any], parameter: str | None, more: dict[str, Any]
) -> list[dict[str, Any]]:
    """The ways of calling the function at the end of a chain. parameter: the one that gets the canary, if one does."""
    if not chain or not isinstance(chain[-1], FUNCTIONS):
        return []
    called = [node.name for node in chain]
    function = chain[-1]
    outer = next(at for at, node in enumerate(chain) if isinstance(node, FUNCTIONS))
    base = {
        "path": path,
        "names": called[: outer + 1],
        "inner": called[outer + 1 :],
        "parameter": parameter,
        "then": _then(library, case, path, called),
        "things": sorted(things(function)),
        "many": sorted(many(function)),
        "values": _values(library, case, path, chain, parameter),
        "kept": afterwards.users(chain, case["steps"][-1]["line"]) if path == case["steps"][-1]["path"] else [],
        **more,
    }
    kinds = ["none"] if outer == 0 else [objects.MADE, objects.FULL, objects.BARE]
    if called[outer] in ("__init__", "__new__"):
        kinds = [objects.MADE]
    lines = tuple(step["line"] for step in case["steps"] if step["path"] == path)
    shapes_ = shapes(function, parameter, lines) if parameter is not None else ["text"]
    hows = ("plain", "full") if function.args.defaults or any(function.args.kw_defaults) else ("plain",)
    ways = [dict(base, object=kind, shape=shape, how=how) for how in hows for kind in kinds for shape in shapes_]
    others = [f"only {name}" for name in guards.empty(chain[outer]) if name != parameter][:_OTHERS]
    others += [f"flip {name}" for name in guards.flags(chain[outer]) if name != parameter][:_OTHERS]
    ends = dict.fromkeys((kinds[0], kinds[-1]))
    return ways + [dict(base, object=kind, shape=shapes_[0], how=how) for how in others for kind in ends]


def _values(
    library: Library, case: dict[str, Any], path: str, chain: list[Any], parameter: str | None
) -> dict[str, list[Any]]:
    """What the functions of a chain ask of their parameters on the way to the trace's line, or to the function within."""
    found: dict[str, list[Any]] = {}
    for at, node in enumerate(chain):
        if not isinstance(node, FUNCTIONS):
            continue
        inside = [
            step["line"]
            for step in reversed(case["steps"])
            if step["path"] == path and node.lineno < step["line"] <= last_line(node)
        ]
        lines = [chain[at + 1].lineno] if at + 1 < len(chain) else inside
        found.update(guards.wanted(node, lines[0]) if lines else {})
    sink = enclosing(library.tree(case["steps"][-1]["path"]), case["steps"][-1]["line"], None)
    if sink and isinstance(sink[-1], FUNCTIONS) and sink != chain:  # what it is called where it was kept
        asked = guards.wanted(sink[-1], case["steps"][-1]["line"], set(names(chain[-1])))
        found = {**asked, **found}
    ends = found.pop(parameter, None) if parameter is not None else None
    return dict(found, **{"": ends}) if ends and ends[0] == guards.ENDS else found


def _then(library: Library, case: dict[str, Any], path: str, names: list[str]) -> dict[str, Any]:
    """What is called afterwards when the sink was not reached: the function that holds it, when it belongs to the same class, or
    to a class of the same file that may be made from it, or to the function itself."""
    where, sink = case["steps"][-1]["path"], case.get("function", "").replace("<locals>.", "").split(".")
    if not sink[-1] or sink == names:
        return {}
    if sink[: len(names)] == names and where == path:
        return {"inner": sink[len(names) :]}
    if len(names) > 1 and len(sink) > 1:
        after = sink[:-1] == names[:-1] or names[-1] == "__init__"
        told = {"path": where, "holder": sink[:-1], "method": sink[-1] if after else ""}
        chain = enclosing(library.tree(where), case["steps"][-1]["line"], None)
        if chain and isinstance(chain[-1], FUNCTIONS):
            told.update(things=sorted(things(chain[-1])), many=sorted(many(chain[-1])))
        return told
    return {}


def drive(library: Library, variant: dict[str, Any], value: str | bytes, probe: Any) -> dict[str, Any]:
    """Call it once; again when what a stand-in gave could not be taken apart."""
    preparing.prepare(library.target, variant["path"])
    if variant.get("loading"):
        modules.forget(library.target, variant["path"])
        probe.on()  # the fact stands outside of functions
    module, alone = modules.module(library.target, variant["path"])
    probe.off()
    if isinstance(module, dict):
        return module
    if "pattern" in variant:
        return _matched(variant["pattern"], value, probe)
    told: dict[str, Any] = {}
    private = any(n.startswith("_") and not n.startswith("__") for n in [*variant["names"], *variant["inner"]])
    for _ in range(_REPAIRS):
        made: list[str] = []
        told = {"stubs": made}
        if variant.get("secure"):
            library.scratch.url = "https://text.invalid/"
        if variant.get("plant") == "listing":
            library.scratch.text = library.scratch.folder  # some text must be the folder that is looked through
        with surroundings.planted(variant, value, library.scratch.folder, library.target):
            if variant.get("fact"):
                probe.on()  # making the object may be what comes to the line
            try:
                called, args, named = _ready(library, module, variant, value, made)
            except Exception as error:
                probe.off()
                why = f"{type(error).__name__}: {str(error)[:300]}"
                told["broken"] = f"it cannot be called: {why}"
                if mended(why, variant, library.scratch, value):
                    continue
                return told
            probe.on()
            around = False
            try:
                told["returned"] = _text(_called(library, variant, called, args, named, probe))
            except BaseException as error:
                told["error"] = f"{type(error).__name__}: {_text(error)[:2000]}"
                probe.off()
                path = os.path.realpath(os.path.join(library.target, variant["path"]))
                around = not all(probe.passed) and detour(error, variant, path, library.tree(variant["path"]))
            finally:
                probe.off()
        told["fidelity"] = _PUBLIC
        if made or alone or private or variant["inner"] or variant["object"] == objects.BARE:
            told["fidelity"] = _ISOLATED
        learned = around or (not all(probe.passed) and mended(told.get("error", ""), variant, library.scratch, value))
        if not learned:
            break
    return told


def _matched(pattern: str, value: str | bytes, probe: Any) -> dict[str, Any]:
    """A pattern that is kept for others to use, on its own."""
    told: dict[str, Any] = {"fidelity": _ISOLATED, "stubs": []}
    try:
        text = value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")
        compiled = re.compile(pattern)
        probe.on()
        told["returned"] = str(bool(compiled.match(text) or compiled.search(text)))
    except re.error as error:
        told["broken"] = f"no pattern: {error}"
    finally:
        probe.off()
    return told


def _ready(
    library: Library, module: Any, variant: dict[str, Any], value: str | bytes, made: list[str]
) -> tuple[Any, list[Any], dict[str, Any]]:
    """What is called, with what."""
    names, inner, scratch = variant["names"], variant["inner"], library.scratch
    holder = _held(module, names[:-1])
    if variant["object"] != "none":
        holder = objects.concrete(_heir(library, holder, variant["then"]))
        holder = objects.having(holder, variant.get("heir", ""))
    if variant["object"] == "none":
        called = objects.function(module, names[-1])
    else:
        called = objects.method(holder, names[-1], variant["object"], scratch, made, variant)
    for root in variant.get("roots", ()):
        _source(module, called, root, made)
    if inner:
        called = _within(library, variant, called, [names[-1], *inner], made)
    given = {}
    if variant["parameter"] is not None:
        given[variant["parameter"]] = shaped(value, variant["shape"], scratch.folder, variant)
    args, named, others = arguments(
        called, given, scratch, variant["how"], variant["things"], variant["many"], learned=variant
    )
    if "rest" in variant:
        args += [stubs.Standin("rest") for _ in range(variant["rest"])]
        others = [*others, "rest"]
    made += others
    return called, args, named


def _source(module: Any, called: Any, root: str, made: list[str]) -> None:
    """Put a stand-in where the source's line asks somebody outside: it gives the canary there, and nowhere else."""
    holder, name = (getattr(called, "__self__", None), root[5:]) if root.startswith("self.") else (module, root)
    if holder is not None and not isinstance(holder, type) and (holder is not module or hasattr(module, name)):
        with contextlib.suppress(Exception):
            object.__setattr__(holder, name, stubs.Standin(name))
            made.append(root)


def _held(module: Any, names: list[str]) -> Any:
    for name in names:
        module = getattr(module, name)
    return module


def _heir(library: Library, cls: Any, then: dict[str, Any]) -> Any:
    """The class that holds the sink when it comes of this one, else this one."""
    if not then.get("holder"):
        return cls
    module, _ = modules.module(library.target, then["path"])
    try:
        found = _held(module, then["holder"])
    except AttributeError:
        return cls
    return found if isinstance(found, type) and isinstance(cls, type) and issubclass(found, cls) else cls


def _within(library: Library, variant: dict[str, Any], called: Any, names: list[str], made: list[str]) -> Any:
    """The function within a function, got by calling the outer one. Raises LookupError when it defines none."""
    path = os.path.realpath(os.path.join(library.target, variant["path"]))
    for outer, inner in _pairs(names):
        args, named, others = arguments(called, {}, library.scratch, variant["how"], learned=variant)
        made += others
        with objects.Inner(path, [(outer, inner)]) as caught, contextlib.suppress(Exception):
            _finished(called(*args, **named))
        if inner not in caught.found:
            raise LookupError(f"{outer} defined no {inner}")
        called = caught.found[inner]
    return called


def _called(library: Library, variant: dict[str, Any], called: Any, args: list[Any], named: Any, probe: Any) -> Any:
    """What comes of the call, and of what has to be called after it."""
    then = variant["then"]
    if not then.get("inner"):
        result = _finished(called(*args, **named))
        if then.get("method") and not all(probe.passed):
            thing = getattr(called, "__self__", None) if variant["names"][-1] != "__init__" else result
            if variant.get("complete") and thing is result:
                objects.complete(thing, library.scratch)
            follower = getattr(thing, then["method"], None)
            if callable(follower):
                kinds = then.get("things", ()), then.get("many", ())
                more, others, _ = arguments(follower, {}, library.scratch, "plain", *kinds)
                result = _finished(follower(*more, **others))
        return _used(library, variant, result) if all(probe.passed) else result
    path = os.path.realpath(os.path.join(library.target, variant["path"]))
    names = [variant["names"][-1], *variant["inner"], *then["inner"]]
    with objects.Inner(path, _pairs(names)) as caught:
        result = _finished(called(*args, **named))
    for name in then["inner"]:
        if all(probe.passed) or name not in caught.found:
            break
        more, others, _ = arguments(caught.found[name], {}, library.scratch, "plain")
        result = _finished(caught.found[name](*more, **others))
    return result


def _used(library: Library, variant: dict[str, Any], result: Any) -> Any:
    """What comes of using what the line made: a template takes effect when it is rendered, a connection when it is opened."""
    outcomes = [result]
    for used in afterwards.uses(result, variant.get("kept", ()), variant["names"][-1] == "__init__"):
        with contextlib.suppress(Exception):
            more, others, _ = arguments(used, {}, library.scratch, "plain")
            outcomes.append(_finished(used(*more, **others)))
    return result if len(outcomes) == 1 else [_text(one) for one in outcomes]


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    """Each with the next one."""
    return [(names[at], names[at + 1]) for at in range(len(names) - 1)]


def _finished(result: Any) -> Any:
    """What comes of it in the end: a coroutine is run, a generator is read."""
    if inspect.iscoroutine(result):
        return asyncio.new_event_loop().run_until_complete(asyncio.wait_for(result, 5))
    if inspect.isgenerator(result) or type(result) in (map, filter, zip):
        return list(itertools.islice(result, _MANY))
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
    if type(value) in (tuple, list) and any(isinstance(part, str) for part in value):
        value = "\n".join(part for part in value if isinstance(part, str))  # as they are, not as literals
    try:
        return str(value)[:_LONG]
    except Exception:
        return f"<{type(value).__name__}>"
