"""What a function does with the result of a call (which of its methods it calls, and which of its parts it reads), and in whose
handler it calls."""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint.graphs import Graph, used

OTHER: Final = ""  # it is given to somebody, kept or given back
NAMING: Final = frozenset({ir.ATTR, ir.GLOBAL, ir.FREE, ir.IMPORT})
READING: Final = frozenset({"get", "pop"})


def uses(fn: ir.Function, pos: int, into: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names of methods and keys; `OTHER` among them where the result goes elsewhere. into: functions to which it is given to be
    a part of what they make, which is what is meant then."""
    blocks = ir.graph(fn)
    body = [ins for instructions, _, _ in blocks for ins in instructions]
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
    ends = any(end[0] in ir.PLACED and end[2] in held for _, end, _ in blocks)
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


def where_caught(fn: ir.Function, pos: int, exceptions: frozenset[str]) -> bool:
    """Whether what stands at a position is reached only where one of these exceptions was caught."""
    blocks = ir.graph(fn)
    body = [ins for instructions, _, _ in blocks for ins in instructions]
    if not any(ins[0] == ir.CATCH for ins in body):
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
