"""Program of a sudo rule that others can change

## What it is

A program or script that sudo or doas runs, also by a unit that a rule lets somebody start (`systemctl restart …`), or a
folder in which sudo looks for programs (`secure_path`), can be changed by somebody who is not root.

## Why it matters

Their own program runs as root the next time (ATT&CK T1548.003).

## How to fix it

Give the program and every folder above it to root, writable by nobody else.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("sudo-writable-program"),
    title="Program of a sudo rule that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("sudo-program", "sudo-path"),
    examples=(
        Example(
            name="in the home of who may run it",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                'alice ALL=(root) NOPASSWD: /home/alice/bin/job ""\n'
                "# file: /home/alice/bin/job 0755 root:root\n"
                "#!/bin/sh\n"
                "# folder: /home/alice 0750 alice:alice  # finding\n"
                "# folder: /home/alice/bin 0755 root:root\n"
            ),
        ),
        Example(
            name="writable by everybody",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "alice ALL=(root) NOPASSWD: /opt/job\n"
                "# file: /opt/job 0777  # finding\n"
                "#!/bin/sh\n"
            ),
        ),
        Example(
            name="a folder of secure_path",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                'Defaults secure_path="/opt/tools:/usr/bin"\n'
                "# folder: /opt/tools 0777  # finding\n"
            ),
        ),
        Example(
            name="a unit that a rule starts",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\nalice ALL=NOPASSWD: /usr/bin/systemctl restart app\n"
                "# file: /etc/systemd/system/app.service\n[Service]\nExecStart=/opt/app/run\n"
                "# file: /opt/app/run 0755 alice:alice  # finding\n#!/bin/sh\nexit 0\n"
            ),
        ),
        Example(
            name="near-miss: root's own",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: /opt/job\n# file: /opt/job 0755\n#!/bin/sh\n"),
        ),
        Example(
            name="near-miss: run as the account that owns it",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "alice ALL=(ingest) NOPASSWD: /opt/job\n"
                "# file: /opt/job 0755 ingest:ingest\n"
                "#!/bin/sh\n"
            ),
        ),
        Example(
            name="near-miss: taken out again",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "alice ALL=(root) NOPASSWD: ALL, !/opt/job\n"
                "# file: /opt/job 0777\n"
                "#!/bin/sh\n"
            ),
        ),
    ),
)
