"""Password hashes that others can read

## What it is

`/etc/shadow` or `/etc/gshadow`, or a copy of it that a backup or an editor left, can be read by others than root and the group
shadow.

## Why it matters

With the hash of a password one can try out guesses elsewhere, as many as the machine can do, and nobody sees it (ATT&CK
T1003.008, T1110.002). A weak password of an administrator is then found. Sources: shadow(5); CIS Debian Linux 12 Benchmark, 7.1.

## How to fix it

`chown root:shadow FILE; chmod 0640 FILE`, delete copies that nobody needs, and have the passwords changed.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

LINE = "root:$y$j9T$abcdefghijklmnopqrstuv$ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQ:19700:0:99999:7:::\n"

RULE = ChainRule(
    id=RuleId("readable-password-hashes"),
    title="Password hashes that others can read",
    cwe=732,
    owasp="A02:2021",
    severity=Severity.HIGH,
    message="{who} can find out weak passwords: {what}",
    kinds=("password-hashes",),
    examples=(
        Example(
            name="a list of hashes that everybody can read",
            language="host",
            code=f"# file: /etc/shadow 0644  # finding\n{LINE}",
        ),
        Example(
            name="a copy that a backup left",
            language="host",
            code=f"# file: /var/backups/shadow.bak 0644  # finding\n{LINE}",
        ),
        Example(
            name="near-miss: readable for a group without members",
            language="host",
            code=f"# file: /etc/shadow- 0640 root:shadow\n{LINE}",
        ),
        Example(
            name="near-miss: a file of that name without hashes",
            language="host",
            code="# file: /usr/share/doc/x/shadow.txt 0644\nroot:*:19700:0:99999:7:::\n",
        ),
        Example(
            name="near-miss: a copy in a closed folder",
            language="host",
            code=f"# folder: /srv/backup 0700\n# file: /srv/backup/shadow 0644\n{LINE}",
        ),
    ),
)
