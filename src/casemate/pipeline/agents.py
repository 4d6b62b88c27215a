"""Agents at work on a target: scout → adversary → prover → mender, each in an operation of its own with a narrower grant.

They propose. What is proven an oracle says, what is demonstrated the runner of properties, and what is fixed the ladder; a person
decides what is released and what must hold. A model that says nothing, or nonsense, costs its step and not the run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from casemate.agents.adversary import refute
from casemate.agents.loop import End, Ended, Limits
from casemate.agents.mender import mend as ask_mender
from casemate.agents.prover import prove
from casemate.agents.scout import scout
from casemate.evidence.counts import plural
from casemate.evidence.identity import rank
from casemate.evidence.stated import read_stated
from casemate.fixes.propose import patches
from casemate.fixes.source import Unfit
from casemate.leads import proposed
from casemate.model.claim import Claim
from casemate.model.finding import Asked, Demonstration, Disposition, Finding, FindingId, Report
from casemate.model.fix import Fix, Mending, Patch
from casemate.model.lead import Evidence
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Attempt, Exhibit, Result, Verdict
from casemate.model.proposal import Priority, Property, Stand, Triaged
from casemate.pipeline.desk import Proposing, Refuting, Suggested, finding_words, lead_words, unsettled
from casemate.pipeline.property_ladder import climb as climb_property
from casemate.pipeline.property_ladder import unoffered
from casemate.pipeline.study import Study, listed, overview
from casemate.pipeline.trials import Mending as MendingDesk
from casemate.pipeline.trials import Proving, driven
from casemate.pipeline.tried import Proven, before
from casemate.pipeline.validate import Grounds, climb, mend
from casemate.ports import LanguageModel
from casemate.proofs.campaign import Bench
from casemate.proofs.catalogue import oracle
from casemate.proofs.question import Question

LOOKS = 2
"""Looks of a scout: a second one, for variants, where something of the first was confirmed."""

FINDINGS = 20
"""Findings of the rules that provers, and menders, work on in one hunt."""

_CONFIRMED = frozenset({Evidence.DEMONSTRATED, Evidence.PROVEN, Evidence.FIXED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one agent is given for one session: a model that charges, and the target behind the wall. bench: for who may run it.
    grounds: for who may change it."""

    model: LanguageModel
    study: Study
    bench: Bench | None = None
    grounds: Grounds | None = None
    state: Callable[[str, Ended], None] = lambda role, ended: None


class Sessions(Protocol):
    """Opens sessions, each an operation with a pair of entries in the ledger. Raises Denied."""

    def __call__(self, role: str, about: str) -> AbstractContextManager[Session]:
        """A session of that role, about a lead's identity or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one agent did: its role, about which lead ("" for the whole), and how it ended."""

    role: str
    about: str
    ended: Ended
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The report with what became of the leads that agents proposed, what shows the proofs, and every step. properties: as they
    were stated, of what is demonstrated. losses: what the report says of the agents' work under "not examined"."""

    report: Report
    exhibits: dict[FindingId, Exhibit]
    steps: tuple[Step, ...]
    properties: dict[FindingId, Property]
    losses: tuple[NotExamined, ...]


class Crew:
    """The four roles on one target. fix: what is proven is to be mended as well. progress: told the stage."""

    def __init__(
        self,
        sessions: Sessions,
        limits: Limits,
        *,
        fix: bool,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._fix = fix
        self._progress = progress
        self._steps: list[Step] = []
        self._name = ""  # of the model
        self._stopped = ""  # why no model is asked any more
        self._exhibits: dict[FindingId, Exhibit] = {}
        self._properties: dict[FindingId, Property] = {}
        self._triaged: dict[FindingId, Triaged] = {}
        self._open: list[Suggested] = []  # findings of the rules that a prover may still show
        self._settled: dict[FindingId, Finding] = {}  # findings of the rules that agents worked on
        self._given = 0  # findings from before that were given to a mender
        self._left = 0  # and those that might have been

    def work(
        self, report: Report, claims: Sequence[Claim] = (), exhibits: Mapping[FindingId, Exhibit] = MappingProxyType({})
    ) -> Worked:
        """All roles, in order. report: of the scan and the hunt before. claims: of others, that the scout is told of. exhibits:
        what shows the proofs of the report, and the properties that it has from before."""
        report = replace(report, findings=tuple(self._known(one, exhibits) for one in report.findings))
        found: list[Suggested] = []
        self._open = [
            Suggested(finding=one, traced=one.lead, proposal=None) for one in report.findings if unsettled(one)
        ]
        for look in range(LOOKS):
            ordered = self._refuted(self._scouted(found, () if look else claims))
            urgent = [] if look else self._shown(Priority.FIRST)
            new = [self._tried(one, number, len(ordered)) for number, one in enumerate(ordered, 1)]
            found += new
            if self._stopped or not any(one.finding.evidence in _CONFIRMED for one in (*urgent, *new)):
                break
        self._shown(None)
        self._shown(Priority.LATER)
        self._mend_more(report, exhibits)
        losses = tuple(self._losses())
        told = replace(
            report,
            findings=tuple(sorted((*map(self._now, report.findings), *(one.finding for one in found)), key=rank)),
            rules=tuple(sorted({*report.rules, proposed.ID})),
            not_examined=tuple(sorted({*report.not_examined, *losses})),
            asked=Asked(name=self._name, exchanges=sum(step.ended.exchanges for step in self._steps), leads=len(found)),
        )
        return Worked(
            report=told,
            exhibits=self._exhibits,
            steps=tuple(self._steps),
            properties=self._properties,
            losses=losses,
        )

    def _shown(self, priority: Priority | None) -> list[Suggested]:
        """Findings of the rules that the hunt before has not proven, put to a prover: those of a priority, in their rank. None:
        those of which the scout said nothing. What is left when nobody may ask any more stays as it was."""
        meant = [one for one in self._open if self._priority(one) is priority]
        room = 0 if self._stopped else max(0, FINDINGS - len(self._settled))
        out: list[Suggested] = []
        for number, one in enumerate(meant[:room], 1):
            if self._stopped:
                break
            out.append(self._tried(one, number, len(meant)))
            self._settled[one.finding.identity] = out[-1].finding
        return out

    def _priority(self, one: Suggested) -> Priority | None:
        said = self._triaged.get(one.finding.identity)
        return said.priority if said is not None else None

    def _mend_more(self, report: Report, exhibits: Mapping[FindingId, Exhibit]) -> None:
        """What the hunt before has proven, and no rewrite of ours has fixed, is given to a mender."""
        for finding in report.findings if self._fix else ():
            exhibit, verdict, made = exhibits.get(finding.identity), finding.verdict, finding.mending
            if finding.demonstration is not None or exhibit is None or verdict is None or made is None or made.fix:
                continue
            if self._may_mend():
                one = Suggested(finding=finding, traced=finding.lead, proposal=None)
                self._settled[finding.identity] = replace(finding, mending=self._mended(one, verdict, exhibit, made))

    def _may_mend(self) -> bool:
        """Whether one more finding from before is given to a mender, which is counted."""
        may = not self._stopped and self._given < FINDINGS
        self._given += may
        self._left += not may
        return may

    def _now(self, finding: Finding) -> Finding:
        """A finding of the rules as it stands in the end, with what the scout said of it."""
        settled = self._settled.get(finding.identity, finding)
        return replace(settled, triaged=self._triaged.get(finding.identity))

    def _scouted(self, before: Sequence[Suggested], claims: Sequence[Claim]) -> tuple[Suggested, ...]:
        """What a scout proposes. before: the leads of earlier looks; of what was confirmed it is to find variants."""
        claimed = [f"{one.path}:{one.line} CWE-{one.cwe}" for one in claims]
        known = (*self._settled.values(), *(one.finding for one in before))
        more = [f"{one.lead.location} CWE-{one.cwe}" for one in known if one.evidence in _CONFIRMED]
        with self._sessions("scout", "") as session:
            self._name = session.model.name
            desk = Proposing(session.study, [one.finding for one in before])
            told = overview(session.study)
            told += f"\nproposed before, and confirmed; look for variants:\n{listed(more, 20)}" if more else ""
            told += f"\nclaimed by others; propose what holds:\n{listed(claimed, 20)}" if claimed else ""
            ended = scout(session.model, desk, overview=told, limits=self._limits)
            self._note(session, "scout", "", ended, f"{len(desk.taken)} leads taken")
            self._triaged |= desk.triaged
        return tuple(desk.taken)

    def _refuted(self, taken: Sequence[Suggested]) -> list[Suggested]:
        """The leads, those last that were refuted: that a model says so spares nobody a test."""
        standing: list[Suggested] = []
        refuted: list[Suggested] = []
        for one in taken:
            said = None
            if not self._stopped:
                with self._sessions("adversary", one.finding.identity) as session:
                    desk = Refuting(session.study)
                    lead = lead_words(session.study, one)
                    ended = refute(session.model, desk, lead=lead, limits=self._limits)
                    said = desk.said
                    words = f"{said[0]}: {said[1]}" if said is not None else ""
                    self._note(session, "adversary", one.finding.identity, ended, words)
            (refuted if said is not None and said[0] is Stand.REFUTED else standing).append(one)
        return [*standing, *refuted]

    def _tried(self, one: Suggested, number: int, count: int) -> Suggested:
        """A lead put to the proof: first by the oracles' own inputs, then by what a prover writes."""
        self._progress("proving", number - 1, count)
        with self._sessions("prover", one.finding.identity) as session:
            bench = session.bench
            if bench is None:
                raise ValueError("a prover's session has a bench")
            known = one.finding.verdict  # of a finding of the rules, by the inputs of the hunt before
            attempt = driven(one, bench) if known is None else Attempt(verdict=known)
            verdict, shown, kept = attempt.verdict, None, None
            if verdict.result is not Result.PROVEN and not self._stopped:
                desk = Proving(session.study, one, bench)
                lead = f"{lead_words(session.study, one)}\n\nso far: {verdict.result}"
                ended = prove(session.model, desk, lead=lead, limits=self._limits)
                self._note(session, "prover", one.finding.identity, ended, "")
                shown, kept = desk.shown, desk.exhibit
                if desk.held is not None:
                    self._properties[one.finding.identity] = desk.held
                if desk.ended is not None and (known is None or desk.ended.exhibit is not None):
                    attempt = desk.ended
                verdict = replace(attempt.verdict, executions=verdict.executions + desk.spent)
        finding = replace(one.finding, verdict=verdict if shown is None else None, demonstration=shown)
        if shown is not None and kept is not None:
            self._exhibits[finding.identity] = kept
            if self._fix:
                finding = replace(finding, mending=self._unaccepted(finding, shown, kept))
        elif attempt.exhibit is not None and one.traced is not None:
            # The proof's own stack is a trace: what was proposed became what happened.
            finding = replace(finding, lead=one.traced)
            self._exhibits[finding.identity] = attempt.exhibit
            if self._fix:
                finding = replace(finding, mending=self._mended(one, verdict, attempt.exhibit))
        return replace(one, finding=finding)

    def _mended(self, one: Suggested, verdict: Verdict, exhibit: Exhibit, made: Mending | None = None) -> Mending:
        """What is proven given a patch: by a rewrite of ours where one fits, else by a mender's. made: what the rewrites came to,
        where they were tried."""
        self._progress("fixing", 0, 1)
        with self._sessions("mender", one.finding.identity) as session:
            grounds = session.grounds
            judge = oracle(verdict.proof.oracle) if verdict.proof is not None else None
            if grounds is None or judge is None or one.traced is None:
                raise ValueError("a mender's session has grounds, and is about what is proven")
            question = Question(identity=one.finding.identity, cwe=one.finding.cwe, lead=one.traced)
            proven = Proven.of(question, judge, exhibit)
            try:
                made = made or mend(proven, _rewrites(one, grounds), grounds)
            except Unfit as unfit:
                made = Mending(why=f"{one.finding.lead.location.path} is not rewritten: {unfit}")
            if made.fix is not None or self._stopped:
                return made
            known = before(proven, grounds.bench)

            def climbed(patch: Patch) -> Fix:
                return climb(proven, patch, known, grounds)

            desk = MendingDesk(session.study, climbed)
            words = f"{lead_words(session.study, one)}\n\nproven: {verdict.proof.happened if verdict.proof else ''}"
            ended = ask_mender(session.model, desk, finding=words, limits=self._limits)
            self._note(session, "mender", one.finding.identity, ended, "")
            tries = (*made.attempts, *desk.attempts)
            if desk.fix is not None:
                return Mending(fix=desk.fix, attempts=tries)
            return Mending(attempts=tries, why=made.why if not desk.attempts else f"no patch of {len(tries)} holds")

    def _known(self, finding: Finding, exhibits: Mapping[FindingId, Exhibit]) -> Finding:
        """A finding from before; a property that has no patch that holds is given to a mender, unless it is not to count."""
        shown, exhibit, made = finding.demonstration, exhibits.get(finding.identity), finding.mending
        has = made is not None and (made.fix is not None or any(fix.offered for fix in made.attempts))
        if not self._fix or shown is None or exhibit is None or has:
            return finding
        if shown.refused or finding.disposition is not Disposition.ACTIVE or not self._may_mend():
            return finding
        return replace(finding, mending=self._unaccepted(finding, shown, exhibit, made))

    def _unaccepted(
        self, finding: Finding, shown: Demonstration, exhibit: Exhibit, made: Mending | None = None
    ) -> Mending:
        """Patches for a property that was demonstrated: one that holds is kept until a person accepts the property. made: what
        became of those that were kept with it."""
        made = made or unoffered(())
        if self._stopped:
            return made
        self._progress("fixing", 0, 1)
        with self._sessions("mender", finding.identity) as session:
            self._name, grounds = session.model.name, session.grounds
            if grounds is None:
                raise ValueError("a mender's session has grounds")
            stated = read_stated(json.loads(exhibit.settings)["property"])
            desk = MendingDesk(session.study, lambda patch: climb_property(stated, finding.lead, patch, grounds))
            words = f"{finding_words(session.study, finding)}\n\nviolated: {shown.statement}"
            ended = ask_mender(session.model, desk, finding=words, limits=self._limits)
            self._note(session, "mender", finding.identity, ended, "")
            tries = [*desk.attempts, *([desk.fix] if desk.fix is not None else [])]
            return unoffered([*made.attempts, *tries]) if tries else made

    def _note(self, session: Session, role: str, about: str, ended: Ended, said: str) -> None:
        self._steps.append(Step(role=role, about=about, ended=ended, said=said))
        session.state(role, ended)
        if ended.end is End.BUDGET:
            self._stopped = ended.detail

    def _losses(self) -> Iterable[NotExamined]:
        """What the model did not look at, by where it ended."""
        for step in self._steps:
            if step.ended.end is not End.DONE:
                about = f" of {step.about[:12]}" if step.about else ""
                reason = Reason.DENIED if step.ended.end is End.BUDGET else Reason.STEP_LIMIT
                what = f"the {step.role}'s work{about}"
                yield NotExamined(what=what, reason=reason, detail=f"{step.ended.end}: {step.ended.detail}", files=0)
        if left := sum(one.finding.identity not in self._settled for one in self._open):
            reason = Reason.DENIED if self._stopped else Reason.STEP_LIMIT
            why = self._stopped or f"a hunt gives {FINDINGS} of them to provers"
            what = f"a prover's work on {plural(left, 'finding')} of the rules"
            yield NotExamined(what=what, reason=reason, detail=why, files=0)
        if self._left:
            reason = Reason.DENIED if self._stopped else Reason.STEP_LIMIT
            why = self._stopped or f"a hunt gives {FINDINGS} of them to menders"
            what = f"a mender's work on {plural(self._left, 'finding')} from before"
            yield NotExamined(what=what, reason=reason, detail=why, files=0)


def _rewrites(one: Suggested, grounds: Grounds) -> Iterable[Patch]:
    assert one.traced is not None
    return patches(one.traced, one.finding.cwe, grounds.bench.source)
