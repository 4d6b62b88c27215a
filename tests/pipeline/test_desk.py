"""What leads of agents are called, and which are taken."""

import pytest
from governance.support import InlineExecutor

from casemate.adapters.filesystem import FileTree
from casemate.adapters.nostore import NoStore
from casemate.evidence.cwe import official_name
from casemate.leads.catalogue import rules
from casemate.model.finding import Coverage, Report
from casemate.model.lead import Severity
from casemate.model.proposal import Place, Proposal
from casemate.pipeline.claims import NEAR
from casemate.pipeline.desk import LOGIC, Proposing, named
from casemate.pipeline.scan import ScanOptions
from casemate.pipeline.study import Study

TILL = (
    "def pay(user, amount):\n"
    + "    user.balance -= amount\n"
    + "    user.touch()\n" * (NEAR + 1)
    + "    user.balance -= amount\n"
)


@pytest.fixture
def study(tmp_path):
    """Of a function in which the same line stands twice."""
    (tmp_path / "till.py").write_text(TILL)
    with FileTree(tmp_path) as tree:
        yield Study(
            tree,
            Report(version="", target=(), rules=(), findings=(), not_examined=(), coverage=Coverage()),
            store=NoStore(),
            executor=InlineExecutor(),
            options=ScanOptions(),
            progress=lambda stage, done, total: None,
        )


def test_a_lead_is_taken_once(study):
    """Two lines of one function that say the same have one identity: in whichever look, the second is known."""

    def proposal(line):
        place = Place(path="till.py", line=line)
        return Proposal(sink=place, source=Place(path="till.py", line=1), parameter="amount", cwe=840, statement="s")

    first = Proposing(study)
    assert not first.propose(proposal(2)).refused
    assert "it is known already" in first.propose(proposal(NEAR + 4)).text
    second = Proposing(study, [one.finding for one in first.taken])
    assert "it is known already" in second.propose(proposal(NEAR + 4)).text
    assert not second.propose(proposal(NEAR + 3)).refused


def test_a_lead_is_called_by_its_weakness():
    """Not by one of the rules that find such a weakness, of which it may have nothing; a category has no name."""
    assert named(639) == ("Authorization Bypass Through User-Controlled Key", Severity.HIGH)
    assert named(78)[0] == official_name(78) != ""
    assert named(840) == ("Weakness of the program's logic", Severity.HIGH)
    titles = {rule.title for rule in rules()}
    assert not {named(cwe)[0] for cwe in (*LOGIC, *(rule.cwe for rule in rules()))} & titles
