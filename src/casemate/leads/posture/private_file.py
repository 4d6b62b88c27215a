"""Private files of the system that everybody can read

## What it is

Root's home can be listed, or a log of logins and of the audit, a crontab, or the list of old passwords can be read by every
local user.

## Why it matters

Such files tell names, habits, commands and at times a password typed in the wrong place (ATT&CK T1083, T1552.003). Packages
keep them from others. Sources: hier(7); CIS Debian Linux 12 Benchmark, 6.1.4 and 7.1.

## How to fix it

`chmod o-rwx PATH`; for a log also the `create` line of its logrotate file, or `FileCreateMode` of rsyslog.
"""

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ANYONE
from casemate.model.lead import RuleId, Severity

PRIVATE = (
    ("/root", "root's home"),
    ("/var/log/auth.log*", "the log of logins"),
    ("/var/log/secure*", "the log of logins"),
    ("/var/log/sudo.log*", "the log of sudo"),
    ("/var/log/btmp*", "the list of failed logins, where passwords typed as names stand"),
    ("/var/log/audit", "the logs of the audit"),
    ("/var/log/audit/*", "a log of the audit"),
    ("/var/log/sudo-io", "what was typed under sudo"),
    ("/var/spool/cron/*", "somebody's crontab"),
    ("/var/spool/cron/crontabs/*", "somebody's crontab"),
    ("/var/spool/at/*", "somebody's job"),
    ("/var/lib/dhcp/*.key", "a key"),
    ("/etc/audit/rules.d/*", "what the audit watches"),
    ("/etc/audit/audit.rules", "what the audit watches"),
    ("/boot/grub/user.cfg", "the hash of the boot loader's password"),
    ("/boot/grub2/user.cfg", "the hash of the boot loader's password"),
)


def find(host: Host) -> Iterator[Seen]:
    """Those that anybody can read."""
    anyone = host.access.identity(ANYONE)
    for pattern, what in PRIVATE:
        for path in host.fs.glob(pattern):
            node = host.fs.node(path)
            cron_folder = pattern.startswith("/var/spool/") and host.fs.is_folder(path)
            if node is not None and not cron_folder and host.access.reads(anyone, path):
                yield Seen(path=node.path, what=f"{node.path}, {what}, can be read by everybody (mode {node.mode:04o})")
    for path in ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", *host.fs.glob("/etc/grub.d/*")):
        text = host.fs.text(path) if host.access.reads(anyone, path) else None
        for number, line in text.numbered() if text else ():
            if line.lstrip().startswith("password_pbkdf2 ") or "grub.pbkdf2.sha512." in line:
                yield Seen(
                    path=path, line=number, what=f"{path} shows everybody the hash of the boot loader's password"
                )
                break


RULE = FactRule(
    id=RuleId("open-private-file"),
    title="Private file of the system that everybody can read",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.LOW,
    message="{what}",
    find=find,
    examples=(
        Example(name="root's home", language="host", code="# folder: /root 0755  # finding\n"),
        Example(
            name="logs and crontabs",
            language="host",
            code="# file: /var/log/auth.log 0644  # finding\nx\n"
            "# file: /var/spool/cron/crontabs/alice 0644 alice:alice  # finding\nx\n",
        ),
        Example(
            name="the boot loader's password",
            language="host",
            code="# file: /boot/grub/grub.cfg 0644\npassword_pbkdf2 root grub.pbkdf2.sha512.10000.AB.CD  # finding\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# folder: /root 0700\n# file: /var/log/auth.log 0640\nx\n",
        ),
        Example(name="near-miss: a log that is public", language="host", code="# file: /var/log/dpkg.log 0644\nx\n"),
        Example(
            name="near-miss: in a closed folder",
            language="host",
            code="# folder: /var/spool/cron/crontabs 1730\n# file: /var/spool/cron/crontabs/root 0644\nx\n",
        ),
    ),
)
