"""Mounts as fstab(5) and mount units (systemd.mount(5)) describe them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.facts.settings import Weakness, found, ini, last, lines
from casemate.host.host import Host
from casemate.model.host import ANYONE, ROOT
from casemate.model.lead import Severity

REMOTE = ("nfs", "nfs4", "cifs", "smbfs", "smb3", "sshfs", "fuse.sshfs", "9p", "glusterfs", "ceph")
WITHOUT_OWNERS = ("vfat", "msdos", "exfat", "ntfs", "ntfs3", "ntfs-3g", "hfs")  # no SUID bits of root's on them
SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # folders of the root that is looked at
MODES = re.compile(r"(?:umask|dmask|fmask)=0{1,4}$|(?:file_mode|dir_mode)=0?777$")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount. options: as written."""

    source: str
    place: str
    kind: str
    options: tuple[str, ...]
    path: str
    line: int


def mounts(host: Host) -> tuple[Mount, ...]:
    """Those of fstab, then those of units that an administrator made."""
    return (*_fstab(host), *_units(host))


def _fstab(host: Host) -> Iterator[Mount]:
    for number, line in lines(host, "/etc/fstab", "#"):
        words = line.split()
        if len(words) < 3:
            host.odd("/etc/fstab", number, "no line of fstab(5)")
            continue
        options = words[3].split(",") if len(words) > 3 else []
        place = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8) & 0xFF), words[1])
        yield Mount(words[0], place, words[2], tuple(options), "/etc/fstab", number)


def _units(host: Host) -> Iterator[Mount]:
    for path in found(host, "/etc/systemd/system/*.mount"):
        options = ini(host, path)
        where = last(options, "where", "mount")
        if where is None:
            continue
        what, kind, told = (last(options, key, "mount") for key in ("what", "type", "options"))
        yield Mount(
            what.value if what else "",
            where.value,
            kind.value if kind else "",
            tuple(told.value.split(",")) if told else (),
            path,
            (told or where).line,
        )


def weak_mounts(host: Host) -> Iterator[Weakness]:
    """Mounts that let in SUID programs or devices of others."""
    for mount in host.once(mounts):
        safe = effective(mount.options)
        who = next((o for o in mount.options if o in ("user", "users", "owner", "group")), "")
        named = f"{mount.place} ({mount.kind})"
        lacking = [o for o in ("nosuid", "nodev") if o not in safe]
        if who in ("user", "users") and lacking:
            missing = " and ".join(lacking)
            what = f"{named}: any user mounts a medium of their own, and {missing} is missing: its SUID programs count"
            gives = None if mount.kind in WITHOUT_OWNERS else ROOT
            yield Weakness(mount.path, mount.line, what, Severity.HIGH, becomes=gives, holder=ANYONE)
        elif (
            mount.kind in REMOTE
            and "nosuid" not in safe
            and not mount.place.startswith(("/usr", "/boot"))
            and mount.place != "/"
        ):
            what = f"{named} from {mount.source.split('@')[-1]}: SUID programs of the other host count here (nosuid is missing)"
            yield Weakness(mount.path, mount.line, what, Severity.LOW)
        elif mount.place in SHARED and lacking and "bind" not in mount.options:
            yield Weakness(mount.path, mount.line, f"{named} is mounted without {' and '.join(lacking)}", Severity.LOW)
        open_to_all = [o for o in mount.options if MODES.match(o)]
        if open_to_all and mount.kind not in ("tmpfs", "swap", "iso9660", "udf"):
            what = f"{named}: everybody writes to all files there ({', '.join(open_to_all)})"
            yield Weakness(mount.path, mount.line, what, Severity.MEDIUM)


def effective(options: tuple[str, ...]) -> set[str]:
    """The flags in force, in their order: user and users bring noexec, nosuid, nodev (mount(8))."""
    out: set[str] = set()
    for option in options:
        if option in ("user", "users"):
            out |= {"nosuid", "nodev", "noexec"}
        elif option in ("owner", "group"):
            out |= {"nosuid", "nodev"}
        elif option in ("suid", "dev", "exec"):
            out.discard(f"no{option}")
        elif option == "defaults":
            out.clear()
        else:
            out.add(option)
    return out
