"""The table: what a person sees, at the widths that terminals have."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape as marked
from rich.cells import cell_len

from casemate.evidence import gitlab, html, jsonreport, markdown
from casemate.evidence.commonmark import prose
from casemate.evidence.escape import visible
from casemate.evidence.table import conclusion, render, shortened
from casemate.evidence.words import DOUBT
from casemate.model.finding import Coverage
from casemate.model.lead import Doubt
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import NOT_EXAMINED, RULES, at, bank, lead, reports, trace

SCREENS = Path(__file__).parent / "screens"


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_looks_as_it_did(width):
    """Byte for byte what `screens/` holds, plain and without colour."""
    assert render(bank(), width, False) == (SCREENS / f"table-{width}.txt").read_text()


def test_colour_adds_nothing_to_the_words():
    """Without its control sequences the coloured screen is the plain one."""
    colored = render(bank(), 80, True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(bank(), 80, False)


@given(reports, st.integers(60, 140))
def test_any_report_fits_its_width_and_is_safe_to_show(report, width):
    """No line is wider than the screen, and nothing of the target acts on it."""
    for line in render(report, width, False, limit=None, by_design=True).splitlines():
        assert cell_len(line) <= width
        assert visible(line) == line


@given(reports)
def test_the_same_report_gives_the_same_screen(report):
    """Byte for byte."""
    assert render(report, 80, False) == render(report, 80, False)


@pytest.mark.parametrize("doubt", Doubt)
def test_what_is_in_doubt_says_so(doubt):
    """A finding with a way that is only suspected, on the screen, on the page, in comments and for machines."""
    known = lead("path-traversal", at("a.py", 3), "open uses a path", way=trace(at("a.py", 1), at("a.py", 3)))
    report = bank((replace(known, doubt=doubt),), ())
    screen = render(report, 400, False)
    assert screen.split("\n")[1].startswith("suspected ")
    assert f"in doubt: {DOUBT[doubt]}" in screen
    page = html.render(report, RULES)
    assert f"<b>Suspected:</b> {marked(DOUBT[doubt])}" in page
    assert f"**Suspected:** {prose(DOUBT[doubt])}." in markdown.render(report, RULES)
    assert f"suspected: {DOUBT[doubt]}" in gitlab.render(report, RULES)
    assert json.loads(jsonreport.render(report))["findings"][0]["doubt"] == doubt
    assert "in doubt" not in render(bank((known,), ()), 400, False)


def many(count):
    return tuple(
        lead("sql-injection", at(f"a/b{i:02}.py", i + 1), "execute is given a statement made from the query string")
        for i in range(count)
    )


def test_only_the_first_findings_are_shown_and_the_others_counted():
    """Twenty by default; the hint says how to see the rest."""
    text = render(bank(leads=many(23)), 80, False)
    assert text.count("CWE-89") == 20
    assert "… and 3 more (--all, or -o report.json)\n" in text
    assert render(bank(leads=many(23)), 80, False, limit=None).count("CWE-89") == 23
    assert "more" not in render(bank(leads=many(20)), 80, False)


def test_markup_of_a_target_is_text():
    """Brackets, emoji codes and links in names and code are shown as they are."""
    hostile = lead("xss", at("[bold]x[/bold].py", 1), "[link=https://example.org]a[/link] :skull: [/]")
    text = render(bank(leads=(hostile,)), 120, True)
    assert "[bold]x[/bold].py:1" in text
    assert "[link=https://example.org]a[/link] :skull: [/]" in text


def test_control_characters_of_a_target_are_escaped():
    """In paths, messages and names of what was not examined."""
    hostile = lead("xss", at("a\x1b[2J\u202e.py", 1), "made from \x07\u2066")
    text = render(
        bank(leads=(hostile,), not_examined=(NotExamined(what="\x1b]0;", reason=Reason.CRASHED),)), 120, False
    )
    assert r"a\x1b[2J\u202e.py:1" in text
    assert r"made from \x07\u2066" in text
    assert r"\x1b]0;" in text


def test_what_is_by_design_is_listed_on_request():
    """After the findings, under its own heading."""
    assert "backoffice/pages.py:3" not in render(bank(), 80, False)
    text = render(bank(), 80, False, by_design=True)
    assert text.index("batch/nightly.py:30") < text.index("By design\n") < text.index("backoffice/pages.py:3")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ((at("a.py", 2), at("a.py", 9)), "from line 2, 2 steps"),
        ((at("b.py", 2), at("a.py", 9)), "from b.py:2, 2 steps"),
        ((at("b.py", 2), at("c.py", 5), at("a.py", 9)), "from b.py:2 through c.py, 3 steps"),
        (
            (at("b.py", 2), at("c.py", 5), at("d.py", 5), at("e.py", 5), at("d.py", 6), at("a.py", 9)),
            "from b.py:2 through c.py and 2 more files, 6 steps",
        ),
    ],
)
def test_the_way_of_a_value_in_one_line(way, words):
    """Where it enters, and the files between there and the sink."""
    text = render(bank(leads=(lead("xss", way[-1], "m", way=trace(*way)),)), 80, False)
    assert words in [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize(
    ("leads", "missed", "coverage", "line"),
    [
        ((), (), Coverage(files=2), "nothing found in what was examined"),
        ((), NOT_EXAMINED[1:3], Coverage(files=2), "nothing found in what was examined; 2 files were not"),
        ((), (), Coverage(), "nothing found because nothing was examined"),
        ((), NOT_EXAMINED[1:2], Coverage(), "nothing found because nothing was examined; 1 file was not"),
        (many(1), (), Coverage(files=1), "1 finding (1 suspected) in what was examined"),
        (
            many(1),
            NOT_EXAMINED[:1],
            Coverage(files=1),
            "1 finding (1 suspected) in what was examined; 1 part of a file was not",
        ),
    ],
)
def test_the_last_line_never_says_that_all_is_well(leads, missed, coverage, line):
    """It speaks of what was examined, and of what was not."""
    report = bank(leads=leads, not_examined=missed, coverage=coverage)
    assert conclusion(report) == line
    assert render(report, 120, False).splitlines()[-1] == line


def test_long_groups_of_what_was_not_examined_show_their_first_names():
    """With the number of all of them."""
    missed = tuple(NotExamined(what=f"f{i}.py", reason=Reason.SYNTAX) for i in range(12))
    assert "  syntax  12  f0.py, f1.py, f10.py, …\n" in render(bank(not_examined=missed), 80, False)


def test_exclusions_by_pattern_are_counted_by_their_files():
    """The operator's, which are no loss, and those of the target's own configuration, which are."""
    missed = (
        NotExamined(
            what=".", reason=Reason.EXCLUDED, detail="2 files left out by --exclude 'a/'", files=2, deliberate=True
        ),
        NotExamined(what=".git", reason=Reason.EXCLUDED, detail="version control", deliberate=True),
        NotExamined(
            what="casemate.toml", reason=Reason.EXCLUDED, detail="37 files hidden by its exclude 'b/'", files=37
        ),
    )
    lines = render(bank(not_examined=missed), 120, False).splitlines()
    assert "  excluded  37  casemate.toml: 37 files hidden by its exclude 'b/'" in lines
    assert "Left out on purpose: 3 (2 files left out by --exclude 'a/', .git)" in lines
    assert lines[-1].endswith("; 37 files were not")


@given(st.text(max_size=80), st.integers(5, 60))
def test_shortened_text_fits(text, room):
    """Whatever the width of its characters; what fits is not touched."""
    short = shortened(text, room)
    assert cell_len(short) <= room
    assert cell_len(text) > room or short == text


@pytest.mark.parametrize(
    ("path", "room", "short"),
    [
        ("backoffice/very/deep/folders/archive/store.py:1204", 36, "backoffice/…/archive/store.py:1204"),
        ("backoffice/very/deep/folders/archive/store.py:1204", 28, "backoffic…/store.py:1204"),
        ("a_module_with_a_very_long_name_indeed.py:12", 24, "a_modul…ame_indeed.py:12"),
    ],
)
def test_a_path_is_shortened_between_its_folders(path, room, short):
    """The file's name and the line stay whole where there is room for them."""
    assert shortened(path, room) == short
