"""Kernel settings as a boot applies them: sysctl.d(5), sysctl.conf(5).

Values come from the kernel's command line (`sysctl.KEY=`, Documentation/admin-guide/kernel-parameters), then from these files,
then from tmpfiles.d(5), udev rules (SYSCTL{KEY}=, udev(7)) and commands. Files of one name override one another by folder, then
all are read in the order of their names and the last assignment of a key wins. A key with a value of its own is not touched by a
pattern, wherever that stands (systemd-sysctl.service(8)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from casemate.host.facts.cmdline import parameters
from casemate.host.facts.tmpfiles import tmpfiles
from casemate.host.host import Host

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
LAST = "/etc/sysctl.conf"  # sysctl(8) --system reads it last; systemd only by way of a link 99-sysctl.conf

STARTED = (  # where an administrator puts commands that run at every boot
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/local.d/*.start",
    "/etc/systemd/system/*.service",
    "/etc/network/interfaces",
    "/etc/network/if-up.d/*",
    "/etc/cron.d/*",
)
COMMAND = re.compile(
    r"\bsysctl\s+(?:-\w+\s+)*(?:-w\s+|--write\s+)?(?P<pairs>[\"']?[\w./*-]+=[^\s;&|]*(?:\s+[\"']?[\w./*-]+=[^\s;&|]*)*)"
    r"|\becho\s+[\"']?(?P<value>-?\w+)[\"']?\s*(?:>|\|\s*(?:sudo\s+)?tee)\s*/proc/sys/(?P<key>[\w./-]+)"
)
UDEV = ("/etc/udev/rules.d/*.rules", "/run/udev/rules.d/*.rules", "/usr/local/lib/udev/rules.d/*.rules")
OF_UDEV = re.compile(r"\bSYSCTL\{([\w./-]{1,200})\}\s*=\s*e?\"([^\"]{0,200})\"")
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Setting:
    """The assignment of a key that counts. key: with slashes, as below /proc/sys. path, line: where it stands."""

    key: str
    value: str
    path: str
    line: int

    @property
    def dotted(self) -> str:
        """The key as people write it."""
        return self.key.translate(str.maketrans("/.", "./"))

    @property
    def number(self) -> int | None:
        """The value as a number, None when it is none."""
        try:
            return int(self.value, 0 if self.value.lower().startswith("0x") else 10)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Sysctl:
    """The settings by key, and the files that were read, in their order."""

    settings: dict[str, Setting]
    files: tuple[str, ...]

    def fitting(self, pattern: str) -> Iterator[Setting]:
        """The settings whose key a pattern with slashes fits. A pattern of the file is a key, too."""
        return (s for key, s in self.settings.items() if fnmatchcase(key, pattern))

    def value(self, key: str) -> Setting | None:
        """What is set for a key, by itself or by a pattern."""
        own = self.settings.get(key)
        return own or next((s for k, s in self.settings.items() if "*" in k and fnmatchcase(key, k)), None)


def sysctl(host: Host) -> Sysctl:
    """The settings that a boot ends with."""
    settings = {setting.key: setting for setting in _booted(host)}
    read = _files(host)
    for path in read:
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            line = line.strip()
            if not line or line.startswith(("#", ";")):
                continue
            key, equals, value = line.partition("=")
            excepted = key.startswith("-")
            key = slashed(key.removeprefix("-").strip())
            if not equals and excepted:
                continue  # only keeps patterns from it
            if not equals or not key:
                host.odd(path, number, "no assignment of a kernel setting")
                continue
            settings.pop(key, None)  # the order is that of the assignments that count
            settings[key] = Setting(key, value.strip(), text.path if text else path, number)
    for setting in (*_written(host), *_commands(host)):
        settings.pop(setting.key, None)
        settings[setting.key] = setting
    return Sysctl(settings, tuple(read))


def slashed(key: str) -> str:
    """A key with slashes. Where the first separator is a slash, dots are part of the names (sysctl.d(5))."""
    key = key.removeprefix("/proc/sys/").strip("/")
    first = next((sign for sign in key if sign in "./"), ".")
    return key.translate(str.maketrans("./", "/.")) if first == "." else key


def _booted(host: Host) -> Iterator[Setting]:
    """What the kernel's command line sets before anything else runs."""
    for word in host.once(parameters):
        if word.word.startswith("sysctl.") and "=" in word.word:
            key = word.word.partition("=")[0].removeprefix("sysctl.")
            yield Setting(slashed(key), word.value, word.path, word.line)


def _written(host: Host) -> Iterator[Setting]:
    """What lines `w` of tmpfiles.d write below /proc/sys, and what rules of udev set."""
    for entry in host.once(tmpfiles):
        if (
            entry.type[:1] in ("w", "f", "F")
            and entry.target.startswith("/proc/sys/")
            and entry.argument not in ("", "-")
        ):
            yield Setting(entry.target.removeprefix("/proc/sys/"), entry.argument, entry.path, entry.line)
    for path in (path for pattern in UDEV for path in host.fs.glob(pattern)):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            if len(line) <= LONGEST and not line.lstrip().startswith("#"):
                for found in OF_UDEV.finditer(line):
                    yield Setting(slashed(found[1]), found[2], path, number)


def _commands(host: Host) -> Iterator[Setting]:
    """What start scripts and units of the host's own set by a command, which is after all files."""
    for pattern in STARTED:
        for path in host.fs.glob(pattern):
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                if len(line) > LONGEST or line.lstrip().startswith("#"):
                    continue
                for found in COMMAND.finditer(line):
                    pairs = found["pairs"].split() if found["pairs"] else [f"{found['key']}={found['value']}"]
                    for key, equals, value in (pair.strip("\"'").partition("=") for pair in pairs):
                        if equals and key:
                            key = slashed(key)
                            yield Setting(key, value.strip("\"'"), path, number)


def _files(host: Host) -> list[str]:
    by_name: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.fs.names(folder):
            if name.endswith(".conf"):
                by_name.setdefault(name, f"{folder}/{name}")  # also a link to /dev/null, which masks the others
    out = [path for _, path in sorted(by_name.items()) if host.fs.is_file(path)]
    last = host.fs.node(LAST)
    linked = {found.path for path in out if (found := host.fs.node(path)) is not None}
    if last is not None and last.path not in linked:
        out.append(LAST)
    return out
