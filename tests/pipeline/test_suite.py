"""A target's tests with a patch and without it: what fails each time speaks against the patch, what wavers says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from casemate.model.fix import Change, Patch, Step
from casemate.pipeline import suite
from casemate.pipeline.suite import Outcome, Suite

PATCH = Patch(proposer="rewrite:x", what="x", changes=(Change(path="a.py", before=b"1\n", after=b"2\n"),))
GOOD = {"one": "passed", "two": "passed", "three": "failed"}
BAD = GOOD | {"two": "failed"}


class Told(Suite):
    """A suite whose runs end as they are told to. plain: without a patch; patched: with it, in order."""

    def __init__(self, plain: Sequence[dict[str, str]], patched: Sequence[dict[str, str]]) -> None:
        nothing = SimpleNamespace()
        super().__init__(held=nothing, profile=nothing, files=["test_a.py"], source=lambda path: b"", paths=())
        self.given = {False: list(plain), True: list(patched)}

    def _run(self, chosen: Sequence[str], changes: Sequence[Change]) -> Outcome:
        return Outcome(results=self.given[bool(changes)].pop(0), runner="unittest")


@pytest.mark.parametrize(
    ("patched", "step", "detail", "left"),
    [
        ([GOOD], Step.HOLDS, "2 pass as before, 1 fail as before, in 1 of 1 files", 0),
        ([BAD, BAD], Step.FAILS, "1 that passed do not, as two", 0),
        ([BAD, GOOD, BAD], Step.FAILS, "1 that passed do not, as two", 0),
        (
            [BAD, GOOD, GOOD],
            Step.HOLDS,
            "1 pass as before, 1 fail as before, 1 that waver left out, in 1 of 1 files",
            0,
        ),
        ([BAD | {"one": "failed"}, BAD, GOOD], Step.FAILS, "2 that passed do not, as one", 1),
    ],
)
def test_with_a_patch(patched: list[dict[str, str]], step: Step, detail: str, left: int) -> None:
    """A failure is asked for twice more, and no oftener than needed."""
    told = Told([GOOD, GOOD], patched)
    climbed = told.climb(PATCH)
    assert (climbed.step, climbed.detail) == (step, detail)
    assert len(told.given[True]) == left


def test_what_wavers_without_a_patch_says_nothing() -> None:
    """Nor does it with one."""
    told = Told([GOOD, BAD], [BAD])
    assert told.climb(PATCH).step is Step.HOLDS
    assert suite.AGAIN > 1
