"""What our own rules show as weak, our rewrites make strong: after a draft the engine finds one thing less, and nothing new."""

from __future__ import annotations

from collections import Counter

import pytest

from casemate.fixes.propose import patches
from casemate.leads.catalogue import rule, rules
from casemate.leads.rule import Example, Rule
from casemate.leads.scan import scan_sources
from casemate.model.lead import Lead
from tests.leads.examples import files

# What these find missing, an owner or a permission, stands nowhere in the code.
OTHERS = ("missing-authorization", "missing-owner")
# For these findings no rewrite is known that our own scan lets pass, and why. By the rule, the example, and a word of the line.
NONE = {
    (
        "command-injection",
        "the program itself comes from the request",
        "",
    ): "which programs are meant is not in the code",
    ("weak-cipher", "single and triple DES", "DES"): "another cipher has other keys",
    ("weak-cipher", "a mode without memory", "ECB"): "who decrypts must know the nonce",
    ("weak-cipher", "read and written, or kept", "ECB"): "who decrypts must know the nonce",
    (
        "weak-cipher",
        "ciphers where they were, and where they are put away",
        "encryptor",
    ): "another cipher has other keys",
    ("unknown-user", "in one condition, after another lookup", "check_password"): "nobody knows a hash of nobody's",
    ("nosql-injection", "a whole filter", "get_json"): "which fields are meant is not in the code",
    ("trust-boundary", "a key from outside, and several at once", "update"): "what is meant is not in the code",
}

CASES = [
    pytest.param(one, example, id=f"{one.id}: {example.name}")
    for one in rules()
    if one.id not in OTHERS
    for example in one.examples
    if not example.near_miss
]


def active(sources: dict[str, str], rule: Rule) -> list[Lead]:
    """What the engine says about sources."""
    return [lead for lead in scan_sources(sources, [rule]) if not lead.by_design]


def without(rule: Rule, example: Example, line: str) -> bool:
    """Whether no rewrite is known for a finding."""
    return any(key[:2] == (rule.id, example.name) and key[2] in line for key in NONE)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_a_draft_takes_the_finding_away(rule: Rule, example: Example) -> None:
    """For every finding of the example, and none makes another."""
    sources = files(example)
    leads = active(sources, rule)
    assert leads
    for lead in leads:
        line = sources[lead.location.path].splitlines()[lead.location.line - 1]
        drafts = list(patches(lead, rule.cwe, lambda path: sources[path].encode() if path in sources else None))
        left = [
            len(active(sources | {change.path: change.after.decode() for change in patch.changes}, rule))
            for patch in drafts
        ]
        assert max(left, default=0) <= len(leads), line
        if without(rule, example, line):
            assert min(left, default=len(leads)) == len(leads), line
            assert not (drafts and rule.id == "command-injection"), line
            continue
        assert left and min(left) < len(leads), (line, [change.after.decode() for p in drafts for change in p.changes])


def test_the_list_of_exceptions_is_true() -> None:
    """It names examples that are there, each once, and rules that are."""
    names = Counter((one.id, example.name) for one in rules() for example in one.examples)
    assert all(names[key[:2]] == 1 for key in NONE)
    assert all(rule(name) for name in OTHERS)
