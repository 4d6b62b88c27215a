"""What of the installed packages runs: those whose programs and libraries a network service or a privileged job loads.

Programs come from what the host starts; their libraries from what their package depends on, which the linker's own needs were
written into when it was built (dpkg-shlibdeps(1)). So this says what is loaded by nature, not what is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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

UNIT_FOLDERS: Final = ("/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
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
    """A program that the host starts. path: resolved. who: the account that the unit names, root by default."""

    path: str
    who: Actor
    fact: Fact
    sure: bool = True


def started(host: Host) -> Iterator[Started]:
    """The programs of enabled units; of known servers also where nothing says whether they are started."""
    seen: set[str] = set()
    for folder in UNIT_FOLDERS:
        for kind in ("wants", "requires"):
            for path in host.fs.glob(f"{folder}/*.{kind}/*")[:MOST_UNITS]:
                yield from _unit(host, path, seen)
    if not any(host.fs.is_folder(f"{folder}/multi-user.target.wants") for folder in UNIT_FOLDERS):
        for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"):
            for name in SERVERS:
                node = host.fs.node(f"{folder}/{name}")
                if node is not None and node.kind is NodeKind.FILE and node.path not in seen:
                    seen.add(node.path)
                    yield Started(
                        node.path, ROOT, Fact(node.path, "is a server; whether it is started is not known"), False
                    )


def _unit(host: Host, path: str, seen: set[str]) -> Iterator[Started]:
    """The program of a unit, or of the one that a socket or timer starts."""
    bare, _, kind = path.rpartition("/")[2].rpartition(".")
    if kind in ("socket", "timer", "path"):
        for folder in UNIT_FOLDERS:
            for name in (f"{bare}.service", f"{bare}@.service"):
                if host.fs.is_file(f"{folder}/{name}"):
                    yield from _unit(host, f"{folder}/{name}", seen)
                    return
    if kind != "service" or path in seen:
        return
    seen.add(path)
    node = host.fs.node(path)
    text = host.fs.text(path)
    if text is None and "@" in bare:  # an instance whose link is broken here
        return
    user, commands = "", []
    for number, line in text.numbered() if text else ():
        name, sign, value = line.strip().partition("=")
        if sign and name.strip() == "User":
            user = value.strip()
        elif sign and name.strip() == "ExecStart" and value.strip():
            commands.append((number, value.strip().lstrip("-@:+!").split()[:1]))
    for number, words in commands:
        program = host.fs.node(words[0]) if words else None
        if node is not None and program is not None and program.kind is NodeKind.FILE:
            who = host.accounts.actor(user) if user and "%" not in user else ROOT
            yield Started(program.path, who, Fact(node.path, "starts it", number))


def loaded(host: Host) -> Mapping[str, Use]:
    """By the names of the distribution's packages, the use that matters most: `host.once(loaded)`."""
    programs = {s.path: s for s in reversed(list(started(host)))}
    packages = {p.name: p for p in host.once(inventory).packages if p.manager in READERS}
    brought = _owners(host, packages, frozenset(programs) | frozenset(suid(host)))
    out: dict[str, Use] = {}
    for path in sorted(brought):
        package, program = brought[path], path.rpartition("/")[2]
        run = programs.get(path)
        if run is None:
            use = Use(
                ROOT, False, f"is loaded by {path}, which runs as root for any user", Fact(path, "has the SUID bit")
            )
        else:
            accounts = SERVERS.get(program, ())
            own = next((account(name) for name in accounts if name in host.accounts.by_name), run.who)
            who = own if run.who == ROOT else run.who
            served = program in SERVERS
            says = f"is loaded by {program}, which {'serves the network' if served else 'the host starts'}"
            use = Use(who, served, says, run.fact, sure=run.sure)
        if use.network or use.who == ROOT:
            _keep(out, package.name, use)
            library = Use(use.who, use.network, use.says, use.fact, own=False, sure=use.sure)
            for name in _libraries(packages, package):
                _keep(out, name, library)
    return out


def _keep(out: dict[str, Use], name: str, use: Use) -> None:
    old = out.get(name)
    if old is None or (use.network, use.sure, use.own) > (old.network, old.sure, old.own):
        out[name] = use


def suid(host: Host) -> Mapping[str, Fact]:
    """The programs with root's SUID bit that anybody may run: `host.once(suid)`."""
    return {
        node.path: Fact(node.path, f"runs as root for who starts it (mode {node.mode:04o})")
        for node in host.fs.nodes()
        if node.kind is NodeKind.FILE and node.mode & 0o4000 and not node.uid and node.mode & 0o001
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
