"""Account file that others can change

## What it is

/etc/passwd, /etc/shadow, /etc/group, /etc/gshadow, or what sets the environment of every login, can be written or replaced
by somebody who is not root.

## Why it matters

They give themselves uid 0, root's password, or membership of any group (ATT&CK T1098).

## How to fix it

`chown root:root /etc/passwd /etc/group; chmod 0644 /etc/passwd /etc/group`; shadow and gshadow: `root:shadow`, 0640.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-account-file"),
    title="Account file that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("account-file",),
    examples=(
        Example(
            name="passwd",
            language="host",
            code=(
                "# file: /etc/passwd 0666  # finding\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="shadow, by a group with a member",
            language="host",
            code=("# file: /etc/shadow 0660 root:bob  # finding\nroot:*:19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=('# file: /etc/environment 0644\nPATH="/usr/bin"\n'),
        ),
        Example(
            name="near-miss: group root",
            language="host",
            code=('# file: /etc/environment 0664\nPATH="/usr/bin"\n'),
        ),
        Example(
            name="near-miss: a copy",
            language="host",
            code=("# file: /etc/passwd.example 0666\nroot:x:0:0:root:/root:/bin/bash\n"),
        ),
    ),
)
