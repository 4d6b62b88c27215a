"""What leads of agents are called, and which are taken."""

from casemate.evidence.cwe import official_name
from casemate.leads.catalogue import rules
from casemate.model.lead import Severity
from casemate.pipeline.desk import LOGIC, named


def test_a_lead_is_called_by_its_weakness():
    """Not by one of the rules that find such a weakness, of which it may have nothing; a category has no name."""
    assert named(639) == ("Authorization Bypass Through User-Controlled Key", Severity.HIGH)
    assert named(78)[0] == official_name(78) != ""
    assert named(840) == ("Weakness of the program's logic", Severity.HIGH)
    titles = {rule.title for rule in rules()}
    assert not {named(cwe)[0] for cwe in (*LOGIC, *(rule.cwe for rule in rules()))} & titles
