"""Scheduled job that others can change

## What it is

A crontab, a folder of jobs, or a program that cron, anacron, at or incron starts as another account can be written to or replaced
by somebody else.

## Why it matters

At the next tick their content runs as that account, root in the worst case (ATT&CK T1053.003; crontab(5), run-parts(8)).

## How to fix it

Give the program, the table and the folders above them to root: `chown root:root FILE; chmod go-w FILE`. A job that works in the
folder of a user should run as that user.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-scheduled-job"),
    title="Scheduled job that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("scheduled-job",),
    examples=(
        Example(
            name="a script that everybody can write to",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "SHELL=/bin/sh\n"
            "*/5 * * * * root /opt/app/run.sh >/dev/null 2>&1\n"
            "# file: /opt/app/run.sh 0777  # finding\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a wrapper, and the folder of a service",
            language="host",
            code="# file: /etc/crontab 0644\n"
            "17 * * * * root nice -n 10 flock -n /run/l /srv/sync/bin/sync --all\n"
            "# folder: /srv/sync/bin 0775 root:websvc  # finding\n"
            "# file: /srv/sync/bin/sync 0755\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="a folder that run-parts goes through",
            language="host",
            code="# file: /etc/crontab 0644\n"
            "25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n"
            "# folder: /etc/cron.daily 0777  # finding\n",
        ),
        Example(
            name="a table of cron",
            language="host",
            code="# file: /etc/cron.d/app 0666  # finding\n0 3 * * * root /usr/bin/id\n",
        ),
        Example(
            name="near-miss: a script of root",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a user's own script, run as that user",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * alice /home/alice/run.sh\n"
            "# file: /home/alice/run.sh 0755 alice:alice\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a name that cron passes over",
            language="host",
            code="# file: /etc/cron.d/app.disabled 0644\n"
            "*/5 * * * * root /opt/run.sh\n"
            "# file: /opt/run.sh 0777\n"
            "#!/bin/sh\n"
            "true\n",
        ),
        Example(
            name="near-miss: a line that is commented out",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "#*/5 * * * * root /opt/run.sh\n"
            "# file: /opt/run.sh 0777\n"
            "#!/bin/sh\n"
            "true\n",
        ),
    ),
)
