"""Configuration of log rotation that others can change

## What it is

A file of logrotate's configuration, the folder that holds such files, or a program that its scripts run can be changed
by somebody other than root.

## Why it matters

`postrotate` and its kin are run by root at the next rotation (ATT&CK T1053.003; logrotate(8)). logrotate passes over a file that
others can write to, so that rotation also stops until the mode is mended.

## How to fix it

`chown root:root FILE; chmod 0644 FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-log-rotation"),
    title="Configuration of log rotation that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("log-rotation",),
    examples=(
        Example(
            name="a file that everybody can write to",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n"
            "weekly\n"
            "include /etc/logrotate.d\n"
            "# file: /etc/logrotate.d/app 0666  # finding\n"
            "/var/log/app.log {\n"
            "  weekly\n"
            "}\n",
        ),
        Example(
            name="a program of postrotate",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n"
            "/var/log/app.log {\n"
            "  weekly\n"
            "  postrotate\n"
            "    /opt/app/reload\n"
            "  endscript\n"
            "}\n"
            "# file: /opt/app/reload 0755 websvc:websvc  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n"
            "include /etc/logrotate.d\n"
            "# file: /etc/logrotate.d/app 0644\n"
            "/var/log/app.log {\n"
            "  weekly\n"
            "  postrotate\n"
            "    /usr/bin/id\n"
            "  endscript\n"
            "}\n",
        ),
        Example(
            name="near-miss: a name that logrotate passes over",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n"
            "include /etc/logrotate.d\n"
            "# file: /etc/logrotate.d/app.dpkg-old 0666\n"
            "/var/log/app.log {\n"
            "}\n",
        ),
        Example(
            name="near-miss: scripts run as the owner",
            language="host",
            code="# file: /etc/logrotate.conf 0644\n"
            "/var/log/app/*.log {\n"
            "  su websvc websvc\n"
            "  postrotate\n"
            "    /opt/app/reload\n"
            "  endscript\n"
            "}\n"
            "# file: /opt/app/reload 0755 websvc:websvc\n"
            "#!/bin/sh\n"
            "true\n",
        ),
    ),
)
