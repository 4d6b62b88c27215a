"""Questions about a function's control flow: where a way leads on from a branch, and what it must pass."""

from __future__ import annotations

from typing import Any, NamedTuple

from casemate.languages import ir
from casemate.taint.liveness import READ, flat

Edge = tuple[int, int]  # from a block to another
Place = tuple[int, int]  # a block, and the number of an instruction in it


class Used(NamedTuple):
    """What stands at a position of the source: an instruction, and the operands that it uses."""

    place: Place
    operands: tuple[Any, ...]


class Graph:
    """The blocks of a function. ended: those that a call ends which never returns. run: those that can be reached at all."""

    def __init__(self, blocks: tuple[ir.Block, ...], ended: set[int], run: set[int]) -> None:
        self.blocks = blocks
        self.ended = ended
        self.run = run
        self._reached: dict[tuple[int, int, frozenset[Edge]], frozenset[int]] = {}

    def reached(self, start: int, without: int, steps: frozenset[Edge] = frozenset()) -> frozenset[int]:
        """The blocks that can be reached from one, itself among them, without passing another, and without some steps."""
        key = start, without, steps
        known = self._reached.get(key)
        if known is not None:
            return known
        seen = {start} - {without}
        queue = list(seen)
        while queue:
            number = queue.pop()
            for way in (*self.ways(number), *self.blocks[number][2]):
                if way not in seen and way != without and way in self.run and (number, way) not in steps:
                    seen.add(way)
                    queue.append(way)
        return self._reached.setdefault(key, frozenset(seen))

    def ways(self, number: int) -> tuple[int, ...]:
        """Where a block leads on: of a branch where it leads when the condition is true, and when it is not."""
        _, terminator, _ = self.blocks[number]
        if number in self.ended:
            return ()
        return ir.ways(terminator)

    def sides(self, branch: int) -> tuple[frozenset[int], frozenset[int]]:
        """The blocks that can be reached from a branch when its condition is true, and when it is not."""
        then, otherwise = self.ways(branch)
        return self.reached(then, branch), self.reached(otherwise, branch)

    def one_way(self, branch: int, target: int, answer: bool, harmless: frozenset[Edge] = frozenset()) -> bool:
        """Whether every way to a block passes a branch, and goes on by one side alone. harmless: steps on which nothing is left
        to ask."""
        good, bad = self.sides(branch) if answer else self.sides(branch)[::-1]
        return target in good and target not in bad and target not in self.reached(0, branch, harmless)

    def passed(self, place: Place, target: Place) -> bool:
        """Whether every way to an instruction passes another, which has not raised."""
        handlers = self.blocks[place[0]][2]
        if any(target[0] in self.reached(handler, place[0]) for handler in handlers):
            return False
        if place[0] == target[0]:
            return place[1] < target[1]
        return not place[0] or target[0] not in self.reached(0, place[0])

    def avoided(self, block: int) -> bool:
        """Whether some way that ends without raising leaves out a block."""
        return block != 0 and any(
            terminator[0] in (ir.RETURN, ir.STOP) and number not in self.ended and number in self.reached(0, block)
            for number, (_, terminator, _) in enumerate(self.blocks)
        )

    def at(self, pos: int) -> list[Used]:
        """What stands at a position: of a block that is gone through by several ways (`finally`) each copy."""
        found = []
        for number, (instructions, terminator, _) in enumerate(self.blocks):
            here = [Used((number, n), used(ins)) for n, ins in enumerate(instructions) if ins[1] == pos and used(ins)]
            if terminator[0] in ir.PLACED and terminator[1] == pos and not here:
                here = [Used((number, len(instructions)), (terminator[2],))]
            found += here[-1:]
        return found

    def returned(self) -> dict[int, Any]:
        """The operands that are returned, by the blocks that do."""
        return {
            number: block[1][2]
            for number, block in enumerate(self.blocks)
            if block[1][0] == ir.RETURN and number not in self.ended
        }

    def raising(self) -> frozenset[int]:
        """The blocks from which nothing is returned."""
        return frozenset(n for n, block in enumerate(self.blocks) if block[1][0] == ir.RAISE or n in self.ended)


def used(ins: ir.Instruction) -> tuple[Any, ...]:
    """The operands of an instruction."""
    return tuple(operand for place in READ[ins[0]] for operand in flat(ins[place]))


def taken(blocks: tuple[ir.Block, ...], pos: int) -> bool:
    """Whether something is done with what a call at a position gives."""
    given = {ins[2] for block in blocks for ins in block[0] if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE)}
    return any(given & set(used(ins)) for block in blocks for ins in block[0]) or any(
        end[0] in ir.PLACED and end[2] in given for _, end, _ in blocks
    )
