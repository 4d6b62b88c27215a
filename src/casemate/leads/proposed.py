"""Proposed by an agent.

## What it is

A language model, as the scout of `casemate hunt --model`, read the code and says that something is weak at this place. The
claim is in its words; the CWE is the one that it names.

## Why it matters

Rules follow values; they do not know what a program is for. Authorisation, money, state, and values that take a way that no rule
follows are found by reading.

What the model says is not believed. Unless the finding is `proven` by an oracle, or `demonstrated` by a property that was seen to
be violated, it is a suspicion. A property that was violated is no proof either, until a person says that it must hold
(`casemate property`).

## How to fix it

Read the place, and what was seen when it was driven. A patch that is offered has climbed the same ladder as every other; where an
agent proposed it, its proposer says so, and it is to be read before it is applied.
"""

from __future__ import annotations

from typing import Final

from casemate.model.lead import RuleId, Severity

ID: Final = RuleId("proposed")
TITLE: Final = "Proposed by an agent"
CWE: Final = 710
"""Improper adherence to coding standards: stands for all, as each finding names its own."""

SEVERITY: Final = Severity.MEDIUM
OWASP: Final = "A04:2021 Insecure Design"
"""The category of what was never meant to be otherwise (https://owasp.org/Top10/A04_2021-Insecure_Design/)."""


def page() -> str:
    """The documentation page, Markdown."""
    title, _, body = (__doc__ or "").partition("\n")
    return f"# {title.rstrip('.')}\n{body}"
