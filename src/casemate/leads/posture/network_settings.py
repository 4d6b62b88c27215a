"""Network settings of the kernel that trust what comes in

## What it is

A file of sysctl.d(5) or `/etc/sysctl.conf` makes the kernel obey packets that say where traffic is to go, or takes a protection
against forged packets and floods away, and no later file sets it back.

## Why it matters

Who is on the same network can lead traffic over their own machine (redirects, source routes; ATT&CK T1557), pass for another
address (`rp_filter`), reach services that listen on 127.0.0.1 only (`route_localnet`), or fill the table of connections
(`tcp_syncookies`). Sources: Linux, Documentation/networking/ip-sysctl; CIS Debian Linux 12 Benchmark, 3.3.

## How to fix it

Remove the line, or set the value that the finding names, then `sysctl --system`. A router, or a host of containers, needs
forwarding: leave it there.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from casemate.host.facts.sysctl import sysctl
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.weak_value import judged
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MEDIUM, LOW = Severity.MEDIUM, Severity.LOW

WEAK = (  # pattern of the key, weak from, weak to, severity, better, consequence
    ("net/ipv[46]/conf/*/accept_source_route", 1, 9, MEDIUM, "0", "a sender chooses the way that packets take"),
    ("net/ipv[46]/conf/*/accept_redirects", 1, 9, MEDIUM, "0", "any neighbour can change where packets are sent"),
    ("net/ipv4/conf/*/send_redirects", 1, 1, LOW, "0", "the host sends redirects as a router does"),
    ("net/ipv4/conf/*/rp_filter", 0, 0, LOW, "1", "packets with forged addresses are taken in"),
    ("net/ipv4/conf/*/route_localnet", 1, 1, MEDIUM, "0", "what listens on 127.0.0.1 can be reached from the network"),
    ("net/ipv4/tcp_syncookies", 0, 0, MEDIUM, "1", "a flood of connection requests shuts others out"),
    ("net/ipv4/icmp_echo_ignore_broadcasts", 0, 0, MEDIUM, "1", "the host answers to pings of a whole network"),
    ("net/ipv4/ip_forward", 1, 1, LOW, "0 unless it is a router or has containers", "packets for others are passed on"),
    ("net/ipv6/conf/all/forwarding", 1, 1, LOW, "0 unless it is a router or has containers", "packets are passed on"),
    ("net/ipv4/ip_unprivileged_port_start", 0, 22, LOW, "1024", "every account can listen where system services do"),
    ("net/core/bpf_jit_harden", 0, 0, LOW, "1 or 2", "programs of accounts are compiled without hardening"),
)


def find(host: Host) -> Iterator[Seen]:
    """The assignments that count and are weak, not those of the loopback interface."""
    for setting in host.once(sysctl).settings.values():
        if not setting.key.startswith("net/") or "/conf/lo/" in setting.key:
            continue
        rows = tuple((setting.key, *row[1:]) for row in WEAK if fnmatchcase(setting.key, row[0]))
        yield from judged(host, setting, rows)


RULE = FactRule(
    id=RuleId("weak-network-setting"),
    title="Network setting of the kernel that trusts what comes in",
    cwe=940,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="redirects and source routes",
            language="host",
            code="# file: /etc/sysctl.d/70-net.conf\nnet.ipv4.conf.all.accept_source_route=1  # finding\n"
            "net/ipv4/conf/eth0.10/accept_redirects = 1  # finding\n",
        ),
        Example(
            name="for every interface",
            language="host",
            code="# file: /etc/sysctl.conf\nnet.ipv4.conf.*.accept_redirects = 1  # finding\n"
            "net.ipv4.tcp_syncookies=0  # finding\n",
        ),
        Example(
            name="near-miss: off",
            language="host",
            code="# file: /etc/sysctl.d/70-net.conf\nnet.ipv4.conf.all.accept_redirects=0\nnet.ipv4.conf.all.rp_filter=2\n",
        ),
        Example(
            name="near-miss: the loopback interface",
            language="host",
            code="# file: /etc/sysctl.d/70-net.conf\nnet.ipv4.conf.lo.rp_filter=0\n",
        ),
        Example(
            name="near-miss: set back later in the same file",
            language="host",
            code="# file: /etc/sysctl.conf\nnet.ipv4.tcp_syncookies=0\nnet.ipv4.tcp_syncookies=1\n",
        ),
    ),
)
