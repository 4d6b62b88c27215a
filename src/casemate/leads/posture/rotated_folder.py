"""Logs that root rotates in somebody else's folder

## What it is

An entry of logrotate's configuration has no `su`, and its logs lie in a folder that an account other than root owns or can
change.

## Why it matters

logrotate then moves and makes files there as root: between two of its steps the account can put a link in the place of the
folder, and a file of root's making lands elsewhere ("logrotten"; CWE-367; ATT&CK T1068). Folders that a group or everybody can
write to are passed over by logrotate: their logs grow until the disk is full (logrotate(8), `su`). Where a package ships its
entry so, it is said at the lowest level: Debian has called the same design a vulnerability (DSA-3701, nginx).

## How to fix it

`su ACCOUNT GROUP` in the entry, or give the folder to root.
"""

from collections.abc import Iterator

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.rotation import folders, rotation
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import Fact
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Entries whose folders are not root's alone."""
    for entry in host.once(rotation).rotated:
        if entry.user:
            continue
        for folder in dict.fromkeys(folders(host, entry)):
            node = host.fs.node(folder)
            if node is None or not host.fs.is_folder(folder):
                continue
            loose = node.mode & 0o002 or (node.mode & 0o020 and node.gid)
            if not node.uid and not loose:
                continue
            owner = host.accounts.of_uid(node.uid)
            whose = f"of {owner.name if owner else node.uid}" if node.uid else f"with mode {node.mode:04o}"
            related = (Fact(node.path, f"belongs to uid {node.uid}, mode {node.mode:04o}"),)
            yield Seen(
                path=entry.path,
                line=entry.line,
                what=f"{node.path}, a folder {whose}, without su",
                related=related,
                severity=Severity.LOW if not loose and as_shipped(host, entry.path) else None,
            )
            break


RULE = FactRule(
    id=RuleId("rotated-log-folder"),
    title="Logs that root rotates in somebody else's folder",
    cwe=367,
    also=(59,),
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="logrotate works as root in {what}",
    find=find,
    examples=(
        Example(
            name="a folder of a service",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n/var/log/app/*.log {  # finding\n  weekly\n  create\n}\n"
            "# folder: /var/log/app 0755 websvc:websvc\n",
        ),
        Example(
            name="a folder that a group can write to",
            language="host",
            code="# file: /etc/logrotate.conf 0644\ninclude /etc/logrotate.d\n"
            '# file: /etc/logrotate.d/app 0644\n"/var/log/app/x.log"  # finding\n{\n  weekly\n}\n'
            "# folder: /var/log/app 0775 root:websvc\n",
        ),
        Example(
            name="near-miss: with su",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n/var/log/app/*.log {\n  su websvc websvc\n}\n"
            "# folder: /var/log/app 0755 websvc:websvc\n",
        ),
        Example(
            name="near-miss: su for all entries",
            language="host",
            code="# file: /etc/logrotate.conf 0644\nsu websvc websvc\n/var/log/app/*.log {\n weekly\n}\n"
            "# folder: /var/log/app 0755 websvc:websvc\n",
        ),
        Example(
            name="near-miss: root's folder, as shipped",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n/var/log/wtmp {\n  create 0664 root utmp\n}\n# folder: /var/log 0755\n",
        ),
        Example(
            name="near-miss: a folder that is not there",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n/srv/none/*.log {\n  missingok\n}\n",
        ),
    ),
)
