"""In the real sandbox: planted weaknesses are there, twins are safe, and what cannot be read proves nothing."""

from dataclasses import replace

import pytest

from casemate.evals.cases import corpus
from casemate.evals.judge import Asked, Judge, Tried
from casemate.evals.variants import variant
from casemate.model.sandbox import Refused

from .support import a_judge, case

SAMPLE = 3  # seeds; `python benchmarks/evals.py --variants` tries many more of every case


@pytest.fixture(scope="module")
def judge():
    return a_judge()


def programs(seed, every):
    """Of each case at a place of its own, so that all cases are tried, by different seeds."""
    return [variant(one, seed) for at, one in enumerate(corpus()) if at % every == seed % every]


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_what_was_planted_is_there_and_the_twin_is_safe(judge, seed):
    """Of every case in one variant; the tests of both pass, also those that are held back."""
    made = programs(seed, SAMPLE)
    tried = judge.tried([Asked(files=one.files, of=of) for of in made for one in (of.weak, of.twin)])
    wrong = {of.case.id: weak for of, weak in zip(made, tried[::2], strict=True) if not weak.planted}
    wrong |= {f"twin of {of.case.id}": twin for of, twin in zip(made, tried[1::2], strict=True) if not twin.safe}
    assert wrong == {}


def test_a_change_that_breaks_the_program_is_seen(judge):
    """By its own tests, by those that were held back, or by both: a mend is none that does something else."""
    of = variant(case("split-cents"), 1)
    name = next(path for path in of.twin.files if not path.startswith("test_"))
    line = of.twin.files[name].splitlines()[of.twin.places[0].line - 1]

    def with_line(new):
        return {**of.twin.files, name: of.twin.files[name].replace(line, line[: len(line) - len(line.lstrip())] + new)}

    wrong, half, gone = judge.tried(
        [
            Asked(files=with_line("return []"), of=of),
            Asked(files=with_line(line.strip() + " or [9]"), of=of),
            Asked(files={**of.twin.files, name: "raise SystemExit(0)\n"}, of=of),
        ]
    )
    assert not wrong.tests and not wrong.safe
    assert half.safe
    assert gone.violated is None and not gone.tests and "broken" in gone.why


def test_a_check_that_wavers_or_raises_says_nothing():
    """None is neither of the two, so that neither is believed."""
    judge = a_judge(runs=2)
    of = variant(case("split-cents"), 1)
    checks = (
        "import os\n\ndef violated():\n    return os.getpid() % 2 == 0 or None\n",  # None is not True
        "def violated():\n    return 1\n",  # neither is 1
        "def violated():\n    raise OSError('no')\n",
        "def other():\n    return True\n",
    )
    tried = judge.tried([Asked(files=of.weak.files, of=replace(of, check=check)) for check in checks])
    assert [one.violated for one in tried[1:]] == [False, None, None]
    assert tried[0].violated is None  # each run has the next number, so that they differ


def test_who_writes_into_the_results_has_shown_nothing():
    """And the run goes on: what a model wrote cannot end the measurement of it."""
    of = variant(case("split-cents"), 1)
    check = "import os\n\ndef violated():\n    with open(f'/proc/{os.getppid()}/fd/1', 'w') as to:\n        to.write('x\\n')\n"
    tried = a_judge(runs=1).one(of.weak.files, replace(of, check=check))
    assert (tried.violated, tried.tests, tried.why) == (None, False, "something else wrote into what the tests say")


def test_without_a_sandbox_nothing_is_said():
    """It fails closed, and says why."""

    class Shut:
        def run(self, profile, job):
            return Refused(why="no walls here")

    judge = Judge(sandbox=Shut(), interpreter="/usr/bin/python3")
    of = variant(case("split-cents"), 1)
    assert judge.one(of.weak.files, of) == Tried(violated=None, tests=False, held=False, why="no walls here")
    assert judge.tried([]) == []
