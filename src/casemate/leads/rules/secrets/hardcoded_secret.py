"""A secret written in the code.

## What it is
A password, key or token stands in the code as a text: given to a name that says so, passed under such a name, compared with
one, or of a form that only a key has (`AKIA…`, `ghp_…`, `-----BEGIN PRIVATE KEY-----`).

## Why it matters
Everybody who can read the code has it: every copy, every backup, every former colleague, and whoever finds the repository
public one day. It is the same on every installation, and it cannot be changed without a release.

## How to fix it
Take it from the environment or from a secret store at start, and refuse to start without it. What stood in the history of
a repository is known: replace it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.secrets.hardcoded_secret_examples import EXAMPLES
from casemate.leads.secretlike import secrets_of
from casemate.model.lead import RuleId, Severity

if TYPE_CHECKING:
    from casemate.taint.solver import Solver


def find(solver: Solver) -> Iterator[Sighting]:
    """Texts that are a secret by their form, or by their name and their look."""
    for unit in solver.units():
        for pos, what in secrets_of(solver.program.function(unit)):
            yield Sighting(unit[0], unit[1], pos, what)


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
