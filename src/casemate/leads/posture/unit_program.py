"""Programs of units that others can change

## What it is

A program or script that a unit of systemd runs (`ExecStart=`, `ExecStartPre=`, `ExecStop=` and the like), or a folder on the
way to it, can be written to or replaced by somebody with fewer rights than the unit has.

## Why it matters

At the next start, reload or timer systemd runs what they put there, as root or as the unit's `User=` (ATT&CK T1543.002,
T1574.010). Prefixes such as `+` run a single command as root although the unit has a user of its own (systemd.service(5)).

## How to fix it

Let root own the program and every folder above it, writable for nobody else: `chown root:root FILE; chmod 0755 FILE`.
Programs of root belong in folders of root, not in homes or in the data folders of services.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-unit-program"),
    title="Program of a unit that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("unit-program",),
    examples=(
        Example(
            name="a program that everybody can write to",
            language="host",
            code=(
                "# file: /opt/a/run 0777  # finding\n#!/bin/sh\n# file: /etc/systemd/system/a.service\n"
                "[Service]\nExecStart=/opt/a/run\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="in a folder of an account, by a timer",
            language="host",
            code=(
                "# folder: /opt/a 0755 alice:alice  # finding\n# file: /opt/a/run 0755\n#!/bin/sh\n"
                "# file: /etc/systemd/system/a.service\n[Service]\nExecStart=-/opt/a/run\n"
                "# file: /etc/systemd/system/a.timer\n[Timer]\nOnCalendar=daily\n"
                "# link: /etc/systemd/system/timers.target.wants/a.timer -> ../a.timer\n"
            ),
        ),
        Example(
            name="a user of its own, but root for one command",
            language="host",
            code=(
                "# file: /var/lib/websvc/pre 0755 websvc:websvc  # finding\n#!/bin/sh\n"
                "# file: /etc/systemd/system/a.service\n[Service]\nUser=websvc\n"
                "ExecStartPre=+/var/lib/websvc/pre\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: its own user owns it",
            language="host",
            code=(
                "# file: /var/lib/websvc/app 0755 websvc:websvc\n#!/bin/sh\n"
                "# file: /etc/systemd/system/a.service\n[Service]\nUser=websvc\nExecStart=/var/lib/websvc/app\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: a drop-in took it back",
            language="host",
            code=(
                "# file: /opt/a/run 0777\n#!/bin/sh\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/opt/a/run\n# file: /etc/systemd/system/a.service.d/x.conf\n[Service]\nExecStart=\n"
                "ExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: nothing starts it",
            language="host",
            code=(
                "# file: /opt/a/run 0777\n#!/bin/sh\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/opt/a/run\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                "# file: /opt/a/run 0777\n#!/bin/sh\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "#ExecStart=/opt/a/run\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
    ),
)
