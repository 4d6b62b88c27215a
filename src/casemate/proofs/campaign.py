"""A campaign: for each question a search for an input that an oracle answers to, then the confirmation in fresh sandboxes.

A search is cheap and proves nothing: many cases in one warm sandbox. What it finds is run again in fresh sandboxes,
`replay.RUNS` times with new canary words and once with the control input; only when the oracle sees it in every run and stays
quiet on the control is it proven.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casemate.model import sandbox
from casemate.model.lead import Lead
from casemate.model.proof import Attempt, Exhibit, Fidelity, Observer, Proof, Result, Verdict
from casemate.model.sandbox import Profile
from casemate.model.trace import Boundary
from casemate.ports import Sandbox
from casemate.proofs.catalogue import ORACLES, for_cwe
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Input, Oracle, Run, Words
from casemate.proofs.replay import RUNS, Failed, canonical, job, minutes, observed, reported, words, words_of

_VARIANTS = 12
_RANKED = 80  # executions of a budget from which on the ways of driving are tried out first
_MINIMISING = 24  # executions
_HARM = 3  # executions that had to be ended
_ORDER = (Result.NOT_TRIGGERED, Result.TIMED_OUT, Result.OUT_OF_MEMORY, Result.UNSAFE, Result.MISSING, Result.BROKEN)
"""How an attempt can end without a proof, what says most of the target first."""

Case = Callable[[Words, Mapping[str, Any]], bytes]
Searching = Generator[bytes, sandbox.Run, "Candidate | Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A finding that is to be proven. identity: as reported."""

    identity: str
    cwe: int
    lead: Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a search found: an oracle that answered to an input. case: makes a case of the words and a payload. application:
    which one of the target's was driven, "" for none."""

    oracle: Oracle
    payload: Mapping[str, Any]
    control: Mapping[str, Any]
    case: Case
    executions: int
    application: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a campaign runs in. source: bytes of a file of the target, None when it is not to be had. copied: the target
    gets a writable copy of itself when it is driven through requests. stubs: missing imports have stand-ins. budget: executions
    that the search for one finding may take."""

    sandbox: Sandbox
    profile: Profile
    source: Callable[[str], bytes | None]
    paths: tuple[str, ...] = (".",)
    copied: bool = False
    stubs: bool = True
    budget: int = 150

    def settings(self, driver: str, application: str = "") -> bytes:
        """What the harness is told once. application: the only one of the target's that is wanted, "" to find them all."""
        arms = sorted({arm for oracle in ORACLES for arm in oracle.watch})
        return canonical(
            {
                "target": "target",
                "copied": self.copied and driver == "web",
                "paths": self.paths,
                "driver": driver,
                "arms": arms,
                "stubs": self.stubs,
                "apps": [application] if application else [],
            }
        )


def campaign(bench: Bench, questions: Sequence[Question]) -> Iterator[tuple[Question, Attempt]]:
    """The attempt for each question; those that are driven alike stand together, otherwise in order."""
    waiting: dict[str, list[Question]] = {}
    for question in questions:
        refusal = _refusal(question)
        if refusal is not None:
            yield question, Attempt(verdict=refusal)
        else:
            waiting.setdefault(_driver(question.lead), []).append(question)
    for driver, group in waiting.items():
        yield from _searched(bench, driver, group)


def _refusal(question: Question) -> Verdict | None:
    """Why nothing is even tried."""
    if question.lead.by_design:
        return Verdict(result=Result.BY_DESIGN, detail="the API is meant to do this with what it is given")
    if not for_cwe(question.cwe):
        return Verdict(result=Result.NOT_EXAMINED, detail=f"no oracle decides CWE-{question.cwe}")
    if question.lead.trace is None and not question.lead.fact:
        return Verdict(result=Result.NOT_EXAMINED, detail="without a trace there is no telling where the value enters")
    return None


def _driver(lead: Lead) -> str:
    return "web" if lead.boundary is Boundary.REMOTE else "function"


def _searched(bench: Bench, driver: str, group: Sequence[Question]) -> Iterator[tuple[Question, Attempt]]:
    """Search for all of them in one warm sandbox, and confirm each as soon as it is found."""
    settings = bench.settings(driver)
    state = _Lockstep()
    runs = bench.sandbox.search(bench.profile, job(settings), state.cases(_search(bench, q) for q in group))
    answered = 0
    for run in runs:
        state.last = run
        while answered < len(state.ended):
            yield group[answered], _confirmed(bench, driver, group[answered], state.ended[answered])
            answered += 1
    while answered < len(state.ended):
        yield group[answered], _confirmed(bench, driver, group[answered], state.ended[answered])
        answered += 1


@dataclass(slots=True)
class _Lockstep:
    """Feeds a server from several searches, one after the other: a case follows from the outcome of the one before it."""

    last: sandbox.Run | None = None
    ended: list[Candidate | Verdict] = field(default_factory=list)

    def cases(self, searches: Iterator[Searching]) -> Iterator[bytes]:
        """The cases of all searches; how each ended goes to `ended`."""
        for search in searches:
            try:
                case = next(search)
                while True:
                    yield case
                    assert self.last is not None
                    case = search.send(self.last)
            except StopIteration as stop:
                self.ended.append(stop.value)


def _search(bench: Bench, question: Question) -> Searching:
    """Ask for the ways of driving it, then try inputs on each, until an oracle answers."""
    reply = reported((yield canonical(case_of(question))))
    if isinstance(reply, Failed):
        return Verdict(result=reply.result, detail=reply.why, executions=1)
    told = json.loads(reply)
    variants = told.get("variants", [])[: 2 * _VARIANTS]
    if not variants:
        problems = "; ".join(map(str, told.get("problems", ())))
        why = "no driver knows how to get a value there" + (f": {problems}" if problems else "")
        return Verdict(result=Result.NOT_EXAMINED, detail=why[:300], executions=1)
    tries = _Tries(bench.budget, question.identity)
    if len(variants) > 1 and bench.budget >= _RANKED:
        variants = yield from _ranked(tries, question, variants)
    variants = variants[:_VARIANTS]
    for oracle in for_cwe(question.cwe):
        inputs = _inputs(bench, question.lead, oracle)
        for variant in variants:
            case = _maker(question, variant)
            candidate = yield from _tried(tries, oracle, inputs, case)
            if candidate is not None:
                return replace(candidate, application=str(variant.get("app", "")))
            if tries.over:
                return tries.verdict()
    return tries.verdict()


def _ranked(tries: _Tries, question: Question, variants: Sequence[Any]) -> Generator[bytes, sandbox.Run, list[Any]]:
    """The ways of driving, those first that come to the finding's line with a harmless value."""
    ranks = []
    for at, variant in enumerate(variants):
        seen = observed((yield _maker(question, variant)(tries.words(), {"text": "{calm}"})))
        if isinstance(seen, Failed) or seen.broken:
            ranks.append((3, at))
        else:
            ranks.append(((0 if not seen.error else 1) if seen.passed else 2, at))
    return [variants[at] for _, at in sorted(ranks)]


class _Tries:
    """What was tried for one question, and how far the best of it came."""

    def __init__(self, budget: int, identity: str) -> None:
        self.spent = 1
        self._budget = budget
        self._identity = identity
        self._harm = 0
        self._best = Verdict(result=Result.NOT_REACHED, detail="the finding's line was never run")

    def words(self) -> Words:
        """For the next execution."""
        self.spent += 1
        return words(self._identity, self.spent)

    @property
    def over(self) -> bool:
        """Nothing more is tried: the budget is spent, or the target ran wild too often."""
        return self.spent >= self._budget or self._harm >= _HARM

    def note(self, result: Result, why: str) -> None:
        """How one execution ended, when no oracle answered."""
        self._harm += result in (Result.TIMED_OUT, Result.OUT_OF_MEMORY, Result.UNSAFE)
        rank = {known: at for at, known in enumerate(_ORDER)}
        if rank.get(result, 99) < rank.get(self._best.result, 99):
            self._best = Verdict(result=result, detail=why)

    def verdict(self) -> Verdict:
        """The question's, when no oracle answered."""
        if self.spent >= self._budget and self._harm < _HARM:
            detail = f"{self.spent} executions, and no oracle answered"
            return Verdict(result=Result.SPENT, detail=detail, executions=self.spent)
        return Verdict(result=self._best.result, detail=self._best.detail, executions=self.spent)


def _inputs(bench: Bench, lead: Lead, oracle: Oracle) -> tuple[Input, ...]:
    """Those that are made for the finding's file, then those that are for every one."""
    if oracle.aimed is None:
        return oracle.inputs
    sink = lead.trace.steps[-1].location if lead.trace is not None and lead.trace.steps else lead.location
    return (*oracle.aimed(bench.source(sink.path) or b"", sink.line), *oracle.inputs)


def _tried(
    tries: _Tries, oracle: Oracle, inputs: Sequence[Input], case: Case
) -> Generator[bytes, sandbox.Run, Candidate | None]:
    """Each input of an oracle, and before it its control, in one way of driving."""
    calm: dict[bytes, Observation] = {}
    for given in inputs:
        control = canonical(given.control)
        if control not in calm:
            seen = observed((yield case(tries.words(), given.control)))
            if isinstance(seen, Failed):
                tries.note(seen.result, seen.why)
                return None
            if seen.broken:
                missing = f"the module {seen.missing!r} is not installed for this interpreter" if seen.missing else ""
                tries.note(Result.MISSING if missing else Result.BROKEN, missing or seen.broken[:300])
                return None
            calm[control] = seen
        if tries.over:
            return None
        these = tries.words()
        seen = observed((yield case(these, given.payload)))
        if isinstance(seen, Failed):
            tries.note(seen.result, seen.why)
        elif _answer(oracle, these, seen, calm[control]):
            shorter = yield from _minimised(tries, oracle, case, given, calm[control])
            return Candidate(oracle=oracle, payload=shorter, control=given.control, case=case, executions=tries.spent)
        elif seen.passed:
            raised = ", and raised" if seen.error else ""
            tries.note(Result.NOT_TRIGGERED, f"the finding's line ran{raised}, and no oracle answered")
        if tries.over:
            return None
    return None


def _answer(oracle: Oracle, of: Words, seen: Observation, calm: Observation | None) -> str:
    """What happened, when the oracle says so and nothing speaks against it."""
    if not seen.passed or seen.through_stub or seen.broken:
        return ""
    return oracle.judge(Run(words=of, seen=seen, calm=calm))


def _minimised(
    tries: _Tries, oracle: Oracle, case: Case, given: Input, calm: Observation
) -> Generator[bytes, sandbox.Run, Mapping[str, Any]]:
    """The payload without what it does not need."""
    (kind, text), *others = given.payload.items()
    if others or not isinstance(text, str):
        return given.payload
    parts = _parts(text)
    took = 0
    size = max(1, len(parts) // 2)
    while size and took < _MINIMISING:
        at = 0
        while at < len(parts) and took < _MINIMISING:
            shorter = parts[:at] + parts[at + size :]
            if not any(name in part for part in shorter for name in ("{canary}", "{file}", "{folder}", "{host}")):
                at += size
                continue
            took += 1
            these = tries.words()
            seen = observed((yield case(these, {kind: "".join(shorter)})))
            if not isinstance(seen, Failed) and _answer(oracle, these, seen, calm):
                parts = shorter
            else:
                at += size
        size //= 2
    return {kind: "".join(parts)}


def _parts(text: str) -> list[str]:
    """Characters, and names of words as a whole."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        end = text.find("}", at) + 1 if text[at] == "{" else 0
        step = end - at if end and text[at + 1 : end - 1].isalpha() else 1
        parts.append(text[at : at + step])
        at += step
    return parts


def _confirmed(bench: Bench, driver: str, question: Question, found: Candidate | Verdict) -> Attempt:
    """The verdict, from two fresh sandboxes in which nothing else ever runs: the first run stands alone in one; the control, and
    then the others, each a process of its own with a canary of its own, share the other."""
    if isinstance(found, Verdict):
        return Attempt(verdict=found)
    settings = bench.settings(driver, found.application)
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
    if found.oracle.judge(Run(words=words_of(controls[0]), seen=calm)):
        return end(Result.NOT_TRIGGERED, "the oracle also answered to the control input")
    kept = [minutes(calm, "", words_of(controls[0]))]
    happened, last = "", calm
    for number, (case, seen) in enumerate(zip(cases, (first, *rest), strict=True), 1):
        if isinstance(seen, Failed):
            return end(seen.result, f"in fresh run {number} of {RUNS}: {seen.why}")
        said = _answer(found.oracle, words_of(case), seen, calm)
        if not said or said != (happened or said):
            return end(Result.NOT_TRIGGERED, f"seen in a search, and not in fresh run {number} of {RUNS}")
        happened, last = said, seen
        kept.append(minutes(seen, said, words_of(case)))
    proof = Proof(
        oracle=found.oracle.id,
        kind=found.oracle.kind,
        observer=_observer(found.oracle, alone, words_of(cases[0])),
        fidelity=Fidelity(last.fidelity),
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
        sandbox=bench.sandbox.name,
        sources=_sources(bench, question.lead),
    )
    return Attempt(verdict=Verdict(result=Result.PROVEN, executions=executions, proof=proof), exhibit=exhibit)


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


def _maker(question: Question, variant: Any) -> Case:
    def made(of: Words, payload: Mapping[str, Any]) -> bytes:
        case = case_of(question, variant)
        return canonical({**case, "canary": of.canary, "calm": of.calm, "payload": payload})

    return made


def case_of(question: Question, variant: Any = None) -> dict[str, Any]:
    """What the harness is told of a question, but for the words and the payload. variant: None to ask for the ways of driving."""
    lead = question.lead
    here = {"path": lead.location.path, "line": lead.location.line}
    steps = [
        {
            "path": step.location.path,
            "line": step.location.line,
            "column": step.location.column,
            "role": step.role.value,
            "note": step.note,
        }
        for step in (lead.trace.steps if lead.trace is not None else ())
    ]
    return {
        "driver": _driver(lead),
        "variant": variant,
        "steps": steps or [{**here, "column": lead.location.column, "role": "sink", "note": ""}],
        "at": here,
        "boundary": lead.boundary.value if lead.boundary is not None else "",
        "function": lead.function,
    }
