"""Progress: now and then, never twice in two seconds, nothing for a quick scan."""

import pytest

from casemate.cli.progress import Bar, Lines, Nothing, describe, display


class Hands:
    """A clock that is moved by hand."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (("reading", 120, 2900), "reading: 120 of 2,900 files"),
        (("following", 7, 0), "following: 7 functions"),
    ],
)
def test_words(state, words):
    """With the whole where it is known."""
    assert describe(*state) == words


def test_plain_lines_come_at_most_every_two_seconds():
    """And none before two seconds have passed."""
    clock, said = Hands(), []
    with Lines(clock, said.append) as lines:
        for tenth in range(65):
            clock.seconds = tenth / 10
            lines("reading", tenth, 100)
    assert said == ["reading: 20 of 100 files", "reading: 40 of 100 files", "reading: 60 of 100 files"]


@pytest.mark.parametrize(
    ("quiet", "terminal", "kind"), [(True, True, Nothing), (False, True, Bar), (False, False, Lines)]
)
def test_the_display_fits_the_place(quiet, terminal, kind):
    """Quiet counts before the terminal."""
    assert type(display(quiet=quiet, terminal=terminal)) is kind


def test_a_bar_goes_through_its_stages_and_leaves(capsys):
    """It starts late, so that a quick scan shows none."""
    clock = Hands()
    with Bar(clock) as bar:
        bar("reading", 1, 2)
        assert capsys.readouterr().err == ""
        for state in (("reading", 2, 2), ("following", 1, 0), ("following", 9, 9)):
            clock.seconds += 1
            bar(*state)
    assert "Traceback" not in capsys.readouterr().err
