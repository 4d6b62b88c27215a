"""Mandatory access control that is switched off

## What it is

SELinux or AppArmor is installed with its policy, and a setting keeps it from being enforced: `SELINUX=disabled` or
`permissive`, AppArmor's service masked, or a profile set to complain only.

## Why it matters

A service that is taken over is then held by the modes of files alone (ATT&CK T1562.001). Sources: selinux_config(5),
apparmor(7), aa-complain(8); CIS Debian Linux 12 Benchmark, 1.3.1.

## How to fix it

`SELINUX=enforcing` and `touch /.autorelabel`; `systemctl unmask apparmor`; `aa-enforce PROFILE`.
"""

import re
from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import NodeKind
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """What is off although it is there."""
    text = host.fs.text("/etc/selinux/config")
    if text is not None and host.fs.glob("/etc/selinux/*/policy"):
        state = [(n, found[1].lower()) for n, line in text.numbered() if (found := re.match(r"\s*SELINUX=(\w+)", line))]
        if state and state[-1][1] in ("disabled", "permissive"):
            off = state[-1][1] == "disabled"
            yield Seen(
                path=text.path,
                line=state[-1][0],
                what=f"SELinux is {state[-1][1]}, although its policy is installed",
                severity=Severity.MEDIUM if off else Severity.LOW,
            )
    masked = host.fs.at("/etc/systemd/system/apparmor.service")
    if (
        masked is not None
        and masked.kind is NodeKind.LINK
        and masked.target == "/dev/null"
        and host.fs.is_folder("/etc/apparmor.d")
    ):
        yield Seen(path=masked.path, what="AppArmor is installed and its service is masked", severity=Severity.MEDIUM)
    for path in host.fs.glob("/etc/apparmor.d/force-complain/*"):
        name = path.rpartition("/")[2]
        if host.fs.is_file(f"/etc/apparmor.d/{name}"):
            yield Seen(path=path, what=f"AppArmor's profile {name} only complains, and forbids nothing")


RULE = FactRule(
    id=RuleId("access-control-off"),
    title="Mandatory access control that is switched off",
    cwe=693,
    owasp="A05:2021",
    severity=Severity.LOW,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="SELinux",
            language="host",
            code="# folder: /etc/selinux/targeted/policy\n# file: /etc/selinux/config\n# SELINUX=enforcing\n"
            "SELINUX=disabled  # finding\n",
        ),
        Example(
            name="a profile of AppArmor",
            language="host",
            code="# file: /etc/apparmor.d/usr.sbin.x\nprofile x {}\n"
            "# link: /etc/apparmor.d/force-complain/usr.sbin.x -> ../usr.sbin.x  # finding\n",
        ),
        Example(
            name="near-miss: no policy is installed",
            language="host",
            code="# file: /etc/selinux/config\nSELINUX=disabled\n",
        ),
        Example(
            name="near-miss: enforced",
            language="host",
            code="# folder: /etc/selinux/targeted/policy\n# file: /etc/selinux/config\nSELINUX=enforcing\n",
        ),
        Example(
            name="near-miss: a profile that is not there",
            language="host",
            code="# link: /etc/apparmor.d/force-complain/gone -> ../gone\n",
        ),
    ),
)
