"""Names of weaknesses: those of CWE 4.14, for every rule that has one."""

import pytest

from casemate.evidence.cwe import official_name
from casemate.leads.catalogue import posture, rules

CATEGORIES = {16}  # "Configuration" is a category, and no weakness


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (79, "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"),
        (22, "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')"),
        (1395, "Dependency on Vulnerable Third-Party Component"),
        (16, ""),  # a category
        (1, ""),  # a view's place, not a weakness
        (132, ""),  # deprecated
        (99999, ""),
    ],
)
def test_the_official_name(number, name):
    """As cwe.mitre.org shows it; "" for what is no weakness."""
    assert official_name(number) == name


def test_every_rule_has_one():
    """So that a draft of any finding can name its weakness."""
    numbers = {rule.cwe for rule in (*rules(), *posture())} - CATEGORIES
    assert [number for number in sorted(numbers) if not official_name(number)] == []
