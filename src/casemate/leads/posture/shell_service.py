"""Services that give a shell to whoever connects

## What it is

A unit runs a shell on a socket (`StandardInput=socket`), or socat or netcat with a program to execute, and listens for
others.

## Why it matters

There is no password: whoever connects is the service's user, often root (ATT&CK T1543.002, T1059.004). Attackers leave such
units behind.

## How to fix it

Stop and disable the unit, find out who made it and when, and use ssh for what it was meant for. If nobody knows of it, treat
the host as broken into.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("shell-service"),
    title="Service that gives a shell to whoever connects",
    cwe=306,
    owasp="A07:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("shell-service",),
    examples=(
        Example(
            name="a shell behind a socket unit",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.socket\n[Socket]\nListenStream=4444  # finding\nAccept=yes\n"
                "# link: /etc/systemd/system/sockets.target.wants/a.socket -> ../a.socket\n"
                "# file: /etc/systemd/system/a@.service\n[Service]\nStandardInput=socket\nExecStart=-/bin/sh -i\n"
            ),
        ),
        Example(
            name="socat",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/bin/socat TCP-LISTEN:4444,fork EXEC:/bin/bash  # finding\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: a program that is no shell",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.socket\n[Socket]\nListenStream=4444\nAccept=yes\n"
                "# link: /etc/systemd/system/sockets.target.wants/a.socket -> ../a.socket\n"
                "# file: /etc/systemd/system/a@.service\n[Service]\nStandardInput=socket\n"
                "ExecStart=-/usr/bin/git-daemon --inetd\n"
            ),
        ),
        Example(
            name="near-miss: socat that only forwards",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/bin/socat TCP-LISTEN:4444,fork TCP:db1:5432\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: nothing starts it",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/bin/socat TCP-LISTEN:4444,fork EXEC:/bin/bash\n"
            ),
        ),
    ),
)
