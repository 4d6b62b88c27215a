"""Programs that root runs when something happens: a network comes up, a device appears, packages change, somebody logs in.

Sources: interfaces(5), NetworkManager-dispatcher(8), dhclient-script(8), pppd(8), resolvconf(8), udev(7), acpid(8), apt.conf(5),
dpkg(1), update-ca-certificates(8), update-grub(8), initramfs-tools(7), update-motd(5), needrestart, wg-quick(8), openvpn(8),
smartd.conf(5), mdadm.conf(5).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from casemate.host.facts.job import Entry, Job, quoted, table
from casemate.host.facts.overriding import ABOVE, counting
from casemate.host.host import Host
from casemate.model.host import Fact

EVENT, DEVICE, PACKAGE = "event-hook", "device-hook", "package-hook"
TECHNIQUE: Final = "T1546"


class Hooks(NamedTuple):
    """Programs of a folder. sourced: by a shell, not run. sure: nothing else is needed. names: what one must be called."""

    pattern: str
    kind: str
    when: str
    sourced: bool = False
    sure: bool = True
    technique: str = TECHNIQUE
    names: re.Pattern[str] | None = None


_PARTS: Final = re.compile(r"[A-Za-z0-9_-]+")  # run-parts(8)
_MANAGED: Final = re.compile(
    r"[^.](?!.*(?:~|\.(?:rpm\w*|dpkg-[\w-]+|bak|swp|orig|rej|sh\.swp)$)).*"
)  # NetworkManager's list
_UP: Final = "when a network interface changes"
FOLDERS: Final = (
    Hooks("/etc/network/if-*.d/*", EVENT, _UP, names=_PARTS),
    Hooks("/etc/NetworkManager/dispatcher.d/*", EVENT, _UP, sure=False, names=_MANAGED),
    Hooks("/etc/NetworkManager/dispatcher.d/*.d/*", EVENT, _UP, sure=False, names=_MANAGED),
    Hooks("/usr/lib/NetworkManager/dispatcher.d/*", EVENT, _UP, sure=False, names=_MANAGED),
    Hooks("/etc/networkd-dispatcher/*.d/*", EVENT, _UP, sure=False),
    Hooks("/etc/dhcp/dhclient-*-hooks.d/*", EVENT, "when an address is leased", sourced=True, names=_PARTS),
    Hooks("/etc/dhcp/dhclient-*-hooks", EVENT, "when an address is leased", sourced=True),
    Hooks("/etc/dhclient-*-hooks", EVENT, "when an address is leased", sourced=True),
    Hooks("/etc/dhcpcd.*-hook", EVENT, "when an address is leased", sourced=True),
    Hooks("/lib/dhcpcd/dhcpcd-hooks/*", EVENT, "when an address is leased", sourced=True),
    Hooks("/usr/libexec/dhcpcd-hooks/*", EVENT, "when an address is leased", sourced=True),
    Hooks("/etc/udhcpc/*", EVENT, "when an address is leased"),
    Hooks("/usr/share/udhcpc/*", EVENT, "when an address is leased"),
    Hooks("/etc/ppp/ip*-up", EVENT, "when a dial-up link changes"),
    Hooks("/etc/ppp/ip*-down", EVENT, "when a dial-up link changes"),
    Hooks("/etc/ppp/ip*.d/*", EVENT, "when a dial-up link changes", names=_PARTS),
    Hooks("/etc/ppp/auth-*", EVENT, "when a dial-up link changes"),
    Hooks("/etc/resolvconf/update*.d/*", EVENT, "when the name servers change", names=_PARTS),
    Hooks("/etc/wpa_supplicant/*.sh", EVENT, _UP, sure=False),
    Hooks("/etc/openvpn/*.sh", EVENT, "when a tunnel changes", sure=False),
    Hooks("/etc/update-motd.d/*", EVENT, "when somebody logs in (pam_motd)", names=_PARTS),
    Hooks("/etc/X11/xdm/*", EVENT, "when somebody logs in", sure=False),
    Hooks("/etc/gdm3/*/*", EVENT, "when somebody logs in", sure=False),
    Hooks("/etc/gdm/*/*", EVENT, "when somebody logs in", sure=False),
    Hooks("/etc/acpi/*.sh", DEVICE, "when a button is pressed or power changes"),
    Hooks("/etc/pm/*.d/*", DEVICE, "at sleep and wake-up"),
    Hooks("/usr/lib/pm-utils/*.d/*", DEVICE, "at sleep and wake-up"),
    Hooks("/etc/apm/*.d/*", DEVICE, "at sleep and wake-up"),
    Hooks("/usr/lib/udev/*", DEVICE, "when a device appears", sure=False),
    Hooks("/etc/hotplug.d/*/*", DEVICE, "when a device appears"),
    Hooks("/etc/smartmontools/run.d/*", DEVICE, "when a disk fails", names=_PARTS),
    Hooks("/etc/ca-certificates/update.d/*", PACKAGE, "when certificates are updated", names=_PARTS),
    Hooks("/etc/needrestart/*.d/*", PACKAGE, "after packages were upgraded"),
    Hooks("/etc/apk/commit_hooks.d/*", PACKAGE, "when packages change"),
    Hooks("/etc/kernel/*.d/*", PACKAGE, "when a kernel is installed", names=_PARTS),
    Hooks("/etc/initramfs-tools/hooks/*", PACKAGE, "when the initramfs is made"),
    Hooks("/etc/initramfs/*.d/*", PACKAGE, "when the initramfs is made", names=_PARTS),
    Hooks("/etc/grub.d/*", PACKAGE, "when the boot menu is written"),
    Hooks("/etc/default/grub", PACKAGE, "when the boot menu is written", sourced=True),
    Hooks("/etc/default/grub.d/*.cfg", PACKAGE, "when the boot menu is written", sourced=True),
    Hooks("/etc/apcupsd/*", DEVICE, "when the power fails"),
    Hooks("/etc/watchdog.d/*", EVENT, "by the watchdog"),
    Hooks("/etc/ifplugd/action.d/*", EVENT, _UP),
    Hooks("/etc/qemu/fsfreeze-hook.d/*", EVENT, "when a snapshot is made", sure=False),
    Hooks("/etc/libvirt/hooks/*", EVENT, "when a virtual machine starts"),
    Hooks("/etc/lightdm/*.sh", EVENT, "when somebody logs in", sure=False),
)


def hooks(host: Host) -> tuple[Entry, ...]:
    """All of these, and the programs that configurations of such events name."""
    return (*_folders(host), *_interfaces(host), *_udev(host), *_apt(host), *_named(host))


def _folders(host: Host) -> Iterator[Entry]:
    for hook in FOLDERS:
        above = posixpath.dirname(hook.pattern)
        folders = host.fs.glob(above) if "*" in above else [above]
        says = f"is {'sourced' if hook.sourced else 'run'} by root {hook.when}"
        for folder in folders if hook.pattern.endswith("/*") else ():
            if host.fs.is_folder(folder) and folder != "/usr/lib/udev":
                whole = f"has its programs run by root {hook.when}"
                yield table(folder, hook.kind, hook.technique, whole, folder=True, sure=hook.sure)
        for path in host.fs.glob(hook.pattern):
            node = host.fs.node(path)
            if node is None or not host.fs.is_file(path) or not (hook.sourced or node.mode & 0o111):
                continue
            if hook.names is not None and not hook.names.fullmatch(posixpath.basename(path)):
                continue
            if folders:
                line = f". {quoted(path)}" if hook.sourced else quoted(path)
                yield Job(line=line, kind=hook.kind, technique=hook.technique, says=says, sure=hook.sure)
            else:
                yield table(path, hook.kind, hook.technique, says, sure=False)


def _via(path: str, line: int) -> tuple[Fact, ...]:
    return (Fact(path, "has it run as root", line),)


def _interfaces(host: Host) -> Iterator[Entry]:
    """interfaces(5): up, down and the like; wg-quick(8): PostUp and the like."""
    for path in (
        "/etc/network/interfaces",
        *host.fs.glob("/etc/network/interfaces.d/*"),
        *host.fs.glob("/etc/wireguard/*.conf"),
    ):
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, EVENT, TECHNIQUE, f"names commands that root runs {_UP}")
        for number, line in text.numbered():
            found = re.match(r"^\s*(?:(?:pre-|post-)?(?:up|down)\s+|(?:Pre|Post)(?:Up|Down)\s*=\s*)(.{1,1000})$", line)
            if found:
                command = found[1].replace("%i", "wg0")
                says = f"is run by root {_UP}"
                yield Job(line=command, kind=EVENT, technique=TECHNIQUE, says=says, via=_via(path, number))
    if host.fs.is_folder("/etc/network/interfaces.d"):
        yield table("/etc/network/interfaces.d", EVENT, TECHNIQUE, f"holds commands that root runs {_UP}", folder=True)


_RUN = re.compile(
    r"""(?:RUN(?:\{program\})?|PROGRAM|IMPORT\{program\})\s*(?:\+=|:=|==|=)\s*e?"((?:[^"\\]|\\.){1,1000})\""""
)


def _udev(host: Host) -> Iterator[Entry]:
    """udev(7): rules, and the programs that they name; without a folder these lie in /usr/lib/udev."""
    for folder in (f"{above}/udev/rules.d" for above in ABOVE):
        if host.fs.is_folder(folder):
            says = "holds rules that name what udev runs as root"
            yield table(folder, DEVICE, TECHNIQUE, says, folder=True)
    for path in counting(host, "udev/rules.d", ".rules"):
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, DEVICE, TECHNIQUE, "names what udev runs as root when a device appears")
        for number, line in text.numbered():
            if line.lstrip().startswith("#") or len(line) > 4000:
                continue
            for match in _RUN.finditer(line):
                command = re.sub(r"[$%]\{?\w+(?:\{[^}]*\})?\}?", "x", match[1])
                if not command.startswith("/"):
                    command = f"/usr/lib/udev/{command}"
                if host.fs.node(command.split()[0]) is not None or not command.startswith("/usr/lib/udev/"):
                    yield Job(
                        line=command,
                        kind=DEVICE,
                        technique=TECHNIQUE,
                        says="is run by udev as root when a device appears",
                        via=_via(path, number),
                        shell=False,
                    )


_HOOK = re.compile(r"(?i)(?:pre-|post-)(?:invoke|install-pkgs)(?:-success|-stats)?")

_APT_NAMES = re.compile(r"[A-Za-z0-9_-]+|[A-Za-z0-9_-][A-Za-z0-9_.-]*\.conf")  # apt.conf(5)


def _fitting(host: Host, folder: str, form: re.Pattern[str]) -> Iterator[str]:
    """The files of a folder whose names its reader takes."""
    return (f"{folder}/{name}" for name in host.fs.names(folder) if form.fullmatch(name))


def _apt(host: Host) -> Iterator[Entry]:
    """apt.conf(5): DPkg::Pre-Invoke and the like, and programs that find a proxy; dpkg(1): --pre-invoke and the like."""
    for path in ("/etc/apt/apt.conf", *_fitting(host, "/etc/apt/apt.conf.d", _APT_NAMES)):
        text = host.fs.text(path)
        inside = False
        for number, line in text.numbered() if text else ():
            if line.lstrip().startswith(("//", "#")) or len(line) > 4000:
                continue
            inside = inside or _HOOK.search(line) is not None
            proxy = re.search(r"(?i)proxy-?auto-?detect", line) is not None
            if inside or proxy:
                for match in re.finditer(r'"((?:[^"\\]|\\.){1,1000})"', line):
                    command = match[1].replace('\\"', '"')
                    says = "is run by apt as root"
                    yield Job(line=command, kind=PACKAGE, technique=TECHNIQUE, says=says, via=_via(path, number))
            inside = (
                inside and "}" not in line and not (";" in line and "{" not in line and _HOOK.search(line) is not None)
            )
    for path in ("/etc/dpkg/dpkg.cfg", *_fitting(host, "/etc/dpkg/dpkg.cfg.d", _PARTS)):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            found = re.match(r"^\s*(?:pre-invoke|post-invoke|status-logger)\s*[= ]\s*(.{1,1000})$", line)
            if found:
                command = found[1].strip().strip("\"'")
                says = "is run by dpkg as root"
                yield Job(line=command, kind=PACKAGE, technique=TECHNIQUE, says=says, via=_via(path, number))


NAMED: Final = (  # files, what in a line names a command, when it is run, kind
    ("/etc/acpi/events/*", r"^\s*action\s*=\s*(.+)$", "when a button is pressed or power changes", DEVICE),
    ("/etc/smartd.conf", r"-M\s+exec\s+(/\S+)", "when a disk fails", DEVICE),
    ("/etc/mdadm/mdadm.conf", r"^\s*PROGRAM\s+(.+)$", "when a disk array changes", DEVICE),
    ("/etc/mdadm.conf", r"^\s*PROGRAM\s+(.+)$", "when a disk array changes", DEVICE),
    (
        "/etc/openvpn/*.conf",
        r"^\s*(?:up|down|route-up|ipchange|plugin)\s+[\"']?([^\"']+)",
        "when a tunnel changes",
        EVENT,
    ),
    (
        "/etc/openvpn/*/*.conf",
        r"^\s*(?:up|down|route-up|ipchange|plugin)\s+[\"']?([^\"']+)",
        "when a tunnel changes",
        EVENT,
    ),
    (
        "/etc/keepalived/keepalived.conf",
        r"^\s*(?:notify\w*|script)\s+[\"']?([^\"']+)",
        "when a node changes state",
        EVENT,
    ),
    ("/etc/lightdm/lightdm.conf", r"^\s*(?:display|session)-\w+-script\s*=\s*(.+)$", "when somebody logs in", EVENT),
    (
        "/etc/lightdm/lightdm.conf.d/*",
        r"^\s*(?:display|session)-\w+-script\s*=\s*(.+)$",
        "when somebody logs in",
        EVENT,
    ),
    ("/etc/samba/smb.conf", r"(?i)^\s*root\s+(?:pre|post)exec\s*=\s*(.+)$", "when somebody uses a share", EVENT),
    (
        "/etc/fail2ban/action.d/*",
        r"^\s*action(?:start|stop|check|ban|unban|flush)\s*=\s*(.+)$",
        "when a host is banned",
        EVENT,
    ),
    ("/etc/dhcp/dhclient.conf", r"^\s*script\s+\"([^\"]+)\"", "when an address is leased", EVENT),
    ("/etc/audit/plugins.d/*", r"^\s*path\s*=\s*(/.+)$", "when something is audited", EVENT),
    ("/etc/rsyslog.conf", r"(?:binary=\"|\s\^)(/[^\"; ]+)", "when something is logged", EVENT),
    ("/etc/rsyslog.d/*.conf", r"(?:binary=\"|\s\^)(/[^\"; ]+)", "when something is logged", EVENT),
)


def _named(host: Host) -> Iterator[Entry]:
    """Configurations of root's daemons whose lines name a command."""
    for pattern, form, when, kind in NAMED:
        for path in host.fs.glob(pattern):
            text = host.fs.text(path)
            if text is None:
                continue
            yield table(path, kind, TECHNIQUE, f"names what root runs {when}")
            for number, line in text.numbered():
                found = re.search(form, line) if len(line) < 2000 and not line.lstrip().startswith(("#", ";")) else None
                if found:
                    command = re.sub(r"%\(\w+\)s|%\w|<\w+>", "x", found[1])
                    says = f"is run by root {when}"
                    yield Job(line=command, kind=kind, technique=TECHNIQUE, says=says, via=_via(path, number))
        above = posixpath.dirname(pattern)
        if "*" in posixpath.basename(pattern) and "*" not in above and host.fs.is_folder(above):
            yield table(above, kind, TECHNIQUE, f"holds files that name what root runs {when}", folder=True)
