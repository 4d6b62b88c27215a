"""Checks behind a switch: `if not settings.allow_local: check(url)` is a check, though a setting leaves it out.

The way that leaves a check out is taken only by who asked for it, by a setting, an attribute or an optional parameter that says
so by its name. It is not followed where the way through the check gets to the same place.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint.names import split

# What a switch is called that opens, and one that closes: by its first word, or its first after a verb that switches.
OPENS: Final = frozenset(
    {
        "allow", "allows", "permit", "insecure", "unsafe", "skip", "bypass", "disable", "dangerously", "unrestricted", "trust",
    }
)  # fmt: skip
CLOSES: Final = frozenset(
    {
        "check", "verify", "validate", "restrict", "enforce", "strict", "prevent", "protect", "secure", "sanitize", "forbid",
        "deny", "block",
    }
)  # fmt: skip
TRUE: Final = {"is": True, "==": True, "is not": False, "!=": False}

Edge = tuple[int, int]  # from a block to another


def left_out(fn: ir.Function, blocks: tuple[ir.Block, ...]) -> frozenset[Edge]:
    """The steps by which a switch leaves out what lies between."""
    out = []
    for number, (instructions, terminator, _) in enumerate(blocks):
        if terminator[0] != ir.BRANCH:
            continue
        _, _, condition, then, otherwise = terminator
        answer = _answer(fn, instructions, condition)
        if answer is None:
            continue
        around, through = (then, otherwise) if answer else (otherwise, then)
        if through > number and _leads(blocks, through, around):
            out.append((number, around))
    return frozenset(out)


def _answer(fn: ir.Function, instructions: Any, condition: Any) -> bool | None:
    """By which answer of the condition a check is left out; None where it is no switch."""
    answer = True
    for ins in reversed(instructions):
        if ins[2] != condition or type(condition) is not int:
            continue
        if ins[0] == ir.UNARY and ins[3] == "not":
            answer, condition = not answer, ins[4]
        elif ins[0] == ir.COMPARE and ins[3] in TRUE and type(ins[5]) is int and ins[5] < 0:
            const = fn.consts[-1 - ins[5]]
            if const is not True and const is not False:
                return None
            answer, condition = answer is (TRUE[ins[3]] is const), ins[4]
        else:
            return _opens(_name(fn, ins), answer)
    if type(condition) is str and any(p.name == condition and p.has_default for p in fn.params):
        return _opens(condition, answer)
    return None


def _name(fn: ir.Function, ins: Any) -> str:
    """What a setting is called that an instruction reads."""
    if ins[0] == ir.ATTR:
        return str(ins[4])
    if ins[0] in (ir.GLOBAL, ir.FREE):
        return str(ins[3])
    key = None
    if ins[0] == ir.INDEX:
        key = ins[4]
    elif ins[0] == ir.INVOKE and ins[4] == "get" and ins[5]:
        key = ins[5][0]
    const = fn.consts[-1 - key] if type(key) is int and key < 0 else None
    return const if type(const) is str else ""


def _opens(name: str, answer: bool) -> bool | None:
    first = next(iter([word for word in split(name) if word]), "")
    if first in OPENS:
        return answer
    return not answer if first in CLOSES else None


def _leads(blocks: tuple[ir.Block, ...], start: int, target: int) -> bool:
    """Whether one block leads forwards to another, or back to it as the head of a loop around both."""
    seen = {start}
    queue = [start]
    while queue:
        _, terminator, handlers = blocks[queue.pop()]
        ways = ir.ways(terminator)
        for way in (*ways, *handlers):
            if way == target:
                return True
            if way > start and (way < target or target < start) and way not in seen:
                seen.add(way)
                queue.append(way)
    return False
