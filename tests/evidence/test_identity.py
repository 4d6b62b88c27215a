"""Identity: a finding stays itself when lines move, and ranks by what matters."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence.assemble import assemble
from casemate.evidence.identity import identities
from casemate.model.finding import Disposition
from casemate.model.trace import Boundary
from tests.evidence.support import COVERAGE, RULES, at, bank, lead, trace

LINE = 'cursor.execute("SELECT " + name)'


def one(path="a.py", line=3, function="find", rule="sql-injection"):
    return lead(rule, at(path, line), "m", function=function)


def test_an_identity_is_the_same_everywhere():
    """Nothing of the machine, the time or the process goes into it: this value never changes under `casemate/v1`."""
    assert identities([one()], [LINE]) == ["0fed3369bb844044e3e8f74f1bb453770fec466a333b9ca36e32ce4f9f31eba9"]


@given(st.integers(1, 10**6), st.sampled_from(["", "    ", "\t"]), st.sampled_from([" ", "  ", "\t"]))
def test_moved_and_reindented_lines_keep_their_identity(line, indent, space):
    """Lines inserted above, another indentation, other white space within."""
    assert identities([one(line=line)], [indent + LINE.replace(" ", space)]) == identities([one()], [LINE])


def test_everything_that_makes_a_finding_another_one_changes_it():
    """Rule, path, function and the text of the line."""
    variants = [one(), one(path="b.py"), one(function="g"), one(rule="xss")]
    found = {identities([variant], [LINE])[0] for variant in variants} | set(identities([one()], ["eval(x)"]))
    assert len(found) == 5


def test_fields_do_not_run_into_one_another():
    """`ab` and `c` are not `a` and `bc`."""
    assert identities([one(path="ab", function="c")], [LINE]) != identities([one(path="a", function="bc")], [LINE])


def test_equal_lines_are_told_apart_in_the_order_of_the_file():
    """Three equal lines in a function have three identities, whatever the order in which they were found."""
    first, second, third = one(line=3), one(line=5), one(line=9)
    expected = identities([first, second, third], [LINE] * 3)
    assert len(set(expected)) == 3
    assert identities([third, first, second], [LINE] * 3) == [expected[2], expected[0], expected[1]]
    assert identities([replace(first, location=at("a.py", 30))], [LINE]) == expected[:1]


def test_a_rotated_password_is_the_same_finding_and_cannot_be_guessed_from_it():
    """The identity is taken of the redacted line, so that it says nothing of what was redacted."""
    place = at("a.py", 1)

    def identity(password):
        return (
            assemble(
                version="1",
                target=["a"],
                rules=RULES,
                leads=[lead("xss", place, "m")],
                source_line=lambda _: f"connect(password={password!r}, user=name)",
                not_examined=(),
                coverage=COVERAGE,
            )
            .findings[0]
            .identity
        )

    assert identity("hunter2") == identity("hunter3")


def test_findings_rank_by_evidence_disposition_boundary_severity_length_and_place():
    """Each earlier criterion outweighs all later ones."""
    place, far = at("z.py", 9), at("y.py", 1)
    leads = [
        lead("command-injection", at("r.py", 1), "m", way=trace(far, place)),
        lead("sql-injection", at("q.py", 1), "m", way=trace(far, place)),
        lead("sql-injection", at("p.py", 1), "m", way=trace(far, far, place)),
        lead("command-injection", at("o.py", 1), "m", way=trace(far, place, boundary=Boundary.LOCAL)),
        lead("command-injection", at("n.py", 1), "m", way=trace(far, place, boundary=Boundary.FILE)),
        lead("command-injection", at("m.py", 1), "m", way=trace(far, place, boundary=Boundary.API)),
        lead("command-injection", at("l.py", 1), "m", way=trace(far, place), by_design=True),
        lead("command-injection", at("backoffice/old.py", 1), "m", way=trace(far, place)),
        lead("command-injection", at("a.py", 1), "m"),
        lead("command-injection", at("a.py", 2), "m"),
    ]
    expected = [one.location for one in leads]
    assert [f.lead.location for f in bank(leads=tuple(reversed(leads))).findings] == expected


def test_dispositions_follow_the_lead_and_the_configuration():
    """What is by design stays so, also where the configuration would hide it."""
    hidden, meant = lead("xss", at("backoffice/old.py", 1), "m"), lead("xss", at("a.py", 1), "m", by_design=True)
    both = lead("xss", at("backoffice/old.py", 2), "m", by_design=True)
    found = {f.lead.location: f.disposition for f in bank(leads=(hidden, meant, both)).findings}
    assert list(found.values()).count(Disposition.BY_DESIGN) == 2
    assert found[hidden.location] is Disposition.SUPPRESSED
