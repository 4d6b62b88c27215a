"""A function that is handed to a thread, and waited for: `await asyncio.to_thread(check, url)` is `check(url)`.

It is lowered as the call that it is, so that what the function checks, raises and gives back counts as it does elsewhere. Known
by name are `asyncio.to_thread`, an event loop's `run_in_executor`, `anyio.to_thread.run_sync`, Starlette's `run_in_threadpool`,
and asgiref's `sync_to_async(check)(url)`.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir

# Which argument is the function, of a method and of a function.
METHODS: Final = {"to_thread": 0, "run_in_executor": 1}
FUNCTIONS: Final = {"to_thread": 0, "run_in_threadpool": 0}
RUN_SYNC: Final = "run_sync"
THREADS: Final = "to_thread"
TURNED: Final = frozenset({"sync_to_async", "database_sync_to_async"})
NAMES: Final = frozenset({*METHODS, *FUNCTIONS, *TURNED})


def direct(blocks: tuple[ir.Block, ...]) -> tuple[ir.Block, ...]:
    """The blocks, with what is handed to a thread called where it stands."""
    if not any(_name(ins) in NAMES for instructions, _, _ in blocks for ins in instructions):
        return blocks
    made = {ins[2]: ins for instructions, _, _ in blocks for ins in instructions if type(ins[2]) is int}
    awaited = {ins[3] for instructions, _, _ in blocks for ins in instructions if ins[0] == ir.AWAIT}
    return tuple(
        [
            (tuple([_called(ins, made) if ins[2] in awaited else ins for ins in instructions]), end, handlers)
            for instructions, end, handlers in blocks
        ]
    )


def _name(ins: ir.Instruction) -> Any:
    if ins[0] in (ir.INVOKE, ir.ATTR):
        return ins[4]
    return ins[3].rpartition(".")[2] if ins[0] in (ir.GLOBAL, ir.IMPORT) else ""


def _called(ins: ir.Instruction, made: dict[Any, ir.Instruction]) -> ir.Instruction:
    """What a call calls in truth."""
    if ins[0] == ir.INVOKE:
        args, base = ins[5], made.get(ins[3])
        place = METHODS.get(ins[4], -1)
        if ins[4] == RUN_SYNC and base is not None and _name(base) == THREADS:
            place = 0
    elif ins[0] == ir.CALL:
        args, callee = ins[4], made.get(ins[3])
        if (
            callee is not None
            and callee[0] == ir.CALL
            and _name(made.get(callee[3], callee)) in TURNED
            and len(callee[4]) == 1
        ):
            return _call(ins, callee[4][0], args, made)
        place = FUNCTIONS.get(_name(callee), -1) if callee is not None and callee[0] in (ir.GLOBAL, ir.IMPORT) else -1
    else:
        return ins
    if not 0 <= place < len(args) or any(type(one) is tuple for one in args[: place + 1]) or _constant(args[place]):
        return ins
    return _call(ins, args[place], args[place + 1 :], made)


def _constant(operand: Any) -> bool:
    return type(operand) is int and operand < 0


def _call(ins: ir.Instruction, function: Any, args: tuple[Any, ...], made: dict[Any, ir.Instruction]) -> ir.Instruction:
    method = made.get(function)
    if method is not None and method[0] == ir.ATTR:
        return (ir.INVOKE, ins[1], ins[2], method[3], method[4], args, ins[-1])
    return (ir.CALL, ins[1], ins[2], function, args, ins[-1])
