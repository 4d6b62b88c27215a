"""The comment on a pull request: short, whole in what it counts, and nothing of the target in it is Markdown or HTML."""

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from markdown_it import MarkdownIt

from casemate.evidence.commonmark import code, prose
from casemate.evidence.markdown import ROOM, ROWS, render
from tests.evidence.hostile import BREAK, hostile
from tests.evidence.support import RULES, at, bank, decided_bank, lead, nasty, reports, trace

GITHUB = MarkdownIt("commonmark").enable(["table"])


class Shape(HTMLParser):
    """Elements, links, and text with what stands in code elements left out."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.loose, self.text, self._code = set(), [], "", "", 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert all(name in ("href", "start") for name, _ in attrs), attrs
        self._code += tag in ("code", "pre")

    def handle_endtag(self, tag):
        self._code -= tag in ("code", "pre")

    def handle_data(self, data):
        self.text += data
        self.loose += data if not self._code else ""


def shape(markdown):
    return Shape(GITHUB.render(markdown))


TAGS = {
    "h2",
    "p",
    "strong",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
    "code",
    "pre",
    "details",
    "summary",
    "ul",
}
TAGS |= {"li", "sub"}


def test_the_comment():
    """What was found in a table, what happens and how to fix it on demand, and what was not examined."""
    text = render(bank(), RULES)
    assert text.startswith(
        "## Casemate: 4 findings (3 traced, 1 suspected) in what was examined; 2 files and 1 part of a file were not\n"
    )
    assert "**1 critical**, **2 high**, **1 medium**" in text
    shown = " ".join(shape(text).text.split())
    for expected in (
        "critical Command injection (CWE-78) backoffice/settlement/runner.py:88 traced, from the network",
        "subprocess.run runs a command made from the form field, in Runner.settle.",
        "1. form field enters, backoffice/settlement/runner.py:80",
        "88 > subprocess.run('settle --password ‹redacted› ' + name, shell=True)",
        "Examined: files 12, lines 2,345",
        "Set aside: by design 1, suppressed by the target's own configuration 1.",
        "not understood by the parser (1 part): legacy/broken.py:12",
        "excluded, on purpose (1 file): .git",
    ):
        assert expected in shown
    assert shape(text).tags <= TAGS


def test_what_people_decided_is_told():
    """What is known, hidden by whom, put off, amiss, and not touched by the change."""
    text = render(decided_bank(), RULES)
    shown = " ".join(shape(text).text.split())
    for expected in (
        "2 new findings (1 traced, 1 suspected) and 1 known from the baseline in what was examined",
        "Decided: later by carol until 2099-01-01: the next release",
        "Set aside: known from the baseline 1, by design 1, suppressed by the target's own configuration 1, "
        "suppressed by triage 1 accepted, 2 others are not touched by the change since origin/main.",
        "Decisions that are over, so that their findings count again: backoffice/settlement/runner.py:88: accepted by bob",
        "Comments that have nothing to hide: backoffice/old.py:30: ignore[xss] hides nothing",
    ):
        assert expected in shown
    assert shape(text).tags <= TAGS


def test_nothing_found_and_nothing_left_out():
    """Both are said."""
    text = render(bank(leads=(), not_examined=()), RULES)
    assert text.startswith("## Casemate: nothing found in what was examined\n")
    assert "**Not examined:** nothing was left out." in text


def test_what_is_by_design_is_shown_on_request():
    """After the findings."""
    assert "By design" not in render(bank(), RULES)
    text = render(bank(), RULES, by_design=True)
    assert text.index("### By design") > text.index("batch&#47;nightly")


def test_a_comment_has_room():
    """However much is found, it stays below what a code host takes, and counts what it leaves out."""
    way = [at("pkg/routes.py", 5), at("pkg/service.py", 9)]
    places = [at(f"pkg/module_{n % 97}.py", 10 + n) for n in range(600)]
    text = render(bank(leads=tuple(lead("xss", place, "m", way=trace(*way, place)) for place in places)), RULES)
    assert len(text) <= ROOM
    assert f"… and {600 - ROWS:,} more, in the full report." in text
    told = text.count("<details>")
    assert f"… the ways of {600 - told:,} more findings stand in the full report." in text
    assert told > 20


def test_a_hostile_target_is_text():
    """No element, link, mention or reference is made of its names and lines; they are shown as they are written."""
    seen = shape(render(hostile(), RULES, by_design=True))
    assert seen.tags <= TAGS | {"h3"}
    assert all(re.match(r"https://cwe\.mitre\.org/", link) for link in seen.links)
    assert BREAK in seen.text
    assert not re.search(r"[@#]\w|www\.|javascript", seen.loose)


@settings(deadline=None, max_examples=40)
@given(reports)
def test_any_report_is_stable_and_its_target_is_text(report):
    """Only our own elements and links, whatever the target is called."""
    text = render(report, RULES, by_design=True)
    assert text == render(report, RULES, by_design=True)
    text.encode("utf-8", "strict")
    seen = shape(text)
    assert seen.tags <= TAGS | {"h3"}
    assert all(re.match(r"https://cwe\.mitre\.org/", link) for link in seen.links)


@settings(deadline=None)
@given(nasty.filter(str.strip))
def test_text_comes_through_unchanged(text):
    """What Markdown and HTML make of the escaped text is the text, made visible; only edges of white space may go."""
    from casemate.evidence.escape import visible

    for escaped in (code(text), prose(text)):
        assert shape(f"x {escaped} x").text.strip() == f"x {visible(text)} x"
