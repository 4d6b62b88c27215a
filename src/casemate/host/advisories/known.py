"""Parsed advisories in memory, asked as a database is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casemate.host.advisories.form import Parsed
from casemate.model.advisory import Advisory, Known


def known(files: Sequence[Parsed], names: Sequence[str]) -> Known:
    """What some files know of packages of these names."""
    wanted = set(names)
    advisories = tuple(a for file in files for a in file.advisories if any(b.package in wanted for b in a.affected))
    cves = {cve for advisory in advisories for cve in advisory.cves}
    return Known(
        advisories,
        tuple(e for file in files for e in file.exploited if e.cve in cves),
        frozenset(ecosystems(a for file in files for a in file.advisories)),
    )


def ecosystems(advisories: Iterable[Advisory]) -> set[str]:
    """All that some advisories say something of."""
    return {b.ecosystem for a in advisories for b in a.affected}
