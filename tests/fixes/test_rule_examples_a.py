"""What our own rules show as weak, our rewrites make strong: after a draft the engine finds one thing less, and nothing new."""

from __future__ import annotations

from collections import Counter

import pytest

from casemate.fixes.propose import patches
from casemate.leads.catalogue import rule, rules
from casemate.leads.rule import Example, Rule
from casemate.leads.scan import scan_sources
from casemate.model.fix import Patch
from casemate.model.lead import Lead
from tests.leads.examples import files

RULES = (
    "template-injection",
    "redos",
    "slow-pattern",
    "regex-injection",
    "open-permissions",
    "late-permissions",
    "path-race",
    "archive-extraction",
    "temporary-file",
    "xxe",
    "open-xml-parser",
    "sql-injection",
    "code-injection",
    "unsafe-deserialization",
    "command-injection",
    "argument-injection",
)
# For these there is no rewrite, and why.
NONE = {
    "the program itself comes from the request": "which programs are meant is not in the code",
}


def active(sources: dict[str, str], rule: Rule) -> list[Lead]:
    """What the engine says about sources."""
    return [lead for lead in scan_sources(sources, [rule]) if not lead.by_design]


def after(sources: dict[str, str], patch: Patch) -> dict[str, str]:
    """Sources with a patch."""
    return sources | {change.path: change.after.decode() for change in patch.changes}


CASES = [
    pytest.param(one, example, id=f"{one.id}: {example.name}")
    for one in rules()
    if one.id in RULES
    for example in one.examples
    if not example.near_miss
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_draft_takes_the_finding_away(rule: Rule, example: Example) -> None:
    """For every finding of the example."""
    sources = files(example)
    leads = active(sources, rule)
    assert leads
    for lead in leads:
        drafts = list(patches(lead, rule.cwe, lambda path: sources[path].encode() if path in sources else None))
        left = [len(active(after(sources, patch), rule)) for patch in drafts]
        if example.name in NONE:
            assert not drafts
        else:
            assert left and min(left) < len(leads), [change.after.decode() for p in drafts for change in p.changes]
            assert max(left) <= len(leads)


def test_the_list_of_exceptions_is_short_and_true() -> None:
    """It names examples that are there."""
    names = Counter(example.name for one in RULES for example in rule(one).examples)
    assert all(names[name] == 1 for name in NONE)
    assert len(NONE) <= 3
