"""Every example of every posture rule, run over a root in memory: exactly the marked places, nothing else."""

from __future__ import annotations

import pytest

from casemate.host import catalogue
from casemate.host.derivation import Graph
from casemate.host.graph import edges
from casemate.leads.audit import audit
from casemate.leads.catalogue import posture
from casemate.leads.rule import Example, Rule
from tests.host.tree import example_tree, tree

RULES = posture()
CASES = [pytest.param(rule, example, id=f"{rule.id}: {example.name}") for rule in RULES for example in rule.examples]


def audited(root, rules):
    host = root.host()
    return audit(host, Graph(edges(host, catalogue.relations(host))), rules)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_gives_the_marked_places(rule: Rule, example: Example):
    """The leads of the rule stand on the marked lines and files; a near-miss has none."""
    root = example_tree(example)
    leads = audited(root, [rule])
    assert sorted((f"/{lead.location.path}", lead.location.line) for lead in leads) == sorted(root.marks)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_shows_enough(rule: Rule):
    """At least two weaknesses and three near-misses, told apart by their names."""
    quiet = [e for e in rule.examples if e.near_miss]
    assert len(quiet) >= 3
    assert len(rule.examples) - len(quiet) >= 2
    assert len({e.name for e in rule.examples}) == len(rule.examples)
    assert all(e.name.startswith("near-miss: ") == e.near_miss for e in rule.examples)


def test_the_base_of_the_examples_is_clean():
    """What the examples lie over has no weakness by itself."""
    assert [(lead.rule, lead.location) for lead in audited(tree(""), RULES)] == []
