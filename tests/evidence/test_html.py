"""The HTML report as a file; what a browser makes of it is in test_html_browser.py."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings

from casemate.evidence.escape import visible
from casemate.evidence.html import render
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.hostile import hostile
from tests.evidence.support import COVERAGE, RULES, at, bank, decided_bank, lead, reports, trace


class Seen(HTMLParser):
    """Every element with its attributes, and the text outside of script and style."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self._raw = [], "", False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._raw = tag in ("script", "style")
        self.text += " " if tag in ("dd", "p", "li") else ""

    def handle_endtag(self, tag):
        self._raw = False

    def handle_data(self, data):
        self.text += "" if self._raw else data


TAGS = {tag for tag, _ in Seen(render(decided_bank(), RULES)).elements}


def words(text):
    return " ".join(Seen(text).text.split())


def test_everything_a_reader_needs_is_there():
    """What, where, how bad, how well known, where it comes from, the way with its lines, and how to fix it."""
    text = words(render(bank(), RULES))
    for expected in (
        "critical Command injection backoffice/settlement/runner.py:88",
        "subprocess.run runs a command made from the form field",
        "CWE-78, OWASP A03:2021 Injection",
        "Evidence traced",
        "The value comes from the network",
        "form field enters backoffice/settlement/runner.py:80",
        "step_80()",
        "subprocess.run('settle --password ‹redacted› ' + name, shell=True)",
        "4 findings (3 traced, 1 suspected) in what was examined; 2 files and 1 part of a file were not.",
        "Entry points 7",
        "Dangerous calls 14",
        "12 of 14 files of a kind that Casemate reads",
        "Files examined 85%",
        "Not understood by the parser 1 part legacy/broken.py:12, 3 lines: statement not understood",
        "Excluded, on purpose 1 file .git",
        "Suppressed 1",
        "By design 1",
    ):
        assert expected in text


def test_what_people_decided_is_told():
    """What is known, hidden by whom and why, put off, amiss, and not touched by the change."""
    text = words(render(decided_bank(), RULES))
    for expected in (
        "2 others are not touched by the change since origin/main.",
        "Beside the baseline new",
        "Decided later by carol until 2099-01-01: the next release",
        "Known from the baseline 1",
        "Suppressed accepted by alice until 2099-12-31: The mainframe quotes it.",
        "Suppressed configuration: The target's own configuration ignores it.",
        "Decisions that are over, so that their findings count again 1 backoffice/settlement/runner.py:88: accepted by bob",
        "Comments that have nothing to hide 1 backoffice/old.py:30: ignore[xss] hides nothing",
    ):
        assert expected in text
    assert "amiss" not in words(render(bank(), RULES))


def test_steps_on_one_line_are_shown_once():
    """With what happens there in one sentence; a step without words passes the value on."""
    place = at("a.py", 3)
    report = bank(leads=(lead("xss", place, "m", way=trace(place, place)),))
    assert "query string enters, passed to" not in words(render(report, RULES))
    assert "query string enters, reaches sqlite3.Cursor.execute a.py:3" in words(render(report, RULES))


def test_a_report_without_findings_says_so():
    """And never that the target is safe."""
    text = words(render(bank(leads=(), not_examined=()), RULES))
    assert "Nothing found in what was examined." in text
    assert "None in what was examined." in text
    assert "Nothing was left out." in text


def test_the_share_of_files_is_rounded_down():
    """One file missing of many is not 100%."""
    missed = (NotExamined(what="a.py", reason=Reason.TIMEOUT),)
    report = bank(not_examined=missed, coverage=replace(COVERAGE, files=9_999))
    assert "Files examined 99%" in words(render(report, RULES))


@settings(deadline=None, max_examples=25)
@given(reports)
def test_any_report_is_stable_and_holds_no_markup_of_the_target(report):
    """Only the template's own elements; no attribute that runs or loads; nothing that acts on whoever prints the file."""
    text = render(report, RULES)
    assert text == render(report, RULES)
    for tag, attributes in Seen(text).elements:
        assert tag in TAGS | {"ul"}
        assert not any(name.startswith("on") or name in ("style", "src", "action") for name in attributes)
        if "href" in attributes:
            assert re.match(r"#|https://cwe\.mitre\.org/data/definitions/\d+\.html$", attributes["href"])
    text.encode("utf-8", "strict")
    assert visible(text.replace("\n", "")) == text.replace("\n", "")


def test_hostile_names_and_lines_stay_text():
    """Escaped in every place where they stand."""
    text = render(hostile(), RULES)
    assert "<img" not in text
    assert text.count("&lt;img src=x onerror=") > 5
    assert text.count("</script>") == text.count("</style>") == 1
    assert "{{ 7 * 7 }}" in words(text)
    assert "\u202e" not in text
    assert "\\u202e" in text


def test_the_policy_allows_the_pages_own_script_and_style_alone():
    """By their hashes; nothing else loads, runs or is sent."""
    text = render(bank(), RULES)
    policy = next(a["content"] for tag, a in Seen(text).elements if a.get("http-equiv") == "Content-Security-Policy")
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy.split("; ")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_script_writes_no_markup():
    """It has no way to turn text into elements or programs."""
    (script,) = re.findall(r"<script>(.*?)</script>", render(bank(), RULES), re.DOTALL)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp|import", script
    )


def test_no_time_and_no_machine():
    """Two machines write the same bytes."""
    text = render(bank(), RULES)
    assert not re.search(r"\b20\d\d-\d\d-\d\d|/home/|/root/|\d\d:\d\d:\d\d", text)


def test_thousands_of_findings_fit():
    """A file that a browser opens and a mail carries."""
    count = 2000
    base = bank().findings[0].lead
    places = [at(f"pkg/module_{n % 97}.py", 10 + n) for n in range(count)]
    leads = tuple(
        lead(base.rule, place, base.message, way=trace(at("pkg/routes.py", 5), at("pkg/service.py", 9), place))
        for place in places
    )
    text = render(bank(leads=leads), RULES)
    assert text.count('<li class="finding"') == count
    assert len(text) < 12_000_000
