"""Whether a text is one line of another: then it holds no end of a line, save at its own end.

A pattern that takes all that is left of a line (`(.*)$`) cannot fail on one, however long it is kept busy by several.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint.frame import Frame

CUT: Final = frozenset({"splitlines", "readlines"})  # methods whose elements are lines
ONE: Final = "readline"
KEPT: Final = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "decode", "encode"}
)  # of a line these make a line
FILES: Final = ("i", "io.TextIOWrapper")
MAX_MAKERS: Final = 8  # assignments behind one operand that are looked at


def is_line(frame: Frame, operand: Any) -> bool:
    """Whether all that makes an operand in this function makes a line."""
    made: dict[Any, list[ir.Instruction]] = {}
    for instructions, _, _ in frame.blocks:
        for ins in instructions:
            made.setdefault(ins[2], []).append(ins)
    given = {parameter.name for parameter in frame.fn.params}
    queue, seen = [operand], {operand}
    while queue:
        makers = made.get(queue.pop(), [])
        if not makers or len(seen) > MAX_MAKERS:
            return False
        for ins in makers:
            if ins[0] == ir.MOVE or (ins[0] == ir.INVOKE and ins[4] in KEPT):
                if ins[3] in given:
                    return False
                queue += [ins[3]] if ins[3] not in seen else []
                seen.add(ins[3])
            elif not (_of_lines(frame, made, ins) or (ins[0] == ir.INVOKE and ins[4] == ONE)):
                return False
    return True


def _of_lines(frame: Frame, made: dict[Any, list[ir.Instruction]], ins: ir.Instruction) -> bool:
    """Whether an instruction takes an element of what was cut at the ends of lines, or of a file."""
    if ins[0] != ir.ITER:
        return False
    if any(FILES in (ref, ref[2:3] and ref[2]) for ref in frame.get(ins[3]).refs):
        return True
    makers = made.get(ins[3], [])
    return bool(makers) and all(one[0] == ir.INVOKE and one[4] in CUT for one in makers)
