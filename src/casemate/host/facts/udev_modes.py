"""Owners and modes that rules of udev give to disks and memory: udev(7), OWNER, GROUP, MODE. Nodes of /dev are made anew at boot,
so the rule is where they are decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.host import Host

FOLDERS: Final = ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d")
TOKEN: Final = re.compile(r"([A-Z_]+)(?:\{([^}\"]{0,80})\})?\s*(==|!=|:=|\+=|-=|=)\s*[ei]?\"((?:[^\"\\]|\\.){0,500})\"")
DISK: Final = re.compile(r"(?:sd|hd|vd|xvd|nvme|mmcblk|dm-|md)[\w\[\]*?!-]*|\*")
MEMORY: Final = re.compile(r"(?:k?mem|port)")
ONE_MEDIUM: Final = re.compile(r"removable|idVendor|idProduct|serial|vendor|model|ID_|partn|partition|label", re.I)
LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class DeviceMode:
    """What a rule gives. what: the devices, as the rule names them. mode: None when the rule leaves it. line: its first."""

    what: str
    owner: str
    group: str
    mode: int | None
    path: str
    line: int


def device_modes(host: Host) -> tuple[DeviceMode, ...]:
    """Those about whole disks or memory; a rule for one kind of stick or for removable media is about no disk of the host."""
    chosen: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.fs.names(folder):
            if name.endswith(".rules"):
                chosen.setdefault(name, f"{folder}/{name}")
    return tuple(mode for name in sorted(chosen) for mode in _rules(host, chosen[name]))


def _rules(host: Host, path: str) -> Iterator[DeviceMode]:
    for number, line in _joined(host, path):
        tokens = TOKEN.findall(line)
        matched = {key: value for key, _, sign, value in tokens if sign == "==" and key in ("KERNEL", "SUBSYSTEM")}
        given = {
            key: value for key, _, sign, value in tokens if sign in ("=", ":=") and key in ("OWNER", "GROUP", "MODE")
        }
        if not given or any(sign == "==" and ONE_MEDIUM.search(f"{key} {of}") for key, of, sign, _ in tokens):
            continue
        names = matched.get("KERNEL", "*" if matched.get("SUBSYSTEM") == "block" else "").split("|")
        disks = [
            name for name in names if DISK.fullmatch(name) and (name != "*" or matched.get("SUBSYSTEM") == "block")
        ]
        disks += [name for name in names if MEMORY.fullmatch(name)]
        if not disks:
            continue
        bits = given.get("MODE", "")
        mode = int(bits, 8) if re.fullmatch(r"[0-7]{1,4}", bits) else None
        yield DeviceMode(", ".join(disks), given.get("OWNER", ""), given.get("GROUP", ""), mode, path, number)


def _joined(host: Host, path: str) -> Iterator[tuple[int, str]]:
    """Rules, those that end with a backslash joined with the next line."""
    text = host.fs.text(path)
    held, first = "", 0
    for number, line in text.numbered() if text else ():
        first = first or number
        if not held and line.lstrip().startswith("#"):
            first = 0
            continue
        held += line[:LONGEST]
        if held.endswith("\\") and len(held) < LONGEST:
            held = held[:-1] + " "
            continue
        yield first, held
        held, first = "", 0
    if held:
        yield first, held
