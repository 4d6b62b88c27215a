"""Services of root that the network reaches, without a sandbox

## What it is

A service that was set up on this host listens on the network, runs as root, and its unit uses none of systemd's protections:
no `User=`, `NoNewPrivileges=`, `ProtectSystem=`, `CapabilityBoundingSet=`, `SystemCallFilter=` or the like. Units as a
distribution ships them are not reported.

## Why it matters

One mistake in what it parses gives whoever reaches its port all of the machine (ATT&CK T1190, T1543.002). With a user of its
own, or with a few lines of sandboxing, the same mistake gives little (systemd.exec(5); `systemd-analyze security`).

## How to fix it

Give it a user with `User=` or `DynamicUser=yes`; let the port be opened by a socket unit or by
`AmbientCapabilities=CAP_NET_BIND_SERVICE`. Where it must be root, add in a drop-in: `NoNewPrivileges=yes`,
`ProtectSystem=strict`, `ProtectHome=yes`, `PrivateTmp=yes`, `CapabilityBoundingSet=` with what it needs,
`SystemCallFilter=@system-service`.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.listening import listens
from casemate.host.facts.sandbox import sandboxed
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Services that listen to the network as root with nothing that holds them back, one for each unit."""
    done: set[str] = set()
    for heard in host.once(listens):
        unit = heard.unit
        if not heard.network or unit.name in done or unit.user:
            continue
        started = list(unit.commands("ExecStart"))
        if not started or sandboxed(unit, plain=not any("+" in c.prefixes for c in started)):
            continue
        place = started[-1].value
        if unit.shipped and place.path == unit.values[0].path and as_shipped(host, unit.path):
            continue
        done.add(unit.name)
        where = f" on {heard.address}" if heard.address else ""
        yield Seen(
            path=place.path,
            line=place.line,
            what=f"{unit.name} listens to the network{where}, runs {started[-1].words[0]} as root and has no sandbox",
            related=(heard.place,) if heard.place.path != place.path else (),
        )


RULE = FactRule(
    id=RuleId("unsandboxed-service"),
    title="Service of root that the network reaches, without a sandbox",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="an address in its arguments",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/local/sbin/a --listen 0.0.0.0:8080  # finding\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a port, by root's own word",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\nUser=root\nPrivateTmp=no\n"
                "ExecStart=/usr/bin/python3 -m http.server 8000  # finding\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a socket unit",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.socket\n[Socket]\nListenStream=9000\n"
                "# link: /etc/systemd/system/sockets.target.wants/a.socket -> ../a.socket\n"
                "# file: /etc/systemd/system/a.service\n[Service]\nExecStart=/opt/a  # finding\n"
            ),
        ),
        Example(
            name="near-miss: on this machine alone",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/local/sbin/a --host 127.0.0.1 --port 8080\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: a user of its own",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\nUser=websvc\n"
                "ExecStart=/usr/local/sbin/a --listen 0.0.0.0:8080\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: sandboxed by a drop-in",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\nExecStart=/usr/local/sbin/a --listen :8080\n"
                "# file: /etc/systemd/system/service.d/all.conf\n[Service]\nProtectSystem=strict\n"
                "NoNewPrivileges=yes\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: as the distribution ships it",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/a.service\n[Service]\nExecStart=/usr/sbin/sshd -D\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> /usr/lib/systemd/system/a.service\n"
            ),
        ),
        Example(
            name="near-miss: nothing starts it",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\nExecStart=/usr/local/sbin/a --listen 0.0.0.0:8080\n"
            ),
        ),
        Example(
            name="near-miss: it only connects elsewhere",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/local/sbin/a --remote-port 8080 --db-host db1:5432\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
    ),
)
