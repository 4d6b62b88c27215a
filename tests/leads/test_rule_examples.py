"""Every example of every rule, run through the engine: exactly the marked lines, nothing else."""

from __future__ import annotations

import pytest

from casemate.leads.catalogue import rules
from casemate.leads.rule import Example, Rule
from casemate.leads.scan import scan_sources

from .examples import files, marked

CASES = [pytest.param(rule, example, id=f"{rule.id}: {example.name}") for rule in rules() for example in rule.examples]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_gives_the_marked_lines(rule: Rule, example: Example):
    """The active leads of the rule stand on the marked lines; a near-miss has none."""
    leads = scan_sources(files(example), [rule])
    assert sorted((lead.location.path, lead.location.line) for lead in leads if not lead.by_design) == marked(example)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_says_by_its_name_what_it_is(rule: Rule, example: Example):
    """Readers of a rule's page see at once which examples must stay quiet."""
    assert example.name.startswith("near-miss: ") == example.near_miss


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_shows_enough(rule: Rule):
    """At least three weaknesses and four near-misses, all with different names."""
    quiet = [e for e in rule.examples if e.near_miss]
    assert len(quiet) >= 4
    assert len(rule.examples) - len(quiet) >= 3
    assert len({e.name for e in rule.examples}) == len(rule.examples)


def test_by_design_is_counted_and_not_found():
    """What an API names is kept as a lead by design, so that it can be shown on request."""
    code = "import subprocess\n\ndef run(command):\n    subprocess.call(command, shell=True)\n"
    (lead,) = [lead for lead in scan_sources({"tools.py": code}, rules()) if lead.rule == "command-injection"]
    assert lead.by_design
    assert lead.location.line == 4
