"""What root starts at boot beside units, and what supervisors of processes run: init(8), inetd(8), xinetd.conf(5), openrc(8),
runit(8), s6-rc, supervisord, monit(1)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.job import Entry, Job, quoted, table
from casemate.host.host import Host
from casemate.model.host import ROOT, Fact

KIND, TECHNIQUE = "start-script", "T1037"
RC_LOCAL: Final = ("/etc/rc.local", "/etc/rc.d/rc.local", "/etc/init.d/boot.local", "/etc/init.d/after.local")
UNITS: Final = ("/etc/systemd/system", "/usr/lib/systemd/system")
FOLDERS: Final = (  # each with what its programs are called
    ("/etc/init.d", "*"),
    ("/etc/rc.d/init.d", "*"),
    ("/etc/local.d", "*.start"),
    ("/etc/local.d", "*.stop"),
    ("/etc/runit", "[123]"),
    ("/etc/sv/*", "run"),
    ("/etc/sv/*/log", "run"),
    ("/etc/service/*", "run"),
    ("/service/*", "run"),
    ("/etc/services.d/*", "run"),
    ("/etc/cont-init.d", "*"),
    ("/etc/cont-finish.d", "*"),
    ("/etc/s6-overlay/s6-rc.d/*", "run"),
    ("/etc/s6-overlay/s6-rc.d/*", "up"),
    ("/etc/my_init.d", "*"),
)
LINKED: Final = ("/etc/rc[0-6S].d", "/etc/rc.d/rc[0-6S].d", "/etc/runlevels/*")


def startup(host: Host) -> tuple[Entry, ...]:
    """All of these."""
    return (
        *_scripts(host),
        *_inittab(host),
        *_inetd(host),
        *_xinetd(host),
        *_supervisor(host),
        *_monit(host),
    )


def _job(
    line: str, says: str, via: tuple[Fact, ...] = (), user: str = "", host: Host | None = None, cwd: str = "/"
) -> Job:
    runner = host.accounts.actor(user) if host is not None and user else ROOT
    return Job(line=line, kind=KIND, technique=TECHNIQUE, says=says, via=via, runner=runner, cwd=cwd)


def _scripts(host: Host) -> Iterator[Entry]:
    for path in RC_LOCAL:
        if host.fs.is_file(path):
            yield _job(quoted(path), "is run by root at boot")
    seen: set[str] = set()
    for folder, pattern in FOLDERS:
        for place in host.fs.glob(folder):
            node = host.fs.node(place)
            if node is None or not host.fs.is_folder(place):
                continue
            if pattern == "*" and node.path not in seen:
                yield table(
                    place, KIND, TECHNIQUE, "holds scripts that root starts services with", folder=True, sure=False
                )
            seen.add(node.path)
            for path in host.fs.glob(f"{place}/{pattern}"):
                found = host.fs.node(path)
                if found is None or not found.mode & 0o111 or not host.fs.is_file(path) or found.path in seen:
                    continue
                seen.add(found.path)
                says = "is what root starts or stops a service with"
                name = posixpath.basename(path).removesuffix(".sh")
                if any(host.fs.resolve(f"{units}/{name}.service", follow=False) for units in UNITS):
                    yield table(path, KIND, TECHNIQUE, says, sure=False)  # the unit of that name goes before it
                else:
                    yield _job(f"{quoted(path)} start", says)
    for pattern in LINKED:
        for place in host.fs.glob(pattern):
            yield table(place, KIND, TECHNIQUE, "holds the links to what root starts at boot", folder=True, sure=False)
    for path in host.fs.glob("/etc/conf.d/*") if host.fs.is_folder("/etc/runlevels") else ():
        yield table(path, KIND, TECHNIQUE, "is sourced by the service's start script, as root")


def _inittab(host: Host) -> Iterator[Entry]:
    """inittab(5): id:runlevels:action:process."""
    text = host.fs.text("/etc/inittab")
    if text is None:
        return
    yield table("/etc/inittab", KIND, TECHNIQUE, "names what init runs as root")
    for number, line in text.numbered():
        parts = line.split(":", 3)
        if len(parts) == 4 and not line.startswith("#") and parts[2] not in ("off", "initdefault") and parts[3].strip():
            via = (Fact("/etc/inittab", "has init run it as root", number),)
            yield _job(parts[3].lstrip("-+ "), "is run by init as root", via)


def _inetd(host: Host) -> Iterator[Entry]:
    """inetd.conf(5): service, type, protocol, wait, user, program, its arguments."""
    for path in ("/etc/inetd.conf", *host.fs.glob("/etc/inetd.d/*")):
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, KIND, TECHNIQUE, "names what inetd runs as root")
        for number, line in text.numbered():
            parts = line.split(None, 6)
            if len(parts) < 6 or line.lstrip().startswith("#") or parts[5] == "internal":
                continue
            user = re.split(r"[.:/]", parts[4])[0]
            rest = parts[6].split(None, 1)[1] if len(parts) > 6 and " " in parts[6] else ""
            command = (
                f"{parts[5]} {rest}" if not parts[5].endswith("tcpd") else parts[6] if len(parts) > 6 else parts[5]
            )
            via = (Fact(path, f"has inetd run it as {user}", number),)
            yield _job(command, f"is run by inetd as {user}", via, user, host)


def _xinetd(host: Host) -> Iterator[Entry]:
    """xinetd.conf(5)."""
    for path in ("/etc/xinetd.conf", *host.fs.glob("/etc/xinetd.d/*")):
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, KIND, TECHNIQUE, "names what xinetd runs as root")
        values: dict[str, tuple[str, int]] = {}
        for number, line in text.numbered():
            name, _, value = line.partition("=")
            if "=" in line:
                values[name.strip().rstrip("+-").strip()] = (value.strip(), number)
            elif line.strip().startswith("}"):
                server, at = values.get("server", ("", 1))
                user = values.get("user", ("root", 1))[0]
                if server and values.get("disable", ("no", 1))[0] != "yes":
                    command = f"{server} {values.get('server_args', ('', 1))[0]}"
                    via = (Fact(path, f"has xinetd run it as {user}", at),)
                    yield _job(command, f"is run by xinetd as {user}", via, user, host)
                values = {}
    if host.fs.is_folder("/etc/xinetd.d"):
        yield table("/etc/xinetd.d", KIND, TECHNIQUE, "holds files that name what xinetd runs as root", folder=True)


def _supervisor(host: Host) -> Iterator[Entry]:
    """supervisord's configuration: programs run as its own user, root, unless they name another."""
    mains = ("/etc/supervisor/supervisord.conf", "/etc/supervisord.conf")
    found = [path for path in mains if host.fs.is_file(path)]
    for main in found:
        paths, folders = [main], set()
        text = host.fs.text(main)
        for _, line in text.numbered() if text else ():
            name, _, value = line.partition("=")
            if name.strip() == "files":
                for pattern in value.split():
                    whole = posixpath.join(posixpath.dirname(main), pattern)
                    folders.add(posixpath.dirname(whole))
                    paths += host.first(host.fs.glob(whole), 200, whole, "files")
        for folder in sorted(folders):
            if host.fs.is_folder(folder):
                yield table(folder, KIND, TECHNIQUE, "holds files that name what supervisord runs", folder=True)
        for path in paths:
            yield table(path, KIND, TECHNIQUE, "names what supervisord runs")
            yield from _programs(host, path)


def _programs(host: Host, path: str) -> Iterator[Job]:
    text = host.fs.text(path)
    values: dict[str, tuple[str, int]] = {}
    lines = [*(text.numbered() if text else ()), (0, "[end]")]
    for number, line in lines:
        if line.startswith("["):
            command, at = values.get("command", ("", 1))
            user = values.get("user", ("root", 1))[0]
            if command:
                command = re.sub(r"%\([^)]*\)[sd]", "x", command)
                via = (Fact(path, f"has supervisord run it as {user}", at),)
                cwd = values.get("directory", ("/", 1))[0]
                yield _job(command, f"is run by supervisord as {user}", via, user, host, cwd if cwd[:1] == "/" else "/")
            values = {}
        elif "=" in line and line[0] not in ";#":
            name, _, value = line.partition("=")
            values[name.strip()] = (value.split(" ;")[0].strip(), number)


_PROGRAM = re.compile(
    r"""(?:(?:start|stop|restart)(?:\s+program)?\s*=?\s*|exec\s+|check\s+program\s+\S+\s+(?:with\s+)?path\s+)"""
    r"""(?:"([^"\n]{1,500})"|'([^'\n]{1,500})'|(/\S{1,400}))(.*)$"""
)


def _monit(host: Host) -> Iterator[Entry]:
    """monit(1): what starts and stops a service, and what is run at an event."""
    patterns = (
        "/etc/monit/monitrc",
        "/etc/monitrc",
        "/etc/monit/conf.d/*",
        "/etc/monit/conf-enabled/*",
        "/etc/monit.d/*",
    )
    for path in [path for pattern in patterns for path in host.fs.glob(pattern)]:
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, KIND, TECHNIQUE, "names what monit runs as root")
        for number, line in text.numbered():
            found = _PROGRAM.search(line) if len(line) < 2000 else None
            if found and not line.lstrip().startswith("#"):
                named = re.search(r"as\s+uid\s+[\"']?([\w-]+)", found[4])
                user = named[1] if named else "root"
                via = (Fact(path, f"has monit run it as {user}", number),)
                yield _job(found[1] or found[2] or found[3], f"is run by monit as {user}", via, user, host)
