"""Two reports compared, and how that is shown."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from casemate.evidence.compare import Change, as_json, compare, words
from casemate.evidence.compare_text import PATTERN, code, markdown, table
from casemate.evidence.earlier import read_back
from casemate.evidence.escape import visible
from casemate.evidence.jsonreport import render
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import LEADS, RULES, at, bank, lead, reports


def read(report):
    return read_back(render(report).encode(), "r")


def changes(old, new):
    return {result.rule: change for change, result in compare(read(old), read(new)).changes}


def test_every_change_has_its_name():
    """New, hidden, not looked at, fixed, unchanged."""
    old = bank(
        leads=(
            *LEADS[1:4],
            lead("xss", at("backoffice/new.py", 9), "m"),
            lead("xss", at("z.py", 1), "m", by_design=True),
        )
    )
    new = bank(
        leads=(LEADS[0], LEADS[1], lead("xss", at("backoffice/new.py", 7), "m", by_design=True)),
        rules=[rule for rule in RULES if rule.id != "unsafe-deserialization"],
    )
    assert changes(old, new) == {
        "sql-injection": Change.NEW,
        "command-injection": Change.UNCHANGED,
        "path-traversal": Change.FIXED,
        "unsafe-deserialization": Change.UNSEEN,
        "xss": Change.HIDDEN,
    }


def test_nothing_is_fixed_by_not_looking():
    """A file that was not examined, or a folder."""
    old = bank(leads=LEADS[:1], not_examined=())
    for what, change in (("backoffice/dao.py", Change.UNSEEN), ("backoffice", Change.UNSEEN), ("batch", Change.FIXED)):
        new = bank(leads=(), not_examined=(NotExamined(what=what, reason=Reason.UNREADABLE),))
        assert changes(old, new) == {"sql-injection": change}


def test_what_was_hidden_and_counts_now_is_new():
    """Somebody took a suppression back."""
    hidden, shown = bank(leads=LEADS[5:]), json.loads(render(bank(leads=LEADS[5:])))
    shown["findings"][0] |= {"disposition": "active", "suppression": None}
    comparison = compare(read(hidden), read_back(json.dumps(shown).encode(), "r"))
    assert [change for change, _ in comparison.changes] == [Change.NEW]


def test_a_report_beside_itself():
    """Nothing changed."""
    assert words(compare(read(bank()), read(bank()))) == "0 new findings, 0 fixed, 4 unchanged"


def test_files_left_out_by_a_pattern_are_said():
    """On the screen, in Markdown, in JSON."""
    left = NotExamined(what=".", reason=Reason.EXCLUDED, detail="2 files left out by --exclude 'a/'", deliberate=True)
    comparison = compare(read(bank()), read(bank(leads=(), not_examined=(left,))))
    assert PATTERN in table(comparison, 140, False)
    assert PATTERN in markdown(comparison)
    assert json.loads(as_json(comparison))["left_out_by_pattern"] is True


def test_the_screen():
    """Change, rule, place; below it identity and message; then the counts."""
    text = table(compare(read(bank(leads=LEADS[1:2])), read(bank(leads=LEADS[:2]))), 80, False)
    assert re.sub(r"\b[0-9a-f]{8}\b", "0f0f0f0f", text) == (
        "change, id  rule           CWE     place\n"
        "new         sql-injection  CWE-89  backoffice/dao.py:27\n"
        "0f0f0f0f    sqlite3.Cursor.execute is given a statement made from the query\n"
        "            string\n"
        "\n"
        "1 new finding (1 traced), 0 fixed, 1 unchanged\n"
    )


def test_json_holds_every_finding():
    """Also those that did not change."""
    document = json.loads(as_json(compare(read(bank(leads=LEADS[1:])), read(bank()))))
    assert {change: len(document[change]) for change in map(str, Change)} == {
        "new": 1, "hidden": 0, "unseen": 0, "fixed": 0, "unchanged": 3,
    }  # fmt: skip
    assert document["new"][0]["location"] == {"path": "backoffice/dao.py", "uri": "backoffice/dao.py", "line": 27}


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(reports, reports, st.integers(60, 140))
def test_any_two_reports_are_safe_to_show(old, new, width):
    """No line is too wide or acts on the terminal, and the same two give the same bytes."""
    comparison = compare(read(old), read(new))
    for line in table(comparison, width, False).splitlines():
        assert cell_len(line) <= width
        assert visible(line) == line
    assert as_json(comparison) == as_json(compare(read(old), read(new)))
    for row in markdown(comparison).splitlines():
        if row.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", row)) == 5


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a", "`a`"),
        ("@alice <b> [x](y) *z*", "`@alice <b> [x](y) *z*`"),
        ("a`b``c", "```a`b``c```"),
        ("`a`", "`` `a` ``"),
        ("a|b", "`a\\|b`"),
        ("", "`  `"),
    ],
)
def test_what_comes_from_a_target_is_a_code_span(text, span):
    """No markup, mention or column comes of it."""
    assert code(text) == span
