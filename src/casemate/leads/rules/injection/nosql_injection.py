"""NoSQL injection.

## What it is
A query of a document database is given an object from outside where a text was meant, or program text (`$where`) made from
outside text.

## Why it matters
An object such as `{"$ne": ""}` matches everything: a sign-in succeeds without the password. Program text runs in the database.

## How to fix it
Convert what a query compares with (`str(value)`), or validate the body with a schema. Do not use `$where`.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.injection.nosql_injection_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("nosql-injection"),
    title="NoSQL injection",
    cwe=943,
    owasp="A03:2021 Injection",
    severity=Severity.HIGH,
    sinks=("selector", "nosql"),
    message="{sink} is given a query that the {source} decides",
    boundaries=(Boundary.REMOTE,),
    sources=("JSON body", "request body"),  # of all that a request holds, only these hold objects
    examples=EXAMPLES,
)
