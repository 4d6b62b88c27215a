"""Ignore comments: what they hide, and what is said of those that hide nothing."""

import pytest

from casemate.languages.ir import Mark
from casemate.languages.python.marks import MOST
from casemate.model.hiding import Amiss, Hider, Suppression
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.targets.ignores import MAX_REASON, Ignore, Ignores, Invalid, parse

KNOWN = ("sql-injection", "xss", "xxe")


def parsed(text):
    return list(parse(Mark(3, 4, text), KNOWN))


def lead(rule, line, path="a.py"):
    return Lead(rule=RuleId(rule), location=Location(path=path, line=line), function="f", message="m")


@pytest.mark.parametrize(
    ("text", "rules", "reason"),
    [
        ("# casemate: ignore[xss] it is a constant", ("xss",), "it is a constant"),
        ("#casemate:ignore[xss]it is", ("xss",), "it is"),
        ("# casemate: ignore [ xss , xxe, xss ]  two   of them ", ("xss", "xxe"), "two of them"),
        ("# noqa: S1  # casemate: ignore[xss] ours", ("xss",), "ours"),
        ("# casemate: ignore[xss] ours  # noqa: S1", ("xss",), "ours"),
        ("# casemate: ignore[xss] ours #nosec", ("xss",), "ours"),
        ("# casemate: ignore[xss] see ticket #12", ("xss",), "see ticket #12"),
        ("# casemate: ignore[xss] " + "x" * 999, ("xss",), "x" * MAX_REASON),
    ],
)
def test_a_comment_in_order(text, rules, reason):
    """Rules and reason, without what is told to other tools."""
    assert parsed(text) == [Ignore(3, 4, rules, reason)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# casemate: ignore[xss]", "it gives no reason"),
        ("# casemate: ignore[xss]  # noqa", "it gives no reason"),
        ("# casemate: ignore[xss] --", "it gives no reason"),
        ("# casemate: ignore[xs] typo", "there is no rule 'xs'"),
        ("# casemate: ignore[xss, XXE] one of them", "there is no rule 'XXE'"),
        ("# casemate: ignore[*] everything", "there is no rule '*'"),
        ("# casemate: ignore[] nothing", "it names no rule"),
        ("# casemate: ignore[ , ] nothing", "it names no rule"),
        ("# casemate: ignore everything", "it is not of the form `casemate: ignore[rule] reason`"),
        ("# casemate: off", "it is not of the form `casemate: ignore[rule] reason`"),
        ("# casemate: ignore[xss reason", "it is not of the form `casemate: ignore[rule] reason`"),
    ],
)
def test_a_comment_that_is_not_in_order(text, why):
    """It hides nothing, and says why."""
    assert parsed(text) == [Invalid(3, why)]


def test_two_in_one_comment():
    """Each counts for itself."""
    assert parsed("# casemate: ignore[xss] a  # casemate: ignore[xxe]") == [
        Ignore(3, 4, ("xss",), "a"),
        Invalid(3, "it gives no reason"),
    ]


@pytest.mark.parametrize("text", ["# see casemate: ignore[xss] a", "# about #casemate"])
def test_prose_about_casemate_is_no_request(text):
    """Only what stands right behind the `#`."""
    assert parsed(text) == []


def test_only_its_rule_on_its_line_in_its_file_is_hidden():
    """With the reason."""
    ignores = Ignores.of([("a.py", [Mark(3, 4, "# casemate: ignore[xss, xxe] ours")])], KNOWN)
    assert ignores.hides(lead("xss", 4)) == Suppression(by=Hider.COMMENT, reason="ours")
    assert ignores.hides(lead("xxe", 4)) is not None
    assert [ignores.hides(one) for one in (lead("xss", 3), lead("sql-injection", 4), lead("xss", 4, "b.py"))] == [
        None
    ] * 3


def remarks(text, *leads, ran=KNOWN, losses=()):
    found = Ignores.of([("a.py", [Mark(3, 4, text)])], KNOWN).remarks(leads, ran, losses)
    return [(remark.kind, str(remark.location), remark.text) for remark in found]


def test_what_has_nothing_to_hide_is_reported():
    """For the rules that have no finding there; not when each has."""
    text = "# casemate: ignore[xss, xxe] ours"
    assert remarks(text, lead("xss", 4), lead("xxe", 4)) == []
    assert remarks(text, lead("xss", 4), lead("xxe", 5)) == [
        (Amiss.STALE_IGNORE, "a.py:3", "there is no finding of xxe on line 4 to hide")
    ]
    assert remarks(text) == [(Amiss.STALE_IGNORE, "a.py:3", "there is no finding of xss or xxe on line 4 to hide")]


def test_what_nobody_looked_for_is_not_called_stale():
    """The rule did not run, or something of the file was not examined."""
    text = "# casemate: ignore[xss] ours"
    assert remarks(text, ran=("xxe",)) == []
    assert remarks(text, losses=[NotExamined(what="a.py:9", reason=Reason.SYNTAX)]) == []
    assert len(remarks(text, losses=[NotExamined(what="b.py:9", reason=Reason.SYNTAX)])) == 1


def test_more_than_anybody_writes_is_said():
    """The first thousand of a file count."""
    marks = [Mark(n, n, "# casemate: ignore[xss] ours") for n in range(1, MOST + 2)]
    ignores = Ignores.of([("a.py", marks)], KNOWN)
    assert ignores.hides(lead("xss", MOST)) is not None
    assert ignores.hides(lead("xss", MOST + 1)) is None
    assert [remark.text for remark in ignores.invalid] == ["only the first 1,000 of a file are read"]
