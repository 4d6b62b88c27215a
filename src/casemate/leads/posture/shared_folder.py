"""Folders that everybody can write to, without the sticky bit

## What it is

Every local user can make files in the folder, and, as it has no sticky bit, also delete and replace those of all others
(inode(7)).

## Why it matters

A file that a service or an administrator keeps there can be exchanged for another, or for a link to a place of root's, between
two uses of it (ATT&CK T1222.002, T1036). For `/tmp`, `/var/tmp` and `/dev/shm` that concerns nearly every program. Sources:
inode(7), hier(7); CIS Debian Linux 12 Benchmark, 7.1.11.

## How to fix it

For a shared place: `chmod 1777 FOLDER`. For all others: `chmod o-w FOLDER`, and a group for those who need it.
"""

from collections.abc import Iterator

from casemate.host.chained import chained
from casemate.host.facts.places import SHARED, SYSTEM, below, loose_nodes, open_to_all, under
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import NodeKind
from casemate.model.lead import RuleId, Severity

STICKY = 0o1000


def find(host: Host) -> Iterator[Seen]:
    """The topmost such folders that no way to another account already names."""
    told: set[str] = set()
    for node in host.once(loose_nodes):
        if node.kind is not NodeKind.FOLDER or node.mode & STICKY or not open_to_all(host, node):
            continue
        if node.path in host.once(chained) or under(node.path, told):
            continue
        told.add(node.path)
        owner = host.accounts.of_uid(node.uid)
        personal = owner is not None and owner.person and node.path != owner.home and not below(node.path, SYSTEM)
        yield Seen(
            path=node.path,
            what=f"{node.path} is writable by everybody and has no sticky bit (mode {node.mode:04o}): "
            "any local user can delete and replace what others keep there",
            severity=Severity.HIGH if node.path in SHARED else Severity.LOW if personal else Severity.MEDIUM,
        )


RULE = FactRule(
    id=RuleId("shared-folder-without-sticky-bit"),
    title="Folder that everybody can write to, without the sticky bit",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(name="the folder of temporary files", language="host", code="# folder: /var/tmp 0777  # finding\n"),
        Example(
            name="the topmost of several",
            language="host",
            code="# folder: /srv/drop 0777  # finding\n# folder: /srv/drop/in 0777\n# file: /srv/drop/a 0666\n",
        ),
        Example(
            name="near-miss: with the sticky bit",
            language="host",
            code="# folder: /var/spool/x 1777\n# folder: /tmp 1777\n",
        ),
        Example(
            name="near-miss: in a folder that nobody gets into",
            language="host",
            code="# folder: /srv/private 0700\n# folder: /srv/private/drop 0777\n",
        ),
        Example(
            name="near-miss: a link, and a folder of a group",
            language="host",
            code="# link: /srv/current -> releases\n# folder: /srv/releases 2775 root:staff\n",
        ),
    ),
)
