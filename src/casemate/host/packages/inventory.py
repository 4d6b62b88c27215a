"""Every installed package of a host, of all managers, and what its release is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from casemate.host.host import Host
from casemate.host.packages import apk, dpkg, npm, pip, rpm
from casemate.model.package import Manager, Package

READERS: Final = {Manager.DPKG: dpkg, Manager.APK: apk, Manager.RPM: rpm}


@dataclass(frozen=True, slots=True)
class Release:
    """What os-release(5) says. id: "debian". version: "12". codename: "bookworm". like: ids of what it is built like. name: for
    people, "" when it does not say."""

    id: str = ""
    version: str = ""
    codename: str = ""
    like: tuple[str, ...] = ()
    cpe: str = ""
    path: str = "/etc/os-release"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The packages, in the order of their managers and places."""

    packages: tuple[Package, ...] = ()
    by_source: dict[tuple[Manager, str], tuple[Package, ...]] = field(default_factory=dict)


def inventory(host: Host) -> Inventory:
    """All packages of a host: `host.once(inventory)`."""
    system = tuple(p for reader in (dpkg, apk, rpm) for p in reader.read(host.fs))
    others = tuple(p for reader in (pip, npm) for p in reader.read(host.fs))
    brought = _owners(host, system, others)
    packages = (*system, *(replace(p, owner=brought[p.path]) if p.path in brought else p for p in others))
    sources: dict[tuple[Manager, str], list[Package]] = {}
    for package in packages:
        sources.setdefault((package.manager, package.source), []).append(package)
    return Inventory(packages, {key: tuple(found) for key, found in sources.items()})


def files(host: Host, package: Package) -> Iterator[str]:
    """The paths that belong to a package, links resolved; none for what is no distribution's."""
    if package.manager not in READERS:
        return
    for path in READERS[package.manager].files(host.fs, package):
        node = host.fs.node(path)
        if node is not None:
            yield node.path


def _owners(host: Host, system: tuple[Package, ...], others: tuple[Package, ...]) -> dict[str, str]:
    """Which package of the distribution brought which of the others, by the path of its metadata."""
    asked = {p.path for p in others if p.path.startswith("/usr/") and not p.path.startswith("/usr/local/")}
    out: dict[str, str] = {}
    for package in system if asked else ():
        for path in READERS[package.manager].files(host.fs, package):
            if path in asked:
                out[path] = package.name
            elif path.endswith((".egg-info", ".dist-info")):  # a folder: some lists do not name what is in it
                out |= {place: package.name for place in asked if place.startswith(f"{path}/")}
    return out


def release(host: Host) -> Release:
    """The release of a host: `host.once(release)`."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        text = host.fs.text(path)
        if text is None:
            continue
        fields: dict[str, str] = {}
        for line in text.lines:
            name, sign, value = line.strip().partition("=")
            if sign and not name.startswith("#"):
                fields[name] = value.strip().strip("\"'")
        return Release(
            id=fields.get("ID", "linux").lower(),
            version=fields.get("VERSION_ID", ""),
            codename=fields.get("VERSION_CODENAME") or fields.get("UBUNTU_CODENAME", ""),
            like=tuple(fields.get("ID_LIKE", "").lower().split()),
            cpe=fields.get("CPE_NAME", ""),
            path=text.path,
            name=fields.get("PRETTY_NAME", ""),
        )
    return Release()
