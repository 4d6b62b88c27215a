"""Sees whether a finding's lines ran, and what stood in the arguments of the calls on them.

C functions leave no event and no frame, so their arguments are read before the line runs: expressions that cannot do
anything (names, attributes of modules, texts put together) are worked out from the frame's own variables. Standard library only,
Python 3.7 and later.
"""

from __future__ import annotations

import ast
import sys
import threading

from .watch import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

_PURE = frozenset(
    ("format", "join", "replace", "strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "split", "rsplit")
)
_LONG = 8192
_KEPT = 40
_COMPOUND = tuple(
    getattr(ast, name)
    for name in (
        "If",
        "For",
        "While",
        "With",
        "Try",
        "FunctionDef",
        "ClassDef",
        "AsyncFunctionDef",
        "AsyncFor",
        "AsyncWith",
    )
)


class Unknown(Exception):
    """An expression that is not worked out here."""


def first_line(node: Any) -> int:
    """The first line of a node; of a function or class with its decorators."""
    return min([int(node.lineno), *(int(d.lineno) for d in getattr(node, "decorator_list", ()))])


def last_line(node: ast.AST) -> int:
    """The last line of a node; Python 3.7 does not say it itself."""
    end = getattr(node, "end_lineno", None)
    if end is not None:
        return int(end)
    return max(int(getattr(child, "lineno", 0)) for child in ast.walk(node))


def statement(tree: ast.AST, line: int) -> tuple[int, int, list[ast.expr]]:
    """The innermost statement at a line: its first and last line (of a compound one its head), and its own expressions."""
    best: ast.stmt | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= last_line(node):
            if best is None or node.lineno >= best.lineno:
                best = node
    if best is None:
        return line, line, []
    if not isinstance(best, _COMPOUND):
        return (
            best.lineno,
            last_line(best),
            [child for child in ast.iter_child_nodes(best) if isinstance(child, ast.expr)],
        )
    body = getattr(best, "body", None) or [best]
    heads = [child for child in ast.iter_child_nodes(best) if isinstance(child, ast.expr)]
    heads += [item.context_expr for item in getattr(best, "items", ())]
    return best.lineno, max(best.lineno, min(last_line(best), body[0].lineno - 1)), heads


class Probe:
    """Watches places while it is on. heads: for each place the expressions on it. passed: how often each of them ran."""

    def __init__(self, places: list[tuple[Place, list[ast.expr]]], real: Callable[[str], str | None]) -> None:
        self.passed = [0] * len(places)
        self.texts: dict[str, str] = {}
        self._real = real
        self._places = [place for place, _ in places]
        self._wanted = [list(_arguments(heads)) for _, heads in places]
        self._codes: dict[CodeType, bool] = {}

    def on(self) -> None:
        """From now on, in this thread and in those that start."""
        threading.settrace(self._enter)
        sys.settrace(self._enter)

    def forget(self) -> None:
        """What was seen so far does not count."""
        self.passed[:] = [0] * len(self.passed)
        self.texts.clear()

    def off(self) -> None:
        """No more."""
        sys.settrace(None)
        threading.settrace(None)

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        known = self._codes.get(code)
        if known is None:
            path = self._real(code.co_filename)
            known = any(place.path == path and code.co_firstlineno <= place.last for place in self._places)
            self._codes[code] = known
        return self._line if known else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            path = self._real(frame.f_code.co_filename)
            for at, place in enumerate(self._places):
                if path is not None and place.holds(path, frame.f_lineno):
                    self.passed[at] += 1
                    if len(self.texts) < _KEPT:
                        self._read(frame, at)
        return self._line

    def _read(self, frame: FrameType, at: int) -> None:
        for key, node in self._wanted[at]:
            try:
                value = work_out(node, frame.f_locals, frame.f_globals)
            except Exception:  # not set yet, not pure, or an object of the target's that minds
                continue
            if type(value) in (str, bytes):
                text = value if isinstance(value, str) else value.decode("utf-8", "backslashreplace")
                self.texts[f"{at} {key}"] = text[:_LONG]


def _arguments(heads: list[ast.expr]) -> Any:
    """The arguments of all calls, and what is returned or assigned, with a name for each."""
    number = 0
    for head in heads:
        yield "value", head
        for node in ast.walk(head):
            if isinstance(node, ast.Call):
                called = _dotted(node.func) or "call"
                for at, argument in enumerate(node.args):
                    yield f"{number} {called} {at}", argument
                for keyword in node.keywords:
                    yield f"{number} {called} {keyword.arg}", keyword.value
                number += 1


def _dotted(node: ast.AST) -> str:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts)).strip(".")


def work_out(node: ast.AST, names: Any, others: Any) -> Any:
    """The value of an expression that does nothing. Raises Unknown, or what reading a name raises."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Str, ast.Bytes) if sys.version_info < (3, 8) else ()):
        return node.s
    if isinstance(node, ast.Name):
        if node.id in names:
            return names[node.id]
        if node.id in others:
            return others[node.id]
        raise Unknown(node.id)
    if isinstance(node, ast.Attribute):
        held = work_out(node.value, names, others)
        own = getattr(held, "__dict__", {})  # an attribute that is simply there: a property may do anything
        if node.attr in own:
            return own[node.attr]
        raise Unknown(node.attr)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        left, right = work_out(node.left, names, others), work_out(node.right, names, others)
        if type(left) not in (str, bytes):
            raise Unknown("an operator of something else")
        return left + right if isinstance(node.op, ast.Add) else left % _texts(right)
    if isinstance(node, ast.JoinedStr):
        return "".join(_piece(part, names, others) for part in node.values)
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(work_out(part, names, others) for part in node.elts)
    if isinstance(node, ast.Subscript):
        held = work_out(node.value, names, others)
        index: Any = getattr(node.slice, "value", node.slice) if type(node.slice).__name__ == "Index" else node.slice
        if type(held) in (dict, list, tuple, str):
            return held[work_out(index, names, others)]
        raise Unknown("an item of something else")
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _PURE
        and not node.keywords
    ):
        held = work_out(node.func.value, names, others)
        if type(held) in (str, bytes):
            return getattr(held, node.func.attr)(*[_texts(work_out(part, names, others)) for part in node.args])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
        return str(_texts(work_out(node.args[0], names, others)))
    raise Unknown(type(node).__name__)


def _piece(node: ast.AST, names: Any, others: Any) -> str:
    if isinstance(node, ast.FormattedValue):
        if node.format_spec is not None:
            raise Unknown("a format")
        value = _texts(work_out(node.value, names, others))
        return repr(value) if node.conversion == ord("r") else str(value)
    return str(work_out(node, names, others))


def _texts(value: Any) -> Any:
    """The value when putting it into a text runs nothing of the target's."""
    if type(value) in (str, bytes, int, float, bool, type(None)):
        return value
    if type(value) in (tuple, list):
        return type(value)(_texts(part) for part in value)
    raise Unknown(type(value).__name__)
