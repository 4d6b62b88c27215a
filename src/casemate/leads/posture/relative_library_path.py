"""Libraries looked for in the current folder

## What it is

`LD_LIBRARY_PATH` in a file that sets root's environment has an entry that is no absolute path, or an empty one, such as a
colon at its end leaves: both mean the folder in which root happens to be.

## Why it matters

Root has only to run any program in a folder that somebody else writes to, such as `/tmp` or their home, to load their
library (ATT&CK T1574.006; ld.so(8), "a zero-length directory name indicates the current working directory").

## How to fix it

Write whole paths, and `${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}` to add what was set before. Better, name the folder in
`/etc/ld.so.conf.d`.
"""

from collections.abc import Iterator

from casemate.host.edges.loader import variables
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Lines with such an entry; what another variable stands for is not known."""
    for path, line, variable, entries in variables(host):
        if variable == "LD_LIBRARY_PATH" and len(entries) and entries != ("",):
            odd = [entry for entry in entries if not entry.startswith(("/", "$", "~"))]
            if odd:
                entry = f"the entry {odd[0]!r}" if odd[0] else "an empty entry"
                yield Seen(path=path, line=line, what=f"LD_LIBRARY_PATH of root has {entry}")


RULE = FactRule(
    id=RuleId("relative-library-path"),
    title="Libraries looked for in the current folder",
    cwe=427,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}: its programs load libraries from whatever folder it is in",
    find=find,
    examples=(
        Example(
            name="a colon at the end",
            language="host",
            code="# file: /etc/profile.d/app.sh 0644\nexport LD_LIBRARY_PATH=/opt/app/lib:  # finding\n",
        ),
        Example(
            name="a relative folder",
            language="host",
            code="# file: /root/.bashrc 0644\nexport LD_LIBRARY_PATH=lib:/usr/lib  # finding\n",
        ),
        Example(
            name="near-miss: whole paths",
            language="host",
            code="# file: /etc/environment 0644\nLD_LIBRARY_PATH=/opt/app/lib:/usr/local/lib\n",
        ),
        Example(
            name="near-miss: what was set before",
            language="host",
            code="# file: /etc/profile.d/app.sh 0644\nexport LD_LIBRARY_PATH=/opt/app/lib:$LD_LIBRARY_PATH\n",
        ),
        Example(
            name="near-miss: emptied",
            language="host",
            code='# file: /root/.profile 0644\nexport LD_LIBRARY_PATH=""\n',
        ),
    ),
)
