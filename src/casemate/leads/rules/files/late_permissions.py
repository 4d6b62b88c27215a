"""Permissions taken away too late.

## What it is
A file is made with the permissions that everybody's files have, and `chmod` takes them away from others afterwards.

## Why it matters
In between, every user of the machine may open the file, and whoever has it open keeps reading what is written later: keys,
tokens, configuration.

## How to fix it
Make it closed from the start: `os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)` and `os.fdopen`, or `tempfile.mkstemp`
and `os.replace`; for a library that makes the file itself, make it empty that way first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.files.late_permissions_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.taint.names import split

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

CLOSES = frozenset({"os.chmod", "os.fchmod"})
OWNER = {"S_IRUSR": 0o400, "S_IWUSR": 0o200, "S_IXUSR": 0o100, "S_IRWXU": 0o700, "S_IREAD": 0o400, "S_IWRITE": 0o200}
# What makes a file closed from the start, or so that the mode does not matter yet.
CAREFUL = ("os.open", "os.umask", "os.mkdir", "os.makedirs", "tempfile.")
MAKES = frozenset(
    {"create", "write", "save", "dump", "connect", "store", "generate", "touch", "copy", "copyfile", "export"}
)


def find(solver: Solver) -> Iterator[Sighting]:
    """`chmod` for the owner alone, after a file was made without care in the same function; of a program that sets no mask for
    all that it makes."""
    found = [
        Sighting(*unit, pos, what)
        for unit in solver.units()
        for fn in (solver.program.function(unit),)
        if fn.kind == "function" and ir.mentions(fn, ("chmod", "fchmod"))
        for pos, what in _in(fn)
    ]
    if found and not any(_masks(solver.program.function(unit)) for unit in solver.units()):
        yield from found


def _masks(fn: ir.Function) -> bool:
    """Whether a function sets a mask that keeps what is made from others."""
    return ir.mentions(fn, ("umask",)) and any(
        ins[0] == ir.INVOKE and ins[4] == "umask" and _keeps(fn, ins[5]) for block in ir.graph(fn) for ins in block[0]
    )


def _keeps(fn: ir.Function, args: Any) -> bool:
    mask = fn.consts[-1 - args[0]] if args and type(args[0]) is int and args[0] < 0 else 0
    return type(mask) is int and mask & 0o77 == 0o77


def _in(fn: ir.Function) -> Iterator[tuple[int, str]]:
    names: dict[Any, str] = {}
    modes: dict[Any, int] = {}
    made = ""
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            op = ins[0]
            if op in (ir.GLOBAL, ir.IMPORT):
                names[ins[2]] = str(ins[3])
            elif op == ir.ATTR:
                names[ins[2]] = f"{names[ins[3]]}.{ins[4]}" if ins[3] in names else ins[4]
                if ins[4] in OWNER:
                    modes[ins[2]] = OWNER[ins[4]]
            elif op == ir.BINARY and ins[3] == "|" and ins[4] in modes and ins[5] in modes:
                modes[ins[2]] = modes[ins[4]] | modes[ins[5]]
            elif op == ir.MOVE and ins[3] in modes:
                modes[ins[2]] = modes[ins[3]]
            elif op in (ir.CALL, ir.INVOKE):
                called = names.get(ins[3], "") + (f".{ins[4]}" if op == ir.INVOKE else "")
                if called.startswith(CAREFUL):
                    return
                if called in CLOSES and made and _closed(fn, modes, ins[-2]):
                    yield ins[1], f"{called} after {made}"
                elif _makes(fn, op, called, ins):
                    made = called.rpartition(".")[2] or "the call"


def _closed(fn: ir.Function, modes: dict[Any, int], args: Any) -> bool:
    """Whether the mode leaves nothing to others."""
    mode = args[1] if len(args) > 1 else None
    const = fn.consts[-1 - mode] if type(mode) is int and mode < 0 else modes.get(mode)
    return type(const) is int and 0 < const <= 0o700 and not const & 0o77


def _makes(fn: ir.Function, op: int, called: str, ins: Any) -> bool:
    last = called.rpartition(".")[2]
    if last == "open" and op == ir.CALL:
        mode = ins[-2][1] if len(ins[-2]) > 1 else next((v for k, v in ins[-1] if k == "mode"), None)
        const = fn.consts[-1 - mode] if type(mode) is int and mode < 0 else ""
        return type(const) is str and const[:1] in ("w", "a")
    return bool(MAKES & set(split(last)))


RULE = DetectorRule(
    id=RuleId("late-permissions"),
    title="Permissions taken away too late",
    cwe=276,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.LOW,
    message="{what}: until then everybody may open the file",
    also=(362, 377, 378, 732),
    find=find,
    examples=EXAMPLES,
)
