"""The reader of formulas that a patch brings answers as `eval` does, and runs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casemate.fixes.catalogue import rewrites
from casemate.fixes.propose import made
from casemate.fixes.site import Site
from casemate.fixes.source import Source
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location

BEFORE = b"""\
def figure(formula, names):
    return eval(formula, {"__builtins__": {}}, names)
"""
NAMES = {"hours": 7, "people": 2, "team": "north"}


@pytest.fixture(scope="module")
def figure() -> Callable[[str, dict[str, Any]], Any]:
    """The function as the patch makes it."""
    lead = Lead(
        rule=RuleId("a-rule"), location=Location(path="f.py", line=2, column=12), function="figure", message="m"
    )
    place = Site.of(lead, 95, lambda path: Source.of(path, BEFORE))
    rewrite = next(one for one in rewrites() if one.id == "code")
    patch = made(rewrite, next(iter(rewrite.propose(place))))
    assert patch is not None
    after: dict[str, Any] = {}
    exec(patch.changes[0].after, after)
    assert b"evaluate_formula" in patch.changes[0].after
    return after["figure"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("formula", ["hours / people", "-hours % 3 >= 2", "team == 'north'", "[1, 2.5, None]"])
def test_formula(figure: Callable[[str, dict[str, Any]], Any], formula: str) -> None:
    """The value is the one that eval gives."""
    assert figure(formula, NAMES) == eval(formula, {}, NAMES)


@pytest.mark.parametrize(
    ("formula", "error"),
    [
        ("rooms", NameError),
        ("rooms.txt", NameError),
        ("rooms[0]", NameError),
        ("rooms()", NameError),
        ("hours +", SyntaxError),
        ("hours / 0", ZeroDivisionError),
    ],
)
def test_error(figure: Callable[[str, dict[str, Any]], Any], formula: str, error: type[Exception]) -> None:
    """What a formula cannot mean fails as before, so that whoever catches it still does."""
    with pytest.raises(error):
        figure(formula, NAMES)


@pytest.mark.parametrize("formula", ["team.upper()", "().__class__", "[x for x in (hours,)]", "__import__('os')"])
def test_nothing_runs(figure: Callable[[str, dict[str, Any]], Any], formula: str) -> None:
    """No attribute, no call, no loop."""
    with pytest.raises((ValueError, NameError)):
        figure(formula, NAMES)
