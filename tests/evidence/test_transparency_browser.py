"""The transparency report in a real browser: it loads and runs nothing, and people with any abilities can use it."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from casemate.evidence.figures import figures
from casemate.evidence.transparency import Access, Evaluated, Transparency, as_html
from casemate.governance.assessment import AttackClass, Safeguards
from tests.evidence.test_html_browser import ARGUMENTS, CHROMIUM, SIZES, browser  # noqa: F401

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REPORT = Transparency(
    version="0.1.0",
    made=NOON,
    figures=figures(),
    evaluated=(Evaluated(system="<img src=x onerror=document.title=1>:m", found="find: 50.0% of 2", id="ab" * 32),),
    safeguards=Safeguards(
        version="0.1.0",
        seed=1,
        classes=(
            AttackClass(id="target-steers", attempts=1000, successes=0),
            AttackClass(id="x" * 60, attempts=9, successes=3),
        ),
    ),
    tried=NOON,
    titles=(("target-steers", "A target that steers the run"),),
    access=Access(
        outcomes=(("scan", "completed", 12345), ("release", "denied", 2)), entries=9, incidents=(3, 1), key="k" * 90
    ),
    person="p" * 90,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_people_can_use_it(browser, tmp_path, width, scheme):  # noqa: F811
    """axe finds nothing, nothing scrolls sideways, nothing is asked for, and what a log names stays text."""
    file = tmp_path / "report.html"
    file.write_text(as_html(REPORT), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme)
    page = context.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert requests == [file.as_uri()]
    assert [text for text in complaints if "axe" not in text] == []
    assert page.title() == "Casemate: transparency report"
    assert page.locator("img").count() == 0
    assert "<img src=x onerror=document.title=1>:m" in page.locator("#can").inner_text()
    context.close()


def test_the_policy_allows_no_script():
    """There is none in it, and the policy names the style sheet alone."""
    text = as_html(REPORT)
    assert "script-src" not in text and "<script" not in text
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in text
