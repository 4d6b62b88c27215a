"""What people decided about findings, and what that means for a report on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from casemate.evidence.earlier import Earlier
from casemate.evidence.identity import rank
from casemate.evidence.redact import redact
from casemate.evidence.uri import percent_encoded
from casemate.model.errors import UserError
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.hiding import Amiss, Hider, Remark, Suppression

FEWEST_DIGITS = 4  # of an identity that is given by its beginning


class State(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"  # true, and borne: hidden
    FALSE = "false"  # not true: hidden
    FIXED_LATER = "fixed-later"  # true, and to be fixed: stays and counts, with what was said of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. until: the last day on which it holds, None for ever. rule, place: for people, as it was then."""

    identity: FindingId
    state: State
    why: str
    who: str = ""
    until: date | None = None
    rule: str = ""
    place: str = ""

    def over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and today > self.until


Triage = Sequence[Entry]


def applied(report: Report, triage: Triage, today: date) -> Report:
    """The report with decisions followed that hold today. One that is over hides nothing, and that is said."""
    entries = {entry.identity: entry for entry in triage}
    findings = []
    remarks = list(report.remarks)
    for finding in report.findings:
        entry = entries.get(finding.identity)
        if entry is None or finding.disposition not in (Disposition.ACTIVE, Disposition.KNOWN):
            findings.append(finding)
            continue
        findings.append(_decided(finding, entry, today))
        if entry.over(today):
            text = redact(words(entry))
            remarks.append(Remark(kind=Amiss.EXPIRED_TRIAGE, location=finding.lead.location, text=text))
    return replace(report, findings=tuple(sorted(findings, key=rank)), remarks=tuple(sorted(remarks)))


def _decided(finding: Finding, entry: Entry, today: date) -> Finding:
    if entry.over(today):
        return replace(finding, note=redact(f"no longer {words(entry)}"))
    if entry.state is State.FIXED_LATER:
        return replace(finding, note=redact(words(entry)))
    suppression = Suppression(
        by=Hider.TRIAGE,
        reason=redact(entry.why),
        state=entry.state.value,
        who=entry.who,
        until="" if entry.until is None else entry.until.isoformat(),
    )
    return replace(finding, disposition=Disposition.SUPPRESSED, suppression=suppression)


def words(entry: Entry) -> str:
    """`accepted by alice until 2026-12-31: the reason`."""
    who = entry.who and f" by {entry.who}"
    until = "" if entry.until is None else f" until {entry.until.isoformat()}"
    return f"{entry.state}{who}{until}: {entry.why}"


class Doubt(StrEnum):
    """Why an entry wants a look."""

    EXPIRED = "expired"  # its last day is over
    STALE = "stale"  # its finding is gone from what was examined
    UNSEEN = "unseen"  # its finding is gone, but its rule did not run or its file was not examined


def doubts(triage: Triage, report: Earlier, today: date) -> list[tuple[Doubt, Entry]]:
    """Entries that want a look, beside a report, in the order of the file. Unseen ones are no fault of the entry."""
    out = []
    for entry in triage:
        if entry.over(today):
            out.append((Doubt.EXPIRED, entry))
        elif entry.identity not in report.results:
            out.append((Doubt.STALE if _looked_at(entry, report) else Doubt.UNSEEN, entry))
    return out


def _looked_at(entry: Entry, report: Earlier) -> bool:
    """As far as the entry says what it is about."""
    path = entry.place.rpartition(":")[0]
    return report.looked_at(entry.rule, percent_encoded(path)) if entry.rule else True


def resolve(given: str, known: Mapping[FindingId, object] | Iterable[FindingId], where: str) -> FindingId:
    """The one identity that begins so. where: what these are the identities of, for errors. Raises UserError."""
    wanted = given.lower()
    matches = sorted(identity for identity in known if identity.startswith(wanted))
    if len(wanted) < FEWEST_DIGITS:
        raise UserError(f"{given!r} is too short for an identity", f"give at least {FEWEST_DIGITS} of its digits")
    if not matches:
        raise UserError(
            f"no finding of {where} has an identity that begins with {given!r}",
            "a table shows identities below the level",
        )
    if len(matches) > 1:
        raise UserError(f"{len(matches)} findings of {where} begin with {given!r}", "give more of its digits")
    return matches[0]
