"""What people decided, and what comes of it on a given day."""

from datetime import date

import pytest

from casemate.evidence import jsonreport
from casemate.evidence.earlier import read_back
from casemate.evidence.table import render
from casemate.evidence.triage import Doubt, Entry, State, applied, doubts, resolve
from casemate.model.errors import UserError
from casemate.model.finding import Disposition
from casemate.model.hiding import Amiss
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import LEADS, RULES, bank
from tests.evidence.test_sarif import run_of

LAST = date(2026, 12, 31)
DAY, AFTER = date(2026, 12, 31), date(2027, 1, 1)
SQL = next(f for f in bank().findings if f.lead.rule == "sql-injection")


def entry(state=State.ACCEPTED, **values):
    return Entry(**{"identity": SQL.identity, "state": state, "why": "ours", "who": "alice", "until": LAST} | values)


def sql(report):
    return next(f for f in report.findings if f.lead.rule == "sql-injection")


@pytest.mark.parametrize("state", [State.ACCEPTED, State.FALSE])
def test_what_is_accepted_or_false_is_hidden_with_its_reason(state):
    """Who, why, and until when; nothing else of the report changes."""
    report = applied(bank(), [entry(state)], DAY)
    found = sql(report)
    assert found.disposition is Disposition.SUPPRESSED
    assert found.suppression is not None
    assert (found.suppression.by, found.suppression.state, found.suppression.reason) == ("triage", state, "ours")
    assert [f for f in report.findings if f != found] == [f for f in bank().findings if f != SQL]
    (result,) = [one for one in run_of(report)["results"] if one["ruleId"] == "sql-injection"]
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "ours",
            "properties": {"state": state, "who": "alice", "until": "2026-12-31"},
        }
    ]


def test_what_is_to_be_fixed_later_counts():
    """With what was said of it."""
    found = sql(applied(bank(), [entry(State.FIXED_LATER)], DAY))
    assert (found.disposition, found.note) == (Disposition.ACTIVE, "fixed-later by alice until 2026-12-31: ours")


def test_the_last_day_is_the_last():
    """From the next one on the finding counts again, and that is said."""
    assert sql(applied(bank(), [entry()], DAY)).disposition is Disposition.SUPPRESSED
    report = applied(bank(), [entry()], AFTER)
    assert sql(report).disposition is Disposition.ACTIVE
    assert [(r.kind, str(r.location), r.text) for r in report.remarks] == [
        (Amiss.EXPIRED_TRIAGE, "backoffice/dao.py:27", "accepted by alice until 2026-12-31: ours")
    ]
    text = render(report, 120, False)
    assert "           no longer accepted by alice until 2026-12-31: ours\n" in text
    assert "Decisions that are over, so that their findings count again: 1\n  backoffice/dao.py:27  accepted by" in text
    (told,) = run_of(report)["invocations"][0]["toolConfigurationNotifications"]
    assert told["descriptor"]["id"] == "hiding/expired-triage"


def test_the_day_changes_nothing_else():
    """Two days on the same side of an expiry give the same bytes, and so does any day where nothing expires."""
    on = [
        jsonreport.render(applied(bank(), [entry()], day)) for day in (date(2026, 1, 1), DAY, AFTER, date(2030, 1, 1))
    ]
    assert on[0] == on[1] != on[2] == on[3]
    assert len({jsonreport.render(applied(bank(), [entry(until=None)], day)) for day in (DAY, AFTER)}) == 1


def test_what_is_hidden_otherwise_or_by_design_stays_so():
    """A decision adds nothing there."""
    entries = [entry(identity=f.identity) for f in bank().findings if f.disposition is not Disposition.ACTIVE]
    assert len(entries) == 2
    assert applied(bank(), entries, DAY) == bank()


def test_the_screen_shows_what_is_hidden_on_request():
    """Counted by state; listed with who decided and why."""
    report = applied(bank(), [entry()], DAY)
    assert "Suppressed by triage: 1 accepted (--show-suppressed)\n" in render(report, 80, False)
    listed = render(report, 80, False, suppressed=True)
    assert "           accepted by alice until 2026-12-31: ours\n" in listed
    assert "           configuration: The target's own configuration ignores it.\n" in listed
    assert "Suppressed by triage: 1 accepted\n" in listed


def test_a_secret_in_a_reason_is_in_no_report():
    """As in everything else."""
    secret = "ghp_" + "a1B2" * 9
    for state in State:
        for day in (DAY, AFTER):
            assert secret not in repr(applied(bank(), [entry(state, why=f"says {secret}")], day))


def read(report):
    return read_back(jsonreport.render(report).encode(), "r")


def test_decisions_that_want_a_look():
    """Expired ones; those whose finding is gone, unless nobody looked."""
    there = entry(until=None)
    gone = entry(identity="0" * 64, until=None)
    unseen = entry(identity="1" * 64, until=None, rule="xss", place="legacy/broken.py:3")
    foreign = entry(identity="2" * 64, until=None, rule="xxe", place="a.py:3")
    fixed = entry(identity="3" * 64, until=None, rule="xss", place="a.py:3")
    triage = [there, gone, unseen, foreign, fixed, entry()]
    assert doubts(triage, read(bank()), AFTER) == [
        (Doubt.STALE, gone),
        (Doubt.UNSEEN, unseen),
        (Doubt.UNSEEN, foreign),
        (Doubt.STALE, fixed),
        (Doubt.EXPIRED, entry()),
    ]
    assert doubts([there, entry()], read(bank()), DAY) == []


def test_a_file_whose_name_is_escaped_was_looked_at_or_not():
    """Places are compared by the bytes of their paths."""
    lost = NotExamined(what="a b/ä.py", reason=Reason.UNREADABLE)
    odd = entry(identity="3" * 64, until=None, rule="xss", place="a b/ä.py:3")
    assert doubts([odd], read(bank(leads=LEADS, not_examined=(lost,), rules=RULES)), DAY) == [(Doubt.UNSEEN, odd)]


def test_an_identity_by_its_beginning():
    """Whole, or as much as tells it apart."""
    known = ["abcd" + "0" * 60, "abce" + "0" * 60]
    assert resolve("ABCD", known, "'r'") == known[0]
    assert resolve(known[1], known, "'r'") == known[1]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("abc", "'abc' is too short for an identity; give at least 4 of its digits"),
        ("", "'' is too short for an identity; give at least 4 of its digits"),
        ("abcf", "no finding of 'r' has an identity that begins with 'abcf'; a table shows identities below the level"),
        ("abcd0", "2 findings of 'r' begin with 'abcd0'; give more of its digits"),
    ],
)
def test_a_beginning_that_names_nothing(given, line):
    """What is wrong with it, and the next step."""
    with pytest.raises(UserError) as caught:
        resolve(given, ["abcd0" + "1" * 59, "abcd0" + "2" * 59], "'r'")
    assert str(caught.value) == line
