"""What is read again by the same words: `if ours(request.GET.get("next")): return redirect(request.GET.get("next"))`.

What a client sent is the same however often it is read. So where every way to a reading passes another of the same part by the
same words, it is lowered as one: the first is kept in a variable of its own, and the second is that variable. A check of the one
is a check of the other. Only parts of what is called like a request's are meant, of something that nothing else is put into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from casemate.languages import ir

MARK: Final = "\0"  # how such a variable's name begins: no name of the source does
SENT: Final = frozenset(
    {"GET", "POST", "args", "form", "values", "query_params", "query", "cookies", "headers", "COOKIES"}
)
CHANGING: Final = frozenset({"pop", "update", "setdefault", "clear", "popitem", "setlist", "add", "__setitem__"})
MOST: Final = 64  # readings of one function


class Reading(NamedTuple):
    """Where something is read: the place, and the words by which."""

    block: int
    at: int
    words: tuple[str, ...]


def shared(
    blocks: tuple[ir.Block, ...], parameters: Sequence[ir.Parameter], consts: Sequence[Any]
) -> tuple[ir.Block, ...]:
    """The blocks, with what is read again as what was read first."""
    if not any(ins[0] == ir.ATTR and ins[4] in SENT for instructions, _, _ in blocks for ins in instructions):
        return blocks
    readings = list(_readings(blocks, parameters, consts))
    groups: dict[tuple[str, ...], list[Reading]] = {}
    for reading in readings if len(readings) <= MOST else ():
        groups.setdefault(reading.words, []).append(reading)
    out = [list(instructions) for instructions, _, _ in blocks]
    added: dict[tuple[int, int], ir.Instruction] = {}
    number = 0
    for words, group in groups.items():
        first = group[0]
        again = [one for one in group[1:] if _passed(blocks, first, one)]
        if not again:
            continue
        number += 1
        name = MARK * number + words[-1]
        made = out[first.block][first.at]
        added[first.block, first.at] = (ir.MOVE, made[1], name, made[2])
        for one in again:
            had = out[one.block][one.at]
            out[one.block][one.at] = (ir.MOVE, had[1], had[2], name)
    for (block, index), ins in sorted(added.items(), reverse=True):
        out[block].insert(index + 1, ins)
    if not added:
        return blocks
    return tuple([(tuple(new), end, handlers) for new, (_, end, handlers) in zip(out, blocks, strict=True)])


def _readings(
    blocks: tuple[ir.Block, ...], parameters: Sequence[ir.Parameter], consts: Sequence[Any]
) -> Iterator[Reading]:
    """The readings of parts by constant names, in order, of what nothing in the function changes."""
    made = {ins[2]: ins for instructions, _, _ in blocks for ins in instructions if type(ins[2]) is int}
    assigned = {ins[2] for instructions, _, _ in blocks for ins in instructions if type(ins[2]) is str}
    fixed = {p.name for p in parameters} - assigned
    changed = set()
    found = []
    for number, (instructions, _, _) in enumerate(blocks):
        for index, ins in enumerate(instructions):
            op = ins[0]
            if op == ir.SETATTR:
                changed.add((*_words(ins[3], made, fixed), ins[4]))
            if op in (ir.SETINDEX, ir.SETATTR) or (op == ir.INVOKE and ins[4] in CHANGING):
                changed.add(_words(ins[3], made, fixed))
            key = ins[4] if op == ir.INDEX else None
            if op == ir.INVOKE and ins[4] == "get" and len(ins[5]) == 1 and not ins[6]:
                key = ins[5][0]
            if type(key) is int and key < 0 and type(ins[2]) is int and type(consts[-1 - key]) is str:
                words = _words(ins[3], made, fixed)
                if len(words) > 1 and words[-1] in SENT:
                    found.append(Reading(number, index, (*words, consts[-1 - key])))
    yield from (one for one in found if one.words[:-1] not in changed)


def _words(operand: Any, made: dict[int, ir.Instruction], fixed: set[str]) -> tuple[str, ...]:
    """The words by which an operand is read: a parameter or a name of the module, and attributes of it."""
    if type(operand) is str:
        return (operand,) if operand in fixed else ()
    ins = made.get(operand)
    if ins is None:
        return ()
    if ins[0] == ir.GLOBAL:
        return (ins[3],)
    if ins[0] == ir.ATTR:
        inner = _words(ins[3], made, fixed)
        return (*inner, ins[4]) if inner else ()
    return ()


def _passed(blocks: tuple[ir.Block, ...], first: Reading, one: Reading) -> bool:
    """Whether every way to a reading passes another before."""
    if first.block == one.block:
        return first.at < one.at
    if first.block == 0 and not blocks[0][2]:
        return True
    seen = {0} if first.block else set()
    queue = [*seen, *blocks[first.block][2]]  # what handles what was raised, perhaps before it was read
    seen.update(queue)
    while queue:
        at = queue.pop()
        if at == one.block:
            return False
        if at == first.block:
            continue
        _, terminator, handlers = blocks[at]
        for way in (*ir.ways(terminator), *handlers):
            if way not in seen:
                seen.add(way)
                queue.append(way)
    return True
