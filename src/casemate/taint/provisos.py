"""Provisos: what a parameter has to be for a place of a function to be reached.

`def name(n, create=0): … if create: return f; os.rename(old, n)` renames for nobody who calls it with `create=1`. A proviso is
(parameter, operator, other side, whether the parameter stands left of it, answer); the operator "" asks for its truth. What is
found in a block holds under those of every branch without which the block is not reached. They speak of what the caller gave, so
only of parameters that the function never assigns, and they are refuted by constants alone, which nothing can change.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint import fold, markup
from casemate.taint.values import NO

Proviso = tuple[int, str, Any, bool, bool]
Provisos = tuple[Proviso, ...]

RENDERED: Final = "rendered"  # asks whether a browser renders what is of this type
MAX_PROVISOS: Final = 4  # that an effect is told with; the rest is left out
MAX_BRANCHES: Final = 32  # of one function that are looked into
COMPARED: Final = frozenset({"==", "!=", "is", "is not", "in", "not in", "<", "<=", ">", ">="})
SINGLE: Final = frozenset({ir.POSITIONAL, ir.POSITIONAL_ONLY, ir.KEYWORD})  # parameters that are given one value


def behind(fn: ir.Function, blocks: tuple[ir.Block, ...], captured: tuple[str, ...]) -> dict[int, Provisos]:
    """The provisos of each block that has any. captured: variables that inner functions know, and may assign."""
    if len(blocks) < 3 or not fn.params:
        return {}
    asked = {p.name: n for n, p in enumerate(fn.params) if p.how in SINGLE}
    tests: list[tuple[int, Proviso]] = []
    for number, (instructions, terminator, _) in enumerate(blocks):
        if terminator[0] == ir.BRANCH and terminator[3] != terminator[4] and len(tests) < MAX_BRANCHES:
            test = _test(fn, instructions, terminator[2], asked)
            if test is not None:
                tests.append((number, test))
    if not tests:
        return {}
    kept = set(fixed(fn, blocks, captured).values())
    out: dict[int, Provisos] = {}
    everything = _reached(blocks, -1, -1)
    for number, (parameter, operator, other, left, straight) in tests:
        if parameter not in kept:
            continue
        _, _, _, then, otherwise = blocks[number][1]
        for answer, target in ((True, then), (False, otherwise)):
            proviso = parameter, operator, other, left, answer is straight
            for block in everything - _reached(blocks, number, target):
                had = out.get(block, ())
                if proviso not in had:
                    out[block] = (*had, proviso)[:MAX_PROVISOS]
    return out


def fixed(fn: ir.Function, blocks: tuple[ir.Block, ...], captured: tuple[str, ...]) -> dict[str, int]:
    """Parameters that the function never assigns, by name."""
    out = {p.name: n for n, p in enumerate(fn.params) if p.how in SINGLE and p.name not in captured}
    for instructions, _, _ in blocks:
        for ins in instructions:
            if type(ins[2]) is str:
                out.pop(ins[2], None)
    return out


def _test(fn: ir.Function, instructions: Any, condition: Any, asked: dict[str, int]) -> Proviso | None:
    """What a branch asks of a parameter; the last: whether by the answer as it is, or by its opposite."""
    straight = True
    for ins in reversed(instructions):
        if ins[2] != condition or type(condition) is not int:
            continue
        if ins[0] == ir.UNARY and ins[3] == "not":
            straight, condition = not straight, ins[4]
        elif ins[0] == ir.MOVE:
            condition = ins[3]
        elif ins[0] == ir.COMPARE and ins[3] in COMPARED:
            for left, one, two in ((True, ins[4], ins[5]), (False, ins[5], ins[4])):
                if one in asked:
                    other = _constant(fn, instructions, two)
                    return (asked[one], ins[3], other, left, straight) if other is not NO else None
            return None
        else:
            return None
    return (asked[condition], "", None, True, straight) if condition in asked else None


def _constant(fn: ir.Function, instructions: Any, operand: Any) -> Any:
    """The constant that an operand is, or the tuple of constants."""
    if type(operand) is not int:
        return NO
    if operand < 0:
        return fn.consts[-1 - operand]
    made = next((ins for ins in instructions if ins[2] == operand), None)
    if made is None or made[0] != ir.SEQUENCE or not all(type(item) is int and item < 0 for item in made[4]):
        return NO
    return tuple([fn.consts[-1 - item] for item in made[4]])


def _reached(blocks: tuple[ir.Block, ...], number: int, target: int) -> set[int]:
    """The blocks that are reached without the step from one block to another."""
    seen = {0}
    queue = [0]
    while queue:
        at = queue.pop()
        _, terminator, handlers = blocks[at]
        ways = ir.ways(terminator)
        for way in (*ways, *handlers):
            if way not in seen and not (at == number and way == target):
                seen.add(way)
                queue.append(way)
    return seen


def refuted(proviso: Proviso, given: Any) -> bool:
    """Whether it does not hold for a constant."""
    _, operator, other, left, answer = proviso
    if operator == RENDERED:
        return type(given) is str and not markup.rendered(given)
    if not operator:
        return bool(given) is not answer
    got = fold.compare(operator, given, other) if left else fold.compare(operator, other, given)
    return got is not NO and bool(got) is not answer


def both(one: Provisos, two: Provisos) -> Provisos:
    """What holds on both of two ways to the same."""
    return one if one == two else tuple([proviso for proviso in one if proviso in two])


def together(one: Provisos, two: Provisos) -> Provisos:
    """What holds on a way that goes on in another."""
    if not two:
        return one
    return (*one, *(proviso for proviso in two if proviso not in one))[:MAX_PROVISOS]
