"""Path traversal.

## What it is
A name from outside is joined below a folder and used as a file's path. `..` climbs out of the folder; an absolute name
replaces it; an archive member's name is no better.

## Why it matters
The sender reads secrets, overwrites code or configuration, or deletes what the process may reach.

## How to fix it
Resolve first, check then: `path = (root / name).resolve()` and `path.is_relative_to(root)`, or compare
`os.path.commonpath` with the root. A string prefix needs the separator at its end. Where names are plain, keep the last part
(`werkzeug.utils.secure_filename`, `os.path.basename`) or demand a pattern by `re.fullmatch`.
"""

from __future__ import annotations

from casemate.leads.rule import FlowRule
from casemate.leads.rules.files.path_traversal_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

RULE = FlowRule(
    id=RuleId("path-traversal"),
    title="Path traversal",
    cwe=22,
    also=(23, 36, 73),
    owasp="A01:2021 Broken Access Control",
    severity=Severity.HIGH,
    sinks=("path",),
    probes=False,
    message="{sink} uses a path made from the {source}",
    boundaries=(Boundary.REMOTE, Boundary.FILE, Boundary.API),
    examples=EXAMPLES,
)
