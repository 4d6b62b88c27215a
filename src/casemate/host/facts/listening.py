"""Which services the network reaches, as far as units and command lines say it.

Sources: systemd.socket(5) for ListenStream= and its kin; the manuals of the servers that are named. What a program's own
configuration says is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.unit_file import Command
from casemate.host.facts.units import Unit, units
from casemate.host.host import Host
from casemate.model.host import Fact

SOCKET_KEYS: Final = ("ListenStream", "ListenDatagram", "ListenSequentialPacket")
SERVERS: Final = frozenset(  # reached from everywhere unless told otherwise
    "nginx apache2 httpd lighttpd haproxy caddy traefik squid vsftpd proftpd pure-ftpd smbd nmbd named in.telnetd telnetd "  # noqa: SIM905
    "in.tftpd tftpd in.ftpd ftpd in.rlogind in.rshd in.rexecd xinetd inetd rpcbind rpc.mountd dropbear sshd snmpd slapd dnsmasq "
    "darkhttpd mini_httpd thttpd webfsd tinyproxy sockd danted stunnel stunnel4 openvpn x11vnc vncserver xrdp".split()
)
MODULES: Final = frozenset({"http.server", "SimpleHTTPServer", "pyftpdlib", "aiosmtpd", "smtpd"})
INTERFACES: Final = r"0\.0\.0\.0|\*|\[::\]|\[::0\]|::|::0"
_ADDRESS: Final = re.compile(
    rf"^(?:[a-z0-9+]{{1,12}}:(?://)?)?({INTERFACES}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|\[[0-9a-f:]{{2,45}}\]|)(:\d{{1,5}})?/?$",
    re.I,
)
_LOOPBACK: Final = re.compile(r"(?:^|[=/@,\s])(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)(?::\d{1,5})?/?$", re.I)
_LISTENS: Final = re.compile(
    r"(?:^|[-_.])(?:listen\w{0,8}|bind\w{0,8}|port|addr|address|http|https|host|tcp|udp|server)(?:$|[-_.])"
)
_ELSEWHERE: Final = re.compile(
    r"remote|upstream|target|backend|peer|client|connect|dest|proxy|redis|database|\bdb|mysql|postgres|pg|smtp|ldap|syslog|join|from|url"
)
_BINDS: Final = re.compile(
    r"(?:bind|Server|create_server|start_server|run|serve|listen)\(.{0,80}[\"'](?:0\.0\.0\.0|::)[\"']|"
    r"(?:bind|HTTPServer|TCPServer|UDPServer)\(\s*\(?\s*(?:\"\"|'')\s*,|\bTCP\d?-LISTEN:|-m http\.server\b|\bnc\s+-\w*l"
)
SCRIPT_LIMIT: Final = 256 << 10
_PORT: Final = re.compile(r"^\d{2,5}$")


@dataclass(frozen=True, slots=True)
class Listens:
    """A service that listens. address: as written, "" where only the program tells. network: not on this machine alone."""

    unit: Unit
    address: str
    network: bool
    place: Fact


def listens(host: Host) -> tuple[Listens, ...]:
    """The services that can run and listen somewhere."""
    system = host.once(units)
    out: list[Listens] = []
    for unit in system.running():
        if unit.type == "socket":
            served = system.named(unit.serves)
            if served is not None and not served.masked:
                out += (Listens(served, address, network, fact) for address, network, fact in addresses(unit))
        elif unit.type == "service":
            for command in service.commands(host, unit, "ExecStart"):
                found = heard(command)
                place = Fact(command.value.path, f"runs {command.words[0]}, a server", command.value.line)
                if found is not None:
                    says = f"listens on {found[0]}" if found[0] else place.says
                    out.append(Listens(unit, found[0], found[1], replace(place, says=says)))
                    continue
                said = next(_by_environment(unit), None) or next(_by_script(host, command), None)
                if said is not None:
                    out.append(Listens(unit, said[0], True, said[1]))
    return tuple(out)


def _by_environment(unit: Unit) -> Iterator[tuple[str, Fact]]:
    """The address or port that a variable of the unit gives its program."""
    told = {name.lower(): (text, value) for name, text, value in unit.environment() if _LISTENS.search(name.lower())}
    if any(_LOOPBACK.search(text) for text, _ in told.values()):
        return
    for name, (text, value) in told.items():
        at = _ADDRESS.match(text)
        if not _ELSEWHERE.search(name) and ((at and (at[1] or at[2])) or (_PORT.match(text) and "port" in name)):
            yield text, Fact(value.path, f"makes it listen on {text}", value.line)


def _by_script(host: Host, command: Command) -> Iterator[tuple[str, Fact]]:
    """A line of the script itself that listens on every interface."""
    for word in command.words[:4]:
        if not word.startswith("/") or (node := host.fs.node(word)) is None or not 0 < node.size < SCRIPT_LIMIT:
            continue
        head = host.fs.head(word, 4)
        text = host.fs.text(word) if head and head != b"\x7fELF" else None
        for number, line in text.numbered() if text else ():
            if len(line) < 1000 and _BINDS.search(line) and not line.lstrip().startswith(("#", "//")):
                yield "every interface", Fact(word, "listens on every interface", number)


def addresses(unit: Unit) -> Iterator[tuple[str, bool, Fact]]:
    """The addresses of a socket unit, whether the network reaches them, and where that stands."""
    for key in SOCKET_KEYS:
        for value in unit.all(key):
            address = value.text
            local = address.startswith(("/", "@", "%", "vsock:", "audit")) or _LOOPBACK.search(address) is not None
            yield address, not local, Fact(value.path, f"listens on {address}", value.line)


def heard(command: Command) -> tuple[str, bool] | None:
    """The address that a command line makes its program listen on, and whether the network reaches it; None without a sign."""
    program = command.words[0].rpartition("/")[2]
    found = ""
    local = ""
    rest = command.words[1:]
    for index, word in enumerate(rest):
        option, equals, value = word.partition("=")
        if word.startswith("-"):
            value = value if equals else rest[index + 1] if index + 1 < len(rest) else ""
            name = option.lstrip("-").lower()
            names = name in ("p", "l", "b", "s", "h", "a") or _LISTENS.search(name) is not None
            if not names or _ELSEWHERE.search(name):
                continue
            if _LOOPBACK.search(value):
                local = value
            elif ((at := _ADDRESS.match(value)) and (at[1] or at[2]) and len(name) > 1) or (at and at[2]):
                found = found or value
            elif _PORT.match(value) and (name == "p" or "port" in name or "listen" in name or "bind" in name):
                found = found or f"port {value}"
        elif _LOOPBACK.search(word):
            local = local or word
        elif re.fullmatch(
            rf"(?:[a-z0-9+]{{1,12}}:(?://)?)?(?:(?:{INTERFACES})(?::\d{{1,5}})?|:\d{{1,5}})/?", word, re.I
        ):
            found = found or word
        elif re.match(r"(?:TCP|UDP|SCTP|OPENSSL|SSL)\d?-(?:LISTEN|RECV\w{0,8}):", word, re.I):
            local, found = (word, found) if "bind=127." in word.lower() else (local, word)
    if found and not (local and found.startswith("port ")):
        return found, True
    if local:
        return local, False
    if program in SERVERS or (rest[:1] == ("-m",) and len(rest) > 1 and rest[1] in MODULES):
        return "", True
    if program in ("nc", "ncat", "netcat", "nc.traditional", "nc.openbsd") and any(
        re.match(r"-\w*l|--listen", w) for w in rest
    ):
        return "", True
    if program == "rsync" and "--daemon" in rest:
        return "", True
    return None
