"""Consoles that let people in without a password

## What it is

A terminal gives a shell, or logs somebody in, without asking for a password: systemd's debug shell, a getty with automatic
login, a rescue mode that is told to ask nothing.

## Why it matters

Whoever reaches the keyboard, the serial line, or the console window of a virtual machine is that account, often root (ATT&CK
T1078.003; CIS Benchmarks, "Ensure authentication required for single user mode"; agetty(8)). Rescue modes are reached from
the boot menu.

## How to fix it

`systemctl disable debug-shell.service`; take `--autologin` out of the drop-in; take `SYSTEMD_SULOGIN_FORCE` out and give root
a password for emergencies.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.consoles import consoles
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Ways in at the machine itself; as root outside of rescue modes they are worse."""
    for one in host.once(consoles):
        known = host.accounts.named(one.account)
        root = one.account == "root" or (known is not None and not known.uid)
        severity = Severity.HIGH if root and not one.rescue else Severity.MEDIUM
        yield Seen(path=one.path, line=one.line, what=one.says, related=one.why, severity=severity)


RULE = FactRule(
    id=RuleId("passwordless-console"),
    title="Console that lets people in without a password",
    cwe=306,
    owasp="A07:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="the debug shell is enabled",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/debug-shell.service\n[Service]\nExecStart=/bin/bash\n"
                "StandardInput=tty\nTTYPath=/dev/tty9\n"
                "# link: /etc/systemd/system/sysinit.target.wants/debug-shell.service -> ../debug-shell.service  # finding\n"
            ),
        ),
        Example(
            name="a getty that logs root in",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/getty@.service\n[Service]\n"
                "ExecStart=-/sbin/agetty -o '-p -- \\\\u' --noclear - $TERM\nStandardInput=tty\n"
                "# link: /etc/systemd/system/getty.target.wants/getty@tty1.service -> /usr/lib/systemd/system/getty@.service\n"
                "# file: /etc/systemd/system/getty@tty1.service.d/x.conf\n[Service]\nExecStart=\n"
                "ExecStart=-/sbin/agetty --autologin root --noclear %I $TERM  # finding\n"
            ),
        ),
        Example(
            name="a rescue mode that asks nothing",
            language="host",
            code=(
                "# file: /etc/systemd/system/rescue.service.d/x.conf\n[Service]\n"
                "Environment=SYSTEMD_SULOGIN_FORCE=1  # finding\n"
            ),
        ),
        Example(
            name="a line of inittab",
            language="host",
            code=(
                "# file: /etc/inittab\n# tty\n1:2345:respawn:/sbin/getty 38400 tty1\n"
                "2:2345:respawn:/sbin/agetty -a root tty2 38400  # finding\n"
            ),
        ),
        Example(
            name="near-miss: the debug shell as shipped, not enabled",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/debug-shell.service\n[Service]\nExecStart=/bin/bash\n"
                "StandardInput=tty\nTTYPath=/dev/tty9\n"
            ),
        ),
        Example(
            name="near-miss: a getty as shipped",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/getty@.service\n[Service]\n"
                "ExecStart=-/sbin/agetty -o '-p -- \\\\u' --noclear - $TERM\nStandardInput=tty\n"
                "# link: /etc/systemd/system/getty.target.wants/getty@tty1.service -> /usr/lib/systemd/system/getty@.service\n"
            ),
        ),
        Example(
            name="near-miss: a masked unit",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/debug-shell.service\n[Service]\nExecStart=/bin/bash\n"
                "StandardInput=tty\nTTYPath=/dev/tty9\n"
                "# link: /etc/systemd/system/sysinit.target.wants/debug-shell.service -> x\n"
                "# link: /etc/systemd/system/debug-shell.service -> /dev/null\n"
            ),
        ),
    ),
)
