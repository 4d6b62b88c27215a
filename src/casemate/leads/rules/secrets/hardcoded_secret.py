"""A secret written in the code.

## What it is
A password, key or token stands in the code as a text: given to a name that says so, passed under such a name, compared with
one, or of a form that only a key has (`AKIA…`, `ghp_…`, `-----BEGIN PRIVATE KEY-----`).

## Why it matters
Everybody who can read the code has it: every copy, every backup, every former colleague, and whoever finds the repository
public one day. It is the same on every installation, and it cannot be changed without a release.

## How to fix it
Take it from the environment or from a secret store at start, and refuse to start without it. What stood in the history of
a repository is known: replace it where it is used. A value that is kept to be refused (`if password == OLD: raise`) is not
reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.secrets.hardcoded_secret_examples import EXAMPLES
from casemate.leads.secretlike import CLIENT, refuses, secrets_of
from casemate.model.lead import RuleId, Severity

if TYPE_CHECKING:
    from casemate.taint.solver import Solver


def find(solver: Solver) -> Iterator[Sighting]:
    """Texts that are a secret by their form, or by their name and their look."""
    for unit in solver.units():
        fn = solver.program.function(unit)
        for pos, what in secrets_of(fn):
            if not (
                refuses(fn, pos) if fn.kind != "module" else _refused(solver.program.modules[unit[0]], what.strip("`"))
            ):
                yield Sighting(unit[0], unit[1], pos, what, named=what == CLIENT or what.startswith("`"))


def _refused(module: ir.Module, name: str) -> bool:
    """Whether a module keeps a value only to refuse it, where somebody gives it: `if password == OLD_DEFAULT: raise …`."""
    for fn in module.functions:
        if fn.number and ir.mentions(fn, (name,)):
            body = [ins for instructions, _, _ in ir.graph(fn) for ins in instructions]
            read = {ins[2] for ins in body if ins[0] == ir.GLOBAL and ins[3] == name}
            if any(ins[0] == ir.COMPARE and read & {*ins[4:]} and refuses(fn, ins[1]) for ins in body):
                return True
    return False


RULE = DetectorRule(
    id=RuleId("hardcoded-secret"),
    title="A secret written in the code",
    cwe=798,
    owasp="A07:2021 Identification and Authentication Failures",
    severity=Severity.HIGH,
    message="{what} is a secret that stands in the code",
    also=(259, 321, 1392, 547),
    examples=EXAMPLES,
    find=find,
)
