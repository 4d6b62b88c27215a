"""The HTML report in a real browser: it loads nothing, runs nothing of the target, and people can use it.

The browser is the system's Chromium; `make test` installs it where it may.
"""

import hashlib
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from casemate.app.ground import rule_texts
from casemate.evidence.html import render
from tests.evidence.hostile import BREAK, LINE, NAME, hostile
from tests.evidence.proven import hunted_bank
from tests.evidence.support import RULES, at, bank, decided_bank, lead, trace

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {1280: 900, 390: 844}

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: apt-get install --no-install-recommends chromium"
)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open a report; afterwards nothing was requested but the file, and nothing was complained of."""
    requests, complaints, pages = [], [], []

    def open_report(report, rules=RULES, *, width=1280, scheme="light", fragment="", script=True):
        file = tmp_path / "report.html"
        file.write_text(render(report, rules), "utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, java_script_enabled=script
        )
        pages.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri() + fragment)
        return page

    yield open_report
    assert [
        url for url in requests if not url.startswith("file://") or not url.partition("#")[0].endswith("/report.html")
    ] == []
    assert complaints == []
    for context in pages:
        context.close()


def titles(page):
    """The weaknesses that a person sees."""
    return page.locator(".finding:visible .title").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_people_with_any_abilities_can_use_it(opened, width, scheme):
    """axe finds nothing with all of it open, and nothing has to be scrolled sideways."""
    page = opened(decided_bank(), rule_texts(), width=width, scheme=scheme)
    for check in page.locator("#filters input[type=checkbox]").all():
        check.evaluate("box => { box.checked = true; box.dispatchEvent(new Event('change')); }")
    page.locator("#open-all").evaluate("button => button.click()")
    page.locator("#show-filters").evaluate("button => button.click()")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", SIZES)
def test_a_hostile_target_stays_text(opened, width):
    """Its markup is shown as it is written, no image is made of it, nothing runs, and it does not widen the page."""
    page = opened(hostile(), width=width)
    page.locator(".finding h3 button").first.click()
    shown = page.locator(".finding").first.inner_text()
    assert BREAK in shown
    assert NAME.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b") in shown
    assert LINE.replace("\u2066", "\\u2066").partition("www.")[0] in shown
    assert page.locator("img").count() == 0
    assert page.title() == "Casemate: bank"
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_policy_stops_what_would_slip_through(browser, tmp_path):
    """Even markup that some fault let into the file runs and loads nothing."""
    text = render(bank(), RULES)
    slipped = '<img src="x.png" onerror="document.title=1"><script>document.title=2</script><p style="color:red">'
    file = tmp_path / "slipped.html"
    file.write_text(text.replace("<main>", f"<main>{slipped}"), "utf-8")
    page = browser.new_page()
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfinished", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    assert page.title() == "Casemate: bank"
    assert requests == [file.as_uri()]
    assert len([text for text in complaints if "Content Security Policy" in text]) >= 3
    page.close()


def test_a_finding_opens_and_closes_by_keyboard(opened):
    """With Enter or Space on its heading; the way of the value and its lines appear."""
    page = opened(bank())
    button = page.locator(".finding h3 button").first
    step = page.locator(".finding").first.locator("mark").first
    expect(step).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(step).to_be_visible()
    page.keyboard.press("Space")
    expect(step).to_be_hidden()


def test_the_first_key_leads_to_the_findings(opened):
    """A person at the keyboard need not pass what stands above."""
    page = opened(bank())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the findings"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "findings"


def test_search_and_filters_work_by_keyboard(opened):
    """What is typed is looked for in everything that a finding says; what is chosen narrows further; Reset shows all."""
    page = opened(bank())
    assert len(titles(page)) == 4
    page.get_by_label("Search").focus()
    page.keyboard.type("SETTLE --password ‹redacted›")
    assert titles(page) == ["Command injection"]
    expect(page.locator("#status")).to_have_text("Showing 1 of 4 findings")
    page.keyboard.press("Control+a")
    page.keyboard.type("no such word")
    expect(page.locator("#no-match")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    page.keyboard.type("high")
    assert titles(page) == ["SQL injection", "Path traversal"]
    page.get_by_label("Comes from").focus()
    page.keyboard.type("from the caller")
    assert titles(page) == ["Path traversal"]
    page.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    assert len(titles(page)) == 4


FILTERS = {
    "Severity": ("medium", ["Unsafe deserialization"]),
    "Rule": ("sql-injection", ["SQL injection"]),
    "Evidence": ("suspected", ["Unsafe deserialization"]),
    "Comes from": ("from the network", ["Command injection", "SQL injection"]),
    "File": ("batch/nightly.py", ["Unsafe deserialization"]),
}


@pytest.mark.parametrize("label", FILTERS)
def test_each_filter(opened, label):
    """It offers what occurs, and shows what has it."""
    page = opened(bank())
    option, expected = FILTERS[label]
    page.get_by_label(label, exact=True).select_option(label=option)
    assert sorted(titles(page)) == expected


def test_suppressed_and_by_design_are_shown_on_request(opened):
    """They are counted beside their switch, and hidden until it is set."""
    page = opened(bank())
    for name, place in (("Suppressed (1)", "backoffice/old.py:9"), ("By design (1)", "backoffice/pages.py:3")):
        spot = page.locator(".finding h3 .place", has_text=place)
        expect(spot).to_be_hidden()
        page.get_by_label(name).focus()
        page.keyboard.press("Space")
        expect(spot).to_be_visible()
    expect(page.locator("#status")).to_have_text("Showing 6 of 6 findings")


def test_print_shows_everything(opened):
    """Whatever is closed, filtered or set aside on the screen: a printed report is whole."""
    page = opened(bank())
    page.get_by_label("Severity", exact=True).select_option("low")
    page.emulate_media(media="print")
    assert len(titles(page)) == 6
    for more in page.locator(".finding .more").all():
        expect(more).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()


def test_it_is_whole_without_its_script(opened):
    """Where scripts are forbidden every finding is open and nothing is hidden."""
    page = opened(bank(), script=False)
    assert page.locator(".finding .more:visible").count() == 6
    assert page.locator("#filters:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_a_report_after_a_hunt(opened, width, scheme):
    """What happened stands below the heading, what shows it again where it is opened; and anybody can read it."""
    report, bundles = hunted_bank()
    page = opened(report, rule_texts(), width=width, scheme=scheme)
    first = page.locator(".finding").first
    expect(first.locator("p.proof")).to_have_text("Proven: a program named in the input was run")
    expect(first.locator("dl.proof")).to_be_hidden()
    page.locator("#open-all").evaluate("button => button.click()")
    (bundle,) = bundles.values()
    expect(first.locator("dl.proof code")).to_have_text(hashlib.sha256(bundle).hexdigest())
    page.locator("#show-filters").evaluate("button => button.click()")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_label("Put to the proof", exact=True).select_option(label="dependency missing")
    assert titles(page) == ["Path traversal"]


def test_a_link_to_a_finding_opens_it(opened):
    """Also one that is set aside."""
    report = bank()
    hidden = next(f for f in report.findings if f.disposition == "by-design")
    page = opened(report, fragment=f"#f-{hidden.identity[:20]}")
    expect(page.locator(".finding.open h3 .place")).to_have_text(re.compile("pages.py:3"))


def test_thousands_of_findings_can_be_searched(opened):
    """Two thousand, and the answer comes faster than the page did."""
    way = [at("pkg/routes.py", 5), at("pkg/service.py", 9)]
    places = [at(f"pkg/module_{n % 97}.py", 10 + n) for n in range(2000)]
    page = opened(bank(leads=tuple(lead("xss", place, "m", way=trace(*way, place)) for place in places)))
    took, loaded = page.evaluate(
        """() => {
          const start = performance.now(), box = document.getElementById("search");
          box.value = "module_42.py:52 ";
          box.dispatchEvent(new Event("input"));
          document.body.offsetHeight;
          return [performance.now() - start, performance.getEntriesByType("navigation")[0].duration];
        }"""
    )
    expect(page.locator("#status")).to_have_text("Showing 1 of 2,000 findings")
    assert took < loaded
