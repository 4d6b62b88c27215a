"""Login scripts that others can change

## What it is

A file that a login shell sources, such as one in `/etc/profile.d`, can be written or replaced by somebody who is not root.

## Why it matters

The next login of an administrator runs what they put there (ATT&CK T1546.004).

## How to fix it

Give the file to root and take the permission to write from group and others: `chown root:root FILE; chmod 0644 FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-login-script"),
    title="Login script that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("login-script",),
    examples=(
        Example(
            name="a script that everybody can write to",
            language="host",
            code="# file: /etc/profile.d/less.sh 0666  # finding\nexport LESS=-R\n",
        ),
        Example(
            name="a script of an account",
            language="host",
            code="# file: /etc/profile.d/tools.sh 0644 alice:alice  # finding\nexport EDITOR=vi\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/profile.d/less.sh 0644\nexport LESS=-R\n",
        ),
        Example(
            name="near-miss: what is not sourced",
            language="host",
            code="# file: /etc/profile.d/README 0666\nsee profile(5)\n",
        ),
        Example(
            name="near-miss: a group that has no member",
            language="host",
            code="# file: /etc/profile.d/less.sh 0664 root:staff\nexport LESS=-R\n",
        ),
    ),
)
