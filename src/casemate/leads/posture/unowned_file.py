"""Files whose owner is no account

## What it is

The number that a file belongs to, or that of its group, is in no line of passwd(5) or group(5).

## Why it matters

The next account that is made may get the number, and with it the file (ATT&CK T1222.002). Source: CIS Debian Linux 12 Benchmark,
7.1.12.

## How to fix it

`chown root:root PATH`, or give it to whom it should belong; delete what is left of an account that is gone.
"""

from collections.abc import Iterator

from casemate.host.facts.places import loose_nodes
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MADE_LATER = 61184  # of systemd's dynamic users and of containers (systemd.exec(5), subuid(5)): no line is expected


def find(host: Host) -> Iterator[Seen]:
    """The topmost nodes of each such number."""
    if not host.accounts.accounts:
        return
    uids = {a.uid for a in host.accounts.accounts}
    gids = {g.gid for g in host.accounts.groups} | {a.gid for a in host.accounts.accounts}
    told: dict[str, str] = {}
    for node in host.once(loose_nodes):
        user = f"uid {node.uid}" if node.uid not in uids and node.uid < MADE_LATER else ""
        group = f"gid {node.gid}" if node.gid not in gids and node.gid < MADE_LATER and host.accounts.groups else ""
        who = user or group
        if not who:
            continue
        told[node.path] = who
        if told.get(node.path.rpartition("/")[0]) != who:
            yield Seen(path=node.path, what=f"{node.path} belongs to {who}, which is no account or group of this host")


RULE = FactRule(
    id=RuleId("unowned-file"),
    title="File whose owner is no account",
    cwe=282,
    owasp="A01:2021",
    severity=Severity.LOW,
    message="{what}: whoever gets that number next owns it",
    find=find,
    examples=(
        Example(name="a user that is gone", language="host", code="# file: /srv/old/a 0644 1234:1000  # finding\nx\n"),
        Example(
            name="a folder, told once",
            language="host",
            code="# folder: /opt/old 0755 1234:1234  # finding\n# file: /opt/old/a 0644 1234:1234\nx\n",
        ),
        Example(name="near-miss: of an account", language="host", code="# file: /srv/a 0644 alice:alice\nx\n"),
        Example(
            name="near-miss: of a container",
            language="host",
            code="# file: /var/lib/docker/overlay2/a/diff/x 0644 1234:1234\nx\n# file: /srv/c/x 0644 100999:100999\nx\n",
        ),
        Example(
            name="near-miss: of a dynamic user",
            language="host",
            code="# file: /var/lib/private/x/a 0644 61234:61234\nx\n",
        ),
    ),
)
