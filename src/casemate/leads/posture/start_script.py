"""Start-up script or supervisor's program that others can change

## What it is

A script of init, OpenRC, runit or s6, `rc.local`, or what inetd, xinetd, supervisord or monit starts, can be changed by somebody
else; or the file that names it.

## Why it matters

It runs as root at the next boot or start of the service (ATT&CK T1037).

## How to fix it

`chown root:root FILE; chmod go-w FILE`; run the service under an account of its own.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-start-script"),
    title="Start-up script or supervisor's program that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("start-script",),
    examples=(
        Example(
            name="rc.local",
            language="host",
            code="# file: /etc/rc.local 0777  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="a program of supervisord",
            language="host",
            code="# file: /etc/supervisor/supervisord.conf 0644\n"
            "[include]\n"
            "files = /etc/supervisor/conf.d/*.conf\n"
            "# file: /etc/supervisor/conf.d/app.conf 0644\n"
            "[program:app]\n"
            "command=/opt/app/serve --port 80\n"
            "# file: /opt/app/serve 0775 root:websvc  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a script of init",
            language="host",
            code="# file: /etc/init.d/app 0775 root:websvc  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="near-miss: under its own account",
            language="host",
            code="# file: /etc/supervisor/supervisord.conf 0644\n"
            "[program:app]\n"
            "command=/opt/app/serve\n"
            "user=websvc\n"
            "# file: /opt/app/serve 0755 websvc:websvc\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/init.d/app 0755\n#!/bin/sh\nexit 0\n# link: /etc/rc2.d/S01app -> ../init.d/app\n",
        ),
        Example(
            name="near-miss: a switched-off service",
            language="host",
            code="# file: /etc/xinetd.d/app 0644\n"
            "service app\n"
            "{\n"
            "  server = /opt/app/serve\n"
            "  user = root\n"
            "  disable = yes\n"
            "}\n"
            "# file: /opt/app/serve 0777\n"
            "#!/bin/sh\n"
            "true\n",
        ),
    ),
)
