"""Whether a text is one line of another: then it holds no end of a line, save at its own end.

A pattern that takes all that is left of a line (`(.*)$`) cannot fail on one, however long it is kept busy by several.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint.frame import Frame
from casemate.taint.values import DATA

CUT: Final = frozenset({"splitlines", "readlines"})  # methods whose elements are lines
KEPT: Final = frozenset({"strip", "lstrip", "rstrip", "lower", "upper"})  # of a line these make a line
# Encodings by which bytes without an end of a line hold none.
PLAIN: Final = frozenset({"ascii", "utf-8", "utf8", "latin-1"})
FILES: Final = ("i", "io.TextIOWrapper")
MAX_MAKERS: Final = 8  # assignments behind one operand that are looked at


def is_line(frame: Frame, operand: Any) -> bool:
    """Whether all that makes an operand in this function makes a line."""
    if not frame.makers:
        for instructions, _, _ in frame.blocks:
            for ins in instructions:
                frame.makers.setdefault(ins[2], []).append(ins)
                if ins[0] == ir.SETINDEX or (ins[0] == ir.INVOKE and type(ins[3]) is str):
                    frame.makers.setdefault(("asked", ins[3]), []).append(ins)
    given = {parameter.name for parameter in frame.fn.params}
    queue, seen = [operand], {operand}
    while queue:
        one = queue.pop()
        makers = frame.makers.get(one, [])
        if not makers or one in given or len(seen) > MAX_MAKERS:
            return False
        for ins in makers:
            if ins[0] == ir.MOVE or (ins[0] == ir.INVOKE and (ins[4] in KEPT or _decodes(frame, ins))):
                queue += [ins[3]] if ins[3] not in seen else []
                seen.add(ins[3])
            elif not _of_lines(frame, ins):
                return False
    return True


def _decodes(frame: Frame, ins: ir.Instruction) -> bool:
    """Whether bytes are made a text in an encoding that has no other ends of lines."""
    return ins[4] == "decode" and not ins[6] and all(frame.get(one).const in PLAIN for one in ins[5])


def _of_lines(frame: Frame, ins: ir.Instruction) -> bool:
    """Whether an instruction takes an element of what was cut at the ends of lines and is nothing else, or a line of a file."""
    if ins[0] == ir.INVOKE and ins[4] == "readline":
        return _file(frame, ins[3])
    if ins[0] != ir.ITER:
        return False
    makers = frame.makers.get(ins[3], [])
    asked = frame.makers.get(("asked", ins[3]), [])
    cut = bool(makers) and all(one[0] == ir.INVOKE and one[4] in CUT for one in makers)
    return (cut and not asked) or _file(frame, ins[3])


def _file(frame: Frame, operand: Any) -> bool:
    """Whether a value is a file of text, and nothing else."""
    refs = [ref for ref in frame.get(operand).refs if ref[0] in "ioptcxf" and ref != DATA]
    found = [ref[2] if ref[0] == "o" else ref for ref in refs]
    return bool(found) and all(ref == FILES for ref in found)
