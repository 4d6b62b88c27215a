"""What drafts of advisories are made of, for their tests."""

from datetime import UTC, datetime

from casemate.evidence.jsonreport import render
from casemate.evidence.publication import Publication
from casemate.evidence.told import Page, of_report
from tests.evidence.support import bank
from tests.evidence.test_fixes import OFFERED

DAY = datetime(2026, 11, 30, tzinfo=UTC)
PAGE = Page(what="Text becomes code.", why="Whoever sends it runs it.", fix="Pass a list.")


def told(rule="command-injection", report=None):
    """A finding of the bank's report, of that rule."""
    findings = of_report(render(report or bank()).encode(), "r.json")
    return next(one for one in findings if one.rule == rule)


TRACED, FIXED = told(), told(report=OFFERED)


def said(**changes):
    """All that a publisher may say."""
    given = {
        "date": DAY,
        "product": "Back Office",
        "version": "4.2.0",
        "purl": "pkg:pypi/back-office@4.2.0",
        "publisher": "Example CERT",
        "namespace": "https://www.example.com",
    }
    return Publication(**given | changes)
