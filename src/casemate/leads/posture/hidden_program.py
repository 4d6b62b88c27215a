"""Programs hidden among temporary files

## What it is

A file that can be run lies in `/tmp`, `/var/tmp` or `/dev/shm` under a name with a dot in front, or in a folder of such a name.

## Why it matters

It is where what was brought in is often put, as everybody can write there and few look (ATT&CK T1564.001). It may also be
what a build or an installer left.

## How to fix it

Find out whose it is (`ls -la`, `lsof`), keep a copy if it may be evidence, and delete it. Mount these places with `noexec`.
"""

from collections.abc import Iterator

from casemate.host.facts.places import SHARED
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import NodeKind
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Regular files with a dot somewhere in front, and a bit that lets them run."""
    for folder in SHARED:
        for node in host.fs.below(folder):
            if node.kind is NodeKind.FILE and node.mode & 0o111 and "/." in node.path:
                yield Seen(path=node.path, what=f"{node.path} can be run and is hidden among temporary files")


RULE = FactRule(
    id=RuleId("hidden-temporary-program"),
    title="Program hidden among temporary files",
    cwe=506,
    owasp="A08:2021",
    severity=Severity.LOW,
    message="{what}",
    find=find,
    examples=(
        Example(name="a file", language="host", code="# file: /var/tmp/.x 0755  # finding\nx\n"),
        Example(
            name="a folder",
            language="host",
            code="# folder: /dev/shm 1777\n# file: /dev/shm/.c/run 0711 alice:alice  # finding\nx\n",
        ),
        Example(
            name="near-miss: a lock of X",
            language="host",
            code="# file: /tmp/.X0-lock 0444\n1\n# folder: /tmp/.X11-unix 1777\n",
        ),
        Example(name="near-miss: not hidden", language="host", code="# file: /tmp/build.sh 0755 alice:alice\nx\n"),
        Example(
            name="near-miss: elsewhere", language="host", code="# file: /home/alice/.local/bin/x 0755 alice:alice\nx\n"
        ),
    ),
)
