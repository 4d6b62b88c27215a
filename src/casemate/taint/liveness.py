"""Liveness: which variables and temporaries a block of a function still needs, whatever was assigned before it.

Where ways meet, a difference in what nobody will read again is none: the blocks behind need not run once more for it.
Variables that are asked for otherwise than by an instruction (parameters, for what is established of them; captured ones)
are live everywhere; in bodies of modules and classes every name is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from casemate.languages import ir
from casemate.taint.state import State

# Where the operands of an instruction stand; those in tuples are looked for in them. No value of the interpreter rests on
# the others: names, numbers, operators.
READ: Final[dict[int, tuple[int, ...]]] = {
    ir.MOVE: (3,), ir.GLOBAL: (), ir.SETGLOBAL: (4,), ir.FREE: (), ir.SETFREE: (4,), ir.IMPORT: (), ir.ATTR: (3,),
    ir.SETATTR: (3, 5), ir.INDEX: (3, 4), ir.SETINDEX: (3, 4, 5), ir.SLICE: (3, 4, 5, 6), ir.BINARY: (4, 5),
    ir.UNARY: (4,), ir.COMPARE: (4, 5), ir.FORMAT: (3,), ir.SEQUENCE: (4,), ir.MAPPING: (3,), ir.CALL: (3, 4, 5),
    ir.INVOKE: (3, 5, 6), ir.FUNCTION: (4,), ir.CLASS: (), ir.ITER: (3,), ir.ENTER: (3,), ir.AWAIT: (3,),
    ir.YIELD: (3,), ir.CATCH: (3,), ir.DELETE: (3,),
}  # fmt: skip
WHOLE: Final = ("module", "class")  # kinds of bodies whose names are all read from outside


class Live(NamedTuple):
    """names: per block what it needs, variables by name and temporaries by number. temps: per block the temporaries among
    these. always: variables live everywhere."""

    names: list[frozenset[Any]]
    temps: list[tuple[int, ...]]
    always: frozenset[str]


def live(fn: ir.Function, blocks: tuple[ir.Block, ...], captured: Iterable[str]) -> Live | None:
    """What each block needs; None when everything counts. captured: variables that inner functions read."""
    if fn.kind in WHOLE:
        return None
    always = frozenset([*(p.name for p in fn.params), *captured])
    read: list[set[Any]] = []
    written: list[set[Any]] = []
    after: list[tuple[int, ...]] = []
    for instructions, terminator, _ in blocks:
        reads: set[Any] = set()
        writes: set[Any] = set()
        for ins in instructions:
            for place in READ[ins[0]]:
                _add(ins[place], reads, writes)
            if ins[2] is not None:
                writes.add(ins[2])
        if terminator[0] in ir.PLACED:
            _add(terminator[2], reads, writes)
        read.append(reads)
        written.append(writes)
        after.append(ir.ways(terminator))
    needed: list[set[Any]] = read
    changed = True
    while changed:
        changed = False
        for number in range(len(blocks) - 1, -1, -1):
            mine = needed[number]
            before = len(mine)
            for target in after[number]:
                mine |= needed[target] - written[number]
            for handler in blocks[number][2]:  # entered from the start as well as from the end
                mine |= needed[handler]
            changed = changed or len(mine) != before
    return Live(
        [always | names for names in needed],
        [tuple(sorted(t for t in names if type(t) is int)) for names in needed],
        always,
    )


def flat(operand: Any) -> Iterator[Any]:
    """The operands in one that may be a tuple of them."""
    if type(operand) is tuple:
        for inner in operand:
            yield from flat(inner)
    else:
        yield operand


def _add(operand: Any, reads: set[Any], writes: set[Any]) -> None:
    """Note an operand, or those in a tuple of them, as read where nothing in this block has written them."""
    if type(operand) is tuple:
        for inner in operand:
            _add(inner, reads, writes)
    elif (type(operand) is str or (type(operand) is int and operand >= 0)) and operand not in writes:
        reads.add(operand)


def matter(changed: Iterable[Any], old: State, new: State, roots: Iterable[Any]) -> bool:
    """Whether one of these objects can be reached from live variables. roots: values that hold references besides what the
    caller gave. What is live is the same in both states, but for the objects."""
    wanted = set(changed)
    queue: list[Any] = [val for val in roots if val is not None]
    for key in wanted:
        if key[0] == "p":
            return True
    seen: set[Any] = set()
    for state in (old, new):
        for key, content in state.items():
            if type(key) is tuple and key[0] == "p":
                queue += content.values()
    while queue:
        for ref in queue.pop().refs:
            if ref[0] == "o" and ref not in seen:
                if ref in wanted:
                    return True
                seen.add(ref)
                for state in (old, new):
                    content = state.get(ref)
                    if content:
                        queue += content.values()
    return False
