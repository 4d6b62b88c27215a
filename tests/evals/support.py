"""Solvers that know, or do not, and a judge in the real sandbox."""

import sys

import pytest
from targetpython import target_python

from casemate.adapters.sandbox.choice import Chosen
from casemate.evals.answers import Answer, Claim
from casemate.evals.cases import corpus
from casemate.evals.judge import Judge
from casemate.evals.variants import variant
from casemate.governance.evaluation import Task
from casemate.model.sandbox import Profile


def a_judge(runs=1):
    """Skips where no sandbox holds."""
    sandbox = Chosen()
    if why := sandbox.examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)
    return Judge(sandbox=sandbox, interpreter=target_python(), runs=runs)


def case(id):
    """One of the corpus."""
    return next(one for one in corpus() if one.id == id)


def knowing(posed):
    """The right answer to whatever is posed, which only who made the program can know."""
    id, seed, side = posed.name.rsplit("-", 2)
    made = variant(case(id), int(seed))
    if posed.task is Task.FIND:
        if side == "b":
            return Answer()
        return Answer(claims=tuple(Claim(path=at.path, line=at.line, cwe=made.case.cwe) for at in made.weak.places))
    if posed.task is Task.PROVE:
        return Answer(harness="" if side == "b" else made.check)
    return Answer(patch={path: text for path, text in made.twin.files.items() if not path.startswith("test_")})
