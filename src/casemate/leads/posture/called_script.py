"""File that a privileged script calls or sources, and others can change

## What it is

A script that root runs calls, sources or imports a file, and that file can be written to or replaced by somebody else.

## Why it matters

The script itself may be well kept: whatever it calls runs with the same rights (ATT&CK T1574).

## How to fix it

Give the called file and the folders above it to root, `chown root:root FILE; chmod go-w FILE`, or have the script run as the
account that owns it.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-called-script"),
    title="File that a privileged script calls or sources, and others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("called-script",),
    examples=(
        Example(
            name="a configuration that is sourced",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            ". /srv/app/settings.sh\n"
            "# file: /srv/app/settings.sh 0664 root:websvc  # finding\n"
            "A=1\n",
        ),
        Example(
            name="a program named by a variable",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/bash\n"
            'HERE="$(cd "$(dirname "$0")" && pwd)"\n'
            '"$HERE/helpers/dump" --all\n'
            "# folder: /opt/app/helpers 0777  # finding\n"
            "# file: /opt/app/helpers/dump 0755\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a module that a Python script imports",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.py\n"
            "# file: /opt/app/run.py 0755\n"
            "#!/usr/bin/python3\n"
            "import helpers\n"
            "# file: /opt/app/helpers.py 0666  # finding\n"
            "A = 1\n",
        ),
        Example(
            name="a tool that a Python script starts, by a constant",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.py\n"
            "# file: /opt/app/run.py 0755\n"
            "#!/usr/bin/python3\n"
            "import subprocess\n"
            'TOOL = "/srv/app/resize"\n'
            'subprocess.run([TOOL, "--all"])\n'
            "# file: /srv/app/resize 0775 root:websvc  # finding\n"
            "#!/bin/sh\n",
        ),
        Example(
            name="what a dispatcher script of NetworkManager sources",
            language="host",
            code="# file: /etc/NetworkManager/dispatcher.d/20-zone 0755\n"
            "#!/bin/sh\n"
            "[ -r /srv/net/zone.env ] && . /srv/net/zone.env\n"
            "# file: /srv/net/zone.env 0644 websvc:websvc  # finding\n"
            "ZONE=lan\n",
        ),
        Example(
            name="near-miss: named by the documentation of a Python script",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.py\n"
            "# file: /opt/app/run.py 0755\n"
            "#!/usr/bin/python3\n"
            '"""Like subprocess.run(["/srv/app/resize"]), but better."""\n'
            "# file: /srv/app/resize 0775 root:websvc\n"
            "#!/bin/sh\n",
        ),
        Example(
            name="near-miss: only read",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            "grep -c x /srv/app/list.txt\n"
            "# file: /srv/app/list.txt 0666\n"
            "x\n",
        ),
        Example(
            name="near-miss: sourced by nobody",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            "# . /srv/app/settings.sh\n"
            "echo . /srv/app/settings.sh\n"
            "# file: /srv/app/settings.sh 0666\n"
            "A=1\n",
        ),
        Example(
            name="near-miss: as the owner",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            "su - alice -c /home/alice/bin/mine\n"
            "# file: /home/alice/bin/mine 0755 alice:alice\n"
            "#!/bin/sh\n"
            "true\n",
        ),
    ),
)
