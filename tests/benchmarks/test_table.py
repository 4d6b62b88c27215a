"""How the one table reads."""

import pytest
from table import BEGIN, END, Comparison, Figure, NotMeasured, Row, Section, compare, render, replace_section


def row(ours: float | None, theirs: float | None, comparison: Comparison = Comparison.RATIO) -> Row:
    """A row with our figure and the peer's, as far as given."""
    given = {"casemate": ours, "bandit": theirs}
    figures = {tool: Figure(value=value, text=f"{value:g}") for tool, value in given.items() if value is not None}
    return Row(measure="speed", figures=figures, comparison=comparison)


def test_the_whole_table():
    """Sections with rows, ratios, dashes for what a tool has not; then notes; then what was not measured."""
    sections = [
        Section(title="One", rows=[row(50, 20)], notes=["a note"]),
        Section(title="Two", missing=[NotMeasured(what="pairs", why="--pairs was not given")]),
        Section(title="Three", rows=[row(None, 3)]),
    ]
    assert render(sections, ["casemate", "bandit"]) == (
        "|  | casemate | bandit | casemate against bandit |\n"
        "| --- | ---: | ---: | ---: |\n"
        "| **One** |  |  |  |\n"
        "| speed | 50 | 20 | × 2.50 |\n"
        "| **Three** |  |  |  |\n"
        "| speed | – | 3 |  |\n"
        "\n"
        "Notes:\n"
        "\n"
        "- a note\n"
        "\n"
        "Not measured:\n"
        "\n"
        "- pairs: --pairs was not given\n"
    )


def test_nothing_measured_is_no_table():
    """Without a single row there is no table head, only what was not measured: never a zero."""
    text = render([Section(title="One", missing=[NotMeasured(what="speed", why="no corpus")])], [])
    assert text == "Not measured:\n\n- speed: no corpus\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "comparison", "text"),
    [
        (30.0, 14.8, Comparison.POINTS, "+15.2 points"),
        (-5.0, 1.0, Comparison.POINTS, "-6.0 points"),
        (1.0, 4.0, Comparison.RATIO, "× 0.25"),
        (1.0, 0.0, Comparison.RATIO, ""),
        (0.0, 0.0, Comparison.POINTS, "+0.0 points"),
        (1.0, None, Comparison.RATIO, ""),
        (1.0, 2.0, Comparison.NONE, ""),
    ],
)
def test_comparison(ours, theirs, comparison, text):
    """Ratios for amounts, differences for percentages, nothing where there is nothing to compare with."""
    assert compare(row(ours, theirs, comparison)) == text


def test_a_pipe_in_a_cell_does_not_break_the_table():
    """A pipe in a measure's name is escaped."""
    table = render([Section(title="A|B", rows=[row(1, 1)])], ["casemate"])
    assert "| **A\\|B** |" in table


def test_only_what_is_between_the_marks_is_replaced():
    """The page around the table stays; a second replacement gives the same page."""
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    replaced = replace_section(page, "| new |\n")
    assert replaced == f"before\n{BEGIN}\n\n| new |\n\n{END}\nafter\n"
    assert replace_section(replaced, "| new |\n") == replaced


@pytest.mark.parametrize("page", ["no marks", f"{BEGIN} only", f"{END} before {BEGIN}"])
def test_a_page_without_its_marks_is_refused(page):
    """The table is never put in a place that was not meant for it."""
    with pytest.raises(ValueError, match="the page needs"):
        replace_section(page, "x")
