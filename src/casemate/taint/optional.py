"""Checks that a switch of the program's own can leave out: `if settings.STRICT and not fine(url): abort(400)`.

What the switch is called is not looked at here, as in `switches.py`: whether the value goes on unasked is the operator's word,
or that of a caller who says `checked=False`, and nobody's outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.languages import ir
from casemate.taint.answers import PARTS, Answers
from casemate.taint.asking import Question
from casemate.taint.graphs import Edge

READ: Final = frozenset({ir.ATTR, ir.GLOBAL, ir.FREE, ir.IMPORT, ir.INDEX})


def leads(found: Answers, question: Question, block: int) -> bool:
    """Whether a block is reached only where the question gave leave, once a switch is set that it stands behind."""
    graph = found.graph
    yes, no = graph.sides(question.block)
    good, bad = (yes, no) if question.leave else (no, yes)
    if block in bad or block not in good:
        return False
    return any(
        block not in graph.reached(0, question.block, found.harmless() | {way}) for way in _ways(found, question.block)
    )


def passes(found: Answers, through: int, block: int) -> bool:
    """Whether a block is reached only through another that has not raised, once a switch is set that this one stands behind."""
    graph = found.graph
    if through == block or any(block in graph.reached(handler, through) for handler in graph.blocks[through][2]):
        return False
    return any(block not in graph.reached(0, through, frozenset({way})) for way in _ways(found, through))


def _ways(found: Answers, block: int) -> Iterator[Edge]:
    """The ways on from switches by which a block is left out."""
    graph = found.graph
    for number, (_, terminator, _) in enumerate(graph.blocks):
        if terminator[0] == ir.BRANCH and number != block and number in graph.run and len(graph.ways(number)) == 2:
            then, otherwise = graph.sides(number)
            if (block in then) != (block in otherwise) and _is_switch(found, terminator[2]):
                yield number, terminator[4] if block in then else terminator[3]


def _is_switch(found: Answers, operand: object) -> bool:
    """Whether a condition is a setting, or an argument that is one thing or the other unless a caller says so."""
    if found.of(operand):
        return False
    params = {p.name: p.default for p in found.frame.fn.params}
    if operand in params:
        return any(type(default) is bool for default in params[operand])
    made = found.made.get(operand)
    if made is not None and made[0] == ir.UNARY and made[3] == "not":
        return _is_switch(found, made[4])
    if made is None or found.outside(operand):
        return False
    return made[0] in READ or (made[0] == ir.INVOKE and made[4] in PARTS)
