"""What of the installed packages runs: those whose programs and libraries a network service or a privileged job loads.

Programs come from what the host starts; their libraries from what their package depends on, which the linker's own needs were
written into when it was built (dpkg-shlibdeps(1)). So this says what is loaded by nature, not what is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.cron import cron
from casemate.host.facts.job import Job
from casemate.host.facts.listening import listens
from casemate.host.facts.privileged import privileged
from casemate.host.facts.units import units
from casemate.host.host import Host
from casemate.host.packages.inventory import READERS, inventory
from casemate.model.host import ROOT, Actor, Fact, NodeKind, account
from casemate.model.package import Package

SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("sshd", "dropbear", "in.telnetd", "telnetd", "inetd", "xinetd", "rlogind", "in.rshd", "rpcbind"), ()
    ),
    **dict.fromkeys(
        ("exim4", "exim", "sendmail-mta", "master", "smbd", "nmbd", "samba", "winbindd", "vsftpd", "pure-ftpd"), ()
    ),
    **dict.fromkeys(
        ("dovecot", "openvpn", "charon", "pluto", "xrdp", "rpc.mountd", "nfsdcld", "mini_httpd", "dockerd"), ()
    ),
    **dict.fromkeys(("apache2", "httpd", "lighttpd", "php-fpm"), ("www-data", "apache", "http")),
    **dict.fromkeys(("nginx", "caddy"), ("nginx", "caddy", "www-data")),
    **dict.fromkeys(("named",), ("bind", "named")),
    **dict.fromkeys(("proftpd", "snmpd"), ("Debian-snmp", "snmp", "proftpd")),
    **dict.fromkeys(("unbound",), ("unbound",)),
    **dict.fromkeys(("dnsmasq",), ("dnsmasq",)),
    **dict.fromkeys(("ntpd", "chronyd"), ("ntpsec", "ntp", "_chrony", "chrony")),
    **dict.fromkeys(("squid",), ("proxy", "squid")),
    **dict.fromkeys(("haproxy",), ("haproxy",)),
    **dict.fromkeys(("slapd",), ("openldap", "ldap")),
    **dict.fromkeys(("avahi-daemon",), ("avahi",)),
    **dict.fromkeys(("pdns_server", "pdns_recursor"), ("pdns",)),
    **dict.fromkeys(("kea-dhcp4", "dhcpd"), ("_kea", "dhcpd")),
}
"""Programs that serve the network as they are shipped, with the accounts that one of them runs its work as; none: root.

Servers that listen on the machine's own address by default (databases, printing) are not among them.
"""

MOST_UNITS: Final = 2_000
MOST_DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class Use:
    """That something loads a package. who: as whom. network: it serves the network. sure: whether it is started is known.

    says: ends a sentence about the package: "is loaded by sshd". fact: the unit that starts it, or the program.
    """

    who: Actor
    network: bool
    says: str
    fact: Fact
    own: bool = True  # the program itself is the package's, not only a library of it
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Started:
    """A program that the host starts. path: resolved. who: as whom. network: it serves the network."""

    path: str
    who: Actor
    fact: Fact
    network: bool
    sure: bool = True


def started(host: Host) -> Iterator[Started]:
    """The programs of services that can run, and of root's scheduled jobs; where nothing says what is started, the servers that
    are there."""
    heard = {(one.unit.name, one.network) for one in host.once(listens)}
    running = [unit for unit in host.once(units).running() if unit.type == "service"]
    for unit in running[:MOST_UNITS]:
        network = (unit.name, True) in heard
        for command in service.commands(host, unit, "ExecStart"):
            node = host.fs.node(service.root_folder(unit) + command.words[0]) if command.words else None
            if node is not None and node.kind is NodeKind.FILE:
                known = node.path.rpartition("/")[2] in SERVERS and (unit.name, False) not in heard
                fact = Fact(command.value.path, "starts it", command.value.line)
                yield Started(node.path, service.runs_as(host, unit, command), fact, network or known)
    for job in host.once(cron):
        if isinstance(job, Job) and job.runner == ROOT:
            node = host.fs.node(job.line.split()[0]) if job.line.startswith("/") else None
            if node is not None and node.kind is NodeKind.FILE:
                yield Started(node.path, ROOT, job.via[0] if job.via else Fact(node.path, "is run by cron"), False)
    if not running and not host.once(units).dropped:
        for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"):
            for name in SERVERS:
                node = host.fs.node(f"{folder}/{name}")
                if node is not None and node.kind is NodeKind.FILE:
                    why = "is a server; whether it is started is not known"
                    yield Started(node.path, ROOT, Fact(node.path, why), True, False)


def loaded(host: Host) -> Mapping[str, Use]:
    """By the names of the distribution's packages, the use that matters most: `host.once(loaded)`."""
    programs: dict[str, Started] = {}
    for run in started(host):
        old = programs.get(run.path)
        if old is None or run.network > old.network:
            programs[run.path] = run
    packages = {p.name: p for p in host.once(inventory).packages if p.manager in READERS}
    brought = _owners(host, packages, frozenset(programs) | frozenset(host.once(suid)))
    out: dict[str, Use] = {}
    for path in sorted(brought):
        package, program = brought[path], path.rpartition("/")[2]
        uses = []
        if path in host.once(suid):
            uses.append(
                Use(ROOT, False, f"is loaded by {path}, which runs as root for any user", host.once(suid)[path])
            )
        if path in programs:
            run = programs[path]
            own = next((account(name) for name in SERVERS.get(program, ()) if name in host.accounts.by_name), run.who)
            who = own if run.who == ROOT else run.who
            says = f"is loaded by {program}, which {'serves the network' if run.network else 'the host starts'}"
            uses.append(Use(who, run.network, says, run.fact, sure=run.sure))
        for use in uses:
            if use.network or use.who == ROOT:
                _keep(out, package.name, use)
                for name in _libraries(packages, package):
                    _keep(out, name, replace(use, own=False))
    return out


def _keep(out: dict[str, Use], name: str, use: Use) -> None:
    old = out.get(name)
    if old is None or (use.network, use.sure, use.own) > (old.network, old.sure, old.own):
        out[name] = use


def suid(host: Host) -> Mapping[str, Fact]:
    """The programs with root's SUID bit that are heeded, whoever may run them: `host.once(suid)`."""
    return {
        found.path: Fact(found.path, f"runs as root for who starts it (mode {found.node.mode:04o})")
        for found in host.once(privileged)
        if found.user == ROOT and not found.script
    }


def _libraries(packages: Mapping[str, Package], package: Package) -> Iterator[str]:
    """What a package's programs load: libraries it depends on, and theirs."""
    todo, seen = [(package.name, 0)], {package.name}
    while todo:
        name, depth = todo.pop()
        for needed in packages[name].depends:
            if needed in packages and needed not in seen and needed.startswith("lib") and depth < MOST_DEPTH:
                seen.add(needed)
                todo.append((needed, depth + 1))
                yield needed


def _owners(host: Host, packages: Mapping[str, Package], wanted: frozenset[str]) -> Mapping[str, Package]:
    """Which package brought each of these files."""
    names = {path.rpartition("/")[2] for path in wanted}
    out: dict[str, Package] = {}
    for package in packages.values():
        for path in READERS[package.manager].files(host.fs, package) if wanted else ():
            if path.rpartition("/")[2] in names:
                node = host.fs.node(path)
                if node is not None and node.path in wanted:
                    out.setdefault(node.path, package)
    return out
