"""Password hashes that others can read

## What it is

/etc/shadow, /etc/gshadow or a copy of them, such as a backup in /var/backups, can be read by more than root and the group
shadow.

## Why it matters

Passwords are guessed offline, at any speed (ATT&CK T1003.008).

## How to fix it

`chown root:shadow FILE; chmod 0640 FILE` (0000 or 0400 on Red Hat), remove copies, and change the passwords.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

HASH = "root:$6$abcdefgh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:19700:0:99999:7:::\n"
RULE = ChainRule(
    id=RuleId("readable-password-hashes"),
    title="Password hashes that others can read",
    cwe=522,
    owasp="A02:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("password-hashes",),
    lateral=Severity.HIGH,
    examples=(
        Example(
            name="shadow",
            language="host",
            code=("# file: /etc/shadow 0644 root:shadow  # finding\n" + HASH),
        ),
        Example(
            name="a backup",
            language="host",
            code=("# file: /var/backups/shadow.bak 0644  # finding\n" + HASH),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\n" + HASH),
        ),
        Example(
            name="near-miss: no hash in it",
            language="host",
            code=("# file: /etc/shadow- 0644\nroot:*:19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: a backup of root's",
            language="host",
            code=("# file: /var/backups/shadow.bak 0600\n" + HASH),
        ),
    ),
)
