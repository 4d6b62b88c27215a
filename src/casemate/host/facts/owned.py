"""Which package brought a file, and whether the file is still as the package brought it.

Sources: dpkg-query(1), deb-md5sums(5), dpkg-divert(1) and dpkg-statoverride(1) for `/var/lib/dpkg`; apk's installed
database (Alpine's wiki, Apk spec) for `/lib/apk/db/installed`; the headers of rpm's database. A package manager's own
records can be forged by root only, who needs no weakness.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from casemate.host.host import Host
from casemate.host.packages import rpm
from casemate.model.host import NodeKind

INFO: Final = "/var/lib/dpkg/info"
APK: Final = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
MERGED: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_LIMIT: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """What a package manager keeps of a file. mode: None when it keeps none. digest: algorithm and hex digits."""

    package: str
    mode: int | None = None
    digest: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """All of them by path. merged: the folders of the top that are links to those in /usr. diverted: where a file lies, to the
    name that its package has for it and the package that another one made way for. overridden: modes of dpkg-statoverride."""

    by_path: dict[str, Record] = field(default_factory=dict)
    merged: frozenset[str] = frozenset()
    diverted: dict[str, tuple[str, str]] = field(default_factory=dict)
    overridden: dict[str, int] = field(default_factory=dict)
    managers: frozenset[str] = frozenset()

    def key(self, path: str) -> str:
        """A path under the one name that it is kept by: /usr/bin/x as /bin/x where these are the same folder."""
        parts = path.split("/", 3)
        return path[4:] if len(parts) > 3 and parts[1] == "usr" and parts[2] in self.merged else path


def owner(host: Host, path: str) -> str | None:
    """The package that a file belongs to; None when it is no package's, or no package manager's records are here."""
    record = _record(host, path)
    return record.package if record else None


def recorded(host: Host) -> bool:
    """Whether there are records of a package manager at all: without, that nothing owns a file means nothing."""
    return bool(host.once(records).managers)


def shipped_mode(host: Host, path: str) -> int | None:
    """The mode that the package manager keeps for a file; None when it keeps none, as dpkg does but for overridden ones."""
    kept = host.once(records)
    for name in _names(host, path):
        if kept.key(name) in kept.overridden:
            return kept.overridden[kept.key(name)]
    record = _record(host, path)
    return record.mode if record else None


def intact(host: Host, path: str) -> bool | None:
    """Whether a file's content is what its package brought; None when it is no package's or no checksum is kept."""
    record = _record(host, path)
    node = host.fs.node(path)
    if record is None or node is None or node.kind is not NodeKind.FILE:
        return None
    memo = host.once(_memo)
    if node.path not in memo:
        memo[node.path] = _intact(host, node.path, record)
    return memo[node.path]


def _memo(host: Host) -> dict[str, bool | None]:
    return {}


def _intact(host: Host, path: str, record: Record) -> bool | None:
    kept = host.once(records)
    digest = record.digest
    if digest is None and "dpkg" in kept.managers:
        sums = host.once(_sums)
        if record.package not in sums:
            sums[record.package] = _md5sums(host, record.package, kept)
        names = [kept.diverted[n][0] if n in kept.diverted else n for n in map(kept.key, _names(host, path))]
        known = [sums[record.package].get(n) or host.once(_conffiles).get(n) for n in names]
        found = next((value for value in known if value and len(value) == 32), None)
        digest = ("md5", found) if found else None
    if digest is None:
        return None
    data = host.fs.data(path, _LIMIT)
    return None if data is None else hashlib.new(digest[0], data, usedforsecurity=False).hexdigest() == digest[1]


def _names(host: Host, path: str) -> tuple[str, ...]:
    node = host.fs.node(path)
    return (path,) if node is None or node.path == path else (node.path, path)


def _record(host: Host, path: str) -> Record | None:
    kept = host.once(records)
    for name in _names(host, path):
        key = kept.key(name)
        if key in kept.diverted:
            return Record(kept.diverted[key][1])
        if key in kept.by_path:
            return kept.by_path[key]
    return None


def records(host: Host) -> Records:
    """The records of every package manager of the root: `host.once(records)`."""
    merged = frozenset(
        name
        for name in MERGED
        if (found := host.fs.resolve(f"/{name}")) is not None and found.node.path == f"/usr/{name}"
    )
    out = Records(merged=merged)
    managers: set[str] = set()
    if _dpkg(host, out):
        managers.add("dpkg")
    if any(_apk(host, out, place) for place in APK):
        managers.add("apk")
    for path, package, mode, digest in rpm.recorded(host.fs):
        managers.add("rpm")
        out.by_path[out.key(path)] = Record(package, mode, digest)
    return Records(out.by_path, merged, out.diverted, out.overridden, frozenset(managers))


def _dpkg(host: Host, out: Records) -> bool:
    diversions: dict[str, tuple[str, str]] = {}
    text = host.fs.text("/var/lib/dpkg/diversions")
    lines = text.lines if text else ()
    for start in range(0, len(lines) - 2, 3):
        away, to, by = lines[start : start + 3]
        diversions[out.key(away)] = (out.key(to), by)
    text = host.fs.text("/var/lib/dpkg/statoverride")
    for number, line in text.numbered() if text else ():
        words = line.split(None, 3)
        if len(words) == 4 and words[2].isdecimal() and set(words[2]) <= set("01234567") and len(words[2]) < 6:
            out.overridden[out.key(words[3])] = int(words[2], 8)
        elif line.strip():
            host.odd("/var/lib/dpkg/statoverride", number, "no owner, group, mode and path")
    found = False
    for path in host.fs.glob(f"{INFO}/*.list"):
        text = host.fs.text(path)
        package = path.rpartition("/")[2].removesuffix(".list")
        found = found or text is not None
        record = Record(package)
        for line in text.lines if text else ():
            key = out.key(line)
            if key in diversions and diversions[key][1] != package.partition(":")[0]:
                out.diverted[diversions[key][0]] = (key, package)
            else:
                out.by_path[key] = record
    return found


def _md5sums(host: Host, package: str, kept: Records) -> Mapping[str, str]:
    text = host.fs.text(f"{INFO}/{package}.md5sums")
    pairs = (line.split(None, 1) for line in text.lines) if text else ()
    return {kept.key("/" + pair[1].lstrip("/")): pair[0] for pair in pairs if len(pair) == 2}


def _sums(host: Host) -> dict[str, Mapping[str, str]]:
    return {}


def _conffiles(host: Host) -> Mapping[str, str]:
    """The settings files of packages with the checksums that these brought them with (dpkg-query(1), Conffiles)."""
    kept = host.once(records)
    out: dict[str, str] = {}
    data = host.fs.data("/var/lib/dpkg/status")
    inside = False
    for line in data.decode("utf-8", "surrogateescape").split("\n") if data else ():
        if line.startswith("Conffiles:"):
            inside = True
        elif inside and line.startswith(" "):
            words = line.split()
            if len(words) > 1 and "obsolete" not in words[2:]:
                out[kept.key(words[0])] = words[1]
        else:
            inside = False
    return out


def _apk(host: Host, out: Records, place: str) -> bool:
    data = host.fs.data(place)
    if data is None:
        return False
    package = folder = path = ""
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        letter, _, rest = line.partition(":")
        if letter == "P":
            package = rest
        elif letter == "F":
            folder = rest
        elif letter == "R":
            path = out.key(f"/{folder}/{rest}".replace("//", "/"))
            out.by_path[path] = Record(package, 0o755 if folder.endswith("bin") else 0o644)
        elif letter in ("a", "Z") and path in out.by_path:
            record = out.by_path[path]
            if letter == "a":
                mode = rest.rpartition(":")[2]
                if mode and set(mode) <= set("01234567") and len(mode) < 6:
                    out.by_path[path] = Record(package, int(mode, 8), record.digest)
            else:
                out.by_path[path] = Record(package, record.mode, _checksum(rest))
    return True


def _checksum(text: str) -> tuple[str, str] | None:
    """Q1 and base64 of SHA-1; Q2 of SHA-256 in newer ones."""
    algorithm = {"Q1": "sha1", "Q2": "sha256"}.get(text[:2])
    try:
        return (algorithm, base64.b64decode(text[2:], validate=True).hex()) if algorithm else None
    except (binascii.Error, ValueError):
        return None
