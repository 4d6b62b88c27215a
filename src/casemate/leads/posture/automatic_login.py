"""Login without asking at the screen

## What it is

The display manager logs an account in by itself: AutomaticLoginEnable of GDM, autologin-user of LightDM,
[Autologin] of SDDM.

## Why it matters

Who stands before the machine, or at its remote console, is that account (ATT&CK T1078.003).

## How to fix it

Take the setting away.
"""

import re
from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

FORMS = (
    (
        ("/etc/gdm3/custom.conf", "/etc/gdm3/daemon.conf", "/etc/gdm/custom.conf"),
        r"(?:Automatic|Timed)LoginEnable\s*=\s*(?:true|1|yes)",
    ),
    (("/etc/lightdm/lightdm.conf", "/etc/lightdm/lightdm.conf.d/*.conf"), r"autologin-user\s*=\s*\S+"),
    (("/etc/sddm.conf", "/etc/sddm.conf.d/*.conf"), r"User\s*=\s*\S+"),
    (("/etc/lxdm/lxdm.conf",), r"autologin\s*=\s*\S+"),
    (("/etc/nodm.conf", "/etc/default/nodm"), r"NODM_ENABLED\s*=\s*(?:true|1|yes)"),
)


def find(host: Host) -> Iterator[Seen]:
    """Each line that says so."""
    for patterns, form in FORMS:
        for path in (place for pattern in patterns for place in host.fs.glob(pattern)):
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                if len(line) < 2000 and re.match(form, line.strip(), re.IGNORECASE):
                    yield Seen(path=path, line=number, what=f"somebody is logged in without a password: {line.strip()}")


RULE = FactRule(
    id=RuleId("automatic-login"),
    title="Login without asking at the screen",
    cwe=306,
    owasp="A07:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="GDM",
            language="host",
            code=(
                "# file: /etc/gdm3/daemon.conf\n"
                "[daemon]\n"
                "AutomaticLoginEnable = true  # finding\n"
                "AutomaticLogin = alice\n"
            ),
        ),
        Example(
            name="LightDM",
            language="host",
            code="# file: /etc/lightdm/lightdm.conf\n[Seat:*]\nautologin-user=alice  # finding\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=("# file: /etc/gdm3/daemon.conf\n[daemon]\n# AutomaticLoginEnable = true\n"),
        ),
        Example(
            name="near-miss: switched off",
            language="host",
            code=("# file: /etc/gdm3/daemon.conf\n[daemon]\nAutomaticLoginEnable = false\n"),
        ),
        Example(
            name="near-miss: nobody is named",
            language="host",
            code=("# file: /etc/lightdm/lightdm.conf\n[Seat:*]\nautologin-user=\n"),
        ),
    ),
)
