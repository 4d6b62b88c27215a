"""Sudo rule for one program that is as good as all

## What it is

A rule of sudoers(5) that asks for the password names one program, which gives a shell or writes and reads any file.

## Why it matters

Who may run it is an administrator in all but name, and no list of administrators says so (ATT&CK T1548.003).

## How to fix it

Write the arguments out, or say openly that the account is an administrator.
"""

from collections.abc import Iterator

from casemate.host.edges.sudo import administrators, who
from casemate.host.edges.sudo_escape import danger
from casemate.host.facts.sudo_rights import groups_of, rights
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Rights with a password for who is no administrator."""
    for right in host.once(rights):
        command = right.command
        if (
            not right.password
            or right.other
            or right.administrator
            or not right.root
            or command.path in ("ALL", "sudoedit")
        ):
            continue
        if {right.holder, *groups_of(host, right.holder)} & administrators(host):
            continue
        found = danger(host, command, excepted=right.excepted)
        if found:
            yield Seen(path=right.line.path, line=right.line.line, what=f"{who(right.holder)} {found.says}")


RULE = FactRule(
    id=RuleId("sudo-hidden-administrator"),
    title="Sudo rule for one program that is as good as all",
    cwe=269,
    owasp="A01:2021",
    severity=Severity.LOW,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="an editor",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) /usr/bin/vim /etc/motd  # finding\n"),
        ),
        Example(
            name="an interpreter, for a group",
            language="host",
            code=("# file: /etc/sudoers 0440\n%wheel ALL=(root) /usr/bin/python3  # finding\n"),
        ),
        Example(
            name="near-miss: an administrator anyway",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(ALL) ALL\nalice ALL=(root) /usr/bin/vim\n"),
        ),
        Example(
            name="near-miss: fixed arguments",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) /usr/bin/systemctl restart web.service\n"),
        ),
        Example(
            name="near-miss: a program of another kind",
            language="host",
            code=('# file: /etc/sudoers 0440\n%wheel ALL=(root) /usr/local/sbin/rotate-now ""\n'),
        ),
    ),
)
