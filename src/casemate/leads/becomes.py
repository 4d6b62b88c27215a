"""What the result of a call becomes within its function: the names that it is given, and the texts that it is put beside.

Followed along the operands as the code stands, through texts, lists and calls; what a result is only compared with, or kept under
a name of its own in something larger, it does not become.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from casemate.languages import ir

ADDING: Final = frozenset({"append", "appendleft", "extend", "insert", "add", "update", "write"})
WAITING: Final = frozenset({"sleep", "wait", "timedelta", "Duration"})  # what it is given to, and what that is made of
COUNTED: Final = frozenset({"range", "xrange"})  # what is done so often is not made of the number
LOOKING: Final = frozenset(
    {"fetch", "find", "get", "load", "lookup", "select"}
)  # how what is found by a first argument is called
TIMES: Final = frozenset({
    "microseconds", "milliseconds", "seconds", "minutes", "hours", "delay", "duration", "timeout", "jitter", "backoff",
})  # fmt: skip
HANDED: Final = frozenset({
    ir.MOVE, ir.BINARY, ir.FORMAT, ir.UNARY, ir.INDEX, ir.SLICE, ir.SEQUENCE, ir.MAPPING, ir.CALL, ir.INVOKE, ir.AWAIT, ir.ITER,
})  # fmt: skip


class Becomes(NamedTuple):
    """names: of variables, attributes, keys and arguments. called: functions that it is given to. texts: in lower case.
    returned: it is what the function gives back."""

    names: frozenset[str]
    called: frozenset[str]
    texts: frozenset[str]
    returned: bool

    @property
    def passes(self) -> bool:
        """Whether nothing remains of it: it is compared, or waited for."""
        return self.names <= TIMES and not self.returned and self.called <= WAITING


def becomes(fn: ir.Function, pos: int) -> Becomes:
    """What the results of the calls at a position become."""
    blocks = ir.graph(fn)
    body = [ins for instructions, _, _ in blocks for ins in instructions]
    made = [ins for ins in body if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE)]
    carried = {ins[2] for ins in made} - {None}
    carried.update(arg for ins in made if ins[0] == ir.INVOKE and ins[4] == "shuffle" for arg in ins[5])
    names: set[str] = {one for one in carried if type(one) is str}
    called: set[str] = set()
    texts: set[str] = set()
    functions = {ins[2]: str(ins[3]) for ins in body if ins[0] == ir.GLOBAL}
    grown = True
    while grown:
        grown = False
        for ins in body:
            op = ins[0]
            keyed = [(key, value) for key, value in _keyed(fn, ins) if value in carried]
            names.update(key for key, _ in keyed)
            if keyed and op == ir.MAPPING and type(ins[2]) is str:
                names.add(ins[2])
            plain = [value for value in _plain(fn, ins) if value in carried]
            if not plain:
                continue
            texts.update(text.lower() for text in _texts(fn, ins))
            targets = [ins[2]] if op in HANDED else []
            if op in (ir.CALL, ir.INVOKE):
                name = ins[4] if op == ir.INVOKE else functions.get(ins[3], "")
                kept = name not in COUNTED
                if kept and _value_of(ins, carried):
                    called.add(name)
                elif not kept or name.partition("_")[0] in LOOKING:
                    targets = []
            if (op == ir.INVOKE and ins[4] in ADDING) or op == ir.SETINDEX:
                targets.append(ins[3])
            for target in targets:
                if target is not None and target not in carried:
                    carried.add(target)
                    names.update({target} if type(target) is str else ())
                    grown = True
    returned = any(end[0] == ir.RETURN and end[2] in carried for _, end, _ in blocks)
    returned = returned or any(ins[0] == ir.YIELD and ins[3] in carried for ins in body)
    return Becomes(frozenset(_bare(name) for name in names), frozenset(called), frozenset(texts), returned)


def _keyed(fn: ir.Function, ins: Any) -> Iterator[tuple[str, Any]]:
    """What is kept, or handed on, under a name of its own."""
    op = ins[0]
    if op in (ir.SETGLOBAL, ir.SETFREE):
        yield ins[3], ins[4]
    elif op == ir.SETATTR:
        yield ins[4], ins[5]
    elif op == ir.SETINDEX:
        yield from ((key, ins[5]) for key in _text(fn, ins[4]))
    elif op == ir.MAPPING:
        yield from ((key, value) for name, value in ins[3] for key in _text(fn, name))
    elif op in (ir.CALL, ir.INVOKE):
        yield from ((name, value) for name, value in ins[-1] if name)


def _plain(fn: ir.Function, ins: Any) -> list[Any]:
    """The operands of which an instruction makes what it makes."""
    op = ins[0]
    if op in (ir.CALL, ir.INVOKE):
        given = [arg[1] if type(arg) is tuple else arg for arg in ins[-2]]
        return [*given, *(value for _, value in ins[-1]), *(ins[3:4] if op == ir.INVOKE else ())]
    if op == ir.SEQUENCE:
        return [item[1] if type(item) is tuple else item for item in ins[4]]
    if op == ir.MAPPING:
        return [value for key, value in ins[3] if not _text(fn, key)]
    if op == ir.SETINDEX:
        return [] if _text(fn, ins[4]) else [ins[5]]
    if op in (ir.BINARY, ir.UNARY):
        return list(ins[4:])
    if op == ir.FORMAT:
        return list(ins[3])
    if op == ir.SLICE:
        return [ins[3]]  # where a part begins is not in it
    return list(ins[3:]) if op in HANDED else []


def _value_of(ins: Any, carried: set[Any]) -> bool:
    """Whether a function is given it as what it is about, not as the key of something else."""
    args = ins[-2]
    return any(arg in carried for arg in (args[1:] if len(args) > 1 else args)) or any(v in carried for _, v in ins[-1])


def _texts(fn: ir.Function, ins: Any) -> Iterator[str]:
    """The texts that stand beside it."""
    for operand in _plain(fn, ins):
        yield from _text(fn, operand)


def _text(fn: ir.Function, operand: Any) -> tuple[str, ...]:
    const = fn.consts[-1 - operand] if type(operand) is int and operand < 0 else None
    return (const,) if type(const) is str and 0 < len(const) < 200 else ()


def _bare(name: str) -> str:
    """A variable of a comprehension by the name that it is written as."""
    return name.partition("#")[0].replace("-", "_")
