"""Source lines around the places of findings: once each, redacted, found again."""

import pytest

from casemate.evidence.excerpts import CONTEXT, LEAD_IN, WIDTH, Quotes, collect
from casemate.model.finding import Excerpt
from tests.evidence.support import at, bank, lead, trace


def of(lines):
    """A block over one file of these lines."""
    return lambda path, first, last: lines[first - 1 : last]


def taken(lines, *places, way=None):
    return collect([lead("xss", place, "m", way=way) for place in places], of(lines))


WORDS = [f"line {number}" for number in range(1, 31)]


def test_a_place_has_its_neighbours():
    """Two lines before and after."""
    assert taken(WORDS, at("a.py", 10)) == (Excerpt(path="a.py", start=8, lines=tuple(WORDS[7:12])),)


def test_no_line_is_taken_twice():
    """Surroundings that touch or overlap are one excerpt; one line between them, and they are two."""
    assert [(e.start, len(e.lines)) for e in taken(WORDS, at("a.py", 5), at("a.py", 8), at("a.py", 13))] == [(3, 13)]
    assert [(e.start, len(e.lines)) for e in taken(WORDS, at("a.py", 5), at("a.py", 11))] == [(3, 5), (9, 5)]


def test_every_step_of_a_trace_has_its_lines():
    """Also in another file than the finding's."""
    sink = at("b.py", 20)
    found = taken(WORDS, sink, way=trace(at("a.py", 1), at("b.py", 9), sink))
    assert [(e.path, e.start) for e in found] == [("a.py", 1), ("b.py", 7), ("b.py", 18)]


def test_a_file_that_is_gone_or_shorter_has_fewer_lines():
    """What is not to be had is not made up."""
    assert taken([], at("a.py", 10)) == ()
    assert taken(WORDS[:10], at("a.py", 10))[0].lines == tuple(WORDS[7:10])


SECRETS = {
    "on the line after its name": ["password = (", '    "hunter2"', ")"],
    "in a long string": ['API_TOKEN = """', "hunter2", '"""'],
    "a key in PEM": ["KEY = '''-----BEGIN EC PRIVATE KEY-----", "hunter2", "-----END EC PRIVATE KEY-----'''"],
    "a key without an end": ["-----BEGIN PRIVATE KEY-----", "hunter2"],
}


@pytest.mark.parametrize("lines", SECRETS.values(), ids=SECRETS)
def test_secrets_over_several_lines_are_redacted(lines):
    """The lines around a place show more than one line does, and hide what only its neighbours give away."""
    (excerpt,) = taken(lines, at("a.py", 2))
    assert "hunter2" not in repr(excerpt)
    assert "‹redacted›" in excerpt.lines[1]
    assert (excerpt.lines[0], excerpt.lines[2:]) == (lines[0], tuple(lines[2:]))


def test_a_secret_that_begins_above_what_is_shown_is_redacted():
    """As long as a key is; beyond that nobody looks."""
    lines = ["-----BEGIN PRIVATE KEY-----", *["hunter2"] * (LEAD_IN + 10)]
    (excerpt,) = taken(lines, at("a.py", 1 + LEAD_IN))
    assert "hunter2" not in repr(excerpt)


@pytest.mark.parametrize("lines", [["password = (", "    ask()", ")", 'x = "open"'], ['note = """', "hunter2", '"""']])
def test_ordinary_lines_stay(lines):
    """A name of a secret that is given no literal, and a literal without such a name, hide nothing."""
    assert taken(lines, at("a.py", 2))[0].lines == tuple(lines)


def test_a_long_line_is_shown_around_its_place():
    """With an ellipsis where something is left out, and without the secret that would reach into it."""
    line = "x = " * 1250 + " execute(sql) " + "y = " * 1250
    (text,) = taken([line], at("a.py", 1, 5002))[0].lines
    assert "execute(sql)" in text
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) == WIDTH + 2
    (text,) = taken(['password = "' + "hunter2" * 100 + '"'], at("a.py", 1, 400))[0].lines
    assert "hunter2" not in text


def test_lines_are_found_by_place():
    """The place itself is marked; a place that the report does not hold has none."""
    quotes = Quotes(bank(leads=(lead("xss", at("a.py", 3), "m"), lead("xss", at("a.py", 5), "m"))))
    assert [(line.number, line.hit) for line in quotes.around(at("a.py", 3))] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert len(quotes.around(at("a.py", 5))) == 2 * CONTEXT + 1
    assert quotes.line(at("a.py", 5)) == "step_5()"
    for place in (at("a.py", 9), at("b.py", 3)):
        assert quotes.around(place) == []
        assert quotes.line(place) == ""
