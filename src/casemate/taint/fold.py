"""Computing on constants, so that branches on what is always so die. Pure, bounded, and never raising.

Only operations on plain scalars and tuples of the language's own semantics are done; a result that would be long or that
the operation refuses is simply not known.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from casemate.taint.values import MAX_CONST, NO

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "builtins.len": len, "builtins.str": str, "builtins.int": int, "builtins.ord": ord, "builtins.chr": chr,
    "builtins.abs": abs, "builtins.bool": bool, "builtins.min": min, "builtins.max": max, "builtins.float": float,
    "builtins.repr": repr,
}  # fmt: skip
# Methods that change no more than the case of letters: what is true of such a copy of a text is true of the text.
CASES = (".lower", ".upper", ".casefold")
REFUSED = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError)


def bounded(result: Any) -> Any:
    """The result when it is a short plain constant, else NO."""
    kind = type(result)
    if kind is str or kind is bytes or kind is tuple:
        return result if len(result) <= MAX_CONST else NO
    if kind is int:
        return result if result.bit_length() <= 128 else NO
    return result if kind in (bool, float, type(None)) else NO


def binary(op: str, left: Any, right: Any) -> Any:
    """`left op right`, or NO."""
    if op == "*" and not (_small(left) and _small(right)):
        return NO
    if op == "%" and isinstance(left, (str, bytes)) and len(left) > 200:
        return NO  # a width in a format could ask for gigabytes
    if op == "%" and isinstance(left, str) and any(c in left for c in "*0123456789"):
        return NO
    act = BINARY.get(op)
    return _try(act, left, right) if act else NO


def compare(op: str, left: Any, right: Any) -> Any:
    """`left op right` as a bool, or NO."""
    if op == "is":
        return left is right if left is None or right is None or isinstance(left, bool) else NO
    if op == "is not":
        return left is not right if left is None or right is None or isinstance(left, bool) else NO
    act = COMPARE.get(op)
    return _try(act, left, right) if act else NO


def function(dotted: str, args: list[Any]) -> Any:
    """A pure built-in function on constants, or NO."""
    act = FUNCTIONS.get(dotted)
    return _try(act, *args) if act else NO


def method(receiver: Any, name: str, args: list[Any]) -> Any:
    """A pure method of a constant (knowledge says which are), or NO."""
    if name in ("center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "to_bytes"):
        return NO
    return _try(getattr(receiver, name, _missing), *args)


def _missing(*_args: Any) -> Any:
    return NO


def _small(val: Any) -> bool:
    return (isinstance(val, (int, float)) and abs(val) <= MAX_CONST) or (
        isinstance(val, (str, bytes, tuple)) and len(val) <= 64
    )


def _try(act: Callable[..., Any], *args: Any) -> Any:
    try:
        return bounded(act(*args))
    except REFUSED:
        return NO
