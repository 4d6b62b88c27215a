"""Search path of a privileged job that others can fill

## What it is

A job of root names a program without its folder, and a folder of its `PATH` that comes before the real one takes files from
somebody else. The same goes for `LD_LIBRARY_PATH`.

## Why it matters

A file of that name is run in the place of the real program (ATT&CK T1574.007; CWE-427).

## How to fix it

Write programs with their whole path in jobs, and take the folder from the `PATH` of the job, or the permission from the folder.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-search-path"),
    title="Search path of a privileged job that others can fill",
    cwe=427,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("program-search-path", "library-search-path"),
    examples=(
        Example(
            name="PATH of a crontab",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PATH=/opt/tools:/usr/bin:/bin\n"
            "*/5 * * * * root find /srv -name x\n"
            "# folder: /opt/tools 0777  # finding\n",
        ),
        Example(
            name="PATH that a script sets",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/app/run.sh\n"
            "# file: /opt/app/run.sh 0755\n"
            "#!/bin/sh\n"
            "export PATH=/srv/tools/bin:$PATH\n"
            "tar -cf /root/x.tar /etc\n"
            "# folder: /srv/tools/bin 0775 root:websvc  # finding\n",
        ),
        Example(
            name="near-miss: behind the folder where it is",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PATH=/usr/bin:/bin:/opt/tools\n"
            "*/5 * * * * root find /srv -name x\n"
            "# folder: /opt/tools 0777\n",
        ),
        Example(
            name="near-miss: a whole path",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PATH=/opt/tools:/usr/bin:/bin\n"
            "*/5 * * * * root /usr/bin/find /srv -name x\n"
            "# folder: /opt/tools 0777\n",
        ),
        Example(
            name="near-miss: root's folder",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "PATH=/opt/tools:/usr/bin:/bin\n"
            "*/5 * * * * root find /srv -name x\n"
            "# folder: /opt/tools 0755\n",
        ),
    ),
)
