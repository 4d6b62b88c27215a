"""The search for an input that an oracle answers to: cheap, many cases in one warm sandbox, and no proof.

A search is a generator: it gives a case, is sent the outcome, and ends with a candidate or with how it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casemate.model import sandbox
from casemate.model.lead import Lead
from casemate.model.proof import ProofKind, Result, Verdict
from casemate.proofs.catalogue import for_lead
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Input, Oracle, Run, Words
from casemate.proofs.origins import origins
from casemate.proofs.question import Case, Question
from casemate.proofs.replay import Failed, canonical, observed, ways, words

_UNCARRIED = 3  # controls that cannot be carried, until a way of driving is given up
_VARIANTS = 12
_ROUND = 6  # inputs at a time
_RANKED = 80  # executions of a budget from which on the ways of driving are tried out first
_MINIMISING = 24  # executions
_HARM = 3  # executions that had to be ended
_ORDER = (
    Result.NOT_TRIGGERED,
    Result.NOT_REACHED,
    Result.TIMED_OUT,
    Result.OUT_OF_MEMORY,
    Result.UNSAFE,
    Result.MISSING,
    Result.BROKEN,
    Result.NOT_EXAMINED,
)
"""How an attempt can end without a proof, what says most of the target first."""

Source = Callable[[str], bytes | None]
Searching = Generator[bytes, sandbox.Run, "Candidate | Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a search found: an oracle that answered to an input. driver, application: what carried it; the application's name, ""
    for none."""

    oracle: Oracle
    payload: Mapping[str, Any]
    control: Mapping[str, Any]
    case: Case
    executions: int
    driver: str = ""
    application: str = ""


def search(question: Question, budget: int, source: Source) -> Searching:
    """Ask for the ways of driving it, then try inputs on each, until an oracle answers. budget: executions. source: bytes of a
    file of the target."""
    tries = _Tries(budget, question.identity)
    for driver in question.drivers:
        tries.spent += 1
        told = ways((yield canonical(question.told(driver))))
        if isinstance(told, Failed):
            tries.note(told.result, told.why)
            continue
        variants, problems = told[0][: 2 * _VARIANTS], told[1]
        if not variants:
            why = "no driver knows how to get a value there" + (f": {problems}" if problems else "")
            tries.note(Result.NOT_EXAMINED, why[:300])
            continue
        reaching = 0
        if len(variants) > 1 and budget >= _RANKED:
            variants, reaching = yield from _ranked(tries, question, driver, variants)
        variants = variants[:_VARIANTS]
        found = yield from _driven(tries, question, driver, variants, min(reaching, len(variants)), source)
        if found is not None:
            return found
        if tries.over or tries.came:
            break
    return tries.verdict()


def _driven(
    tries: _Tries, question: Question, driver: str, variants: Sequence[Any], reaching: int, source: Source
) -> Generator[bytes, sandbox.Run, Candidate | None]:
    """Every oracle's inputs on every way of driving, a few at a time so that none takes the whole budget: first on those that
    reach the finding's line, then on the others."""
    oracles = [
        (oracle, question.inputs or inputs_for(source, question.lead, oracle))
        for oracle in for_lead(question.cwe, question.lead)
    ]
    most = max((len(inputs) for _, inputs in oracles), default=0)
    rounds = [
        (oracle, inputs[at : at + _ROUND], variant)
        for among in (variants[:reaching], variants[reaching:])
        for at in range(0, most, _ROUND)
        for oracle, inputs in oracles
        for variant in among
    ]
    for oracle, some, variant in rounds:
        found = (yield from _tried(tries, oracle, some, question.case(driver, variant))) if some else None
        if found is not None:
            return replace(found, driver=driver, application=str(variant.get("app", "")))
        if tries.over:
            return None
    return None


def _ranked(
    tries: _Tries, question: Question, driver: str, variants: Sequence[Any]
) -> Generator[bytes, sandbox.Run, tuple[list[Any], int]]:
    """The ways of driving, those first that come to the finding's line with a harmless value, and how many do."""
    ranks = []
    for at, variant in enumerate(variants):
        seen = observed((yield question.case(driver, variant)(tries.words(), {"text": "{calm}"})))
        if isinstance(seen, Failed) or seen.broken:
            ranks.append((3, at))
        else:
            ranks.append(((0 if not seen.error else 1) if seen.passed else 2, at))
    return [variants[at] for _, at in sorted(ranks)], sum(rank < 2 for rank, _ in ranks)


class _Tries:
    """What was tried for one question, and how far the best of it came."""

    def __init__(self, budget: int, identity: str) -> None:
        self.spent = 0
        self._budget = budget
        self._identity = identity
        self._harm = 0
        self._best: tuple[Result, str] | None = None

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
        if self._best is None or _ORDER.index(result) < _ORDER.index(self._best[0]):
            self._best = (result, why)

    @property
    def came(self) -> bool:
        """Whether the finding's line was run."""
        return self._best is not None and self._best[0] is Result.NOT_TRIGGERED

    def verdict(self) -> Verdict:
        """The question's, when no oracle answered."""
        if self.spent >= self._budget and self._harm < _HARM:
            detail = f"{self.spent} executions, and no oracle answered"
            return Verdict(result=Result.SPENT, detail=detail, executions=self.spent)
        result, why = self._best or (Result.NOT_REACHED, "the finding's line was never run")
        return Verdict(result=result, detail=why, executions=self.spent)


def inputs_for(source: Source, lead: Lead, oracle: Oracle) -> tuple[Input, ...]:
    """Those that are made for the finding's file, then those that are for every one."""
    if oracle.aimed is None:
        return oracle.inputs
    sink = lead.trace.steps[-1].location if lead.trace is not None and lead.trace.steps else lead.location
    code = source(sink.path) or b""
    found = list(oracle.aimed(code, sink.line))
    for path, line in origins(code, sink.path, sink.line, source):
        found += [one for one in oracle.aimed(source(path) or b"", line) if one not in found]
    return (*found, *oracle.inputs)


def _tried(
    tries: _Tries, oracle: Oracle, inputs: Sequence[Input], case: Case
) -> Generator[bytes, sandbox.Run, Candidate | None]:
    """Each input of an oracle, and before it its control, in one way of driving. An input whose control cannot be carried this
    way is passed over: others may be."""
    calm: dict[bytes, Observation] = {}
    uncarried: set[bytes] = set()
    for given in inputs:
        control = canonical(given.control)
        if control in uncarried:
            continue
        if control not in calm:
            seen = observed((yield case(tries.words(), given.control)))
            if isinstance(seen, Failed):
                tries.note(seen.result, seen.why)
                return None
            if seen.broken:
                missing = f"the module {seen.missing!r} is not installed for this interpreter" if seen.missing else ""
                tries.note(Result.MISSING if missing else Result.BROKEN, missing or seen.broken[:300])
                uncarried.add(control)
                if missing or tries.over or len(uncarried) >= _UNCARRIED:
                    return None
                continue
            calm[control] = seen
        if tries.over:
            return None
        these = tries.words()
        seen = observed((yield case(these, given.payload)))
        if isinstance(seen, Failed):
            tries.note(seen.result, seen.why)
        elif answer(oracle, these, seen, calm[control]):
            shorter = yield from _minimised(tries, oracle, case, given, calm[control])
            return Candidate(oracle=oracle, payload=shorter, control=given.control, case=case, executions=tries.spent)
        elif seen.passed:
            raised = ", and raised" if seen.error else ""
            tries.note(Result.NOT_TRIGGERED, f"the finding's line ran{raised}, and no oracle answered")
        elif not seen.broken:
            tries.note(Result.NOT_REACHED, "the finding's line was never run")
        if tries.over:
            return None
    return None


def answer(oracle: Oracle, of: Words, seen: Observation, calm: Observation | None) -> str:
    """What happened, when the oracle says so and nothing speaks against it."""
    if not seen.passed or seen.through_stub or seen.broken:
        return ""
    return oracle.judge(Run(words=of, seen=seen, calm=calm))


def answer_to_control(oracle: Oracle, of: Words, seen: Observation) -> str:
    """What happened under the control input, of which an oracle of canaries must say nothing: it is beside itself, so that every
    condition is asked. An observation may well be made then, too: a weak primitive is as weak under a harmless input.
    """
    beside = seen if oracle.kind is ProofKind.CANARY else None
    return oracle.judge(Run(words=of, seen=seen, calm=beside))


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
            if not isinstance(seen, Failed) and answer(oracle, these, seen, calm):
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
