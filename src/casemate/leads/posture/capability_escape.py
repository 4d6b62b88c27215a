"""Interpreter or file tool with capabilities

## What it is

A program that runs code of its caller, or reads and writes files that they name, has file capabilities that are as good as
root: `cap_setuid`, `cap_dac_override`, `cap_sys_admin` and their like.

## Why it matters

The caller commands the capability: one line of Python with `cap_setuid` is root (ATT&CK T1548.001; capabilities(7); which
programs can is documented at https://gtfobins.github.io, "Capabilities").

## How to fix it

`setcap -r FILE`. A service that needs one capability gets it from its unit (`AmbientCapabilities=`), a program of its own
with only that capability, not the interpreter.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("capability-escape"),
    title="Interpreter or file tool with capabilities",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("capability-escape",),
    examples=(
        Example(
            name="a copy of an interpreter that may set its user",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/python3.11 0755 caps=cap_setuid+ep  # finding\n",
        ),
        Example(
            name="a file tool that ignores permissions when it reads",
            language="host",
            code="# copy: /usr/local/bin/backup /usr/bin/tar 0755 caps=cap_dac_read_search+ep  # finding\n",
        ),
        Example(
            name="an interpreter raises by itself what it is only permitted",
            language="host",
            code="# copy: /usr/bin/perl /usr/bin/perl 0755 caps=cap_sys_admin+p  # finding\n",
        ),
        Example(
            name="near-miss: only inheritable",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/python3.11 0755 caps=cap_setuid+i\n",
        ),
        Example(
            name="near-miss: a capability for ports",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/python3.11 0755 caps=cap_net_bind_service+ep\n",
        ),
        Example(
            name="near-miss: a program that lets its caller do nothing",
            language="host",
            code="# copy: /usr/local/bin/who /usr/bin/id 0755 caps=cap_setuid+ep\n",
        ),
        Example(
            name="near-miss: only root can run it",
            language="host",
            code="# copy: /usr/local/bin/report /usr/bin/python3.11 0700 caps=cap_setuid+ep\n",
        ),
    ),
)
