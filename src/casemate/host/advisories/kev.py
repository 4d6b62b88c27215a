"""CISA's catalogue of known exploited vulnerabilities (cisa.gov/known-exploited-vulnerabilities-catalog), as JSON."""

from __future__ import annotations

from casemate.host.advisories.form import BadAdvisories, Parsed, a_dict, day, dicts, load, text
from casemate.model.advisory import Exploited, Origin


def parse(data: bytes) -> Parsed:
    """Each CVE with the day on which it came in. Raises BadAdvisories."""
    body = a_dict(load(data), "$")
    if "vulnerabilities" not in body:
        raise BadAdvisories("$", "no array of vulnerabilities")
    found: dict[str, Exploited] = {}
    for place, item in dicts(body["vulnerabilities"], "$.vulnerabilities"):
        cve = text(item.get("cveID"), f"{place}.cveID", needed=True)
        found[cve] = Exploited(cve=cve, kev=day(text(item.get("dateAdded"), f"{place}.dateAdded")) or "listed")
    date = day(text(body.get("dateReleased"), "$.dateReleased"))
    return Parsed(Origin.KEV, (), tuple(sorted(found.values())), date)
