"""Wildcard that others fill with options

## What it is

A job of root gives a pattern such as `*` to tar, rsync, zip, chown or the like, in a folder where somebody else can make files.

## Why it matters

The shell puts the names in the pattern's place, and a name such as `--checkpoint-action=…` is an option for tar (ATT&CK T1202;
CWE-88). chown and chmod take another file's owner with `--reference`.

## How to fix it

Write `./*`, or `--` before the pattern, or give the program the folder: `tar -C FOLDER -cf x.tar .`
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("wildcard-argument"),
    title="Wildcard that others fill with options",
    cwe=88,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("wildcard-argument",),
    examples=(
        Example(
            name="tar",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root cd /srv/up && tar czf /root/up.tgz *\n"
            "# folder: /srv/up 0777  # finding\n",
        ),
        Example(
            name="chown in a script",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root /opt/fix.sh\n"
            "# file: /opt/fix.sh 0755\n"
            "#!/bin/sh\n"
            "cd /srv/up || exit 1\n"
            "chown -R root:root *.txt\n"
            "# folder: /srv/up 0775 root:websvc  # finding\n",
        ),
        Example(
            name="near-miss: a folder before the pattern",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root cd /srv/up && tar czf /root/up.tgz ./*\n"
            "# folder: /srv/up 0777\n",
        ),
        Example(
            name="near-miss: an end of the options",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root cd /srv/up && tar czf /root/up.tgz -- *\n"
            "# folder: /srv/up 0777\n",
        ),
        Example(
            name="near-miss: quoted, and not the shell's",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root cd /srv/up && tar czf /root/up.tgz --exclude '*.tmp' .\n"
            "# folder: /srv/up 0777\n",
        ),
        Example(
            name="near-miss: root's folder",
            language="host",
            code="# file: /etc/cron.d/app 0644\n"
            "*/5 * * * * root cd /srv/up && tar czf /root/up.tgz *\n"
            "# folder: /srv/up 0755\n",
        ),
    ),
)
