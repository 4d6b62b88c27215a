"""polkit configuration that others can change

## What it is

A folder or file of polkit's rules, or of its actions, can be changed by somebody who is neither root nor polkit's own
daemon.

## Why it matters

They add a rule that says yes to everything, for themselves (ATT&CK T1548; polkit(8)).

## How to fix it

`chown root:root`, and 0755 for folders and 0644 for files (Debian: folders polkitd:root, 0700).
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-polkit"),
    title="polkit configuration that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("polkit-configuration",),
    examples=(
        Example(
            name="a folder of rules",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0777  # finding\n",
        ),
        Example(
            name="a file of rules",
            language="host",
            code=("# file: /etc/polkit-1/rules.d/10-x.rules 0644 alice:alice  # finding\n// nothing yet\n"),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0700\n",
        ),
        Example(
            name="near-miss: what is no rule",
            language="host",
            code=("# file: /etc/polkit-1/rules.d/README 0666\nnothing\n"),
        ),
        Example(
            name="near-miss: a group without a member",
            language="host",
            code="# folder: /etc/polkit-1/rules.d 0775 root:staff\n",
        ),
    ),
)
