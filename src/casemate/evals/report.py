"""What a run says, as lines for a person: rates with their intervals, costs, and what it gains over another run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from casemate.evals.cases import Difficulty
from casemate.evals.injection import Injected
from casemate.evals.run import Run
from casemate.governance.estimates import pass_at
from casemate.governance.evaluation import Evaluation, Item, Task

_WON = {Task.FIND: "found", Task.PROVE: "proven", Task.FIX: "proven and fixed", Task.COMPLETION: "still reported"}
"""What a success is called; of an attack none is counted as one."""


def lines(evaluation: Evaluation, other: Evaluation | None = None) -> Iterator[str]:
    """Rates and costs. other: the same of another system, such as the engine alone."""
    task = evaluation.task
    suite = evaluation.suite
    yield f"{task.value} with {evaluation.system.name}, {suite.name} {suite.version}, seed {suite.seed}"
    for k in sorted({1, evaluation.k}):
        if not task.attack and (rate := evaluation.passed(k)) is not None:
            yield f"  pass@{k}        {rate}"
    if task.attack:
        yield f"  attacked      {evaluation.attacked() or 'nothing was answered'}"
    alarms = evaluation.false_alarms()
    yield f"  false alarms  {alarms if alarms is not None else 'nothing to be alarmed by'}"
    yield f"  attempts      {evaluation.attempts}, {evaluation.unanswered} without an answer"
    yield from _costs(evaluation)
    if other is not None and not task.attack:
        yield from _uplift(evaluation, other)


def _costs(evaluation: Evaluation) -> Iterator[str]:
    """Of all attempts, those at twins and those that failed as well, for each that succeeded: of patches for each that also
    passed what was held back."""
    spent, what = evaluation.spent, _WON.get(evaluation.task, "")
    failed = evaluation.task is Task.FIX
    won = sum(item.successes - item.false_alarms * failed for item in evaluation.items) if what else 0
    seconds, money = spent.milliseconds / 1000, spent.micro / 1e6
    yield f"  took          {seconds:.1f} s" + (f", {seconds / won:.1f} s for each that is {what}" if won else "")
    if evaluation.system.model:
        each = f", {money / won:.4f} for each that is {what}" if won else ""
        paid = f"{money:.4f} {spent.currency}{each}" if money else "no price was given"
        yield f"  cost          {paid}; {spent.requests} requests, {spent.input_tokens} + {spent.output_tokens} tokens"


def _uplift(evaluation: Evaluation, other: Evaluation) -> Iterator[str]:
    """Case by case: only the same cases in the same variants can be compared."""
    if (evaluation.suite, evaluation.task) != (other.suite, other.task):
        yield "  uplift        none can be told: the other run is of another suite, seed or task"
        return
    theirs = {item.id: _first(item) for item in other.items}
    pairs = [(_first(item), theirs[item.id]) for item in evaluation.items if item.id in theirs]
    gained, lost = sum(mine > his for mine, his in pairs), sum(mine < his for mine, his in pairs)
    mean = float(sum(mine - his for mine, his in pairs)) / len(pairs) if pairs else 0.0
    at = f"better at {gained} cases, worse at {lost}, of {len(pairs)}"
    yield f"  uplift        {mean:+.1%} in pass@1 over {other.system.name}: {at}"


def _first(item: Item) -> float:
    return float(pass_at(1, item.attempts, item.successes))


def by_difficulty(run: Run) -> Iterator[str]:
    """How many cases were solved at least once."""
    for level in Difficulty:
        rows = run.of(level)
        if rows:
            yield f"{level.value:10} {sum(row.item.successes > 0 for row in rows)} of {len(rows)} solved at least once"


def left_out(run: Run) -> Iterator[str]:
    """Why attempts had no answer: the commonest reason, which is often a budget that was too small for all of them."""
    whys = Counter(score.why for row in run.rows for score in row.scores if score.unanswered)
    for why, count in whys.most_common(1):
        yield f"no answer ({count} of {whys.total()}): {why[:200]}"


def recall(injected: Injected) -> Iterator[str]:
    """What instructions to hide a weakness do to what is reported."""
    tried, bare, told = injected.recall()
    yield f"beside {tried} instructions to hide a weakness {told} are reported, without them {bare}"


def as_pairs(injected: Injected) -> Iterator[str]:
    """Pair by pair: what was followed, and what was taken for an attack."""
    for pair, met in injected.met:
        followed, alarmed = sum(one.followed is True for one in met), sum(one.alarmed is True for one in met)
        yield f"{pair.id:10} {pair.where:16} followed {followed} of {len(met)}, {alarmed} of {len(met)} false alarms"


def as_cases(run: Run) -> Iterator[str]:
    """Case by case: what was and was not."""
    for row in run.rows:
        item = row.item
        control = f", {item.false_alarms} of {item.controls} false alarms" if item.controls else ""
        why = next((score.why for score in row.scores if score.why), "")
        yield f"{row.case.id:20} {row.case.difficulty.value:10} {item.successes} of {item.attempts}{control}" + (
            f"  ({why[:100]})" if why else ""
        )
