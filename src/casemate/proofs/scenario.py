"""The language that a property is stated in: a small part of Python that drives a target and cannot bend it.

Whoever writes a property also writes the programs that violate it and that use the target in the ordinary way. They may call
what the target offers, keep what comes back, and no more: what replaced a part of the target, reached into it, or made code
would show a weakness that is not there. Checked as a syntax tree, before anything is run.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from casemate.proofs.runtime.holding import QUESTIONS

LIBRARY: Final = {
    "datetime": frozenset({"date", "datetime", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "json": frozenset({"dumps", "loads"}),
    "threading": frozenset({"Thread"}),
    "uuid": frozenset({"UUID"}),
}
"""What a scenario may import beside the target, by module: no module as such, since through one every other is reached."""

_STATEMENTS: Final = (
    ast.ImportFrom,
    ast.Assign,
    ast.Expr,
    ast.For,
    ast.If,
    ast.With,
    ast.Try,
    ast.ExceptHandler,
    ast.Pass,
)
_EXPRESSIONS: Final = (
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Starred,
)
_AROUND: Final = (
    ast.Module,
    ast.Expression,
    ast.alias,
    ast.withitem,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
)
_BUILTINS: Final = frozenset(
    {
        *(QUESTIONS - {"type"}),  # which also makes classes
        *("bytes", "dict", "enumerate", "iter", "list", "next", "range", "repr", "reversed", "tuple", "zip"),
        *("Exception", "ValueError", "TypeError", "KeyError", "PermissionError", "LookupError", "RuntimeError"),
    }
)
_METHODS: Final = frozenset(
    {"get", "keys", "values", "items", "lower", "upper", "strip", "startswith", "endswith", "count", "index", "split"}
)
_NODES: Final = 1_500
_LONG: Final = 20_000  # characters beyond which nothing is parsed: a bundle may hold any text


def condition_refusal(text: str) -> str:
    """Why a text is no condition over `args` and `result`, or "". It asks, and changes nothing."""
    if len(text) > _LONG:
        return "it is too long"
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it is no Python expression"
    names = {"args", "result"}
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not found & names:
        return "it speaks neither of `args` nor of `result`"
    comprehended = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in QUESTIONS:
                continue
            if isinstance(called, ast.Attribute) and called.attr in _METHODS:
                continue
            return "it calls something that a question does not need"
    more = (ast.GeneratorExp, ast.ListComp, ast.comprehension)
    return _refusal(tree, (*_EXPRESSIONS, *_AROUND, *more), names | QUESTIONS | comprehended)


def scenario_refusal(text: str, offered: Mapping[str, Collection[str]]) -> str:
    """Why a text is no scenario, or "". offered: the functions and classes of each module of the target."""
    if len(text) > _LONG:
        return "it is too long"
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it is no Python"
    names, driven = set(_BUILTINS), False
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            known = LIBRARY.get(module) or offered.get(module) or ()
            if node.level or any(one.name not in known for one in node.names):
                return "it imports what is neither a function nor a class of the target"
            driven = driven or module in offered
            names |= {one.asname or one.name for one in node.names}
        elif isinstance(node, ast.ExceptHandler):
            names.add(node.name or "")
    given = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if taken := given & names:
        return f"it gives {min(taken)[:40]} another meaning"
    if not driven or not any(isinstance(node, ast.Call) for node in ast.walk(tree)):
        return "it does not drive the target: it is to import by `from module import name`, and to call that"
    if why := _refusal(tree, (*_STATEMENTS, *_EXPRESSIONS, *_AROUND), names | given):
        return why
    try:
        ast.unparse(tree)  # as it is to be done with other values
    except (RecursionError, ValueError):
        return "it is nested too deep, or holds a number that is too long"
    return ""


def _refusal(tree: ast.AST, allowed: tuple[type[ast.AST], ...], names: Collection[str]) -> str:
    for number, node in enumerate(ast.walk(tree)):
        if number > _NODES:
            return "it is too long"
        if not isinstance(node, allowed):
            return f"it has {type(node).__name__}, which it must not"
        if isinstance(node, ast.Name) and node.id not in names:
            return f"it names {node.id[:40]}, which nothing gave it"
        if isinstance(node, ast.Attribute) and (node.attr.startswith("_") or not isinstance(node.ctx, ast.Load)):
            return "it reaches into an object, or changes one"
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            return "it changes an object"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("__"):
            return "it names what is inside of an object"
    return ""


def other_uses(program: str, texts: Sequence[str], most: int) -> tuple[str, ...]:
    """A program with one of its values, a text or a whole number, replaced by another: of its own, of `texts`, or the next
    number. Each once, at most so many, without the program itself; every value gets its turn before one gets its second, so that
    however many texts there are, each argument is another once. None for what is no Python, nor for what is nested too deep."""
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    places = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in (str, int)]
    own = dict.fromkeys(node.value for node in places)
    others = [_others(node.value, [*own, *texts]) for node in places]
    found: dict[str, None] = {}
    for turn in zip_longest(*others):
        for node, value in zip(places, turn, strict=True):
            if value is None:
                continue
            before, node.value = node.value, value
            try:
                found[ast.unparse(tree)] = None
            except (RecursionError, ValueError):  # too deep for Python's own writer, or a number that it does not spell
                return tuple(found)
            node.value = before
            if len(found) == most:
                return tuple(found)
    return tuple(found)


def _others(value: object, known: Sequence[object]) -> Iterator[str | int]:
    """What is put in the place of a text or a number."""
    more = [value + 1, value - 1, -value] if isinstance(value, int) else []
    for one in dict.fromkeys((*known, *more)):
        if isinstance(one, (str, int)) and type(one) is type(value) and one != value:
            yield one
