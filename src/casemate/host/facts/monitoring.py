"""Agents and consoles of monitoring, proxies' consoles and service registries that take orders, or tell everything, unasked.

Sources: the manuals of NRPE (SECURITY), zabbix_agentd.conf, the Consul and Prometheus security models, Grafana ("Anonymous
authentication"), HAProxy ("stats socket", "stats admin"), Traefik ("api.insecure"), Caddy ("admin"), chrony.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts import service
from casemate.host.facts.docker import options
from casemate.host.facts.settings import Weakness, everywhere, found, ini, last, lines, loopback, yaml, yes
from casemate.host.facts.units import units
from casemate.host.host import Host
from casemate.model.lead import Severity

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


def monitoring(host: Host) -> Iterator[Weakness]:
    """All of them."""
    for part in (_nrpe, _zabbix, _haproxy, _consoles, _chrony, _flags):
        yield from part(host)


def _nrpe(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/nagios/nrpe.cfg", "/etc/nagios/nrpe_local.cfg", "/etc/nagios/nrpe.d/*.cfg"):
        settings = ini(host, path)
        blame, hosts = last(settings, "dont_blame_nrpe"), last(settings, "allowed_hosts")
        if hosts and any(everywhere(word) for word in hosts.value.split(",")):
            what = "NRPE runs its checks for everybody on the network (allowed_hosts)"
            yield Weakness(path, hosts.line, what, HIGH if yes(blame) else MEDIUM)
        elif blame and yes(blame):
            what = "NRPE puts what a client sends into its command lines (dont_blame_nrpe)"
            yield Weakness(path, blame.line, what, MEDIUM)


def _zabbix(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/zabbix/zabbix_agent*.conf", "/etc/zabbix/zabbix_agent*.d/*.conf"):
        settings = ini(host, path)
        runs = next((o for o in settings if o.key == "enableremotecommands" and o.value == "1"), None)
        runs = runs or next(
            (o for o in settings if o.key == "allowkey" and re.match(r"(?:system\.run|\*)", o.value)), None
        )
        server = last(settings, "server")
        wide = server is not None and any(everywhere(word.strip()) for word in server.value.split(","))
        if runs:
            whom = "everybody on the network" if wide else "the Zabbix server"
            what = f"the Zabbix agent runs whatever commands {whom} sends ({runs.key})"
            yield Weakness(path, runs.line, what, HIGH if wide else MEDIUM)
        elif wide and server:
            yield Weakness(path, server.line, "the Zabbix agent answers everybody on the network (Server)", MEDIUM)


def _haproxy(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/haproxy/haproxy.cfg", "/etc/haproxy/conf.d/*.cfg"):
        section: list[tuple[int, str]] = []
        for number, line in (*lines(host, path, "#"), (0, "end")):
            if re.match(r"(?:global|defaults|listen|frontend|backend|userlist|peers|resolvers|cache|end)\b", line):
                yield from _stats(path, section)
                section = []
            section.append((number, line))


def _stats(path: str, section: list[tuple[int, str]]) -> Iterator[Weakness]:
    """A section's page of statistics, and the socket that HAProxy is steered by."""
    told = [line for _, line in section]
    binds = [line.split()[1] for line in told if re.match(r"bind\s+\S", line)]
    guards = r"stats\s+(?:auth|http-request)\b|http-request\s+(?:auth|deny)\b|acl\b"
    guarded = any(re.match(guards, line) for line in told)
    for number, line in section:
        socket = re.match(r"stats\s+socket\s+(\S+)", line)
        if socket and re.search(r"\blevel\s+admin\b", line):
            mode = re.search(r"\bmode\s+([0-7]{3,4})\b", line)
            port = re.match(r"(?:ipv[46]@)?[\[\]\w.:*]*:\d+$", socket[1])
            if mode and int(mode[1], 8) & 0o002:
                what = f"any local user steers HAProxy by its socket (mode {mode[1]}, level admin)"
                yield Weakness(path, number, what, MEDIUM)
            elif port and not loopback(socket[1].partition("@")[2] or socket[1]):
                yield Weakness(
                    path, number, "everybody on the network steers HAProxy (stats socket, level admin)", HIGH
                )
        if re.match(r"stats\s+(?:enable|uri)\b", line) and not guarded and any(not loopback(bind) for bind in binds):
            admin = any(re.match(r"stats\s+admin\s+if\s+TRUE\b", other) for other in told)
            what = "HAProxy shows its servers to everybody without a password (stats)"
            what += ", and lets them switch these off (stats admin)" if admin else ""
            yield Weakness(path, number, what, MEDIUM)
            return


def _consoles(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/grafana/grafana.ini", "/etc/grafana/custom.ini"):
        settings = ini(host, path)
        on, role = last(settings, "enabled", "auth.anonymous"), last(settings, "org_role", "auth.anonymous")
        if on and yes(on) and role and role.value.lower() in ("admin", "editor"):
            what = f"Grafana takes everybody without a password as {role.value}"
            yield Weakness(path, role.line, what, HIGH if role.value.lower() == "admin" else MEDIUM)
    for path in found(host, "/etc/traefik/traefik.y*ml", "/etc/traefik/traefik.toml"):
        settings = [*yaml(host, path), *ini(host, path)]
        insecure = last(settings, "api.insecure") or last(settings, "insecure", "api")
        if insecure and yes(insecure):
            yield Weakness(path, insecure.line, "Traefik shows its dashboard to everybody (api.insecure)", MEDIUM)
    for path in found(host, "/etc/caddy/Caddyfile"):
        for number, line in lines(host, path, "#"):
            admin = re.match(r"admin\s+(\S+)", line)
            if admin and admin[1] != "off" and not loopback(admin[1]) and not admin[1].startswith(("unix/", "{")):
                yield Weakness(path, number, "everybody on the network changes Caddy's configuration (admin)", HIGH)


def _chrony(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/chrony/chrony.conf", "/etc/chrony.conf", "/etc/chrony/conf.d/*.conf"):
        for number, line in lines(host, path, "#!;%"):
            if re.match(r"cmdallow(?:\s+all)?(?:\s+(?:0\.0\.0\.0/0|0/0|::/0))?\s*$", line):
                yield Weakness(path, number, "chronyd tells everybody on the network of its clients (cmdallow)", LOW)


FLAGS = {  # program, option: what it opens, unless it listens on this machine only
    ("prometheus", "web.enable-admin-api"): (
        "Prometheus lets everybody delete its data (web.enable-admin-api)",
        MEDIUM,
    ),
    ("prometheus", "web.enable-lifecycle"): ("Prometheus lets everybody stop it (web.enable-lifecycle)", LOW),
    ("consul", "enable-script-checks"): ("Consul runs what everybody on the network registers as a check", HIGH),
    ("varnishd", "T"): ("Varnish takes orders over the network (-T)", MEDIUM),
}
ADDRESSES = ("web.listen-address", "client", "http-addr")


def _flags(host: Host) -> Iterator[Weakness]:
    """What command lines of units say."""
    for unit in host.once(units).running():
        for command in service.commands(host, unit, "ExecStart"):
            name = command.words[0].rpartition("/")[2]
            if name not in ("prometheus", "consul", "varnishd"):
                continue
            given = dict(options(command.words[1:]))
            told = next((given[key] for key in ADDRESSES if given.get(key)), "127.0.0.1" if name == "consul" else "")
            for (program, option), (what, severity) in FLAGS.items():
                value = given.get(option)
                if name != program or value is None or value.lower() == "false":
                    continue
                if not loopback(value if program == "varnishd" else told or "*"):
                    yield Weakness(command.value.path, command.value.line, what, severity)
