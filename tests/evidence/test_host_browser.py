"""The picture of a host's privilege graph in a real browser: people can explore it, with and without its script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from casemate.app.ground import rule_texts
from casemate.pipeline.host import HostOptions, audit_host
from tests.evidence.test_html_browser import CHROMIUM, browser, opened
from tests.host.tree import tree
from tests.host.weak_root import WEAK

__all__ = ["browser", "opened"]
RULES = rule_texts(host=True)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing")


@pytest.fixture(scope="module")
def report():
    """A host on which anybody cannot become root, but members of staff and a service can."""
    root = tree(WEAK.replace("tools.sh 0666", "tools.sh 0644"))
    return audit_host(root, options=HostOptions(), progress=lambda stage, done, total: None).report


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_people_with_any_abilities_can_use_it(opened, report, width, scheme):
    """No violation of WCAG that axe knows, and nothing is wider than the screen but the picture, which scrolls."""
    page = opened(report, RULES, width=width, scheme=scheme)
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_ways_of_one_source_are_shown(opened, report):
    """What another account does fades; what a source can do is counted."""
    page = opened(report, RULES)
    says = page.locator("#graph-says")
    expect(says).to_have_text("2 edges lead to root")
    page.locator("#graph-source").select_option("account:websvc")
    expect(says).to_have_text("1 edge leads to root")
    expect(page.locator(".edges > li:visible")).to_have_count(1)
    expect(page.locator('.box[data-name="/opt/app"]')).not_to_have_class("faded")
    assert "faded" in page.locator('.box[data-name="/etc/profile.d/zz-team.sh"]').get_attribute("class")


def test_with_the_cut_made_nothing_leads_to_root(opened, report):
    """All that the cut ends fades."""
    page = opened(report, RULES)
    page.locator("#graph-cut").check()
    expect(page.locator("#graph-says")).to_have_text("none leads to root")


def test_a_file_leads_to_its_edge(opened, report):
    """A click on a box chooses its edge in the list below, by the keyboard as well."""
    page = opened(report, RULES)
    page.locator('a:has(.box[data-name="/opt/app"])').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".edges > li.chosen")).to_contain_text("/opt/app lets /opt/app/serve be replaced")


def test_without_its_script_it_is_whole(opened, report):
    """Every edge, way and change is there to be read."""
    page = opened(report, RULES, script=False)
    assert page.locator(".edges > li").count() >= 2
    expect(page.locator("#host")).to_contain_text("chown 0:0 /opt/app (was 980:980)")
    expect(page.locator(".graph .tools")).to_be_hidden()
