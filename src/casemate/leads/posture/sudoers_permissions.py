"""sudoers that others can change or read

## What it is

A file of sudoers(5), or the folder that it includes, belongs to somebody else than root, or others can write to it or read
it.

## Why it matters

sudo refuses files that are not root's, or that others can write to, so their rules are lost and sudo may stop working; a
folder that others can write to lets them take rules away. A doas.conf that others can write to gives them root where doas
does not look. Readable rules tell which account to go for.

## How to fix it

`chown root:root FILE; chmod 0440 FILE`; folders 0750.
"""

from collections.abc import Iterator

from casemate.host.facts.sudoers import sudoers
from casemate.host.facts.sudoers_lines import MAIN
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each file and folder that sudo and doas read."""
    said = host.once(sudoers)
    files = dict.fromkeys(
        [MAIN, *(line.path for line in (*(r.line for r in said.rules), *(s.line for s in said.settings)))]
    )
    folders = dict.fromkeys(found.path for found in said.included if found.folder)
    for path in (*files, *folders, "/etc/doas.conf"):
        node = host.fs.node(path)
        if node is None:
            continue
        owner = host.accounts.of_uid(node.uid)
        writable = node.mode & 0o002 or (node.mode & 0o020 and node.gid)
        if any(host.access.change(actor, path, folder=True) for actor in host.access.identities):
            continue  # a chain tells of who that is
        if node.uid or writable:
            whose = owner.name if owner else str(node.uid)
            what = f"{node.path} (owner {whose}, mode {node.mode:04o}) can be changed by others"
            yield Seen(path=node.path, what=f"{what}; sudo refuses such a file, and what it says is lost")
        elif node.mode & 0o004 and path in files and path != "/etc/doas.conf":
            yield Seen(
                path=node.path,
                what=f"{node.path} can be read by everybody (mode {node.mode:04o})",
                severity=Severity.LOW,
            )


RULE = FactRule(
    id=RuleId("sudoers-permissions"),
    title="sudoers that others can change or read",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="writable by a group that has no name",
            language="host",
            code=("# file: /etc/sudoers 0460 0:4242  # finding\nroot ALL=(ALL:ALL) ALL\n"),
        ),
        Example(
            name="a folder of a number without an account",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "@includedir /etc/sudoers.d\n"
                "# folder: /etc/sudoers.d 0755 4242:0  # finding\n"
            ),
        ),
        Example(
            name="readable by everybody",
            language="host",
            code=("# file: /etc/sudoers 0444  # finding\nroot ALL=(ALL:ALL) ALL\n"),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "@includedir /etc/sudoers.d\n"
                "# folder: /etc/sudoers.d 0755\n"
                "# file: /etc/sudoers.d/README 0440\n"
            ),
        ),
        Example(
            name="near-miss: writable by group root",
            language="host",
            code=("# file: /etc/sudoers 0660\nroot ALL=(ALL:ALL) ALL\n"),
        ),
        Example(
            name="near-miss: a file that is not read",
            language="host",
            code=("# file: /etc/sudoers 0440\nroot ALL=(ALL:ALL) ALL\n# file: /etc/sudoers.bak 0666\n"),
        ),
    ),
)
