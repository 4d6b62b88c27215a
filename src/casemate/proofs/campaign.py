"""A campaign: for each question a search for an input that an oracle answers to, then the confirmation in fresh sandboxes.

A search proves nothing. What it finds is run again in fresh sandboxes, `replay.RUNS` times with new canary words and once with
the control input; only when the oracle sees it in every run and stays quiet on the control is it proven.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from casemate.model import sandbox
from casemate.model.fix import Change
from casemate.model.lead import Doubt, Lead
from casemate.model.proof import Attempt, Exhibit, Fidelity, Observer, Proof, Result, Verdict
from casemate.model.sandbox import Profile
from casemate.ports import Sandbox
from casemate.proofs.catalogue import ORACLES, for_cwe
from casemate.proofs.lockstep import Lockstep
from casemate.proofs.meant import meant
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Oracle, Words
from casemate.proofs.question import Question
from casemate.proofs.replay import RUNS, Failed, canonical, job, minutes, observed, words, words_of
from casemate.proofs.search import Candidate, answer, answer_to_control, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a campaign runs in. source: bytes of a file of the target, None when it is not to be had. copied: the target
    gets a writable copy of itself when it is driven through requests. stubs: missing imports have stand-ins. budget: executions
    that the search for one finding may take. held_by: what the self test says of the sandbox. patched: the target is run as a
    copy with these changes; without any, as a copy to compare with."""

    sandbox: Sandbox
    profile: Profile
    source: Callable[[str], bytes | None]
    paths: tuple[str, ...] = (".",)
    copied: bool = False
    stubs: bool = True
    budget: int = 150
    held_by: str = ""
    patched: tuple[Change, ...] | None = None

    def settings(self, driver: str, application: str = "") -> bytes:
        """What the harness is told once. application: the only one of the target's that is wanted, "" to find them all."""
        arms = sorted({arm for oracle in ORACLES for arm in oracle.watch})
        patched = {} if self.patched is None else {"patched": self._contents(self.patched)}
        return canonical(
            {
                **patched,
                "target": "target",
                "copied": self.copied and driver == "web",
                "paths": self.paths,
                "driver": driver,
                "arms": arms,
                "stubs": self.stubs,
                "apps": [application] if application else [],
            }
        )

    @staticmethod
    def _contents(changes: Sequence[Change]) -> dict[str, str]:
        return {change.path: b64encode(change.after).decode() for change in changes}


def campaign(bench: Bench, questions: Sequence[Question]) -> Iterator[tuple[Question, Attempt]]:
    """The attempt for each question; those that are driven alike stand together, otherwise in order."""
    waiting: dict[str, list[Question]] = {}
    for question in questions:
        refusal = _refusal(question, bench)
        if refusal is not None:
            yield question, Attempt(verdict=refusal)
        else:
            waiting.setdefault(question.drivers[0], []).append(question)
    for driver, group in waiting.items():
        yield from _searched(bench, driver, group)


def _refusal(question: Question, bench: Bench) -> Verdict | None:
    """Why nothing is even tried."""
    if question.lead.by_design:
        return Verdict(result=Result.BY_DESIGN, detail="the API is meant to do this with what it is given")
    steps = question.lead.trace.steps if question.lead.trace is not None else ()
    if steps and (why := meant(question.lead, question.cwe, bench.source(steps[0].location.path))):
        return Verdict(result=Result.BY_DESIGN, detail=why)
    if question.lead.doubt is Doubt.CALLER:
        return Verdict(
            result=Result.NOT_EXAMINED, detail="a run shows what the function does with a value, and not whose it is"
        )
    if not for_cwe(question.cwe):
        return Verdict(result=Result.NOT_EXAMINED, detail=f"no oracle decides CWE-{question.cwe}")
    if question.lead.trace is None and not question.lead.fact:
        return Verdict(result=Result.NOT_EXAMINED, detail="without a trace there is no telling where the value enters")
    return None


def _searched(bench: Bench, driver: str, group: Sequence[Question]) -> Iterator[tuple[Question, Attempt]]:
    """Search for all of them in one warm sandbox, and confirm each as soon as it is found."""
    settings = bench.settings(driver)
    state: Lockstep[Candidate | Verdict] = Lockstep()
    runs = bench.sandbox.search(
        bench.profile, job(settings), state.cases(search(q, bench.budget, bench.source) for q in group)
    )
    waiting = iter(group)

    def answered() -> Iterator[tuple[Question, Attempt]]:
        while state.ended:
            question = next(waiting)
            yield question, _confirmed(bench, question, state.ended.popleft())

    for run in runs:
        state.last = run
        yield from answered()
    yield from answered()


def _confirmed(bench: Bench, question: Question, found: Candidate | Verdict) -> Attempt:
    """The verdict, from two fresh sandboxes in which nothing else ever runs: the first run stands alone in one; the control, and
    then the others, each a process of its own with a canary of its own, share the other."""
    if isinstance(found, Verdict):
        return Attempt(verdict=found)
    settings = bench.settings(found.driver, found.application)
    controls = [found.case(words(question.identity, -1), found.control)]
    cases = [found.case(words(question.identity, -2 - number), found.payload) for number in range(RUNS)]
    alone = bench.sandbox.run(bench.profile, job(settings, cases[0]))
    others = bench.sandbox.search(bench.profile, job(settings), [*controls, *cases[1:]])
    executions = found.executions + len(controls) + len(cases)

    def end(result: Result, why: str) -> Attempt:
        return Attempt(verdict=Verdict(result=result, detail=why, executions=executions))

    calm, first, *rest = [observed(run) for run in (next(others), alone, *others)]
    if isinstance(calm, Failed):
        return end(calm.result, f"the control: {calm.why}")
    if answer_to_control(found.oracle, words_of(controls[0]), calm):
        return end(Result.NOT_TRIGGERED, "the oracle also answered to the control input")
    kept = [minutes(calm, "", words_of(controls[0]))]
    happened, last = "", calm
    for number, (case, seen) in enumerate(zip(cases, (first, *rest), strict=True), 1):
        if isinstance(seen, Failed):
            return end(seen.result, f"in fresh run {number} of {RUNS}: {seen.why}")
        said = answer(found.oracle, words_of(case), seen, calm)
        if not said or said != (happened or said):
            return end(Result.NOT_TRIGGERED, f"seen in a search, and not in fresh run {number} of {RUNS}")
        happened, last = said, seen
        kept.append(minutes(seen, said, words_of(case)))
    proof = Proof(
        oracle=found.oracle.id,
        kind=found.oracle.kind,
        observer=_observer(found.oracle, alone, words_of(cases[0])),
        fidelity=_fidelity(last),
        happened=happened,
        runs=RUNS,
        stubs=last.stubs,
    )
    exhibit = Exhibit(
        settings=settings,
        cases=tuple(cases),
        controls=tuple(controls),
        reports=tuple(kept),
        python=last.python,
        sandbox=bench.held_by or bench.sandbox.name,
        sources=_sources(bench, question.lead),
    )
    return Attempt(verdict=Verdict(result=Result.PROVEN, executions=executions, proof=proof), exhibit=exhibit)


def _fidelity(seen: Observation) -> Fidelity:
    """How it was driven. Who does not say, or says something else, is believed the least of all."""
    return Fidelity(seen.fidelity) if seen.fidelity in set(Fidelity) else Fidelity.ISOLATED


def _observer(oracle: Oracle, alone: sandbox.Run, of: Words) -> Observer:
    """From where it was seen: from outside only where what was left behind, and handed back by the supervisor, shows it too."""
    left = alone.seen.files if isinstance(alone, sandbox.Finished) else ()
    shown = any(of.canary.encode() in file.content for file in left)
    return Observer.OUTSIDE if oracle.observer is Observer.OUTSIDE and shown else Observer.INSIDE


def _sources(bench: Bench, lead: Lead) -> tuple[tuple[str, str], ...]:
    steps = lead.trace.steps if lead.trace is not None else ()
    paths = sorted({lead.location.path, *(step.location.path for step in steps)})
    found = ((path, bench.source(path)) for path in paths)
    return tuple((path, hashlib.sha256(data).hexdigest()) for path, data in found if data is not None)
