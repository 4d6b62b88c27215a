"""Sudo rule that only forbids some commands

## What it is

A rule of sudoers(5) allows everything, or a whole folder, but some commands: `ALL, !/bin/sh`.

## Why it matters

Nothing is kept back: a copy of the program under another name, another shell or any editor does the same. sudoers(5): "it
is generally not effective to 'subtract' commands from ALL using the '!' operator".

## How to fix it

Name the commands that are needed.
"""

from collections.abc import Iterator

from casemate.host.facts.sudoers import sudoers
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Rules that allow everything and take some away."""
    for rule in host.once(sudoers).rules:
        wide = next((c for c in rule.commands if not c.negated and (c.path == "ALL" or c.path.endswith("/"))), None)
        barred = next((c for c in rule.commands if c.negated and c.path != "ALL"), None)
        holder = next((i.name for i in rule.users if not i.negated), "")
        if wide and barred and holder not in ("", "root"):
            yield Seen(
                path=rule.line.path,
                line=rule.line.line,
                what=f"{holder} may run {wide.text} but {barred.text}: the same program under another name is allowed",
            )


RULE = FactRule(
    id=RuleId("sudo-negated-command"),
    title="Sudo rule that only forbids some commands",
    cwe=184,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="everything but shells",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(ALL) ALL, !/bin/sh, !/bin/bash  # finding\n"),
        ),
        Example(
            name="a folder but one program, by an alias",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Cmnd_Alias SHELLS = /bin/sh, /bin/bash\n"
                "alice ALL=(ALL) /usr/bin/, !SHELLS  # finding\n"
            ),
        ),
        Example(
            name="near-miss: one command",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) /usr/bin/passwd [a-z]*, !/usr/bin/passwd root\n"),
        ),
        Example(
            name="near-miss: everything",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(ALL) ALL\n"),
        ),
        Example(
            name="near-miss: all is forbidden",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(ALL) !ALL\n"),
        ),
    ),
)
