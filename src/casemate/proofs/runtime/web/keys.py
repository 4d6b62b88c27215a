"""Under which keys a program reads a part of a request, found in its source. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import ast

from . import channels, forms, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .reading import Library, Source

_DEEP = 4  # calls and names that are followed
_PARSES = frozenset(("loads", "parse_qs", "parse_qsl", "dict", "parse_form", "loads_json", "load"))
_SAME = frozenset(
    (
        "decode",
        "strip",
        "copy",
        "lower",
        "str",
        "bytes",
        "list",
        "tuple",
        "sorted",
        "reversed",
        "set",
        "iter",
        "enumerate",
        "BytesIO",
        "StringIO",
    )
)
_TEXT = (
    frozenset(dir(""))
    | frozenset(dir(b""))
    | {"append", "read", "items", "keys", "values", "filename", "save", "stream"}
)


class Way:
    """One way in which a part of a request is read. keys: from the outside in. carrier: where the value stands: as "value" below
    the keys, as the "key" itself, or as the "whole". through: functions that took the part to pieces. node: what reads it;
    field: its declaration in a form or model."""

    __slots__ = ("carrier", "field", "keys", "node", "through")

    def __init__(
        self, keys: list[Any], carrier: str = "value", through: tuple[str, ...] = (), node: Any = None
    ) -> None:
        self.keys = keys
        self.carrier = carrier
        self.through = through
        self.node = node
        self.field: Any = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Way) and (self.keys, self.carrier, self.through) == (
            other.keys,
            other.carrier,
            other.through,
        )

    def __hash__(self) -> int:
        return hash((tuple(map(str, self.keys)), self.carrier, self.through))


class Finder:
    """Finds keys. scope: functions with their files, in which calls are looked for. marks: files and lines of the trace."""

    def __init__(self, library: Library, scope: list[tuple[Source, Any]], steps: list[tuple[str, int, int]]) -> None:
        self._library = library
        self._scope = scope
        self._steps = steps
        self._marks = {(path, line) for path, line, _ in steps}

    def ways(self, source: Source, node: Any, nested: bool) -> list[Way]:
        """How what `node` stands for is read, likeliest first. nested: keys may follow upon keys, as in JSON."""
        found: list[Way] = []
        for way in self._follow(source, node, [], nested, 0, ()):
            if way not in found:
                found.append(way)
        return found

    def _follow(
        self, source: Source, node: Any, keys: list[Any], nested: bool, deep: int, through: tuple[str, ...]
    ) -> Iterator[Way]:
        """Climb from an expression to what becomes of it."""
        if deep > _DEEP:
            return
        start, whole = node, False
        while True:
            above: Any = source.parents.get(node)
            outer: Any = source.parents.get(above) if above is not None else None
            if isinstance(above, (ast.Await, ast.BoolOp, ast.IfExp, ast.Starred)):
                node = above
                continue
            if isinstance(above, ast.Call) and above.func is node:
                if isinstance(node, ast.Attribute) and node.attr in channels.BY_CALL:
                    for key in self._resolve(source, _argument(above, 0, "name", "key"), 0):
                        yield Way([*keys, key], node=above)
                    return
                if node is start and isinstance(node, ast.Attribute):
                    node = above
                    continue
            if isinstance(above, ast.Attribute) and above.value is node:
                call = outer if isinstance(outer, ast.Call) and outer.func is above else None
                if call is not None and above.attr in channels.TAKES_KEY:
                    names = list(self._resolve(source, _argument(call, 0, "key", "name"), 0))
                    if not nested or len(names) != 1:
                        yield from (Way([*keys, key], "value", through, call) for key in names)
                        return
                    keys, node = [*keys, *names], call
                    continue
                if call is not None and above.attr in channels.WHOLE:
                    whole, node = True, call
                    continue
                if call is not None and above.attr in _SAME:
                    node = call
                    continue
                if call is None and above.attr not in _TEXT:
                    yield Way([*keys, above.attr], "value", through, above)
                    return
            if isinstance(above, ast.Subscript) and above.value is node:
                index = _integer(above.slice)
                found: list[Any] = [index] if index is not None else list(self._resolve(source, above.slice, 0))
                if not nested or len(found) != 1:
                    yield from (Way([*keys, key], "value", through, above) for key in found)
                    return
                keys, node = [*keys, *found], above
                continue
            if isinstance(above, ast.Call) and node in above.args[:1]:
                called = _called(above)
                if called in _SAME or called in _PARSES:
                    nested = nested or called in ("loads", "load")
                    through = (*through, called) if called in _PARSES else through
                    node = above
                    continue
            break
        name = bound(above, node)
        if name:
            yield from self._uses(source, node, name, keys, nested, deep, through)
        elif isinstance(above, (ast.For, ast.AsyncFor, ast.comprehension)) and above.iter is node:
            yield from self._iterated(source, above, keys, nested)
            return
        elif isinstance(above, (ast.Call, ast.keyword)):
            yield from self._handed_on(source, above, outer, node, keys, nested, deep, through)
        if keys or nested or whole or deep == 0:
            yield Way(keys, "value" if keys else "whole", through, node)

    def below(self, source: Source, node: Any, deep: int = 0) -> Iterator[Way]:
        """The keys by which an expression itself was read: `request.files["scan"].filename` by `scan`.

        A parameter gives its name."""
        if deep > 2 * _DEEP:
            return
        if isinstance(node, ast.Subscript):
            if isinstance(node.value, (ast.Attribute, ast.Name, ast.Call)) and _integer(node.slice) is None:
                yield from (Way([key]) for key in self._resolve(source, node.slice, 0))
            else:
                yield from self.below(source, node.value, deep + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in channels.TAKES_KEY and node.args:
                yield from (Way([key]) for key in self._resolve(source, node.args[0], 0))
            else:
                yield from self.below(source, node.func.value, deep + 1)
        elif isinstance(node, (ast.Attribute, ast.Await)):
            yield from self.below(source, node.value, deep + 1)
        elif isinstance(node, ast.Name):
            function = source.function_of(node)
            bound = [
                n.value if isinstance(n, ast.Assign) else n.iter
                for n in ast.walk(function if function is not None else source.tree)
                if (isinstance(n, ast.Assign) and any(getattr(t, "id", "") == node.id for t in n.targets))
                or (isinstance(n, (ast.For, ast.AsyncFor)) and getattr(n.target, "id", "") == node.id)
            ]
            for value in bound:
                yield from self.below(source, value, deep + 1)
            if not bound and function is not None and node.id in reading.parameters(function):
                yield Way([node.id], "parameter")

    def _uses(
        self, source: Source, node: Any, name: str, keys: list[Any], nested: bool, deep: int, through: tuple[str, ...]
    ) -> Iterator[Way]:
        """What becomes of a name that is bound to it: on the lines of the trace first."""
        function = source.function_of(node)
        uses = _loads(function if function is not None else source.tree, name)
        for use in sorted(uses, key=lambda n: ((source.path, n.lineno) not in self._marks, n.lineno, n.col_offset)):
            for way in self._follow(source, use, keys, nested, deep + 1, through):
                if way.keys != keys or way.through != through:
                    yield way

    def _iterated(self, source: Source, loop: Any, keys: list[Any], nested: bool) -> Iterator[Way]:
        """Names and values are gone through: the canary is a key, or a value under any key."""
        target = loop.target
        names = (
            [target.id] if isinstance(target, ast.Name) else [getattr(e, "id", "") for e in getattr(target, "elts", ())]
        )
        called = (
            loop.iter.func.attr if isinstance(loop.iter, ast.Call) and isinstance(loop.iter.func, ast.Attribute) else ""
        )
        line = getattr(loop, "lineno", target.lineno)
        words = [
            found.word(step_line, column)
            for path, step_line, column in self._steps
            for found in [self._library.read(path)]
            if found is not None and path == source.path and step_line >= line
        ]
        by_value = called in ("values", "itervalues") or (
            len(names) == 2 and names[1] in words and names[0] not in words
        )
        first, second = (Way(["field"]), Way(["field"], "key")) if by_value else (Way(["field"], "key"), Way(["field"]))
        yield Way([*keys, *first.keys], first.carrier)
        if called not in ("values", "itervalues"):
            yield Way([*keys, *second.keys], second.carrier)

    def _handed_on(
        self,
        source: Source,
        above: Any,
        outer: Any,
        node: Any,
        keys: list[Any],
        nested: bool,
        deep: int,
        through: tuple[str, ...],
    ) -> Iterator[Way]:
        """It is an argument of a call: of a form, a model, or a function of the target."""
        call = above if isinstance(above, ast.Call) else outer
        if not isinstance(call, ast.Call) or call.func is node:
            return
        fields = forms.fields(reading.resolve(source, call.func))
        if fields:
            told = self.words_on_trace()
            for name in sorted(fields, key=lambda f: f not in told):
                way = Way([*keys, name], "value", through, node)
                way.field = fields[name]
                yield way
            return
        name = _called(call)
        for other, function in self._scope:
            if function.name != name:
                continue
            known = reading.parameters(function)
            if isinstance(above, ast.keyword):
                parameter = above.arg or ""
            else:
                at = call.args.index(node) + (known[:1] in (["self"], ["cls"]))
                parameter = known[at] if at < len(known) else ""
            for use in _loads(function, parameter):
                for way in self._follow(other, use, keys, nested, deep + 1, through):
                    if way.keys != keys:
                        yield way

    def words_on_trace(self) -> set[str]:
        """Texts, and names of attributes, on the lines of the trace."""
        told: set[str] = set()
        for path, line, _ in self._steps:
            source = self._library.read(path)
            for node in source.on_line(line) if source else ():
                text = reading.literal(node)
                told.add(text if text is not None else getattr(node, "attr", "") or "")
        return told

    def on_trace(self) -> list[str]:
        """Keys of any container that are read on lines of the trace, in its order."""
        found: list[str] = []
        for path, line, _ in self._steps:
            source = self._library.read(path)
            if source is None:
                continue
            for node in source.on_line(line):
                key: Any = None
                if isinstance(node, ast.Subscript):
                    key = node.slice
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                    key = node.args[0] if node.func.attr in channels.TAKES_KEY else None
                text = self._library.constant(source, _unwrapped(key)) if key is not None else None
                if text and text not in found:
                    found.append(text)
        return found

    def _resolve(self, source: Source, node: Any, deep: int) -> Iterator[str]:
        """The texts that an expression can be: a constant, or what callers hand over."""
        node = _unwrapped(node)
        if node is None or deep > _DEEP:
            return
        text = self._library.constant(source, node)
        if text is not None:
            yield text
            return
        function = source.function_of(node)
        if isinstance(node, ast.Name) and function is not None and node.id in reading.parameters(function):
            yield from self._callers(function, node.id, deep)

    def _callers(self, function: Any, parameter: str, deep: int) -> Iterator[str]:
        known = reading.parameters(function)
        at = known.index(parameter) - (known[:1] in (["self"], ["cls"]))
        for source, other in self._scope:
            for call in ast.walk(other):
                if not isinstance(call, ast.Call):
                    continue
                name = _called(call)
                constructs = function.name == "__init__" and isinstance(reading.resolve(source, call.func), type)
                if name == function.name or constructs:
                    yield from self._resolve(source, _argument(call, at, parameter), deep + 1)


def compared(scope: Iterable[tuple[Source, Any]], library: Library) -> list[str]:
    """Texts that something is compared with in these functions, in order."""
    found: list[str] = []
    for source, function in scope:
        for node in ast.walk(function):
            if isinstance(node, ast.Compare):
                for side in [node.left, *node.comparators]:
                    for part in side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]:
                        text = library.constant(source, part)
                        if text and text not in found:
                            found.append(text)
    return found


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


_UNDOES = {
    "unquote": "percent", "unquote_plus": "percent", "unquote_to_bytes": "percent", "b64decode": "base64",
    "urlsafe_b64decode": "base64", "standard_b64decode": "base64", "decodebytes": "base64", "unhexlify": "hex", "fromhex": "hex",
}  # fmt: skip


def undone(source: Source, node: Any) -> list[str]:
    """How the program decodes what it read there, by itself: innermost first."""
    found: list[str] = []
    while node is not None:
        above: Any = source.parents.get(node)
        if isinstance(above, ast.Call) and node in above.args:
            called = _called(above)
            if called in _UNDOES:
                found.append(_UNDOES[called])
            elif called not in _SAME:
                break
        elif isinstance(above, (ast.Attribute, ast.BoolOp, ast.IfExp, ast.Await)) or (
            isinstance(above, ast.Call) and isinstance(node, ast.Attribute) and node.attr in ("encode", *_SAME)
        ):
            pass
        else:
            name = bound(above, node)
            function = source.function_of(node)
            for use in _loads(function, name) if name and function is not None else ():
                outer: Any = source.parents.get(use)
                if isinstance(outer, ast.Call) and use in outer.args and _called(outer) in _UNDOES:
                    found.append(_UNDOES[_called(outer)])
                    break
            break
        node = above
    return found


def _argument(call: ast.Call, at: int, *names: str) -> Any:
    if at < len(call.args):
        return call.args[at]
    return next((k.value for k in call.keywords if k.arg in names), None)


def _unwrapped(node: Any) -> Any:
    return node.value if type(node).__name__ == "Index" else node  # 3.8 and before


def _integer(node: Any) -> int | None:
    node = _unwrapped(node)
    value = getattr(node, "n", None) if type(node).__name__ == "Num" else getattr(node, "value", None)
    return value if type(value) is int else None


def bound(above: Any, node: Any) -> str:
    """The name that an assignment binds an expression to."""
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name):
        return above.targets[0].id
    if (
        type(above).__name__ in ("AnnAssign", "NamedExpr")
        and above.value is node
        and isinstance(above.target, ast.Name)
    ):
        return str(above.target.id)
    return ""


def _loads(scope: Any, name: str) -> list[Any]:
    return [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
