"""PATH with a folder that depends on where one is

## What it is

The PATH that a login sets holds `.`, an empty part, or a relative folder.

## Why it matters

A program of a usual name in the current folder, such as /tmp, runs in the place of the system's (ATT&CK T1574.007). CIS
Debian Benchmark: "Ensure root PATH integrity".

## How to fix it

Take the part away, a colon too many among them, and call programs in the current folder as `./NAME`.
"""

from collections.abc import Iterator

from casemate.host.facts.search_path import search_path
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ROOT, named
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Parts that are no absolute folder: of root and of everybody, and less severe, of one account."""
    seen: set[tuple[str, int]] = set()
    for found in host.once(search_path):
        if not found.relative or (found.path, found.line) in seen:
            continue
        seen.add((found.path, found.line))
        part = {"": "an empty part, which is the current folder", ".": "'.', the current folder"}.get(
            found.folder, f"the relative folder {found.folder!r}"
        )
        whose = "root" if found.runner == ROOT else named(found.runner)
        yield Seen(
            path=found.path,
            line=found.line,
            what=f"the PATH of {whose} holds {part}",
            severity=None if found.runner == ROOT else Severity.LOW,
        )


RULE = FactRule(
    id=RuleId("unsafe-search-path"),
    title="PATH with a folder that depends on where one is",
    cwe=427,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a dot in front",
            language="host",
            code=("# file: /root/.profile\nexport PATH=.:$PATH  # finding\n"),
        ),
        Example(
            name="a colon at the end",
            language="host",
            code=('# file: /etc/environment\nPATH="/usr/bin:/bin:"  # finding\n'),
        ),
        Example(
            name="in login.defs",
            language="host",
            code=("# file: /etc/login.defs\nENV_SUPATH PATH=/usr/sbin:/sbin:.  # finding\n"),
        ),
        Example(
            name="near-miss: braces",
            language="host",
            code=('# file: /etc/profile\nPATH="${PATH:+${PATH}:}/usr/games"\n'),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=("# file: /root/.profile\n# export PATH=.:$PATH\n"),
        ),
        Example(
            name="near-miss: another variable",
            language="host",
            code=("# file: /etc/profile\nMANPATH=:/usr/man\nCDPATH=.\n"),
        ),
    ),
)
