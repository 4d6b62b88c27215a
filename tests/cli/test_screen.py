"""What standard output takes."""

import pytest

from casemate.cli import screen


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("120", 120), ("300", 140)])
def test_the_width_is_that_of_the_terminal_up_to_a_readable_one(monkeypatch, columns, width):
    """COLUMNS decides where it is set."""
    monkeypatch.setenv("COLUMNS", columns)
    assert screen.width() == width


@pytest.mark.parametrize(
    ("terminal", "variables", "color"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colour_only_where_it_is_wanted(monkeypatch, terminal, variables, color):
    """no-color.org: the variable counts when it is not empty."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    assert screen.takes_color() is color
