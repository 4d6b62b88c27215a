"""Mass assignment.

## What it is
A request's body, as a whole, sets the attributes of a stored object: who sends it chooses which.

## Why it matters
Attributes that no form shows are set as well: `is_admin`, an owner, a price.

## How to fix it
Name the fields: `Item(name=body["name"])`, a list of what may be set, a form, a serializer or a schema that knows them.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.data.mass_assignment_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("mass-assignment"),
    title="Mass assignment",
    cwe=915,
    owasp="A08:2021 Software and Data Integrity Failures",
    severity=Severity.MEDIUM,
    sinks=("attributes",),
    message="{sink} sets whatever attributes the {source} names",
    boundaries=(Boundary.REMOTE,),
    examples=EXAMPLES,
)
