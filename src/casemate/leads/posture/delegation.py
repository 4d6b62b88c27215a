"""Power over a group or over others' ids that leads to root

## What it is

A line of `/etc/gshadow` makes an account the administrator of a group that is as good as root (`sudo`, `docker`, `disk`, a
group of a sudo rule), or a line of `/etc/subuid` or `/etc/subgid` gives an account a range of ids in which root's, or
another account's, lies.

## Why it matters

The administrator of a group adds themself with `gpasswd -a`, and no password of root is asked (gshadow(5), gpasswd(1)).
With `newuidmap`, an account may act as every id of its range in a namespace, on the host's own files too: a range from 0
is root (subuid(5), user_namespaces(7); ATT&CK T1098, T1548). Neither shows in `/etc/group`.

## How to fix it

Take the administrator away: `gpasswd -A "" GROUP`. Let ranges begin at 100000 or higher, apart from one another, as
`usermod --add-subuids` makes them.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MAPPER = "# file: /usr/bin/newuidmap 4755\nx\n"

RULE = ChainRule(
    id=RuleId("delegated-power"),
    title="Power over a group or over others' ids that leads to root",
    cwe=269,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("group-administrator", "subordinate-ids"),
    examples=(
        Example(
            name="the administrator of a container group",
            language="host",
            code="# file: /etc/gshadow 0640 root:shadow\nroot:*::\ndocker:!:alice:  # finding\n",
        ),
        Example(
            name="a range from 0",
            language="host",
            code=f"{MAPPER}# file: /etc/subuid\nbob:165536:65536\nalice:0:65536  # finding\n",
        ),
        Example(
            name="near-miss: a group of no power",
            language="host",
            code="# file: /etc/gshadow 0640 root:shadow\nroot:*::\nstaff:*:alice:\n",
        ),
        Example(
            name="near-miss: a member, no administrator",
            language="host",
            code="# file: /etc/gshadow 0640 root:shadow\nroot:*::\nwheel:!::bob\n",
        ),
        Example(
            name="near-miss: ranges as adduser makes them",
            language="host",
            code=f"{MAPPER}# file: /etc/subuid\nalice:100000:65536\nbob:165536:65536\n",
        ),
        Example(
            name="near-miss: nothing that maps ids",
            language="host",
            code="# file: /etc/subuid\nalice:0:65536\n",
        ),
    ),
)
