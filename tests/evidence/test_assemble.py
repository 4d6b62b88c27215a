"""Assembly: from leads to a report that is ready for every output."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence.assemble import assemble
from casemate.model.finding import Baseline, Disposition
from casemate.model.lead import Evidence
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import COVERAGE, IGNORED, LEADS, NOT_EXAMINED, RULES, at, bank, lead, leads, trace


def test_a_finding_takes_over_what_its_rule_says():
    """Title, CWE and severity are the rule's, evidence the lead's."""
    found = {finding.lead.rule: finding for finding in bank().findings}
    shell = found["command-injection"]
    assert (shell.title, shell.cwe, shell.severity, shell.evidence) == (
        "Command injection",
        78,
        "critical",
        Evidence.TRACED,
    )
    assert found["unsafe-deserialization"].evidence is Evidence.SUSPECTED


def test_the_target_hides_only_what_is_no_more_than_suppressed():
    """Suppressed findings are kept and counted, not dropped."""
    report = bank()
    assert [len(report.of(d)) for d in (Disposition.ACTIVE, Disposition.BY_DESIGN, Disposition.SUPPRESSED)] == [4, 1, 1]


@pytest.mark.parametrize(
    "values",
    [
        {"disposition": Disposition.SUPPRESSED},
        {"suppression": IGNORED},
        {"disposition": Disposition.KNOWN},
        {"disposition": Disposition.KNOWN, "baseline": Baseline.NEW},
    ],
)
def test_nothing_is_hidden_or_known_without_grounds(values):
    """A suppressed finding has a reason, a known one stands in a baseline."""
    with pytest.raises(ValueError, match=r"a finding is suppressed for|a known finding stands"):
        replace(bank().findings[0], **values)


def test_source_lines_are_redacted_and_trimmed():
    """The snippet shows the line without its secret."""
    shell = next(f for f in bank().findings if f.lead.rule == "command-injection")
    assert shell.snippet == "subprocess.run('settle --password ‹redacted› ' + name, shell=True)"


def test_secrets_in_messages_and_notes_are_redacted():
    """A note that quotes code is no way out."""
    secret = "ghp_" + "a1B2" * 9
    place = at("a.py", 1)
    way = trace(place, at("a.py", 2), source=f"constant {secret}")
    report = bank(leads=(lead("xss", place, f"says {secret}", way=way),))
    assert secret not in repr(report)


def test_what_was_not_examined_is_sorted_and_told_once():
    """The order and the number of the reports of one loss do not matter."""
    once = bank(not_examined=NOT_EXAMINED)
    assert bank(not_examined=(*reversed(NOT_EXAMINED), *NOT_EXAMINED)) == once
    assert list(once.not_examined) == sorted(NOT_EXAMINED)


@given(st.lists(leads, max_size=6), st.randoms())
def test_the_order_of_leads_does_not_matter(found, random):
    """Leads may come from any schedule of workers."""
    shuffled = list(found)
    random.shuffle(shuffled)
    key = [(f.identity, f.lead.location) for f in bank(leads=tuple(found)).findings]
    assert sorted(key) == sorted((f.identity, f.lead.location) for f in bank(leads=tuple(shuffled)).findings)


def test_a_lead_of_a_rule_that_did_not_run_is_refused():
    """A finding without its rule's facts cannot be built."""
    with pytest.raises(KeyError):
        assemble(
            version="1",
            target=[],
            rules=RULES[:1],
            leads=LEADS,
            source_line=lambda place: "",
            not_examined=[NotExamined(what="a", reason=Reason.SYNTAX)],
            coverage=COVERAGE,
        )
