"""Reads what a function asks of its parameters before it comes to a line: what a branch around the line compares them with,
and what lets an early exit pass.

It reads source and runs nothing. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast

from .probe import last_line
from .reading import FUNCTIONS, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

IS, ENDS, STARTS, FILLED = "is", "ends", "starts", "filled"
"""A parameter is that value; a text that ends so; one that starts so; anything that counts as true, and is not None."""


def wanted(function: Any, line: int, own: set[str] | None = None) -> dict[str, list[Any]]:
    """By the name of a parameter what it has to be, so that the line is come to: a kind, and a value where it has one. own:
    names that are asked about in the place of the parameters."""
    own = set(names(function)) - {"self", "cls"} if own is None else own
    found: dict[str, list[Any]] = {}
    for test, outcome in _tests(function.body, line):
        for name, told in _atoms(test, outcome, own):
            if name not in found or found[name] == [FILLED]:
                found[name] = told
    return found


def flags(function: Any) -> list[str]:
    """The parameters whose default is True or False."""
    return [name for name, default in _defaults(function) if isinstance(_literal(default), bool)]


def empty(function: Any) -> list[str]:
    """The parameters whose default is None."""
    return [name for name, default in _defaults(function) if _is_none(default)]


def _defaults(function: Any) -> list[tuple[str, ast.expr]]:
    a = function.args
    positional = [*getattr(a, "posonlyargs", []), *a.args]
    late = positional[len(positional) - len(a.defaults) :]
    pairs = [(late[at], default) for at, default in enumerate(a.defaults)]
    pairs += [(a.kwonlyargs[at], default) for at, default in enumerate(a.kw_defaults) if default is not None]
    return [(arg.arg, default) for arg, default in pairs]


def _tests(body: list[Any], line: int) -> list[tuple[ast.expr, bool]]:
    """The conditions on the way to a line, each with how it has to turn out."""
    out: list[tuple[ast.expr, bool]] = []
    for node in body:
        if node.lineno <= line <= last_line(node):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                return out
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(node, name, None)
                if isinstance(inner, list) and inner and inner[0].lineno <= line <= last_line(inner[-1]):
                    own = [(node.test, name == "body")] if isinstance(node, (ast.If, ast.While)) else []
                    return own + out + _tests(inner, line) if own else out + _tests(inner, line)
            for handler in getattr(node, "handlers", ()):
                if handler.lineno <= line <= last_line(handler):
                    return out + _tests(handler.body, line)
            return out
        if node.lineno > line:
            break
        if isinstance(node, ast.If) and _leaves(node.body) and not node.orelse:
            out.append((node.test, False))
        elif isinstance(node, ast.Assert):
            out.append((node.test, True))
    return out


def _leaves(body: list[Any]) -> bool:
    return isinstance(body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _atoms(test: ast.expr, outcome: bool, own: set[str]) -> list[tuple[str, list[Any]]]:
    """What a condition asks of single parameters when it has to turn out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _atoms(test.operand, not outcome, own)
    if isinstance(test, ast.BoolOp):
        every = isinstance(test.op, ast.And) is outcome  # else one of them is enough
        parts = [_atoms(part, outcome, own) for part in test.values]
        return [one for part in parts for one in part] if every else next(filter(None, parts), [])
    if isinstance(test, ast.Name) and test.id in own:
        return [(test.id, [FILLED] if outcome else [IS, False])]
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, outcome, own)
    if (
        isinstance(test, ast.Call)
        and outcome
        and isinstance(test.func, ast.Attribute)
        and test.func.attr in ("endswith", "startswith")
        and test.args
    ):
        name, text = _name(test.func.value, own), _first(test.args[0])
        if name and isinstance(text, str):
            return [(name, [ENDS if test.func.attr == "endswith" else STARTS, text])]
    return []


def _compared(test: ast.Compare, outcome: bool, own: set[str]) -> list[tuple[str, list[Any]]]:
    op, right = test.ops[0], test.comparators[0]
    name = _name(test.left, own)
    if not name:
        return []
    if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
        same = isinstance(op, (ast.Eq, ast.Is)) is outcome
        if _is_none(right):
            return [(name, [IS, None] if same else [FILLED])]
        value = _literal(right)
        if isinstance(value, bool):
            return [(name, [IS, value is same])]
        return [(name, [IS, value])] if same and isinstance(value, (str, int, float)) else []
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(op, ast.In) is outcome:
        value = _first(right)
        several = isinstance(right, (ast.Tuple, ast.List, ast.Set))
        return [(name, [IS, value])] if several and isinstance(value, (str, int)) else []
    return []


def _name(node: ast.AST, own: set[str]) -> str:
    """The parameter that a value is, also in another case or without its spaces."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        if node.func.attr not in ("lower", "upper", "strip"):
            return ""
        node = node.func.value
    return node.id if isinstance(node, ast.Name) and node.id in own else ""


def _first(node: ast.AST) -> Any:
    """A literal, the first one of several."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return _literal(node.elts[0]) if node.elts else None
    return _literal(node)


def _literal(node: ast.AST) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def _is_none(node: ast.AST) -> bool:
    return type(node).__name__ in ("Constant", "NameConstant") and getattr(node, "value", node) is None
