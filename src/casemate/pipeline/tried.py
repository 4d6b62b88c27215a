"""What the target does with chosen inputs, as it is and as a patch makes it: the part of the ladder that runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from casemate.model import sandbox
from casemate.model.fix import Change, Patch
from casemate.model.proof import Exhibit, Result
from casemate.pipeline.moved import moved
from casemate.proofs.campaign import Bench
from casemate.proofs.catalogue import for_lead
from casemate.proofs.inputs import benign
from casemate.proofs.lockstep import asked
from casemate.proofs.mutation import literals, mutated
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Oracle, Words
from casemate.proofs.question import Case, Question
from casemate.proofs.replay import RUNS, Failed, canonical, job, observed, ways, words
from casemate.proofs.search import Candidate, answer, inputs_for, search

VARIANTS: Final = 200
"""Executions that a search for another input takes at most on the patched target."""

_DROVE: Final = frozenset({Result.NOT_TRIGGERED, Result.NOT_REACHED, Result.SPENT})
"""Ends of a search that say that inputs were driven."""

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{6,}")
_FIRST: Final = 100_000  # numbers of words that no search has used

Payload = Mapping[str, Any]
Answer = tuple[str, ...]
_HOW: Final = 2  # parts of an answer that say how it went


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What is to be fixed: a question that was answered, and how. driver, application, variant: what carried the input."""

    question: Question
    oracle: Oracle
    driver: str
    application: str
    variant: Any
    payload: Payload
    control: Payload

    @classmethod
    def of(cls, question: Question, oracle: Oracle, exhibit: Exhibit) -> Proven:
        """Read off what shows the proof."""
        case, control = json.loads(exhibit.cases[0]), json.loads(exhibit.controls[0])
        apps = json.loads(exhibit.settings).get("apps") or [""]
        return cls(
            question=question,
            oracle=oracle,
            driver=case["driver"],
            application=apps[0],
            variant=case["variant"],
            payload=case["payload"],
            control=control["payload"],
        )

    def benign(self, bench: Bench) -> tuple[Payload, ...]:
        """Inputs that do no harm: the controls of every oracle for this, and where a text is wanted, texts of all sorts."""
        lead = self.question.lead
        given = [
            one.control
            for oracle in for_lead(self.question.cwe, lead)
            for one in inputs_for(bench.source, lead, oracle)
        ]
        if set(self.payload) == {"text"}:
            cwe, source = self.question.cwe, bench.source(lead.location.path) or b""
            given += [{"text": text} for text in (*benign.texts(cwe), *benign.named(cwe, source))]
        return tuple({canonical(one): one for one in [self.control, *given]}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the target does as it is. variants: every way of driving it. benign: inputs that do no harm.
    fires: what the oracle says of the proof's input, "" when
    it is quiet. answers: to each benign input, in order; None where it answers differently each time. reached: whether a
    harmless one came to the finding's line. broken: why nothing of this is known."""

    variants: tuple[Any, ...] = ()
    benign: tuple[Payload, ...] = ()
    fires: str = ""
    answers: tuple[Answer | None, ...] = ()
    reached: bool = False
    broken: str = ""
    executions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What it does when it is patched. broken: why it cannot be driven as before. fires: the oracle's words on the proof's own
    input. beaten: what another input did, "" when none did anything. tried: how many others there were. answers: as of
    `Before`."""

    broken: str = ""
    reached: bool = False
    fires: str = ""
    beaten: str = ""
    tried: int = 0
    answers: tuple[Answer, ...] = ()
    executions: int = 0


def before(proven: Proven, bench: Bench) -> Before:
    """Drive the target as it is, as a copy, so that nothing but the patch is different afterwards."""
    told = replace(bench, patched=())
    asking = _before(proven, bench)
    return asked(bench.sandbox, bench.profile, job(told.settings(proven.driver, proven.application)), asking)


def after(proven: Proven, bench: Bench, patch: Patch, known: Before, others: Sequence[Payload] | None = None) -> After:
    """Drive the target as the patch makes it. known: what it does as it is. others: what is tried beside the search to beat the
    patch; None for mutations of the proof."""
    there = moved(proven.question.lead, patch.changes)
    question = replace(proven.question, lead=there.lead, spread=there.spread)
    changed = {change.path: change.after for change in patch.changes}

    def source(path: str) -> bytes | None:
        return changed[path] if path in changed else bench.source(path)

    told = replace(bench, patched=patch.changes, source=source)
    if others is None:
        others = mutated(proven.payload, spoken(patch.changes))
    asking = _after(replace(proven, question=question), told, known, others)
    return asked(bench.sandbox, bench.profile, job(told.settings(proven.driver, proven.application)), asking)


def spoken(changes: Sequence[Change]) -> tuple[str, ...]:
    """The texts that a patch's new lines speak of."""
    lines: list[str] = []
    for change in changes:
        old = set(change.before.splitlines())
        lines += [line.decode("utf-8", "replace") for line in change.after.splitlines() if line not in old]
    return literals("\n".join(lines))


def alike(was: Answer | None, now: Answer, *, weakly: bool) -> bool:
    """Whether two answers are the same. weakly: only how it went is compared, not what was said; so it is for an answer that
    wavered before in what it said. None: it wavered in how it went, too."""
    if was is None:
        return True
    return was[:2] == now[:2] if weakly or len(was) == _HOW else was == now


def answered(was: Answer | None) -> bool:
    """Whether there was an answer that can be compared."""
    return was is not None and was[0] in ("response", "call")


def _steady(first: Answer, second: Answer) -> Answer | None:
    """What of an answer is the same twice: all of it, how it went, or nothing."""
    if first == second:
        return first
    return first[:_HOW] if first[:_HOW] == second[:_HOW] else None


@dataclass(slots=True)
class _Driven:
    """Runs cases of one question, each with words of its own."""

    question: Question
    driver: str
    count: int = field(default=0)

    def words(self) -> Words:
        """For the next execution: the same for the same number, patched or not."""
        self.count += 1
        return words(self.question.identity, _FIRST + self.count)

    def variants(self) -> Generator[bytes, sandbox.Run, tuple[list[Any], str]]:
        """The ways of driving, or why there are none."""
        self.count += 1
        told = ways((yield canonical(self.question.told(self.driver))))
        return ([], told.why) if isinstance(told, Failed) else told

    def run(self, case: Case, payload: Payload) -> Generator[bytes, sandbox.Run, tuple[Words, Observation | Failed]]:
        """What one input does."""
        these = self.words()
        return these, observed((yield case(these, payload)))


def _before(proven: Proven, bench: Bench) -> Generator[bytes, sandbox.Run, Before]:
    driven = _Driven(proven.question, proven.driver)
    variants, why = yield from driven.variants()
    if proven.variant not in variants:
        return Before(broken=why or "it is not driven as it was when this was proven")
    case = proven.question.case(proven.driver, proven.variant)
    benign_ones = proven.benign(bench)
    rounds: list[list[Answer]] = []
    for _ in range(2):
        driven.count = 1
        answers, passed = yield from _answers(driven, case, benign_ones)
        rounds.append(answers)
    _, calm = yield from driven.run(case, proven.control)
    these, seen = yield from driven.run(case, proven.payload)
    if isinstance(calm, Failed) or isinstance(seen, Failed):
        return Before(broken=next(one.why for one in (calm, seen) if isinstance(one, Failed)))
    return Before(
        variants=tuple(variants),
        benign=benign_ones,
        fires=answer(proven.oracle, these, seen, calm),
        answers=tuple(_steady(first, second) for first, second in zip(*rounds, strict=True)),
        reached=passed or calm.passed > 0,
        executions=3 + 2 * len(benign_ones),
    )


def _after(
    proven: Proven, bench: Bench, known: Before, others: Sequence[Payload]
) -> Generator[bytes, sandbox.Run, After]:
    """Benign inputs come first, as they do on the unpatched copy: what an execution leaves on the disk is the same for both."""
    driven = _Driven(proven.question, proven.driver)
    variants, why = yield from driven.variants()
    at = known.variants.index(proven.variant)
    if proven.variant in variants:
        at = variants.index(proven.variant)
    elif len(variants) != len(known.variants):
        return After(broken=why or "it cannot be driven any more as it was", executions=1)
    case = proven.question.case(proven.driver, variants[at])
    answers, passed = yield from _answers(driven, case, known.benign)
    _, calm = yield from driven.run(case, proven.control)
    if isinstance(calm, Failed) or calm.broken:
        return After(broken=calm.why if isinstance(calm, Failed) else calm.broken, executions=driven.count)
    so_far = After(reached=passed or calm.passed > 0, answers=tuple(answers))
    for _ in range(RUNS):
        these, seen = yield from driven.run(case, proven.payload)
        if isinstance(seen, Failed):
            return replace(so_far, broken=f"the proof's input: {seen.why}", executions=driven.count)
        if fires := answer(proven.oracle, these, seen, calm):
            return replace(so_far, fires=fires, executions=driven.count)
    carried = 0  # that were an input at all: what ended early, or could not be carried, was none
    for payload in others:
        these, seen = yield from driven.run(case, payload)
        if isinstance(seen, Failed) or seen.broken:
            continue
        carried += 1
        if beaten := answer(proven.oracle, these, seen, calm):
            return replace(so_far, beaten=beaten, tried=carried, executions=driven.count)
    found = yield from search(proven.question, VARIANTS, bench.source)
    beaten = f"the oracle {found.oracle.id!r} answers to another input" if isinstance(found, Candidate) else ""
    drove = isinstance(found, Candidate) or found.result in _DROVE
    tried, spent = carried + found.executions * drove, driven.count + found.executions
    return replace(so_far, beaten=beaten, tried=tried, executions=spent)


def _answers(
    driven: _Driven, case: Case, given: Sequence[Payload]
) -> Generator[bytes, sandbox.Run, tuple[list[Answer], bool]]:
    """What comes back for each, and whether any came to the finding's line."""
    out, passed = [], False
    for payload in given:
        _, seen = yield from driven.run(case, payload)
        passed = passed or (isinstance(seen, Observation) and seen.passed > 0)
        out.append(_answer(seen))
    return out, passed


def _answer(seen: Observation | Failed) -> Answer:
    """What came back: first how it went, then what was said."""
    if isinstance(seen, Failed):
        return ("failed", seen.result.value)
    if seen.broken:
        return ("broken", "")
    if seen.response is not None:
        status, body = seen.response.status, seen.response.body
        said = _ADDRESS.sub("0x", body) if status < 500 else ""
        return ("response", str(status), seen.response.header("location"), seen.response.header("content-type"), said)
    return ("call", seen.error.partition(":")[0], _ADDRESS.sub("0x", seen.returned))
