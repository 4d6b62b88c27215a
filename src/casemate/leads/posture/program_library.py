"""Library of a privileged program that others can put in place

## What it is

A program that runs as root, by its SUID bit or as a job of root, looks for its libraries (RPATH, RUNPATH) in a folder that
somebody else can write to, in one that does not exist and that they can make, or in the folder in which its caller happens
to be.

## Why it matters

Whatever library lies there is loaded into the program and acts as root (ATT&CK T1574.006). RPATH and RUNPATH count for SUID
programs, too; only `$ORIGIN` is limited there (ld.so(8), "Secure-execution mode").

## How to fix it

Give the folder to root without permission to write for others, or take the entry out: `patchelf --remove-rpath FILE`, and
build without `-Wl,-rpath`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-program-library"),
    title="Library of a privileged program that others can put in place",
    cwe=426,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("program-library",),
    examples=(
        Example(
            name="a SUID program with an open folder in its RPATH",
            language="host",
            code="# folder: /opt/agent/lib 0777  # finding\n"
            "# elf: /opt/agent/bin/run 4755 rpath=/opt/agent/lib needed=libagent.so.1,libc.so.6\n",
        ),
        Example(
            name="the library itself can be written to",
            language="host",
            code="# elf: /opt/agent/lib/libagent.so.1 0664 root:websvc kind=lib  # finding\n"
            "# elf: /opt/agent/bin/run 4755 runpath=/opt/agent/lib needed=libagent.so.1\n",
        ),
        Example(
            name="a folder that somebody can make",
            language="host",
            code="# folder: /srv/build 0777  # finding\n# elf: /opt/run 4755 runpath=/srv/build/lib\n",
        ),
        Example(
            name="an entry that is taken from the caller's folder",
            language="host",
            code="# elf: /opt/run 4755 rpath=lib:/usr/lib  # finding\n",
        ),
        Example(
            name="near-miss: a folder of root",
            language="host",
            code="# folder: /opt/agent/lib 0755\n# elf: /opt/agent/bin/run 4755 rpath=/opt/agent/lib\n",
        ),
        Example(
            name="near-miss: $ORIGIN does not count for a SUID program there",
            language="host",
            code="# folder: /opt/agent/lib 0777\n# elf: /opt/agent/bin/run 4755 runpath=$ORIGIN/../lib\n",
        ),
        Example(
            name="near-miss: nobody privileged runs it",
            language="host",
            code="# folder: /opt/agent/lib 0777\n# elf: /opt/agent/bin/run 0755 rpath=/opt/agent/lib\n",
        ),
        Example(
            name="near-miss: every library is found before",
            language="host",
            code="# folder: /opt/open 0777\n# elf: /opt/lib/libc.so.6 0755 kind=lib needed=\n"
            "# elf: /opt/run 4755 rpath=/opt/lib:/opt/open needed=libc.so.6\n",
        ),
    ),
)
