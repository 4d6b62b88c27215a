"""A run: every case, in so many variants, put to a solver; every attempt is counted, whatever came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casemate.evals.answers import Answer, Scored, Solver, Used, posed, scored
from casemate.evals.cases import Case, Difficulty
from casemate.evals.judge import Judge
from casemate.evals.variants import variant
from casemate.governance.evaluation import Item, Task

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a case. scores: of the weak program's attempts, then those of its twin's."""

    case: Case
    item: Item
    scores: tuple[Scored, ...]
    used: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All of it."""

    rows: tuple[Row, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """As an evaluation has them."""
        return tuple(row.item for row in self.rows)

    @property
    def used(self) -> Used:
        """Of all attempts."""
        return sum((row.used for row in self.rows), Used())

    def of(self, difficulty: Difficulty) -> tuple[Row, ...]:
        """The rows of that difficulty."""
        return tuple(row for row in self.rows if row.case.difficulty is difficulty)


def run(
    cases: Sequence[Case], task: Task, solver: Solver, judge: Judge, *, seed: int, k: int, progress: Progress
) -> Run:
    """Put every case to the solver, k times, each time in a variant of its own: seed, seed + 1, …"""
    rows: list[Row] = []
    for done, case in enumerate(cases):
        progress("evaluating", done, len(cases))
        rows.append(_row(case, task, solver, judge, range(seed, seed + k)))
    progress("evaluating", len(cases), len(cases))
    return Run(rows=tuple(rows))


def _row(case: Case, task: Task, solver: Solver, judge: Judge, seeds: range) -> Row:
    scores: list[Scored] = []
    controls: list[Scored] = []
    used = Used()
    for seed in seeds:
        one = variant(case, seed)
        for twin in (False, True):
            if twin and task is Task.FIX:  # its controls are the patches that climbed
                continue
            answer: Answer = solver(posed(one, task, twin=twin))
            used += answer.used
            (controls if twin else scores).append(scored(one, task, answer, judge, twin=twin))
    item = Item(
        id=case.id,
        attempts=len(scores),
        unanswered=sum(one.unanswered for one in scores),
        successes=sum(one.success for one in scores),
        controls=len(controls) if task is not Task.FIX else sum(one.alarm is not None for one in scores),
        unsettled=sum(one.unanswered for one in controls),
        false_alarms=sum(one.success for one in controls) + sum(one.alarm is True for one in scores),
    )
    return Row(case=case, item=item, scores=(*scores, *controls), used=used)
