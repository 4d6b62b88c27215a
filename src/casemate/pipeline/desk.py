"""What agents hold: the index behind their tools, notes, and where their proposals go. Every answer quotes the target redacted.

A refusal is an answer like any other: nothing was done, and it is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from casemate.agents.tools import LISTED
from casemate.evidence.cwe import official_name
from casemate.evidence.escape import visible
from casemate.evidence.identity import identities
from casemate.evidence.redact import excerpt, redact
from casemate.leads import proposed
from casemate.leads.catalogue import rules
from casemate.leads.cwes import same
from casemate.model.finding import Disposition, Finding, FindingId
from casemate.model.lead import Lead, Severity
from casemate.model.location import Location
from casemate.model.proof import Result
from casemate.model.proposal import Place, Priority, Proposal, Stand, Told, Triaged
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.pipeline.claims import NEAR
from casemate.pipeline.study import Study, listed
from casemate.proofs.catalogue import for_cwe

LOGIC: Final = frozenset({284, 285, 287, 362, 367, 639, 669, 682, 697, 840, 841, 862, 863, 915})
"""Weaknesses that no oracle decides and a property can show: authorisation, state, money, tenancy, order of events."""

READ: Final = 120  # lines at a time
HITS: Final = 60
NOTES: Final = 40
_OPEN: Final = frozenset({Result.NOT_TRIGGERED, Result.NOT_REACHED, Result.SPENT, Result.TIMED_OUT})
"""Ends of an attempt that another input may change."""

PROPOSALS: Final = 20
"""Leads that are taken in one look of a scout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A lead that was taken. finding: as the report has it: suspected, since the one who proposes does not say how a value gets
    there. traced: the same with the way that was proposed, for who drives it; None where there is none, as of a property.
    proposal: None for a finding of the rules, whose way is their own."""

    finding: Finding
    traced: Lead | None
    proposal: Proposal | None


class Desk:
    """Looks at the target, and keeps notes."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._notes: list[str] = []

    def search(self, text: str) -> Told:
        """Lines that hold a text."""
        found, more = self._study.search(text, HITS)
        lines = [f"{visible(path)}:{self._study.told(path, line, line).strip()}" for path, line in found]
        lines += ["(there are more: ask for a longer text)"] if more else []
        return Told(text="\n".join(lines) or "(no line)", what="lines that hold a text", data=True)

    def read(self, path: str, first: int, last: int) -> Told:
        """Lines of a file."""
        lines = self._study.lines(path)
        if lines is None:
            return refused("the index lists no such text file")
        if not first <= len(lines) or last < first:
            return refused(f"it has {len(lines)} lines")
        end = min(last, first + READ - 1, len(lines))
        return Told(text=self._study.told(path, first, end), what=f"{path}, lines {first} to {end}", data=True)

    def around(self, place: Place) -> Told:
        """Callers and callees."""
        spot = self._study.at(place.path, place.line)
        if spot is None:
            return refused("the index lists no function there")
        callers, callees = self._study.callers(spot), self._study.callees(spot)
        text = f"{spot}\ncalled by:\n{listed(callers, HITS)}\ncalls:\n{listed(callees, HITS)}"
        return Told(text=text, what="callers and callees", data=True)

    def paths(self, place: Place) -> Told:
        """How calls and values get to a function."""
        spot = self._study.at(place.path, place.line)
        if spot is None:
            return refused("the index lists no function there")
        ways = [" -> ".join(map(str, way)) for way in self._study.chains(spot, 10)]
        traces = [
            f"{finding.lead.rule}: " + " -> ".join(f"{step.location} {redact(step.note)}" for step in trace.steps)
            for finding in self._study.report.findings
            if (trace := finding.lead.trace) is not None
            and any(s.location.path == spot.path and spot.head <= s.location.line <= spot.last for s in trace.steps)
        ]
        text = f"calls:\n{listed(ways, 10)}\nvalues, as the rules followed them:\n{listed(traces, 20)}"
        return Told(text=text, what="ways to a function", data=True)

    def listed(self, what: str) -> Told:
        """What the index has of a sort."""
        study = self._study
        if what not in LISTED:
            return refused("there is no such list")
        if what == "files":
            items: list[object] = [path for path in study.files if study.lines(path) is not None]
        elif what == "entries":
            items = [f"{spot} ({spot.entry})" for spot in study.entries()]
        elif what == "sources":
            items = [f"{place} {one.what} ({one.boundary})" for place, one in study.sources()]
        elif what == "sinks":
            items = [f"{place} {name}" for place, name in study.sinks()]
        elif what == "guards":
            items = list(study.guards())
        else:
            items = [f"{f.lead.rule} {f.lead.location} {f.evidence}" for f in study.report.findings]
        return Told(text=listed(items, 2 * HITS), what=what, data=True)

    def note(self, text: str) -> Told:
        """Keep a note, which the agent sees again and nobody else."""
        if len(self._notes) == NOTES:
            return refused(f"there are {NOTES} notes already")
        self._notes.append(text)
        return Told(text="Noted.")

    def notes(self) -> str:
        """All notes, one a line."""
        return "\n".join(self._notes)


class Proposing(Desk):
    """Takes leads as well, and what is said of the rules' findings. before: those that were taken in an earlier look. triaged: by
    the finding's identity, the last that was said of it."""

    def __init__(self, study: Study, before: Sequence[Finding] = ()) -> None:
        super().__init__(study)
        self._before = tuple(before)
        self.taken: list[Suggested] = []
        self.triaged: dict[FindingId, Triaged] = {}

    def propose(self, proposal: Proposal) -> Told:
        """A claim about a place becomes a lead when the place is there, and somebody can judge it."""
        if len(self.taken) == PROPOSALS:
            return Told(
                text=f"{PROPOSALS} leads were taken, and no more are.", refused=True, ends=True, what="leads enough"
            )
        suggested = self._suggested(proposal)
        if isinstance(suggested, str):
            return refused(suggested)
        self.taken.append(suggested)
        return Told(text=f"Taken as lead {len(self.taken)}. Whether it is true is for the tests to say.")

    def triage(self, place: Place, priority: Priority, reason: str) -> Told:
        """When the findings at a place are to be tried, and why. What is proven, or hidden, is nothing to be ordered."""
        meant = [one for one in self._study.report.findings if _at(one, place) and unsettled(one)]
        if not meant:
            return refused("the rules have no finding there that is still to be proven")
        said = Triaged(priority=priority, reason=redact(visible(" ".join(reason.split()))))
        self.triaged |= {one.identity: said for one in meant}
        return Told(text=f"Kept: {priority}. Whether it is true is for the tests to say.")

    def _suggested(self, proposal: Proposal) -> Suggested | str:
        study, sink, source = self._study, proposal.sink, proposal.source
        for place in (sink, source):
            lines = study.lines(place.path) if place.path in study.modules else None
            if lines is None or not place.line <= len(lines) or not lines[place.line - 1].strip():
                return "the index has no code at one of its places"
        if study.is_test(sink.path):
            return "it is about the target's tests"
        logic = proposal.cwe in LOGIC
        if not logic and not for_cwe(proposal.cwe):
            return f"nobody here can judge CWE-{proposal.cwe}: neither an oracle nor a property"
        every = (*study.report.findings, *self._before, *(one.finding for one in self.taken))
        for known in every:
            near = known.lead.location.path == sink.path and abs(known.lead.location.line - sink.line) <= NEAR
            if near and (known.cwe == proposal.cwe or same(known.cwe, proposal.cwe)):
                if known.disposition is not Disposition.BY_DESIGN:
                    return f"it is known already: {known.lead.rule} at line {known.lead.location.line}"
                if self._from_there(known, proposal):
                    return "it is meant to be so: the function says that it does this with what it is given"
        way = None if logic else self._way(proposal)
        if isinstance(way, str):
            return way
        spot = study.at(sink.path, sink.line)
        lead = Lead(
            rule=proposed.ID,
            location=Location(path=sink.path, line=sink.line),
            function=spot.name if spot is not None else "",
            message=redact(visible(" ".join(proposal.statement.split()))),
        )
        line = excerpt((study.lines(sink.path) or [""])[sink.line - 1], 1)
        title, severity = named(proposal.cwe)
        finding = Finding(
            identity=identities([lead], [f"{line} CWE-{proposal.cwe}"])[0],
            lead=lead,
            title=title,
            cwe=proposal.cwe,
            severity=severity,
            snippet=line,
        )
        if any(one.identity == finding.identity for one in every):  # the same line of the same function, further off
            return "it is known already"
        return Suggested(finding=finding, traced=None if way is None else replace(lead, trace=way), proposal=proposal)

    def _from_there(self, known: Finding, proposal: Proposal) -> bool:
        """Whether a finding's value enters in the function that a proposal names."""
        first = known.lead.trace.steps[0].location if known.lead.trace is not None else known.lead.location
        ours = self._study.at(proposal.source.path, proposal.source.line)
        theirs = self._study.at(first.path, first.line)
        return ours is not None and theirs is not None and ours.unit == theirs.unit

    def _way(self, proposal: Proposal) -> Trace | str:
        """The way from where a value enters to where it takes effect, as it was proposed."""
        source, sink = proposal.source, proposal.sink
        spot = self._study.at(source.path, source.line)
        if proposal.parameter:
            if spot is None or proposal.parameter not in spot.parameters:
                return "the function at the source has no such parameter"
            boundary = spot.entry or Boundary.API
            note = f"parameter `{proposal.parameter}` enters"
        else:
            entering = self._study.source_at(source.path, source.line)
            if entering is None:
                return "the index knows of no value that enters there: name the parameter that holds it"
            boundary, note = entering.boundary, f"{entering.what} enters"
        first = Step(location=Location(path=source.path, line=source.line), role=Role.SOURCE, note=note)
        last = Step(location=Location(path=sink.path, line=sink.line), role=Role.SINK, note="takes effect")
        return Trace(boundary=boundary, steps=(first, last))


class Refuting(Desk):
    """Takes what an adversary says of one lead."""

    def __init__(self, study: Study) -> None:
        super().__init__(study)
        self.said: tuple[Stand, str] | None = None

    def stand(self, stand: Stand, reason: str) -> Told:
        """Kept once."""
        self.said = (stand, redact(visible(" ".join(reason.split()))))
        return Told(text="Recorded.", what=f"it said that the lead is {stand}", ends=True)


def _at(finding: Finding, place: Place) -> bool:
    return (finding.lead.location.path, finding.lead.location.line) == (place.path, place.line)


def unsettled(finding: Finding) -> bool:
    """Whether a prover may still show a finding of the rules: it was tried, and what was tried did not decide."""
    tried = finding.verdict is not None and finding.verdict.result in _OPEN
    return tried and finding.disposition is Disposition.ACTIVE and finding.lead.trace is not None


def around_lines(study: Study, place: Location, near: int = 12) -> str:
    """The lines around a place."""
    last = min(place.line + near, len(study.lines(place.path) or ()))
    return study.told(place.path, max(1, place.line - near), last)


def finding_words(study: Study, finding: Finding) -> str:
    """What was claimed, with the lines around it."""
    place = visible(str(finding.lead.location))
    return (
        f"CWE-{finding.cwe} at {place}\nclaimed: {finding.lead.message}\n\n{around_lines(study, finding.lead.location)}"
    )


def lead_words(study: Study, suggested: Suggested) -> str:
    """A lead as it is shown to other roles: what one model said is data for the next."""
    proposal, finding = suggested.proposal, suggested.finding
    if proposal is not None:
        source = f"{visible(proposal.source.path)}:{proposal.source.line} {visible(proposal.parameter)}".strip()
    else:
        steps = finding.lead.trace.steps if finding.lead.trace is not None else ()
        source = " -> ".join(visible(f"{step.location} {redact(step.note)}") for step in steps)
    return (
        f"CWE-{finding.cwe} at {visible(str(finding.lead.location))}, value from {source}\n"
        f"claimed: {finding.lead.message}\n\n{around_lines(study, finding.lead.location)}"
    )


def named(cwe: int) -> tuple[str, Severity]:
    """The name of a weakness, which is not that of any one rule that finds it, and how bad our rules say it is."""
    rule = next((rule for rule in rules() if cwe == rule.cwe or cwe in rule.also), None)
    rule = rule or next((rule for rule in rules() if same(rule.cwe, cwe)), None)
    name = official_name(cwe) or "Weakness of the program's logic"
    return name, Severity.HIGH if rule is None else rule.severity


def refused(why: str) -> Told:
    """The answer to what is not done."""
    return Told(text=f"Not done: {why}.", refused=True)
