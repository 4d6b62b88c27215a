"""Umask that lets everybody write to new files

## What it is

A start-up file or login.defs(5) sets a umask that leaves the permission to write to others: 0, 000, 020.

## Why it matters

Every file that an administrator makes can be changed by everybody (ATT&CK T1222.002; umask(2)). CIS Debian Benchmark:
"Ensure default user umask is configured".

## How to fix it

`umask 027`, or 022.
"""

from collections.abc import Iterator

from casemate.host.facts.search_path import umasks
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Where one is set that lets others write."""
    for found in host.once(umasks):
        if not found.value & 0o002:
            yield Seen(
                path=found.path,
                line=found.line,
                what=f"umask {found.value:03o}: everybody can write to the files made after it",
            )


RULE = FactRule(
    id=RuleId("weak-umask"),
    title="Umask that lets everybody write to new files",
    cwe=276,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="zero",
            language="host",
            code=("# file: /etc/profile\numask 000  # finding\n"),
        ),
        Example(
            name="in login.defs",
            language="host",
            code=("# file: /etc/login.defs\nUMASK 0  # finding\n"),
        ),
        Example(
            name="near-miss: usual",
            language="host",
            code=("# file: /etc/profile\numask 022\n"),
        ),
        Example(
            name="near-miss: the group writes",
            language="host",
            code=("# file: /etc/profile.d/team.sh\numask 002\n"),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=("# file: /etc/login.defs\n# UMASK 000\nUMASK 022\n"),
        ),
    ),
)
