"""Which advisories apply to an installed package: the algorithm of the OSV specification, with the distribution's own versions.

For a distribution's package only what is said of that very release counts: upstream's ranges know nothing of backports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key

from casemate.host.advisories.form import DEBIAN
from casemate.host.packages.inventory import Inventory, Release
from casemate.host.packages.versions import compare, key
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Known, Origin, Status
from casemate.model.package import Manager, Package


class Verdict(StrEnum):
    """What is known of a package and an advisory."""

    FIXABLE = "affected, fixed in a later version"
    NO_FIX = "affected, without a fix"
    NOT_AFFECTED = "not affected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An advisory about a source package. packages: the installed ones that were built from it, the one that is meant first.

    fixed: the version to go to, as the publisher names it; "" for none. advisories: all that say the same, the best first.
    """

    packages: tuple[Package, ...]
    id: str
    verdict: Verdict
    fixed: str
    note: str
    advisories: tuple[Advisory, ...]

    @property
    def package(self) -> Package:
        """The one that is meant."""
        return self.packages[0]


_RANK = {
    Origin.DEBIAN: 0,
    Origin.CSAF: 1,
    Origin.OVAL: 2,
    Origin.OSV: 3,
}  # the more it says, the earlier it is believed
_WORST = {Verdict.FIXABLE: 0, Verdict.NO_FIX: 1, Verdict.UNKNOWN: 2, Verdict.NOT_AFFECTED: 3}
_ECOSYSTEMS = {
    "debian": "Debian:{}",
    "ubuntu": "Ubuntu:{}",
    "alpine": "Alpine:v{minor}",
    "rhel": "Red Hat:{major}",
    "rocky": "Rocky Linux:{major}",
    "almalinux": "AlmaLinux:{major}",
    "ol": "Oracle Linux:{major}",
    "fedora": "Fedora:{}",
    "opensuse-leap": "openSUSE:Leap {}",
    "opensuse-tumbleweed": "openSUSE:Tumbleweed",
    "amzn": "Amazon Linux:{}",
    "wolfi": "Wolfi",
    "chainguard": "Chainguard",
}


def ecosystem(manager: Manager, release: Release) -> str:
    """What advisories call the ecosystem of a manager's packages on a host of that release; "" when nobody has a name for it."""
    if manager is Manager.PIP:
        return "PyPI"
    if manager is Manager.NPM:
        return "npm"
    version = release.version
    if release.id == "debian" and not version:
        version = DEBIAN.get(release.codename, release.codename)
    parts = version.split(".")
    if release.id == "sles" and version:
        service = f" SP{parts[1]}" if len(parts) > 1 and parts[1] != "0" else ""
        return f"SUSE:Linux Enterprise Server {parts[0]}{service}"
    pattern = _ECOSYSTEMS.get(release.id, "")
    if "{" in pattern and not version:
        return ""
    return pattern.format(version, major=parts[0], minor=".".join(parts[:2]))


def names(inventory: Inventory) -> tuple[str, ...]:
    """Every name to ask a database for, sorted."""
    out = {name for package in inventory.packages for name in (package.name, package.source)}
    return tuple(sorted(out))


def matches(inventory: Inventory, release: Release, known: Known) -> Iterator[Match]:
    """One match for each source package and weakness, in the order of the packages; what does not apply is left out."""
    by_name: dict[tuple[str, str], list[tuple[Advisory, Affected]]] = {}
    for advisory in known.advisories:
        for affected in advisory.affected:
            by_name.setdefault((affected.ecosystem, affected.package), []).append((advisory, affected))
    for (manager, source), packages in inventory.by_source.items():
        place = ecosystem(manager, release)
        mine = tuple(p for p in packages if not p.owner)
        if _KERNEL.match(source):
            mine = _kernels(manager, mine)
        if not place or not mine:
            continue
        said = [
            (a, b, mine)
            for a, b in by_name.get((place, source), ())
            if not b.binary or manager is not Manager.RPM or a.origin is Origin.OSV
        ]
        for package in mine:
            if manager is Manager.RPM or package.name != source:
                said += [(a, b, (package,)) for a, b in by_name.get((place, package.name), ()) if b.binary]
        if not manager.distribution:  # every copy is on its own
            for package in mine:
                yield from _matches([(a, b, (package,)) for a, b, _ in said])
        else:
            yield from _matches(said)


_KERNEL = re.compile(r"(linux|kernel)(-.*)?$")
_IMAGES = re.compile(
    r"linux-(image|modules|virt|lts|edge|rpi)|linux-\d|kernel(-core|-modules|-rt|-rt-core|-uek|-default)?$"
)


def _kernels(manager: Manager, packages: tuple[Package, ...]) -> tuple[Package, ...]:
    """The kernel that is started by default: of several that lie side by side the newest. Headers and tools that were built from
    its source hold nothing of it."""
    if not manager.distribution:
        return packages
    images = [p for p in packages if _IMAGES.match(p.name)] or [p for p in packages if p.name == p.source]
    if not images:
        return ()
    order = key(manager)
    newest = max((p.source_version for p in images), key=order)
    return tuple(p for p in images if p.source_version == newest)


def _matches(
    said: list[tuple[Advisory, Affected, tuple[Package, ...]]],
) -> Iterator[Match]:
    groups: dict[str, list[Match]] = {}
    for advisory, affected, meant in said:
        judged = {p: judge(advisory, affected, p) for p in meant}
        verdict, fixed = min(judged.values(), key=lambda j: (_WORST[j[0]], j[1]))
        about = tuple(p for p in meant if judged[p][0] is verdict)  # a source's packages need not be of one version
        first = _main(about)
        match = Match(
            packages=(first, *(p for p in about if p != first)),
            id=_identity(advisory),
            verdict=verdict,
            fixed=fixed,
            note=affected.note,
            advisories=(advisory,),
        )
        groups.setdefault(match.id, []).append(match)
    single = {cve for found in groups.values() for match in found for cve in _own(match.advisories[0])}
    for identity in sorted(groups):
        found = groups[identity]
        covered = set(found[0].advisories[0].cves)
        if covered and not _own(found[0].advisories[0]) and covered <= single:
            continue  # a notice over several CVEs that are judged one by one
        best = _believed(found)
        advisories = (*best.advisories, *(a for m in found for a in m.advisories if a not in best.advisories))
        yield Match(
            packages=best.packages,
            id=identity,
            verdict=best.verdict,
            fixed=best.fixed,
            note=best.note,
            advisories=tuple(dict.fromkeys(advisories)),
        )


def _believed(found: list[Match]) -> Match:
    """Of several statements on the same, that of the best source; within one, a package that is affected counts."""
    silent = [m for m in found if m.verdict is not Verdict.UNKNOWN] or found
    return min(silent, key=lambda m: (_RANK[m.advisories[0].origin], _WORST[m.verdict]))


def _own(advisory: Advisory) -> tuple[str, ...]:
    """The CVE that an advisory is all about, if it is one."""
    return advisory.cves if len(advisory.cves) == 1 else ()


def _identity(advisory: Advisory) -> str:
    own = _own(advisory)
    return own[0] if own else advisory.id


def _main(packages: tuple[Package, ...]) -> Package:
    """The binary package that stands for its source: of the same name, else the server of it, else the first."""
    source = packages[0].source
    for wanted in (source, f"{source}-server", f"{source}-daemon", f"{source}-bin"):
        for package in packages:
            if package.name == wanted:
                return package
    return packages[0]


def judge(advisory: Advisory, affected: Affected, package: Package) -> tuple[Verdict, str]:
    """What an advisory says of an installed version, and the version that mends it."""
    if affected.status is Status.NOT_AFFECTED and not _from_elsewhere(affected, package):
        return Verdict.NOT_AFFECTED, ""
    if affected.status is Status.UNKNOWN:
        return Verdict.UNKNOWN, ""
    version = package.version if affected.binary and affected.package == package.name else package.source_version
    manager = package.manager
    if not affected.ranges and not affected.versions:
        return Verdict.NO_FIX, ""
    fixes: list[str] = []
    hit = version in affected.versions
    for events in affected.ranges:
        if in_range(manager, version, events):
            hit = True
        fixes += [e.version for e in events if e.kind is EventKind.FIXED and compare(manager, version, e.version) < 0]
    if not hit:
        return Verdict.NOT_AFFECTED, ""
    if not fixes:
        return Verdict.NO_FIX, ""
    best = fixes[0]
    for version in fixes[1:]:
        best = version if compare(manager, version, best) < 0 else best
    return Verdict.FIXABLE, best


def _from_elsewhere(affected: Affected, package: Package) -> bool:
    """Whether the installed version is of a later upstream release than any that the distribution's release has."""
    return bool(affected.shipped and affected.ranges) and all(
        compare(package.manager, _upstream(package.source_version), _upstream(version)) > 0
        for version in affected.shipped
    )


def _upstream(version: str) -> str:
    return version.rpartition("-")[0] or version


def in_range(manager: Manager, version: str, events: Iterable[Event]) -> bool:
    """Whether a range holds a version: the specification's algorithm, over the events in the order of their versions."""
    events = tuple(events)
    limits = [e.version for e in events if e.kind is EventKind.LIMIT and e.version != "*"]
    if limits and not any(compare(manager, version, limit) < 0 for limit in limits):
        return False

    def before(one: Event, two: Event) -> int:
        if "0" in (one.version, two.version) and one.version != two.version:
            return -1 if one.version == "0" else 1
        return compare(manager, one.version, two.version) or _TIES.index(one.kind) - _TIES.index(two.kind)

    inside = False
    for event in sorted(events, key=cmp_to_key(before)):
        order = 1 if event.version == "0" else compare(manager, version, event.version)
        if event.kind is EventKind.INTRODUCED and order >= 0:
            inside = True
        elif (event.kind is EventKind.FIXED and order >= 0) or (event.kind is EventKind.LAST_AFFECTED and order > 0):
            inside = False
    return inside


_TIES = (EventKind.INTRODUCED, EventKind.FIXED, EventKind.LAST_AFFECTED, EventKind.LIMIT)
