"""Service or mount that makes somebody root

## What it is

A service asks for no password and acts as root on the whole system: an rsync module or a share of `/` or `/etc` that anybody
writes to, a database or a notebook that runs as root and takes orders from whoever connects. Or a line of fstab lets any user
mount a medium of their own whose SUID programs count.

## Why it matters

Nothing has to be broken: who reaches it writes a key to `/root/.ssh`, a job to `/etc/cron.d`, or brings a shell with the SUID bit
(ATT&CK T1190, T1548.001). Sources: exports(5), rsyncd.conf(5), smb.conf(5), the Redis documentation on security, mount(8).

## How to fix it

Ask for a password, name the hosts that need it, give the service a user of its own (`User=` in a drop-in of its unit) and share
only the folder that is meant. In fstab, take `suid` and `dev` out behind `user`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("service-that-gives-root"),
    title="Service or mount that makes somebody root",
    cwe=306,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("given-away",),
    examples=(
        Example(
            name="the whole system in a module of rsync",
            language="host",
            code="# file: /etc/rsyncd.conf 0644\nuid = root\n[all]\npath = /\nread only = no  # finding\n",
        ),
        Example(
            name="Redis as root, without a password",
            language="host",
            code="# file: /etc/redis/redis.conf 0640 root:ingest\nbind 0.0.0.0  # finding\nprotected-mode no\n"
            "# file: /usr/lib/systemd/system/redis-server.service 0644\n[Service]\nExecStart=/usr/bin/redis-server\n",
        ),
        Example(
            name="a medium of one's own with SUID programs",
            language="host",
            code="# file: /etc/fstab 0644\n/dev/sdb1 /media/stick ext4 noauto,user,exec,suid 0 0  # finding\n",
        ),
        Example(
            name="near-miss: one folder, with users",
            language="host",
            code="# file: /etc/rsyncd.conf 0644\nuid = root\n[all]\npath = /\nread only = no\nauth users = backup\n",
        ),
        Example(
            name="near-miss: Redis for this machine, under its own user",
            language="host",
            code="# file: /etc/redis/redis.conf 0640 root:ingest\nbind 127.0.0.1 -::1\nprotected-mode yes\n"
            "# file: /usr/lib/systemd/system/redis-server.service 0644\n[Service]\nUser=ingest\n"
            "ExecStart=/usr/bin/redis-server\n",
        ),
        Example(
            name="near-miss: user brings nosuid along",
            language="host",
            code="# file: /etc/fstab 0644\n/dev/sdb1 /media/stick ext4 noauto,user,exec 0 0\n",
        ),
    ),
)
