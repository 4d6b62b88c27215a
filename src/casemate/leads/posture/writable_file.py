"""Files of the system that everybody can write to

## What it is

A regular file outside the homes can be changed by every local user: its mode has `w` for others, and all folders above it let
them in. Files that root is known to act on are told by the rules about these; here are the rest.

## Why it matters

Settings, data and logs that others rely on can be falsified, and what looks harmless today may be run or read by a program of
root's tomorrow (ATT&CK T1222.002, T1565.001). Source: CIS Debian Linux 12 Benchmark, 7.1.11.

## How to fix it

`chmod o-w FILE`; when several accounts must write, a group for them. Find out which program makes it so: its umask is wrong.
"""

from collections.abc import Iterator

from casemate.host.chained import chained
from casemate.host.facts.places import PROGRAMS, SHARED, below, loose_nodes, open_to_all
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import NodeKind
from casemate.model.lead import RuleId, Severity

QUIET = ("/var/log", "/var/games", "/var/lib/games", "/usr/share/doc", "/var/cache")


def find(host: Host) -> Iterator[Seen]:
    """Such files, none below a folder that lets everybody replace them anyway."""
    for node in host.once(loose_nodes):
        if node.kind is not NodeKind.FILE or below(node.path, SHARED) or not open_to_all(host, node):
            continue
        owner = host.accounts.of_uid(node.uid)
        if owner is not None and owner.person and below(node.path, ("/home", owner.home)):
            continue
        above = host.fs.at(node.path.rpartition("/")[0] or "/")
        if node.path in host.once(chained) or (above and open_to_all(host, above) and not above.mode & 0o1000):
            continue
        program = below(node.path, PROGRAMS)
        yield Seen(
            path=node.path,
            what=f"{node.path} is writable by everybody (mode {node.mode:04o}): any local user can change "
            + ("what others run" if program else "what others rely on"),
            severity=Severity.HIGH if program else Severity.LOW if below(node.path, QUIET) else Severity.MEDIUM,
        )


RULE = FactRule(
    id=RuleId("world-writable-file"),
    title="File of the system that everybody can write to",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(name="a setting", language="host", code="# file: /etc/app/app.conf 0666  # finding\nx=1\n"),
        Example(
            name="a library", language="host", code="# file: /usr/lib/x/helper.py 0777 root:root  # finding\nx = 1\n"
        ),
        Example(name="a log", language="host", code="# file: /var/log/app.log 0666  # finding\n"),
        Example(
            name="near-miss: in a folder that nobody gets into",
            language="host",
            code="# folder: /etc/app 0750\n# file: /etc/app/app.conf 0666\nx=1\n",
        ),
        Example(
            name="near-miss: a person's own",
            language="host",
            code="# folder: /home/bob 0755 bob:bob\n# file: /home/bob/a 0666 bob:bob\n",
        ),
        Example(
            name="near-miss: sockets, devices and a group that has no member",
            language="host",
            code="# socket: /var/lib/x/s 0777\n# fifo: /var/lib/x/p 0666\n# file: /etc/x.conf 0664 root:staff\n",
        ),
    ),
)
