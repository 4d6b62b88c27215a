"""Shell or tool with a SUID bit

## What it is

A shell, an interpreter, an editor or another tool that runs a command or writes a file of its caller's choice has the SUID
or SGID bit: often as a copy under another name, which is recognised by its content.

## Why it matters

Whoever runs it acts as its owner, mostly root, at once and without an exploit: it is the usual back door, and the usual
convenience of an installer (ATT&CK T1548.001; what each program can do is documented at https://gtfobins.github.io). A
shell that drops the bit by itself keeps it with `-p` (bash(1), dash(1)).

## How to fix it

`chmod u-s,g-s FILE`; remove the file if it is a copy that nobody can explain, and then look for who made it. What needs
root for one purpose gets a sudo rule for exactly that command line.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("suid-escape"),
    title="Shell or tool with a SUID bit",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("suid-escape",),
    examples=(
        Example(
            name="a copy of a shell under another name",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/bash 4755  # finding\n",
        ),
        Example(
            name="a tool that runs commands, where it always was",
            language="host",
            code="# copy: /usr/bin/find /usr/bin/find 4755  # finding\n",
        ),
        Example(
            name="an interpreter for one group only",
            language="host",
            code="# copy: /opt/py /usr/bin/python3.11 4750 root:wheel  # finding\n",
        ),
        Example(
            name="an interpreter that becomes another account",
            language="host",
            code="# copy: /opt/py /usr/bin/python3.11 4755 ingest:ingest  # finding\n",
        ),
        Example(
            name="a tool with the group that reads the password hashes",
            language="host",
            code="# copy: /usr/local/bin/show /usr/bin/tar 2755 root:shadow  # finding\n",
        ),
        Example(
            name="near-miss: the same copy without the bit",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/bash 0755\n",
        ),
        Example(
            name="near-miss: a program that lets its caller do nothing",
            language="host",
            code="# copy: /usr/local/bin/whoami2 /usr/bin/id 4755\n",
        ),
        Example(
            name="near-miss: nobody else can run it",
            language="host",
            code="# copy: /root/bash /usr/bin/bash 4700\n",
        ),
        Example(
            name="near-miss: mounted so that the bit does not count",
            language="host",
            code="# file: /etc/fstab 0644\n/dev/vdb1 /srv ext4 rw,nosuid,nodev 0 2\n# copy: /srv/bash /usr/bin/bash 4755\n",
        ),
    ),
)
