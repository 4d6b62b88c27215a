"""Library or folder of libraries that others can change

## What it is

A folder from which all programs load their libraries (the default ones, those of `/etc/ld.so.conf`), a library in it, or
one that `/etc/ld.so.preload` or root's `LD_PRELOAD` and `LD_LIBRARY_PATH` name, can be changed or made by somebody who is
not root.

## Why it matters

Every program of root loads what lies there, at the latest after the next ldconfig(8), which every installation runs (ATT&CK
T1574.006; ld.so(8)).

## How to fix it

`chown root:root` and `chmod go-w` for the folder and the file, or take the line out that names it and run `ldconfig`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-library-folder"),
    title="Library or folder of libraries that others can change",
    cwe=427,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("library-folder",),
    examples=(
        Example(
            name="an open folder in ld.so.conf.d",
            language="host",
            code="# file: /etc/ld.so.conf 0644\ninclude /etc/ld.so.conf.d/*.conf\n"
            "# file: /etc/ld.so.conf.d/00-app.conf 0644\n/opt/app/lib\n# folder: /opt/app/lib 0777  # finding\n",
        ),
        Example(
            name="a preloaded library of an account",
            language="host",
            code="# file: /etc/ld.so.preload 0644\n/opt/libtrace.so\n# file: /opt/libtrace.so 0755 alice:alice  # finding\n",
        ),
        Example(
            name="a library in a default folder",
            language="host",
            code="# file: /usr/lib/libz.so.1 0666  # finding\n",
        ),
        Example(
            name="LD_LIBRARY_PATH of every login",
            language="host",
            code="# file: /etc/environment 0644\nLD_LIBRARY_PATH=/srv/lib\n# folder: /srv/lib 0775 root:wheel  # finding\n",
        ),
        Example(
            name="near-miss: folders of root",
            language="host",
            code="# file: /etc/ld.so.conf 0644\n/opt/app/lib\n/opt/missing/lib # not there\n# folder: /opt/app/lib 0755\n",
        ),
        Example(
            name="near-miss: an open folder in a comment",
            language="host",
            code="# file: /etc/ld.so.conf 0644\n#/opt/app/lib\n# folder: /opt/app/lib 0777\n",
        ),
        Example(
            name="near-miss: a file that no pattern includes",
            language="host",
            code="# file: /etc/ld.so.conf 0644\ninclude ld.so.conf.d/*.conf\n# file: /etc/ld.so.conf.d/app.disabled 0644\n"
            "/opt/app/lib\n# folder: /opt/app/lib 0777\n",
        ),
    ),
)
