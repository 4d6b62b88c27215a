"""What the installed packages' advisories mean for this host: which apply, how bad, and who becomes whom by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from casemate.host.advisories.cvss import base_score, local, rating, remote
from casemate.host.host import Host
from casemate.host.matching import Match, Verdict, ecosystem, matches, names
from casemate.host.packages.inventory import inventory, release
from casemate.host.packages.loaded import Use, loaded, suid
from casemate.model.advisory import Exploited
from casemate.model.lead import Severity
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

LADDER: Final = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
WORDS: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.LOW,
    "unimportant": Severity.LOW,
}
MINOR: Final = ("no-dsa", "low", "low**", "end-of-life", "not yet assigned", "negligible", "unimportant")
_REMOTE = re.compile(r"\bunauthenticated,? remote\b|\bremote,? unauthenticated\b|\bremote code execution\b", re.I)
_BY_LOGIN = re.compile(r"\bauthenticated\b(?<!unauthenticated)", re.I)


@dataclass(frozen=True, slots=True)
class Weakness:
    """An advisory that applies. use: what loads the package, None when nothing that is known does."""

    match: Match
    severity: Severity
    use: Use | None
    attacked: Exploited | None

    @property
    def package(self) -> Package:
        """The package that is meant."""
        return self.match.package

    @property
    def label(self) -> str:
        """The ids of it, the CVE first."""
        ids = dict.fromkeys((self.match.id, *(i for a in self.match.advisories for i in (*a.cves, a.id))))
        shown = [i for i in ids if i.startswith("CVE-")][:6] or list(ids)[:2]
        return ", ".join(shown)

    @property
    def fix(self) -> str:
        """How it is mended, in words."""
        return f"fixed in {self.match.fixed}" if self.match.fixed else "no fix is published"

    @property
    def vectors(self) -> tuple[str, ...]:
        """Its CVSS vectors."""
        return tuple(v for a in self.match.advisories for v in a.vectors)

    @property
    def remote(self) -> bool:
        """Whether somebody on the network without an account takes over what runs it; by its text where it has no vector."""
        if self.vectors:
            return any(remote(v) for v in self.vectors)
        said = " ".join(a.summary for a in self.match.advisories)
        return bool(_REMOTE.search(said)) and not _BY_LOGIN.search(said)

    @property
    def local(self) -> bool:
        """Whether a local user takes over what runs it."""
        return any(local(v) for v in self.vectors)


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """All that applies. services, privileged: those that make an edge, by the package's stanza."""

    weaknesses: tuple[Weakness, ...] = ()
    services: Mapping[Package, tuple[Weakness, ...]] = field(default_factory=dict)
    privileged: Mapping[Package, tuple[Weakness, ...]] = field(default_factory=dict)


def vulnerable(host: Host) -> Vulnerable:
    """What applies to the packages of a host: `host.once(vulnerable)`. What cannot be compared is a loss."""
    packages = host.once(inventory)
    if not packages.packages:
        return Vulnerable()
    mine = host.once(release)
    known = host.advisories(names(packages)) if host.advisories is not None else None
    if known is None or isinstance(known, NotExamined):
        why = f": {known.detail}" if known is not None and known.detail else ""
        _uncompared(host, packages.packages, "packages", f"no database of advisories{why}")
        return Vulnerable()
    for manager in Manager:
        own = [p for p in packages.packages if p.manager is manager and not p.owner]
        place = ecosystem(manager, mine)
        if own and place not in known.ecosystems:
            named = place or f"{mine.id} {mine.version}".strip()
            _uncompared(host, own, f"{manager.value} packages", f"the database has no advisories for {named}")
    attacked = {e.cve: e for e in known.exploited}
    found = []
    for match in matches(packages, mine, known):
        if match.verdict is Verdict.UNKNOWN:
            what = f"{match.package.path}:{match.package.line}#{match.id}"
            why = f"{match.package.name}: its publisher does not know yet whether {match.id} affects it"
            host.fs.lose(NotExamined(what=what, reason=Reason.NOT_UNDERSTOOD, detail=why, lines=1))
        elif match.verdict is not Verdict.NOT_AFFECTED and match.note != "unimportant":
            found.append(_weakness(host, match, attacked))
    return _sorted(host, found)


def _uncompared(host: Host, packages: tuple[Package, ...] | list[Package], what: str, why: str) -> None:
    detail = f"{len(packages)} {what} were not compared: {why}"
    host.fs.lose(NotExamined(what=packages[0].path, reason=Reason.NO_DATABASE, detail=detail))


def _weakness(host: Host, match: Match, attacked: Mapping[str, Exploited]) -> Weakness:
    uses = host.once(loaded)
    use = next((uses[p.name] for p in match.packages if p.name in uses), None)
    known = [attacked[i] for a in match.advisories for i in a.cves if i in attacked]
    worst = max(known, key=lambda e: (bool(e.kev), e.epss or 0.0), default=None)
    step = LADDER.index(_base(match))
    if not match.fixed and match.note in MINOR:
        step = 0
    elif not match.fixed and step < 3:
        step -= 1
    if use is None and match.package.manager.distribution:
        step -= 1
    if worst is not None and worst.kev:
        step += 1
    return Weakness(match, LADDER[max(0, min(step, 3))], use, worst)


def _base(match: Match) -> Severity:
    """How bad its publisher says that it is; where nobody says so, medium."""
    scores = [score for a in match.advisories for v in a.vectors if (score := base_score(v)) is not None]
    if scores:
        return rating(max(scores)) or Severity.LOW
    said = [WORDS[a.severity] for a in match.advisories if a.severity in WORDS]
    return max(said, key=LADDER.index) if said else Severity.MEDIUM


def _sorted(host: Host, found: list[Weakness]) -> Vulnerable:
    services: dict[Package, list[Weakness]] = {}
    privileged: dict[Package, list[Weakness]] = {}
    uses = host.once(loaded) if found else {}
    programs = host.once(suid) if found else {}
    for weakness in found:
        for package in weakness.match.packages:
            use = uses.get(package.name)
            if use is None or not use.own:
                continue
            if weakness.remote and use.network:
                services.setdefault(package, []).append(weakness)
                break
            if weakness.local and use.fact.path in programs:
                privileged.setdefault(package, []).append(weakness)
                break
    found.sort(key=lambda w: (-LADDER.index(w.severity), w.package.path, w.package.line, w.match.id))
    return Vulnerable(
        tuple(found),
        {p: tuple(ws) for p, ws in services.items()},
        {p: tuple(ws) for p, ws in privileged.items()},
    )


def edged(all_of: Vulnerable) -> Iterator[Weakness]:
    """Those that the privilege graph tells."""
    for some in (*all_of.services.values(), *all_of.privileged.values()):
        yield from some
