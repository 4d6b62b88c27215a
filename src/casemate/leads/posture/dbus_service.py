"""Services of the system bus that others can change

## What it is

An activation file in `/usr/share/dbus-1/system-services`, the program that its `Exec=` names, or the policy of the system bus
can be changed by somebody who is not root.

## Why it matters

The bus starts these services with `User=root` as soon as anybody sends them a message: no restart, no administrator is needed
(ATT&CK T1543; dbus-daemon(1)). Who writes the policy opens every service of root that trusts it.

## How to fix it

`chown root:root FILE; chmod 0644 FILE` (0755 for folders and programs), then `systemctl reload dbus`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-dbus-service"),
    title="Service of the system bus that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("dbus-service",),
    examples=(
        Example(
            name="an activation file",
            language="host",
            code=(
                "# file: /usr/share/dbus-1/system-services/a.b.service 0666  # finding\n[D-BUS Service]\n"
                "Name=a.b\nExec=/bin/false\nUser=root\nSystemdService=a.service\n"
            ),
        ),
        Example(
            name="its program",
            language="host",
            code=(
                "# file: /opt/a/serve 0755 alice:alice  # finding\n#!/bin/sh\n"
                "# file: /usr/share/dbus-1/system-services/a.b.service\n[D-BUS Service]\nName=a.b\n"
                "Exec=/opt/a/serve --dbus\nUser=root\n"
            ),
        ),
        Example(
            name="the folder of the policy",
            language="host",
            code="# folder: /etc/dbus-1/system.d 0775 root:websvc  # finding\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=(
                "# file: /usr/share/dbus-1/system-services/a.b.service\n[D-BUS Service]\nName=a.b\n"
                "Exec=/usr/bin/id\nUser=root\n"
            ),
        ),
        Example(
            name="near-miss: the command is not used beside a unit",
            language="host",
            code=(
                "# file: /opt/a/serve 0777\n#!/bin/sh\n# file: /usr/share/dbus-1/system-services/a.b.service\n"
                "[D-BUS Service]\nName=a.b\nExec=/opt/a/serve\nUser=root\nSystemdService=a.service\n"
            ),
        ),
        Example(
            name="near-miss: its own user owns the program",
            language="host",
            code=(
                "# file: /var/lib/websvc/serve 0755 websvc:websvc\n#!/bin/sh\n"
                "# file: /usr/share/dbus-1/system-services/a.b.service\n[D-BUS Service]\nName=a.b\n"
                "Exec=/var/lib/websvc/serve\nUser=websvc\n"
            ),
        ),
    ),
)
