"""What a function does with the result of a call (which of its methods it calls, and which of its parts it reads), and in whose
handler it calls."""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint.graphs import Graph, used

OTHER: Final = ""  # it is given to somebody, kept or given back
NAMING: Final = frozenset({ir.ATTR, ir.GLOBAL, ir.FREE, ir.IMPORT})
MOST: Final = 4000  # instructions of a function that is looked at
MOST_BLOCKS: Final = 400
READING: Final = frozenset({"get", "pop"})


def uses(fn: ir.Function, pos: int, into: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names of methods and keys; `OTHER` among them where the result goes elsewhere. into: functions to which it is given to be
    a part of what they make, which is what is meant then."""
    blocks = ir.graph(fn)
    body = [ins for instructions, _, _ in blocks for ins in instructions]
    if fn.kind != "function" or len(body) > MOST:
        return frozenset({OTHER})
    named = {ins[2]: str(ins[3]).rpartition(".")[2] for ins in body if ins[0] in (ir.GLOBAL, ir.IMPORT)}
    held: set[Any] = {ins[2] for ins in body if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE)}
    made = len(held) - 1
    while made < len(held):
        made = len(held)
        for ins in body:
            moved = ins[0] in (ir.MOVE, ir.AWAIT) and ins[3] in held
            if moved or (ins[0] == ir.CALL and named.get(ins[3]) in into and held & set(used(ins))):
                held.add(ins[2])
    found = {name for ins in body if held & set(used(ins)) for name in _use(fn, ins, held, ins[2] in held)}
    inner = any(ins[0] in (ir.FUNCTION, ir.CLASS) for ins in body)  # it may read a variable of this one
    ends = any(end[0] in ir.PLACED and end[2] in held for _, end, _ in blocks)
    ends = ends or (inner and any(type(one) is str for one in held))
    return frozenset(found | {OTHER} if ends else found)


def _use(fn: ir.Function, ins: ir.Instruction, held: set[Any], goes_on: bool) -> tuple[str, ...]:
    """What one instruction does with it."""
    if goes_on:
        return ()
    if ins[0] == ir.INVOKE and ins[3] in held and not held & {one for one in ins[5] if type(one) is not tuple}:
        return _key(fn, ins[5][0]) if ins[4] in READING and ins[5] else (ins[4],)
    return _key(fn, ins[4]) if ins[0] == ir.INDEX and ins[3] in held else (OTHER,)


def _key(fn: ir.Function, operand: Any) -> tuple[str, ...]:
    const = fn.consts[-1 - operand] if type(operand) is int and operand < 0 else None
    return (const,) if type(const) is str else (OTHER,)


def again(fn: ir.Function, pos: int, acts: frozenset[int]) -> bool:
    """Whether a method is called by the same name, and given the same first, at another place than those of the acts."""
    calls = [ins for instructions, _, _ in ir.graph(fn) for ins in instructions if ins[0] == ir.INVOKE]
    here = {(ins[4], one) for ins in calls if ins[1] == pos for one in _first(ins)}
    return any((ins[4], one) in here for ins in calls if ins[1] not in acts for one in _first(ins))


def where_caught(fn: ir.Function, pos: int, exceptions: frozenset[str], acts: frozenset[int]) -> bool:
    """Whether a call is reached only where one of these exceptions was caught, and another call was given the same first. acts:
    where calls stand that are as weak as this one."""
    blocks = ir.graph(fn)
    body = [ins for instructions, _, _ in blocks for ins in instructions]
    if not any(ins[0] == ir.CATCH for ins in body) or len(blocks) > MOST_BLOCKS:
        return False
    given = {one for ins in body if ins[1] == pos for one in _first(ins)}
    if not any(given & set(_first(ins)) for ins in body if ins[1] not in acts):
        return False
    named = {
        ins[2]: str(ins[4] if ins[0] == ir.ATTR else ins[3]).rpartition(".")[2] for ins in body if ins[0] in NAMING
    }
    graph = Graph(blocks, set(), set(range(len(blocks))))
    caught = [
        (number, n)
        for number, (instructions, _, _) in enumerate(blocks)
        for n, ins in enumerate(instructions)
        if ins[0] == ir.CATCH and ins[3] and {named.get(one, "") for one in ins[3]} <= exceptions
    ]
    places = graph.at(pos)
    return bool(places) and all(any(graph.passed(place, there.place) for place in caught) for there in places)


def _first(ins: ir.Instruction) -> tuple[Any, ...]:
    """What a call is given first."""
    return tuple(ins[5 if ins[0] == ir.INVOKE else 4][:1]) if ins[0] in (ir.CALL, ir.INVOKE) else ()
