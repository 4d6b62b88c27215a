"""The figures that come with Casemate are those of the benchmarks' own page, and are told with their intervals."""

from importlib import resources
from pathlib import Path

import pytest

from casemate.evidence.figures import Figure, figures

README = (Path(__file__).parents[2] / "benchmarks" / "README.md").read_text()


@pytest.mark.parametrize("figure", figures().measured, ids=lambda one: one.what[:40])
def test_each_stands_in_the_benchmarks_page(figure):
    """In the very words: who measures again changes both. It has a command, and a value or a count."""
    assert all(words in README for words in figure.stands)
    assert figure.command and bool(figure.value) is not bool(figure.cases)
    assert figure.hits <= figure.cases


def test_a_rate_has_its_interval():
    """Wilson's, as benchmarks/intervals.py and the page have it; a value without cases has none."""
    rate = Figure(area="a", what="hit", date="2026-11-25", command="c", stands=("s",), hits=50, cases=80)
    assert rate.shown == "50 of 80, 62.5 % (51.5 to 72.3)"
    assert rate.line == "a: hit: 50 of 80, 62.5 % (51.5 to 72.3) (2026-11-25)"
    assert Figure(area="a", what="w", date="", command="c", stands=("s",), value="0.61").line == "a: w: 0.61"


def test_it_says_what_was_not_measured():
    """A live model among it; and each text is a sentence."""
    found = figures()
    assert any("live language model" in text for text in found.unmeasured)
    assert all(text.endswith(".") for text in (*found.limits, *found.unmeasured))


def test_the_assessment_says_what_was_measured():
    """Its words on what is missed name the figure's numbers."""
    asked = (resources.files("casemate.governance") / "questions.toml").read_text("utf-8")
    flagged = next(one for one in figures().measured if "that are flagged" in one.what)
    assert f"of {flagged.cases} known flaws in packages it flagged {flagged.hits}." in asked
