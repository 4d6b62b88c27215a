"""The corpus of the evaluations, and the engine's row.

    python benchmarks/evals.py --variants N [--first SEED]    every case in N variants: weak is weak, the twin is safe
    python benchmarks/evals.py --row LOG …                    a table of signed logs, as benchmarks/README.md has it

The logs are made by `casemate eval find|prove|fix|injection -o LOG`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from casemate.adapters.sandbox.choice import Chosen
from casemate.evals.cases import corpus
from casemate.evals.judge import Asked, Judge
from casemate.evals.variants import variant
from casemate.governance.evaluation import EVALUATION, Evaluation, read_evaluation
from casemate.governance.fields import Fields
from casemate.governance.statement import read_unverified
from casemate.model.sandbox import Profile


def wrong(seed: int) -> Iterator[str]:
    """The programs of that seed that are not what they have to be."""
    judge = Judge(sandbox=Chosen(), interpreter=sys.executable, runs=1)
    made = [variant(case, seed) for case in corpus()]
    tried = judge.tried([Asked(files=program.files, of=of) for of in made for program in (of.weak, of.twin)])
    for of, weak, twin in zip(made, tried[::2], tried[1::2], strict=True):
        if not weak.planted:
            yield f"{of.case.id}, seed {seed}, weak: {weak}"
        if not twin.safe:
            yield f"{of.case.id}, seed {seed}, twin: {twin}"


def row(evaluation: Evaluation) -> str:
    """One line of the table. The signature is the gate's business; here is only read."""
    rate = evaluation.attacked() if evaluation.task.attack else evaluation.passed()
    spent, won = evaluation.spent.milliseconds / 1000, sum(item.successes for item in evaluation.items)
    each = f"{spent / won:.1f}" if won and not evaluation.task.attack else "–"
    return (
        f"| {evaluation.task.value} | {evaluation.system.name} | {rate} | {evaluation.false_alarms() or '–'} | "
        f"{evaluation.attempts} | {evaluation.unanswered} | {spent:.0f} | {each} |"
    )


def main(words: Sequence[str]) -> int:
    """0 when every variant is what it has to be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--row", type=Path, nargs="*", default=[])
    given = parser.parse_args(words)
    for path in given.row:
        body = read_unverified(path.read_bytes(), EVALUATION)[1]
        print(row(read_evaluation(Fields(body, path.name))))
    if given.variants and (why := Chosen().examine(Profile(interpreter=sys.executable)).refusal):
        print(why)
        return 1
    faults = 0
    for seed in range(given.first, given.first + given.variants):
        started = time.monotonic()
        found = list(wrong(seed))
        faults += len(found)
        took = time.monotonic() - started
        print(*found, f"seed {seed}: {2 * len(corpus())} programs, {len(found)} wrong, {took:.1f} s", sep="\n")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
