"""Program for somebody's mail that others can change

## What it is

An alias, a `.forward` or a `.procmailrc` gives mail to a program that somebody else can change, or can itself be changed.

## Why it matters

A mail to that address, which anybody can send, runs their content as the account (ATT&CK T1546; aliases(5), local(8)).

## How to fix it

`chown` the program to the account that runs it, or to root, and take the permission to write from group and others.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-mail-program"),
    title="Program for somebody's mail that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.HIGH,
    message="{who} can become {becomes}: {what}",
    kinds=("mail-program",),
    examples=(
        Example(
            name="a program of root's mail",
            language="host",
            code="# file: /root/.forward 0644\n"
            '"|/opt/mail/filter"\n'
            "# file: /opt/mail/filter 0777  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="procmail for everybody",
            language="host",
            code="# file: /etc/procmailrc 0666  # finding\nDROPPRIVS=yes\n",
        ),
        Example(
            name="near-miss: an address",
            language="host",
            code="# file: /root/.forward 0644\nalice\n",
        ),
        Example(
            name="near-miss: one's own program",
            language="host",
            code="# file: /home/alice/.forward 0644 alice:alice\n"
            '"|/home/alice/filter"\n'
            "# file: /home/alice/filter 0755 alice:alice\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a program of root",
            language="host",
            code='# file: /root/.forward 0644\n"|/usr/bin/id"\n',
        ),
    ),
)
