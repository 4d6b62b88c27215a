"""Rows whose columns have names: what `namedtuple("Point", ["x", "y"])` makes, each column found by name and by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.taint import sequences
from casemate.taint.arguments import Arguments
from casemate.taint.frame import is_attribute
from casemate.taint.values import CLEAN, NO, Ref, Value, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

ROW: Final = ("i", "tuple.row")
MAKER: Final = "N"  # how a reference begins to what makes rows: ("N", names)
MAX_COLUMNS: Final = 24


def columns(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`namedtuple(name, columns)`: what makes rows of these columns."""
    given = args.positional[1] if len(args.positional) > 1 else args.named.get("field_names", (CLEAN, None))[0]
    if type(given.const) is str:
        names: list[Any] = given.const.replace(",", " ").split()
    else:
        known = sequences.laid_out(frame, given)
        names = [val.const for val in known[0]] if known is not None and known[1] else []
    fit = 0 < len(names) <= MAX_COLUMNS and all(type(name) is str for name in names)
    return value(0, NO, ((MAKER, tuple(names)),)) if fit else None


def made(frame: Frame, pos: int, ref: Ref, args: Arguments) -> Value | None:
    """A new row; None where it is not known what stands in which column."""
    if args.star is not None or args.mapping is not None or args.spread is not None:
        return None
    given = dict(zip(ref[1], args.positional, strict=False))
    given.update((name, val) for name, (val, _) in args.named.items() if name in ref[1])
    return _row(frame, pos, {name: given.get(name, CLEAN) for name in ref[1]})


def _row(frame: Frame, pos: int, columns: dict[str, Value]) -> Value:
    content: dict[Any, Value] = {}
    for number, (name, val) in enumerate(columns.items()):
        content[number] = content[name] = val
    return value(0, NO, (frame.new_object(pos, ROW, content),))


def replaced(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`row._replace(x=1)`: a row with other things in some columns."""
    known = _columns(frame, receiver)
    if known is None or args.mapping is not None:
        return None
    return _row(frame, pos, {name: args.named[name][0] if name in args.named else val for name, val in known.items()})


def named(frame: Frame, pos: int, receiver: Value, operand: Any, args: Arguments) -> Value | None:
    """`row._asdict()`."""
    known = _columns(frame, receiver)
    if known is None:
        return None
    content: dict[Any, Value] = {"[" + name: val for name, val in known.items()}
    return value(0, NO, (frame.new_object(pos, ("i", "dict"), content),))


def _columns(frame: Frame, row: Value) -> dict[str, Value] | None:
    rows = [ref for ref in row.refs if ref[0] == "o" and ref[2] == ROW]
    if len(rows) != 1 or row.taint:
        return None
    content = frame.env.get(rows[0]) or {}
    return {name: val for name, val in content.items() if is_attribute(name)}
