"""What is weak on one way only, which whoever calls has chosen by an option that says so: `if not verify: …`."""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint import names
from casemate.taint.frame import Frame
from casemate.taint.values import Value

# Words of an option by which a caller asks for each act. A caller who asks for it has it by design.
OPTIONS: Final = {
    "no-certificate": frozenset(
        {"verify", "insecure", "unverified", "verified", "selfsigned", "validate", "validation", "verification", "skip"}
    ),
    "debug-mode": frozenset({"debug", "debugger", "develop", "development", "dev"}),
}


# What does the same as it should be done, where an object may be either.
SOUND: Final = {"weak-random": ("i", "random.SystemRandom")}


def otherwise(frame: Frame, pos: int, receiver: Value | None, act: str) -> bool:
    """Whether somebody has chosen that it be done so, who could have had it otherwise."""
    sound = receiver is not None and SOUND.get(act) in receiver.refs
    return (sound and _seeded(frame)) or by_name(frame, pos, act)


def _seeded(frame: Frame) -> bool:
    """Whether whoever calls may give a seed, by which the same is drawn again."""
    fn = frame.fn
    while not any("seed" in names.split(parameter.name) for parameter in fn.params):
        if fn.parent <= 0:
            return False
        fn = frame.module.functions[fn.parent]
    return True


def by_name(frame: Frame, pos: int, act: str) -> bool:
    """Whether the place is reached only through one answer of a condition named for the act."""
    words = OPTIONS.get(act)
    if not words or not names.mentions(frame, words):
        return False
    blocks = ir.graph(frame.fn)
    here = {n for n, block in enumerate(blocks) if any(ins[1] == pos for ins in block[0])}
    called = names.of(frame)
    for number, (instructions, terminator, _) in enumerate(blocks):
        if terminator[0] != ir.BRANCH:
            continue
        asked = _asked(instructions, terminator[2])
        if not words & set(_called(instructions, asked, called).split("_")):
            continue
        if any(not here & reached(blocks, (number, target)) for target in terminator[3:5]):
            return True
    return False


def _called(instructions: Any, asked: Any, called: dict[Any, str]) -> str:
    """What an operand is called; what is looked up by a key that has a name, as that."""
    for ins in instructions:
        if ins[2] == asked and type(asked) is int:
            if ins[0] == ir.INDEX and type(ins[4]) is int and ins[4] >= 0:
                return called.get(ins[4], "")
            if ins[0] == ir.INVOKE and ins[4] == "get" and ins[5] and type(ins[5][0]) is int and ins[5][0] >= 0:
                return called.get(ins[5][0], "")
    return called.get(asked, "")


def _asked(instructions: Any, condition: Any) -> Any:
    """What is asked of: the operand of `not x`, `x is False` and the like."""
    for ins in reversed(instructions):
        if ins[2] == condition and type(condition) is int:
            if ins[0] == ir.UNARY or ins[0] == ir.COMPARE:
                condition = ins[4]
    return condition


def reached(blocks: Any, without: tuple[int, int]) -> set[int]:
    """The blocks that are reached from the start without this step."""
    seen = {0}
    queue = [0]
    while queue:
        number = queue.pop()
        _, terminator, handlers = blocks[number]
        ways = ir.ways(terminator)
        for target in (*ways, *handlers):
            if (number, target) != without and target not in seen:
                seen.add(target)
                queue.append(target)
    return seen
