"""What a call is given, and which condition it stands behind, as the code stands."""

from __future__ import annotations

import re
from typing import Any, Final

from casemate.languages import ir
from casemate.taint.chosen import reached

RANDOM: Final = frozenset({
    "urandom", "getrandom", "token_bytes", "token_hex", "token_urlsafe", "randbits", "getrandbits", "randbytes", "random",
    "randint", "randrange", "uniform", "uuid1", "uuid4",
})  # fmt: skip
BESIDE: Final = frozenset({"time", "time_ns", "monotonic", "perf_counter", "process_time", "clock", "getpid"})
"""Functions whose results are mixed in, and are nobody's secret."""
FORMS: Final = frozenset(
    {"str", "repr", "bytes", "int", "float", "hex", "encode", "hexlify", "join", "format", "b64encode"}
)


def only_drawn(fn: ir.Function, pos: int) -> bool:
    """Whether all that the calls at a position are given is random numbers, put into some form: there is nothing to be found out
    or forged."""
    body = [ins for instructions, _, _ in ir.graph(fn) for ins in instructions]
    made: dict[Any, list[Any]] = {}
    for ins in body:
        made.setdefault(ins[2], []).append(ins)
    queue = [arg for ins in body if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE) for arg in ins[-2]]
    seen: set[Any] = set()
    drawn = False
    while queue:
        operand = queue.pop()
        if operand in seen or (type(operand) is int and operand < 0):
            continue
        seen.add(operand)
        if operand not in made or any(p.name == operand for p in fn.params):
            return False
        for ins in made[operand]:
            op = ins[0]
            if op == ir.MOVE:
                queue.append(ins[3])
            elif op == ir.BINARY:
                queue += ins[4:]
            elif op == ir.FORMAT:
                queue += ins[3]
            elif op == ir.SEQUENCE:
                queue += ins[4]
            elif op in (ir.CALL, ir.INVOKE):
                name = ins[4] if op == ir.INVOKE else _global(made, ins[3])
                drawn = drawn or name in RANDOM
                if name in FORMS:
                    queue += [*ins[-2], *(ins[3:4] if op == ir.INVOKE and _global(made, ins[3]) == "" else ())]
                elif name not in RANDOM | BESIDE:
                    return False
            else:
                return False
    return drawn


def _global(made: dict[Any, list[Any]], operand: Any) -> str:
    """The name of what lies outside the function that an operand is; "" for another one."""
    return next((str(ins[3]) for ins in made.get(operand, ()) if ins[0] in (ir.GLOBAL, ir.IMPORT)), "")


def asked_for(fn: ir.Function, pos: int, words: frozenset[str]) -> bool:
    """Whether the calls at a position are reached only through one answer of a condition that has one of the words in a text:
    `scheme == "md5"`, `stored.startswith("{SHA}")`."""
    if not any(words & _words(const) for const in fn.consts):
        return False
    blocks = ir.graph(fn)
    here = {n for n, block in enumerate(blocks) if any(ins[1] == pos for ins in block[0])}
    for number, (instructions, terminator, _) in enumerate(blocks):
        if terminator[0] == ir.BRANCH and any(
            ins[2] == terminator[2] and any(words & _words(text) for text in _compared(fn, ins)) for ins in instructions
        ):
            if any(not here & reached(blocks, (number, target)) for target in terminator[3:5]):
                return True
    return False


def _compared(fn: ir.Function, ins: Any) -> list[Any]:
    """The constants that a condition compares something with."""
    if ins[0] == ir.COMPARE:
        operands = list(ins[4:])
    elif ins[0] == ir.INVOKE and ins[4] in ("startswith", "endswith"):
        operands = list(ins[5])
    else:
        return []
    return [fn.consts[-1 - one] for one in operands if type(one) is int and one < 0]


def _words(const: Any) -> set[str]:
    text = const.decode("latin-1") if type(const) is bytes else const
    return set(re.findall(r"[a-z0-9]+", text.lower())) if type(text) is str and len(text) < 40 else set()
