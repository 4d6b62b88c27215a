"""Unsafe deserialization.

## What it is
Bytes from outside are turned into objects by a format that names code to call: `pickle`, `marshal`, `shelve`, YAML with a loader
that builds any Python object.

## Why it matters
Loading is executing: the bytes say which functions are called with which arguments, before any check of the result.

## How to fix it
Use a format for data: JSON, `yaml.safe_load`, a schema. Where pickles must travel, sign them and check the signature before
loading; that protects against others, not against whoever holds the key.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.data.unsafe_deserialization_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("unsafe-deserialization"),
    title="Unsafe deserialization",
    cwe=502,
    owasp="A08:2021 Software and Data Integrity Failures",
    severity=Severity.CRITICAL,
    sinks=("deserialize",),
    message="{sink} rebuilds objects, and runs what they name, out of the {source}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=EXAMPLES,
)
