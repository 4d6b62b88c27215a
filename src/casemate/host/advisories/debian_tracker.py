"""Debian's security tracker (security-tracker.debian.org/tracker/data/json): per source package, CVE and release."""

from __future__ import annotations

from typing import Any

from casemate.host.advisories.form import DEBIAN, BadAdvisories, Parsed, a_dict, load, text
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Origin, Status


def parse(data: bytes) -> Parsed:
    """One advisory for each CVE, over all source packages. Raises BadAdvisories.

    What does not affect a release at all may affect a package that somebody took from a later one: there, sid's fix counts.
    """
    by_id: dict[str, list[Affected]] = {}
    words: dict[str, str] = {}
    for source, issues in a_dict(load(data), "$").items():
        for issue, body in a_dict(issues, source).items():
            place = f"{source}.{issue}"
            body = a_dict(body, place)
            releases = a_dict(body.get("releases"), f"{place}.releases")
            words.setdefault(issue, text(body.get("description"), f"{place}.description")[:500])
            newest = releases.get("sid")
            later = text(newest.get("fixed_version"), place) if isinstance(newest, dict) else ""
            for codename, says in releases.items():
                where = f"{place}.releases.{codename}"
                by_id.setdefault(issue, []).append(_affected(source, codename, a_dict(says, where), where, later))
    return Parsed(
        Origin.DEBIAN,
        tuple(
            Advisory(
                id=issue,
                origin=Origin.DEBIAN,
                affected=tuple(affected),
                summary=" ".join(words[issue].split()),
                severity="",
            )
            for issue, affected in sorted(by_id.items())
        ),
    )


def _affected(source: str, codename: str, says: dict[str, Any], place: str, later: str) -> Affected:
    status = text(says.get("status"), f"{place}.status", needed=True)
    fixed = text(says.get("fixed_version"), f"{place}.fixed_version")
    urgency = text(says.get("urgency"), f"{place}.urgency")
    note = "no-dsa" if says.get("nodsa") is not None and urgency != "unimportant" else urgency
    ecosystem = f"Debian:{DEBIAN.get(codename, codename)}"
    begin = Event(EventKind.INTRODUCED, "0")
    if status == "resolved" and fixed == "0":
        has = a_dict(says.get("repositories", {}), f"{place}.repositories").values()
        ranges = ((begin, Event(EventKind.FIXED, later)),) if later not in ("", "0") else ()
        return Affected(
            ecosystem=ecosystem,
            package=source,
            status=Status.NOT_AFFECTED,
            ranges=ranges,
            note=note,
            shipped=tuple(sorted(text(version, place) for version in has)),
        )
    if status == "resolved" and fixed:
        span = (begin, Event(EventKind.FIXED, fixed))
        return Affected(ecosystem=ecosystem, package=source, ranges=(span,), note=note)
    if status == "open":
        return Affected(ecosystem=ecosystem, package=source, ranges=((begin,),), note=note)
    if status == "undetermined":
        return Affected(ecosystem=ecosystem, package=source, status=Status.UNKNOWN, note=note)
    raise BadAdvisories(place, f"a status {status!r} of no form that is known")
