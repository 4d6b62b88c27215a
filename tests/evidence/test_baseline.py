"""A report beside an earlier one."""

import json

from casemate.evidence import jsonreport, sarif
from casemate.evidence.baseline import compared
from casemate.evidence.earlier import read_back
from casemate.evidence.table import conclusion, render
from casemate.model.finding import Baseline, Disposition
from tests.evidence.support import LEADS, RULES, at, bank, lead
from tests.evidence.test_sarif import run_of


def earlier(report):
    return read_back(jsonreport.render(report).encode(), "old.json")


OLD = bank(leads=LEADS[1:])


def states(report):
    return {f.lead.rule: (f.baseline, f.disposition) for f in report.findings if not f.lead.by_design}


def test_what_stands_in_the_baseline_does_not_count():
    """And what does not is new; what is hidden stays hidden."""
    assert states(compared(bank(), earlier(OLD))) == {
        "sql-injection": (Baseline.NEW, Disposition.ACTIVE),
        "command-injection": (Baseline.UNCHANGED, Disposition.KNOWN),
        "path-traversal": (Baseline.UNCHANGED, Disposition.KNOWN),
        "unsafe-deserialization": (Baseline.UNCHANGED, Disposition.KNOWN),
        "xss": (Baseline.UNCHANGED, Disposition.SUPPRESSED),
    }


def test_lines_that_moved_change_nothing():
    """Identities do not know lines."""
    then = tuple(lead("xss", at("a.py", line), "m") for line in (3, 5))
    now = tuple(lead("xss", at("a.py", line), "m") for line in (43, 57))
    assert [f.baseline for f in compared(bank(leads=now), earlier(bank(leads=then))).findings] == [
        Baseline.UNCHANGED
    ] * 2


def test_one_more_of_the_same_is_new():
    """A third equal line in a function in which two are known."""
    two = tuple(lead("xss", at("a.py", line), "m") for line in (3, 5))
    report = compared(bank(leads=(*two, lead("xss", at("a.py", 9), "m"))), earlier(bank(leads=two)))
    assert [(f.lead.location.line, f.baseline.value) for f in report.findings] == [
        (9, "new"), (3, "unchanged"), (5, "unchanged"),
    ]  # fmt: skip


def test_what_was_only_hidden_is_new_when_it_is_not():
    """A baseline knows what counted then."""
    now = bank(leads=(lead("xss", at("a.py", 9), "m"),))
    document = json.loads(jsonreport.render(now))
    document["findings"][0] |= {"disposition": "suppressed"}
    report = compared(now, read_back(json.dumps(document).encode(), "r"))
    assert [(f.baseline, f.disposition) for f in report.findings] == [(Baseline.NEW, Disposition.ACTIVE)]


def test_a_report_made_with_a_baseline_is_one():
    """What was known then counts as known."""
    second = compared(bank(), earlier(OLD))
    assert compared(bank(), earlier(second)).of(Disposition.ACTIVE) == ()


def test_sarif_says_it_of_every_result():
    """Either all results have a state, or none has (§3.27.24)."""
    run = run_of(compared(bank(), earlier(OLD)))
    assert [(one["ruleId"], one["baselineState"]) for one in run["results"]] == [
        ("sql-injection", "new"),
        ("command-injection", "unchanged"),
        ("path-traversal", "unchanged"),
        ("unsafe-deserialization", "unchanged"),
        ("xss", "unchanged"),
    ]
    assert not any("baselineState" in one for one in run_of(bank())["results"])


def test_the_screen_counts_what_is_known():
    """It lists what is new; what is known on request."""
    report = compared(bank(), earlier(OLD))
    text = render(report, 80, False)
    assert "Known from the baseline: 3 (--show-known)\n" in text
    assert ("backoffice/dao.py:27" in text, "backoffice/settlement/runner.py:88" in text) == (True, False)
    assert conclusion(report).startswith("1 new finding (1 traced) and 3 known from the baseline in what was examined")
    more = render(report, 80, False, known=True)
    assert more.index("backoffice/dao.py:27") < more.index("\nKnown from the baseline\n") < more.index("runner.py:88")
    assert conclusion(compared(bank(), earlier(bank()))).startswith("nothing new and 4 known from the baseline in what")


def test_both_forms_of_a_baseline_do_the_same():
    """Byte for byte."""
    from_sarif = read_back(sarif.render(OLD, RULES, by_design=True).encode(), "r")
    assert jsonreport.render(compared(bank(), from_sarif)) == jsonreport.render(compared(bank(), earlier(OLD)))
