"""What a value has to be for the program to come to the lines of a trace. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import ast

from ..probe import last_line
from . import keys, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .reading import Library, Source

_AFFIXES = ("startswith", "endswith")


class Condition:
    """A comparison of a value. texts: with what; kind: "is", "startswith" or "endswith"; wanted: whether it has to hold on the
    way to the trace's lines, None when they do not tell."""

    __slots__ = ("kind", "texts", "wanted")

    def __init__(self, kind: str, texts: list[str], wanted: bool | None) -> None:
        self.kind = kind
        self.texts = texts
        self.wanted = wanted


def of(library: Library, source: Source, function: Any, node: Any, marks: set[tuple[str, int]]) -> Iterator[Condition]:
    """Conditions on what an expression reads, on the spot or by the name that it is bound to."""
    name = keys.bound(source.parents.get(node), node)
    return _conditions(library, source, [node, *_loads(function, name)], marks)


def handed_over(library: Library, source: Source, function: Any, marks: set[tuple[str, int]]) -> Iterator[Condition]:
    """Conditions on the parameters of a function that stand on lines of the trace."""
    for name in reading.parameters(function):
        uses = _loads(function, name)
        if any((source.path, use.lineno) in marks for use in uses):
            yield from _conditions(library, source, uses, marks)


def _loads(function: Any, name: str) -> list[Any]:
    return [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]


def _conditions(library: Library, source: Source, uses: list[Any], marks: set[tuple[str, int]]) -> Iterator[Condition]:
    for use in uses:
        outer: Any = source.parents.get(use)
        while isinstance(outer, (ast.Attribute, ast.Call)) and getattr(outer, "attr", "") not in _AFFIXES:
            use, outer = outer, source.parents.get(outer)
        if isinstance(outer, ast.Attribute):
            call: Any = source.parents.get(outer)
            texts = _texts(library, source, getattr(call, "args", ())[:1])
            kind, holds, test = outer.attr, True, call
        elif isinstance(outer, ast.Compare):
            sides = [side for side in [outer.left, *outer.comparators] if side is not use]
            texts = _texts(library, source, sides)
            kind, holds, test = "is", isinstance(outer.ops[0], (ast.Eq, ast.In, ast.Is)), outer
        else:
            continue
        if texts:
            told = _decided(source, test, marks)
            yield Condition(kind, texts, None if told is None else told is holds)


def value(conditions: list[Condition]) -> str | None:
    """A text for a value under these conditions, None where any will do."""
    avoided = {text for c in conditions if c.kind == "is" and c.wanted is False for text in c.texts}
    for wanted in (True, None):
        for condition in conditions:
            if condition.wanted is wanted:
                for text in condition.texts:
                    if text not in avoided:
                        return text
    return None


def affixes(conditions: list[Condition]) -> tuple[str, str]:
    """What must stand before and after a value."""
    before = next((c.texts[0] for c in conditions if c.kind == "startswith" and c.wanted is not False), "")
    after = next((c.texts[0] for c in conditions if c.kind == "endswith" and c.wanted is not False), "")
    return before, after


def _texts(library: Library, source: Source, sides: Any) -> list[str]:
    found: list[str] = []
    for side in sides:
        parts = side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]
        for part in parts:
            text = library.constant(source, part)
            found += [text] if text is not None else library.members(source, part)
    return list(dict.fromkeys(found))


def _decided(source: Source, test: Any, marks: set[tuple[str, int]]) -> bool | None:
    """Whether a test is to hold on the way to the lines of the trace; None when nothing tells."""
    negated = False
    node = test
    for above in source.above(test):
        if isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not):
            negated = not negated
        elif (isinstance(above, ast.IfExp) and node is above.test) or (
            isinstance(above, ast.BoolOp) and isinstance(above.op, ast.Or) and not negated
        ):
            return None
        elif isinstance(above, (ast.If, ast.While)):
            if node is not above.test:
                return None
            told = _branch(source, above, marks)
            return None if told is None else told is not negated
        elif isinstance(above, (ast.stmt, ast.Lambda)):
            return None
        node = above
    return None


def _branch(source: Source, holder: Any, marks: set[tuple[str, int]]) -> bool | None:
    """True when the lines stand in the body, False when they stand in the other branch, or behind a body that leaves."""
    if _holds(source, holder.body, marks):
        return True
    if _holds(source, holder.orelse, marks):
        return False
    leaves = isinstance(holder.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break)) or _aborts(holder.body[-1])
    if leaves:
        end = last_line(holder)
        function = source.function_of(holder)
        last = last_line(function) if function is not None else end
        if any(path == source.path and end < line <= last for path, line in marks):
            return False
    return None


def _holds(source: Source, body: list[Any], marks: set[tuple[str, int]]) -> bool:
    return bool(body) and any(
        path == source.path and body[0].lineno <= line <= last_line(body[-1]) for path, line in marks
    )


def _aborts(statement: Any) -> bool:
    call = getattr(statement, "value", None)
    name = getattr(call.func, "attr", "") or getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
    return name in ("abort", "exit", "fail")
