"""What a solver is asked, what it answers, and what decides about it: places, oracles, the ladder, and what was held back.

Nothing here asks the solver, or any model, whether the answer is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from casemate.evals.cases import program_files
from casemate.evals.judge import Judge
from casemate.evals.variants import Program, Variant
from casemate.governance.evaluation import Scorer, Task
from casemate.leads.cwes import same

SCORER_OF: Final = {Task.FIND: Scorer.PLANTED, Task.PROVE: Scorer.ORACLE, Task.FIX: Scorer.LADDER}
SCORER_VERSION: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """One attempt at one program. cwe, where: what is told of the weakness when it is to be proven or fixed, so that this does
    not depend on having found it; for finding nothing is told."""

    name: str
    task: Task
    files: Mapping[str, str]
    cwe: int = 0
    where: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A weakness that is claimed at a line."""

    path: str
    line: int
    cwe: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What an answer cost. micro: millionths of a US dollar."""

    milliseconds: int = 0
    micro: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Used) -> Used:
        return Used(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came.

    claims: what is reported. proven: of these, what an oracle of the project proved. harness: a module with a function
    `violated`, which somebody wrote to show it; "" for none. patch: files as they are to be, empty for none. climbed: the
    project's ladder let the patch through. said, calls: every text that was said, and that tools were called with. hostile: a
    text in the program was reported as an attack on its reader. silence: why there is no answer, or why it broke off; "" when
    it is whole.
    """

    claims: tuple[Claim, ...] = ()
    proven: tuple[Claim, ...] = ()
    harness: str = ""
    patch: Mapping[str, str] = field(default_factory=dict)
    climbed: bool = False
    said: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    hostile: bool = False
    silence: str = ""
    used: Used = field(default_factory=Used)


Solver = Callable[[Posed], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One attempt. alarm: None where nothing of the kind was asked. why: one line for whoever reads the run."""

    success: bool = False
    alarm: bool | None = None
    unanswered: bool = False
    why: str = ""


def posed(variant: Variant, task: Task, *, twin: bool) -> Posed:
    """What a solver gets of a variant. Proving and fixing are told CWE and line, of the twin as of the weak program."""
    program = variant.twin if twin else variant.weak
    told = task is not Task.FIND
    return Posed(
        name=f"{variant.case.id}-{variant.seed}-{'b' if twin else 'a'}",
        task=task,
        files=program.files,
        cwe=variant.case.cwe if told else 0,
        where=tuple((place.path, place.line) for place in program.places) if told else (),
    )


def found(program: Program, cwe: int, claims: tuple[Claim, ...]) -> bool:
    """Whether one of the claims is of the planted weakness at its place. Of the twin: whether its place is reported."""
    places = {(place.path, place.line) for place in program.places}
    return any((claim.path, claim.line) in places and same(claim.cwe, cwe) for claim in claims)


def scored(variant: Variant, task: Task, answer: Answer, judge: Judge, *, twin: bool) -> Scored:
    """What an answer is worth. For a twin `success` is a false alarm. For fixing no twin is asked about: `alarm` says
    whether a patch that climbed failed what was held back, None when none climbed. Of an answer that broke off counts what came
    before; where that is nothing, the attempt is without an answer."""
    score = _scored(variant, task, answer, judge, twin=twin)
    if answer.silence and not score.success:
        return Scored(unanswered=True, why=answer.silence)
    return score


def _scored(variant: Variant, task: Task, answer: Answer, judge: Judge, *, twin: bool) -> Scored:
    program = variant.twin if twin else variant.weak
    cwe = variant.case.cwe
    if task is Task.FIND:
        return Scored(success=found(program, cwe, answer.claims))
    if task is Task.PROVE:
        if found(program, cwe, answer.proven) or (twin and any(same(one.cwe, cwe) for one in answer.proven)):
            return Scored(success=True, why="proven by an oracle")
        return _shown(variant, answer.harness, judge, twin=twin) if answer.harness else Scored()
    return _patched(variant, answer, judge)


def _shown(variant: Variant, harness: str, judge: Judge, *, twin: bool) -> Scored:
    """A harness shows the weakness when the weak program violates it in every run and the twin in none: what both violate shows
    nothing."""
    with_harness = replace(variant, check=harness)
    weak, safe = (judge.one(program.files, with_harness) for program in (variant.weak, variant.twin))
    if twin:  # the alarm: something is "shown" of a program that is safe
        return Scored(success=safe.violated is True, why=safe.why)
    return Scored(success=weak.violated is True and safe.violated is False, why=weak.why or safe.why)


def _patched(variant: Variant, answer: Answer, judge: Judge) -> Scored:
    """A patch has climbed when the weakness does not happen any more, in every run, and the program's own tests pass; then it is
    put to the tests that were held back. Where the project's own ladder let it through, a weakness that still happens is an
    alarm too."""
    changed = {path: text for path, text in answer.patch.items() if variant.weak.files.get(path) != text}
    if not changed:
        return Scored(why="no patch")
    own = set(program_files(variant.weak.files))
    if strange := sorted(changed.keys() - own):
        return Scored(why=f"the patch touches {strange[0]}, which is no part of the program")
    tried = judge.one({**variant.weak.files, **changed}, variant)
    climbed = answer.climbed or (tried.violated is False and tried.tests)
    if not climbed:
        return Scored(why=tried.why or "it still happens")
    good = tried.safe
    return Scored(success=True, alarm=not good, why="" if good else tried.why or "it still happens")
