"""Other services that are open to everybody: names, proxies, SNMP, remote screens, printers, directories, old remote shells;
and what `monitoring` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts.monitoring import monitoring
from casemate.host.facts.settings import (
    Weakness,
    everywhere,
    found,
    ini,
    keyed,
    last,
    lines,
    loopback,
    without,
    yaml,
    yes,
)
from casemate.host.host import Host
from casemate.model.lead import Severity

CLEAR = {
    "telnet": "telnet", "shell": "rsh", "rsh": "rsh", "login": "rlogin", "rlogin": "rlogin", "exec": "rexec", "rexec": "rexec",
    "finger": "finger", "systat": "systat", "netstat": "netstat",
}  # fmt: skip


def network_services(host: Host) -> Iterator[Weakness]:
    """Open services."""
    for part in (_bind, _unbound, _squid, _snmp, _screens, _cups, _slapd, _managers, monitoring):
        yield from part(host)


def clear_text_services(host: Host) -> Iterator[Weakness]:
    """Old remote shells that are offered."""
    for path in found(host, "/etc/inetd.conf", "/etc/inetd.d/*"):
        for number, line in lines(host, path, "#"):
            name = CLEAR.get(line.split()[0])
            if name and len(line.split()) >= 6:
                yield Weakness(path, number, f"{name} is offered (inetd): passwords and sessions in clear text")
    for path in found(host, "/etc/xinetd.conf", "/etc/xinetd.d/*"):
        name, at, off = "", 0, False
        for number, line in lines(host, path, "#"):
            words = line.replace("{", " ").split()
            if words and words[0] == "service" and len(words) > 1:
                name, at, off = CLEAR.get(words[1], ""), number, False
            elif re.match(r"disable\s*=\s*yes\b", line):
                off = True
            elif line.startswith("}") and name and not off:
                yield Weakness(path, at, f"{name} is offered (xinetd): passwords and sessions in clear text")
    for name in ("telnet", "rsh", "rlogin", "rexec", "finger"):
        path = f"/etc/systemd/system/sockets.target.wants/{name}.socket"
        if host.fs.at(path) is not None and host.fs.node(path) is not None:
            yield Weakness(
                path, 1, f"{name} is offered ({name}.socket is enabled): passwords and sessions in clear text"
            )


def _bind(host: Host) -> Iterator[Weakness]:
    for path in found(
        host, "/etc/bind/named.conf*", "/etc/named.conf", "/etc/named/*.conf", "/var/named/chroot/etc/named.conf"
    ):
        text = host.fs.text(path)
        whole = "\n".join(text.lines)[:400_000] if text else ""
        whole = re.sub(r"(?://|#)[^\n]*", "", without(whole, "/*", "*/"))
        for key, what, severity in (
            ("allow-transfer", "gives whole zones to everybody", Severity.MEDIUM),
            ("allow-update", "lets everybody change a zone", Severity.HIGH),
            (
                "allow-recursion",
                "answers everybody's questions about all names, which others are attacked with",
                Severity.MEDIUM,
            ),
        ):
            for match in re.finditer(rf"\b{key}\s*\{{([^{{}}]{{0,2000}})\}}", whole):
                first = next((a.strip().strip('"') for a in match[1].split(";") if a.strip()), "")
                if everywhere(first):
                    yield Weakness(
                        path, whole.count("\n", 0, match.start()) + 1, f"BIND {what} ({key} {{ any; }})", severity
                    )


def _unbound(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/unbound/unbound.conf", "/etc/unbound/unbound.conf.d/*.conf"):
        for number, line in lines(host, path, "#"):
            match = re.match(r"access-control:\s*(\S+)\s+allow(?:_snoop)?\s*$", line)
            if match and everywhere(match[1]):
                yield Weakness(path, number, "Unbound answers everybody's questions, which others are attacked with")


def _squid(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/squid/squid.conf", "/etc/squid/conf.d/*.conf", "/etc/squid3/squid.conf"):
        for number, line in lines(host, path, "#"):
            words = line.split()
            if words[0] != "http_access":
                continue
            if words[1:] == ["deny", "all"]:
                break
            if words[1:] == ["allow", "all"]:
                yield Weakness(path, number, "Squid is a proxy for everybody (http_access allow all)", Severity.MEDIUM)
                break
    for path in found(host, "/etc/tinyproxy/tinyproxy.conf", "/etc/tinyproxy.conf"):
        options = keyed(host, path)
        port, listen = last(options, "port"), last(options, "listen")
        if (
            port
            and not any(o.key in ("allow", "basicauth") for o in options)
            and not (listen and loopback(listen.value))
        ):
            yield Weakness(path, port.line, "Tinyproxy is a proxy for everybody (no Allow line)")


def _snmp(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/snmp/snmpd.conf", "/etc/snmp/snmpd.conf.d/*.conf", "/usr/local/etc/snmp/snmpd.conf"):
        for number, line in lines(host, path, "#"):
            words = line.split()
            key = words[0].lower()
            source = words[2] if len(words) > 2 and not words[2].startswith("-") else "default"
            limited = "-V" in words or any(w.startswith(".1") for w in words[3:])
            if key in ("rwcommunity", "rwcommunity6") and len(words) > 1 and not loopback(source):
                known = words[1] in ("public", "private")
                name = f" with the community {words[1]}" if known else ""
                if known or source == "default" or everywhere(source):
                    severity = Severity.HIGH if known else Severity.MEDIUM
                    yield Weakness(
                        path, number, f"SNMP lets the network change settings{name}, without encryption", severity
                    )
            elif key in ("rocommunity", "rocommunity6") and len(words) > 1 and words[1] in ("public", "private"):
                if not limited and (source == "default" or everywhere(source)):
                    yield Weakness(path, number, f"SNMP tells everybody about this machine (community {words[1]})")
            elif key == "rwuser" and "noauth" in words:
                yield Weakness(
                    path, number, "SNMP lets a user change settings without authentication (noauth)", Severity.HIGH
                )


def _screens(host: Host) -> Iterator[Weakness]:
    starts = (
        "/etc/X11/Xsession.d/*",
        "/etc/X11/xinit/xinitrc",
        "/etc/profile.d/*",
        "/etc/xprofile",
        "/etc/gdm3/Init/*",
    )
    homes = tuple(
        f"{home}/{name}" for home in ("/root", "/home/*") for name in (".xinitrc", ".xsession", ".xprofile", ".bashrc")
    )
    for path in found(host, *starts, *homes):
        for number, line in lines(host, path, "#"):
            if re.search(r"(?:^|[;&|]\s*|/)xhost\s+\+\s*(?:$|[;&|#>])", line):
                yield Weakness(path, number, "everybody who reaches the display reads its keys and windows (xhost +)")
    units = ("/etc/systemd/system/*.service", "/etc/systemd/system/*.d/*.conf")
    for path in found(host, *units, "/root/.vnc/config", "/home/*/.vnc/config", "/etc/tigervnc/*"):
        for number, line in lines(host, path):
            none = re.search(r"(?i)securitytypes[ =]+['\"]?none\b|\bx11vnc\b[^#]*\s-nopw\b", line)
            if none and not re.search(r"(?i)-localhost\b(?!\s+no)|\blocalhost=(?:yes|1)", line):
                yield Weakness(
                    path, number, "the screen is shared over the network without a password (VNC)", Severity.HIGH
                )


def _cups(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/cups/cupsd.conf"):
        listen, block = 0, ""
        opened: list[str] = []
        for number, line in lines(host, path, "#"):
            lower = " ".join(line.lower().split())
            if re.match(r"(?:port \d+|listen (?:\*|0\.0\.0\.0|\[::\]):)", lower):
                listen = number
            elif lower.startswith("<location"):
                block = lower.strip("<>").partition(" ")[2]
            elif lower.startswith("</location"):
                block = ""
            elif block.startswith("/admin") and lower in ("allow all", "allow from all", "allow any"):
                opened.append(block)
        if listen and opened:
            yield Weakness(path, listen, f"the printer service's pages {', '.join(opened[:3])} are open to the network")


def _slapd(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/ldap/slapd.conf", "/etc/openldap/slapd.conf", "/etc/ldap/slapd.d/*/*.ldif"):
        for number, line in lines(host, path, "#"):
            if re.search(r"(?:^|\s)by\s+(?:\*|anonymous)\s+(?:write|manage)\b", line):
                yield Weakness(
                    path, number, "anybody on the network changes the directory's entries (by * write)", Severity.HIGH
                )


def _managers(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/salt/master", "/etc/salt/master.d/*.conf"):
        options = yaml(host, path)
        for key in ("open_mode", "auto_accept"):
            option = last(options, key)
            if yes(option) and option:
                yield Weakness(
                    path, option.line, f"Salt's master accepts every machine as one of its own ({key})", Severity.MEDIUM
                )
    for path in found(host, "/etc/puppet/autosign.conf", "/etc/puppetlabs/puppet/autosign.conf"):
        for number, line in lines(host, path, "#"):
            if line == "*":
                yield Weakness(path, number, "Puppet signs every machine's certificate (autosign *)", Severity.MEDIUM)
    for path in found(host, "/etc/distcc/hosts.allow", "/etc/default/distcc"):
        option = last(ini(host, path), "allowednets")
        if option and any(everywhere(n) for n in option.value.split()):
            yield Weakness(
                path, option.line, "anybody on the network runs commands through distcc (ALLOWEDNETS)", Severity.HIGH
            )
