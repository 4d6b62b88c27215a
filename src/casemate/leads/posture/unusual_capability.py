"""Program with a capability that is nearly root

## What it is

A program has a file capability (capabilities(7)) that is as good as root in the hands of who commands it, such as
`cap_setuid`, `cap_dac_override` or `cap_sys_admin`, or one that rules the network, `cap_net_admin`, and no package brought
it.

## Why it matters

A fault in it is then as good as one in a SUID program (ATT&CK T1548.001). `cap_net_bind_service` and `cap_net_raw`, which
servers and ping need, are not meant.

## How to fix it

`setcap -r FILE`, or give the capability to the unit that needs it (`AmbientCapabilities=` of systemd.exec(5)).
"""

from collections.abc import Iterator
from typing import Final

from casemate.host.catalogue import relations
from casemate.host.edges.programs import STRONG
from casemate.host.facts.owned import owner
from casemate.host.facts.privileged import privileged, written
from casemate.host.host import Host
from casemate.host.programs import identify, raised
from casemate.host.relation import Grant
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

_SHIPPED = (
    "newuidmap newgidmap snap-confine dumpcap mtr-packet suexec ping arping clockdiff systemd-detect-virt gnome-shell "
    "kwin_wayland gst-ptp-helper gnome-keyring-daemon sssd_pam krb5_child ldap_child selinux_child fping slirp4netns"
)
SHIPPED: Final = frozenset(_SHIPPED.split())
"""Programs that distributions give capabilities to."""
WEAKER: Final = frozenset({"cap_net_admin", "cap_sys_chroot", "cap_kill", "cap_syslog", "cap_perfmon", "cap_sys_boot"})


def find(host: Host) -> Iterator[Seen]:
    """Programs with such a capability, but for those that the graph tells as a way to root."""
    grants = {rel.program for rel in host.once(_escapes)}
    for program in host.once(privileged):
        held = set(program.capabilities)
        strong, weak = sorted(held & STRONG), sorted(held & WEAKER)
        if not (strong or weak) or program.script or program.path in grants:
            continue
        if not any(host.access.executes(who, program.path) for who in host.access.identities.values()):
            continue
        packaged = owner(host, program.path) is not None
        if packaged and program.path.rpartition("/")[2] in SHIPPED:
            continue
        known = identify(host, program.path)
        commanded = weak and known is not None and raised(known)
        severity = Severity.MEDIUM if (strong and not packaged) or commanded else Severity.LOW
        what = f"{program.path} has {', '.join(strong or weak)} ({written(program.node)})"
        yield Seen(path=program.path, what=what if packaged else f"{what} and is of no package", severity=severity)


def _escapes(host: Host) -> tuple[Grant, ...]:
    return tuple(r for r in relations(host) if isinstance(r, Grant) and r.kind == "capability-escape")


RULE = FactRule(
    id=RuleId("unusual-capability"),
    title="Program with a capability that is nearly root",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a program of its own that may set its user",
            language="host",
            code="# elf: /opt/agent 0755 caps=cap_setuid+ep  # finding\n",
        ),
        Example(
            name="an interpreter that rules the network",
            language="host",
            code="# copy: /opt/py /usr/bin/python3.11 0755 caps=cap_net_admin+ep  # finding\n",
        ),
        Example(
            name="near-miss: what ping needs",
            language="host",
            code="# elf: /opt/ping 0755 caps=cap_net_raw+ep\n",
        ),
        Example(
            name="near-miss: what a web server needs",
            language="host",
            code="# elf: /opt/server 0755 caps=cap_net_bind_service+ep\n",
        ),
        Example(
            name="near-miss: only inheritable",
            language="host",
            code="# elf: /opt/agent 0755 caps=cap_sys_admin+i\n",
        ),
        Example(
            name="near-miss: an interpreter that is root by it is told as such",
            language="host",
            code="# copy: /opt/py /usr/bin/python3.11 0755 caps=cap_setuid+ep\n",
        ),
    ),
)
