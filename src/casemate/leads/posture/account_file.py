"""Account files that others can change

## What it is

Somebody who is not root can write to or replace one of the files that say who is who: `/etc/passwd`, `/etc/shadow`,
`/etc/group`, `/etc/gshadow`, `/etc/subuid`, `/etc/subgid`.

## Why it matters

A line of their own there is an account with root's number, a password for root, or a membership
(ATT&CK T1098, T1136.001). Sources: passwd(5), group(5), subuid(5); CIS Debian Linux 12 Benchmark, 7.1.

## How to fix it

Give the file back to root and take the permission away: `chown root:root /etc/passwd /etc/group; chmod 0644 /etc/passwd
/etc/group; chown root:shadow /etc/shadow /etc/gshadow; chmod 0640 /etc/shadow /etc/gshadow`. Then look for
lines that nobody knows.
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
            name="a list of groups that everybody can write to",
            language="host",
            code="# file: /etc/group 0666  # finding\nroot:x:0:\nshadow:x:42:\nalice:x:1000:\nstaff:x:50:\nwebsvc:x:980:\n"
            "ingest:x:981:\nbob:x:1001:\n",
        ),
        Example(
            name="a list of accounts that an account owns",
            language="host",
            code="# file: /etc/subuid 0644 alice:alice  # finding\n",
        ),
        Example(
            name="a file of hashes that an access list opens",
            language="host",
            code="# file: /etc/gshadow 0640 root:shadow acl=u:bob:rw,m::rw  # finding\n",
        ),
        Example(
            name="near-miss: what sudo then refuses to read",
            language="host",
            code="# file: /etc/sudoers.d/ops 0666\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/sudoers 0440\nroot ALL=(ALL:ALL) ALL\n# folder: /etc/sudoers.d 0750\n",
        ),
        Example(
            name="near-miss: an old copy, which nothing reads",
            language="host",
            code="# file: /etc/passwd.old 0666\nroot:x:0:0::/root:/bin/sh\n",
        ),
    ),
)
