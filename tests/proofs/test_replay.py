"""What is read of a run: a report is the target's as much as the harness's, and whatever it holds breaks nothing."""

import pytest

from casemate.model.proof import Result
from casemate.model.sandbox import Finished, Seen
from casemate.proofs.replay import Failed, observed, ways


def run(report):
    return Finished(exit_code=0, seen=Seen(reports=(report,)))


def test_ways_of_driving():
    """With what was amiss; none is no failure."""
    assert ways(run(b'{"variants": [{"app": "a"}], "problems": [1, "x"]}')) == ([{"app": "a"}], "1; x")
    assert ways(run(b"{}")) == ([], "")
    assert ways(Finished(exit_code=3)).result is Result.BROKEN


@pytest.mark.parametrize(
    "report", [b"", b"{", b"[]", b"1", b'{"variants": 1}', b'{"variants": ["a"]}', b'{"problems": 1}', b"[" * 100_000]
)
def test_ways_that_are_none(report):
    """Nothing is driven, and that is said."""
    assert ways(run(report)) == Failed(result=Result.BROKEN, why="the ways of driving it cannot be read")


@pytest.mark.parametrize("report", [b"", b"[]", b'{"passed": Infinity}', b'{"events": 1}', b'{"events": [{}]}'])
def test_observations_that_are_none(report):
    """Nothing is seen, and that is said."""
    found = observed(run(report))
    assert isinstance(found, Failed) and found.result is Result.BROKEN
