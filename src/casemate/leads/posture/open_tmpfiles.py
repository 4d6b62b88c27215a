"""Files that everybody can write to, made at boot

## What it is

A line of tmpfiles.d(5) on this host makes a file or folder, or sets its mode, so that everybody can write to it, without the
sticky bit.

## Why it matters

The mode comes back at every boot, whatever is repaired by hand. In such a folder anybody replaces the files of others; what a
service reads from there is anybody's to say (ATT&CK T1222.002, T1574).

## How to fix it

Write the mode that its users need: 0755 or 0750 with the owner who writes there, 1777 for a folder that truly all share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.tmpfiles import tmpfiles
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MAKES: Final = "dDefFzZvqQC"  # w writes content only, x and r make nothing, devices and fifos have their own sense


def find(host: Host) -> Iterator[Seen]:
    """Lines of this host's own files that open something to everybody."""
    for entry in host.once(tmpfiles):
        mode = entry.mode
        if mode is None or not mode & 0o002 or mode & 0o1000 or entry.type[0] not in MAKES:
            continue
        if entry.path.startswith("/usr/lib/") and as_shipped(host, entry.path):
            continue
        if entry.target.startswith(("/dev/", "/proc/", "/sys/")):
            continue
        what = f"{entry.target} is made writable for everybody (mode {mode:04o}) at boot"
        yield Seen(path=entry.path, line=entry.line, what=what)


RULE = FactRule(
    id=RuleId("open-tmpfiles"),
    title="Everybody can write to what is made at boot",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a folder",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf\nd /run/a 0777 root root -  # finding\n",
        ),
        Example(
            name="the modes of all below",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf\n# all of it\nZ /srv/a 0666 - - -  # finding\n",
        ),
        Example(
            name="near-miss: with the sticky bit",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf\nd /var/spool/a 1777 root root -\n",
        ),
        Example(
            name="near-miss: for its owner",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf\nd /run/a 0755 websvc websvc -\n",
        ),
        Example(
            name="near-miss: overruled by a file of the same name",
            language="host",
            code=(
                "# file: /etc/tmpfiles.d/a.conf\nd /run/a 0755 root root -\n"
                "# file: /usr/local/lib/tmpfiles.d/a.conf\nd /run/a 0777 root root -\n"
            ),
        ),
        Example(
            name="near-miss: a device",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf\nz /dev/snd/seq 0666 - - -\nr /run/a 0777\n",
        ),
    ),
)
