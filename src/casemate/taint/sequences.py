"""How sequences begin: the elements that are known to come first, whatever follows them.

The first element of an argument list is the program; so it is told apart through copies, sums and spreading. A list that
begins with another one begins with the first element of that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.taint.state import ANY, INEXACT, MAX_FIELDS, TAIL, UNMEASURED, Fields
from casemate.taint.values import CLEAN, NO, Ref, Value, clear, join, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

LIST: Final = ("i", "list")
TUPLE: Final = ("i", "tuple")
ORDERED: Final = (LIST, TUPLE)
MAX_TOLD: Final = 8  # elements of which others are told how a list begins
MAX_PLACES: Final = 32  # beyond, a list that is put together piece by piece has a tail


def exact_length(content: Fields) -> int | None:
    """How many elements a sequence has, when that is known: each has its place, and none was stored from the end."""
    if content.keys() & UNMEASURED:
        return None
    length = sum(1 for k in content if type(k) is int)
    return length if all(n in content for n in range(length)) else None


def leading(content: Fields) -> list[Value]:
    """The elements that are numbered without a gap from the first on."""
    out: list[Value] = []
    while len(out) in content:
        out.append(content[len(out)])
    return out


def all_of(items: list[Value]) -> Value:
    """The join of some values."""
    out = CLEAN
    for n, item in enumerate(items):
        out = item if n == 0 else join(out, item)
    return out


def laid_out(frame: Frame, val: Value) -> tuple[list[Value], bool] | None:
    """The known first elements of a sequence, and whether these are all; None when nothing is known of it."""
    if val.taint:
        return None
    made = [ref for ref in val.refs if ref[0] == "o"]
    if made:
        content: Fields = frame.env.get(made[0]) or {}
        if len(made) > 1 or ANY in content:
            return None
        items = leading(content)
        return (items, len(items) == len(content)) if items or not content else None
    if type(val.const) is tuple:
        return [value(0, const) for const in val.const], True
    told = [ref for ref in val.refs if ref[0] == "["]
    if len(told) != 1:
        return None
    _, elements, exact = told[0]
    return [value(0, const[0] if const else NO, refs) for const, refs in elements], exact


def first(frame: Frame, val: Value) -> Value:
    """The first element of a sequence."""
    known = laid_out(frame, val)
    if known is None:
        return frame.inside(val, 0)
    return known[0][0] if known[0] else CLEAN


def told(frame: Frame, val: Value) -> Ref | None:
    """How a list made here, of which nothing is tainted, begins for others that find it in a variable: a program's name and what
    follows it."""
    if len(val.refs) != 1 or val.refs[0][2] not in ORDERED:
        return None
    content: Fields = frame.env.get(val.refs[0]) or {}
    head = content.get(0)
    if head is None or ANY in content or not (type(head.const) is str or any(r[0] == "x" for r in head.refs)):
        return None
    elements: list[tuple[tuple[Any, ...], tuple[Ref, ...]]] = []
    for item in leading(content)[:MAX_TOLD]:
        if item.taint or any(r[0] not in "ix" for r in item.refs):
            break
        elements.append(((item.const,) if item.const is not NO else (), item.refs))
    return ("[", tuple(elements), len(elements) == len(content))


def sum_of(frame: Frame, left: Value, right: Value) -> Fields:
    """What `left + right` holds."""
    items: list[Value] = []
    tail: list[Value] = []
    for side in (left, right):
        known = laid_out(frame, side)
        if known is None:
            if not items and not tail:
                items.append(first(frame, side))
        elif not tail:
            items += known[0]
        if tail or known is None or not known[1]:
            tail.append(frame.inside(side, ANY))
    out: Fields = dict(enumerate(items)) if len(items) <= MAX_FIELDS else {ANY: all_of(items)}
    if tail:
        out[TAIL] = all_of(tail)
    return out


def argument(frame: Frame, val: Value, before: list[Any]) -> Value:
    """A value behind these constants in a list of arguments: what follows the end of the options is none, nor is the value of
    an option."""
    last = before[-1] if before else ""
    if val.taint and ("--" in before or (type(last) is str and last.startswith("-"))):
        return value(clear(val.taint, frame.knowledge.kinds["argument"].mask), val.const, val.refs, val.pred)
    return val


def copied(frame: Frame, val: Value) -> Fields:
    """What a list holds that is made of a sequence of which no more is known."""
    return {0: first(frame, val), TAIL: frame.inside(val, ANY), INEXACT: CLEAN}


def inserted(content: Fields, at: int, item: Value) -> Fields | None:
    """A list's elements with one more at a place; None when all have moved."""
    length = exact_length(content)
    if length is not None and length < MAX_PLACES:
        items = [content[n] for n in range(length)]
        items.insert(at, item)
        return dict(enumerate(items))
    if ANY in content:
        return None
    stay = leading(content)[: min(at, 1)] if at > 0 else []  # on some way there may be no more than one
    if not stay:
        return None
    moved = [val for name, val in content.items() if name != INEXACT and not (type(name) is int and name < len(stay))]
    return {**dict(enumerate(stay)), TAIL: all_of([*moved, item]), INEXACT: CLEAN}


def extended(frame: Frame, content: Fields, more: Value) -> Fields | None:
    """A list's elements with those of another sequence behind them, where all have a place; or where it was empty."""
    length = exact_length(content)
    if length is None:
        return None
    known = laid_out(frame, more)
    if known is not None and known[1] and length + len(known[0]) < MAX_PLACES:
        return dict(enumerate([*(content[n] for n in range(length)), *known[0]]))
    return copied(frame, more) if not length else None


def givers(frame: Frame, val: Value) -> list[Ref]:
    """What the caller gave, of a list that is the caller's own or begins with it."""
    made = [ref for ref in val.refs if ref[0] == "o"]
    if not made:
        return [ref for ref in val.refs if ref[0] == "p"]
    out: list[Ref] = []
    for ref in made:
        content: Fields = frame.env.get(ref) or {}
        if TAIL in content and 0 in content and 1 not in content:
            out += [("p", r[1], r[2][:-1]) for r in content[0].refs if r[0] == "p" and r[2][-1:] == (0,)]
    return out


def added(frame: Frame, left: Value, right: Value) -> bool:
    """Put the elements of a sequence behind those of a list of the caller's: known to be one, since something was added to it
    before. Whether it was one."""
    filled = [ref for ref in left.refs if ref[0] == "p" and ANY in (frame.env.get(ref) or {})]
    if not len(filled) == len(left.refs) == 1:
        return False
    frame.write_field(filled[0], ANY, value(frame.deep(frame.inside(right, ANY))), weak=True)
    return True
