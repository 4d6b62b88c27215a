"""A path that is asked about first and used afterwards.

## What it is
`os.path.exists`, `isfile` or `os.access` looks at a path; then the same path is made, removed, renamed, written or given other
permissions.

## Why it matters
Between the two, somebody else who may write there puts another file or a link in its place: what was checked is not what
is used. In a folder that others write to, a privileged program is led to another file.

## How to fix it
Do it, and handle the failure: `open(path, "x")`, `os.makedirs(path, exist_ok=True)`, `except FileNotFoundError`. Use what was
opened (`os.fstat(file.fileno())`) and not its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Persona, Sighting
from casemate.leads.rules.files.path_race_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

ASKS = frozenset(
    {"os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.lexists", "os.path.islink", "os.access"}
)
USES = frozenset({"os.remove", "os.unlink", "os.chmod", "os.chown", "os.rename", "os.mkdir", "os.makedirs", "os.rmdir"})


def find(solver: Solver) -> Iterator[Sighting]:
    """Uses of a path variable about which the same function asked before."""
    for unit in solver.units():
        fn = solver.program.function(unit)
        if fn.kind == "function":
            for pos, what in _in(fn):
                yield Sighting(*unit, pos, what)


def _in(fn: ir.Function) -> Iterator[tuple[int, str]]:
    names: dict[Any, str] = {}
    asked: dict[str, str] = {}
    for instructions, _, handlers in ir.graph(fn):
        for ins in instructions:
            op = ins[0]
            if op in (ir.GLOBAL, ir.IMPORT):
                names[ins[2]] = str(ins[3])
            elif op == ir.ATTR and ins[3] in names:
                names[ins[2]] = f"{names[ins[3]]}.{ins[4]}"
            elif op in (ir.CALL, ir.INVOKE):
                called = names.get(ins[3], "") + (f".{ins[4]}" if op == ir.INVOKE else "")
                path = ins[-2][0] if ins[-2] else None
                if called in ASKS and type(path) is str:
                    asked[path] = called
                elif path in asked and not handlers and _changes(fn, called, ins):
                    yield ins[1], f"{called} after {asked[path]}"
            if type(ins[2]) is str:
                asked.pop(ins[2], None)  # another path from here on


def _changes(fn: ir.Function, called: str, ins: ir.Instruction) -> bool:
    """Whether a call changes what stands at the path, and does not itself refuse when that is not as it was."""
    if called in USES:
        return all(name != "exist_ok" for name, _ in ins[-1])
    if called != "open" or len(ins[-2]) < 2:
        return False
    mode = ins[-2][1]
    const = fn.consts[-1 - mode] if type(mode) is int and mode < 0 else ""
    return type(const) is str and const[:1] in ("w", "a")


RULE = DetectorRule(
    id=RuleId("path-race"),
    title="A path that is asked about first and used afterwards",
    cwe=367,
    owasp="A04:2021 Insecure Design",
    severity=Severity.LOW,
    message="{what}: between the two, the path may become another file",
    also=(362, 363),
    persona=Persona.PEDANTIC,
    examples=EXAMPLES,
    find=find,
)
