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
from casemate.evidence.identity import rank
from casemate.evidence.stated import read_stated
from casemate.fixes.propose import patches
from casemate.fixes.source import Unfit
from casemate.leads import proposed
from casemate.model.finding import Asked, Demonstration, Finding, FindingId, Report
from casemate.model.fix import Fix, Mending, Patch
from casemate.model.lead import Evidence
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Exhibit, Result, Verdict
from casemate.model.proposal import Stand
from casemate.pipeline.desk import Proposing, Refuting, Suggested, finding_words, lead_words
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
    """The report with what became of the leads that agents proposed, what shows the proofs, and every step."""

    report: Report
    exhibits: dict[FindingId, Exhibit]
    steps: tuple[Step, ...]


class Crew:
    """The four roles on one target. fix: what is proven is to be mended as well. progress: told the stage. kept: what shows
    the properties that the report has from before; one without a patch is given to a mender."""

    def __init__(
        self,
        sessions: Sessions,
        limits: Limits,
        *,
        fix: bool,
        progress: Callable[[str, int, int], None],
        kept: Mapping[FindingId, Exhibit] = MappingProxyType({}),
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._fix = fix
        self._kept = kept
        self._progress = progress
        self._steps: list[Step] = []
        self._name = ""  # of the model
        self._stopped = ""  # why no model is asked any more
        self._exhibits: dict[FindingId, Exhibit] = {}

    def work(self, report: Report) -> Worked:
        """All roles, in order. report: of the scan and the hunt before."""
        report = replace(report, findings=tuple(self._known(finding) for finding in report.findings))
        found: list[Suggested] = []
        for _ in range(LOOKS):
            ordered = self._refuted(self._scouted(found))
            new = [self._tried(one, number, len(ordered)) for number, one in enumerate(ordered, 1)]
            found += new
            if self._stopped or not any(one.finding.evidence in _CONFIRMED for one in new):
                break
        losses = list(self._losses())
        told = replace(
            report,
            findings=tuple(sorted((*report.findings, *(one.finding for one in found)), key=rank)),
            rules=tuple(sorted({*report.rules, proposed.ID})),
            not_examined=tuple(sorted({*report.not_examined, *losses})),
            asked=Asked(name=self._name, exchanges=sum(step.ended.exchanges for step in self._steps), leads=len(found)),
        )
        return Worked(report=told, exhibits=self._exhibits, steps=tuple(self._steps))

    def _scouted(self, before: Sequence[Suggested]) -> tuple[Suggested, ...]:
        """What a scout proposes. before: the leads of earlier looks; of what was confirmed it is to find variants."""
        confirmed = [one.finding for one in before if one.finding.evidence in _CONFIRMED]
        more = [f"{one.lead.location} CWE-{one.cwe}" for one in confirmed]
        with self._sessions("scout", "") as session:
            self._name = session.model.name
            desk = Proposing(session.study, [one.finding for one in before])
            told = overview(session.study)
            told += f"\nproposed before, and confirmed; look for variants:\n{listed(more, 20)}" if more else ""
            ended = scout(session.model, desk, overview=told, limits=self._limits)
            self._note(session, "scout", "", ended, f"{len(desk.taken)} leads taken")
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
            attempt = driven(one, bench)
            verdict, shown, kept = attempt.verdict, None, None
            if verdict.result is not Result.PROVEN and not self._stopped:
                desk = Proving(session.study, one, bench)
                lead = f"{lead_words(session.study, one)}\n\nso far: {verdict.result}"
                ended = prove(session.model, desk, lead=lead, limits=self._limits)
                self._note(session, "prover", one.finding.identity, ended, "")
                shown, kept = desk.shown, desk.exhibit
                attempt = desk.ended if desk.ended is not None else attempt
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

    def _mended(self, one: Suggested, verdict: Verdict, exhibit: Exhibit) -> Mending:
        """What is proven given a patch: by a rewrite of ours where one fits, else by a mender's."""
        self._progress("fixing", 0, 1)
        with self._sessions("mender", one.finding.identity) as session:
            grounds = session.grounds
            judge = oracle(verdict.proof.oracle) if verdict.proof is not None else None
            if grounds is None or judge is None or one.traced is None:
                raise ValueError("a mender's session has grounds, and is about what is proven")
            question = Question(identity=one.finding.identity, cwe=one.finding.cwe, lead=one.traced)
            proven = Proven.of(question, judge, exhibit)
            try:
                made = mend(proven, _rewrites(one, grounds), grounds)
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

    def _known(self, finding: Finding) -> Finding:
        """A finding from before; a property that has no patch that holds is given to a mender."""
        shown, exhibit = finding.demonstration, self._kept.get(finding.identity)
        has = finding.mending is not None and any(fix.offered for fix in finding.mending.attempts)
        if not self._fix or shown is None or exhibit is None or has:
            return finding
        return replace(finding, mending=self._unaccepted(finding, shown, exhibit))

    def _unaccepted(self, finding: Finding, shown: Demonstration, exhibit: Exhibit) -> Mending:
        """Patches for a property that was demonstrated: one that holds is kept until a person accepts the property."""
        if self._stopped:
            return unoffered(())
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
            return unoffered([*desk.attempts, *([desk.fix] if desk.fix is not None else [])])

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


def _rewrites(one: Suggested, grounds: Grounds) -> Iterable[Patch]:
    assert one.traced is not None
    return patches(one.traced, one.finding.cwe, grounds.bench.source)
