"""Files of the system that belong to ordinary accounts

## What it is

A file or folder in `/etc`, `/usr`, `/boot` or `/lib` belongs to an ordinary account, or lets one write by its group or access
list; or a program there belongs to the account of a service.

## Why it matters

Whoever takes over that account changes what all others run or are set up by (ATT&CK T1222.002, T1574). Packages give these
places to root; another owner is mostly left from an unpacked archive or a `chown -R`. Sources: hier(7); Debian Policy 10.9.

## How to fix it

`chown root:root PATH` (with `-R` for a folder that came from an archive), `setfacl -b PATH` for an access list.
"""

from collections.abc import Iterator

from casemate.host.access import WRITE, permits
from casemate.host.accounts import NOBODY
from casemate.host.chained import chained
from casemate.host.facts.places import PROGRAMS, SYSTEM, below, in_home, loose_nodes
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import Node, NodeKind
from casemate.model.lead import RuleId, Severity

SUID = 0o4000
LOCAL = ("staff",)  # may write to /usr/local by Debian Policy 9.1.2; who is in it is said elsewhere


def find(host: Host) -> Iterator[Seen]:
    """The topmost nodes, each with who can change it."""
    told: dict[str, str] = {}
    for node in host.once(loose_nodes):
        if not below(node.path, SYSTEM) or node.mode & 0o002:
            continue
        who = _who(host, node)
        above = node.path.rpartition("/")[0]
        if not who:
            continue
        if told.get(above) == who or node.path in host.once(chained):
            told[node.path] = who
            continue
        told[node.path] = who
        program = below(node.path, PROGRAMS)
        yield Seen(
            path=node.path,
            what=f"{node.path} {who} (mode {node.mode:04o}), and can be changed by that account, although "
            + ("all others run it" if program else "it is part of the system"),
            severity=Severity.HIGH if program and "service" not in who else Severity.MEDIUM,
        )


def _who(host: Host, node: Node) -> str:
    """Which account besides root can change it, in words; "" for none that matters."""
    owner = host.accounts.of_uid(node.uid)
    if node.uid == NOBODY:
        return "belongs to nobody, whom several services run as"
    if owner is not None and owner.person:
        return "" if in_home(node, owner) else f"belongs to {owner.name}"
    if (
        owner is not None
        and node.uid
        and node.kind is NodeKind.FILE
        and node.mode & 0o100
        and below(node.path, PROGRAMS)
    ):
        return "" if node.mode & SUID or in_home(node, owner) else f"belongs to the service account {owner.name}"
    if not node.mode & 0o020 or node.uid:
        return ""
    group = host.accounts.of_gid(node.gid)
    if group is not None and group.name in LOCAL:
        return ""
    able = [a for a in host.accounts.accounts if a.uid and permits(host.access.identity(a.actor), node, WRITE)]
    people = [a.name for a in able if a.person]
    if able and not people and below(node.path, PROGRAMS):
        people = [f"the service account {able[0].name}"]
    listed = "its access list" if node.acl is not None else f"group {group.name if group else node.gid}"
    return f"is writable for {', '.join(people[:5])} by {listed}" if people else ""


RULE = FactRule(
    id=RuleId("system-file-of-an-account"),
    title="File of the system that belongs to an ordinary account",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(name="a program", language="host", code="# file: /usr/bin/tool 0755 alice:alice  # finding\nx\n"),
        Example(
            name="a folder of settings with all in it",
            language="host",
            code="# folder: /etc/app 0755 bob:bob  # finding\n# file: /etc/app/app.conf 0644 bob:bob\nx\n",
        ),
        Example(
            name="by a group and by an access list",
            language="host",
            code="# file: /etc/a.conf 0664 root:wheel  # finding\nx\n# file: /etc/b.conf 0644 acl=u:alice:rw  # finding\nx\n",
        ),
        Example(
            name="near-miss: settings of a service that owns them",
            language="host",
            code="# folder: /etc/websvc 0750 websvc:websvc\n# file: /etc/websvc/a.conf 0640 websvc:websvc\nx\n",
        ),
        Example(name="near-miss: outside the system", language="host", code="# folder: /opt/app 0755 alice:alice\n"),
        Example(
            name="near-miss: a group that has no member",
            language="host",
            code="# file: /etc/a.conf 0664 root:staff\nx\n",
        ),
    ),
)
