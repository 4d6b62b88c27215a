"""Administrators of groups and ranges of subordinate ids."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.edges.delegation import edges
from casemate.host.facts.delegation import group_administrators, id_ranges
from casemate.model.host import ROOT, account, group
from casemate.model.host_fix import SetLine
from tests.host.tree import tree


def told_host(text):
    return tree(text).host()


MAPPERS = "# file: /usr/bin/newuidmap 4755\nx\n# file: /usr/bin/newgidmap 4755\nx\n"


def test_administrators_of_a_group_stand_in_the_third_field():
    """Several of them; accounts and groups that are not there do not count; the change takes one out."""
    told = told_host("# file: /etc/gshadow\nroot:*::\ndocker:!:alice,ghost,bob:bob\nnone:!:alice:\nbroken\n")
    found = group_administrators(told)
    assert [(f.who.name, f.group.name, f.line) for f in found] == [("alice", "docker", 2), ("bob", "docker", 2)]
    assert found[0].fixes == (SetLine("/etc/gshadow", 2, "docker:!:alice,ghost,bob:bob", "docker:!:ghost,bob:bob"),)
    assert told.fs.losses


def test_only_groups_that_lead_on_are_a_way():
    """staff is none."""
    told = told_host("# file: /etc/gshadow\ndocker:!:alice:\nstaff:!:alice:\nwheel:!:bob:bob\n")
    assert [(g.holders, g.becomes) for g in edges(told)] == [((account("alice"),), group("docker"))]


def test_a_range_reaches_the_ids_in_it():
    """Root first; another account; a group; one's own id, by name or number, is nobody else's."""
    told = told_host(
        f"{MAPPERS}# file: /etc/subuid\nalice:0:65536\n1001:900:100\nbob:1001:1\nbob:100000:65536\nx:0:1\nbad\n"
        "# file: /etc/subgid\nalice:42:1\n"
    )
    assert len(id_ranges(told)) == 5
    assert [(g.holders[0], g.becomes) for g in edges(told)] == [
        (account("alice"), ROOT),
        (account("bob"), account("websvc")),
        (account("bob"), account("ingest")),
        (account("alice"), group("shadow")),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text("ab:,0123\n#", max_size=60))
def test_no_content_upsets_the_readers(text):
    """Whatever stands there."""
    told = told_host("# file: /etc/hostname\nx\n")
    for reader in (group_administrators, id_ranges):
        assert isinstance(reader(told), tuple)
    lines = "".join(f"{line}\n" for line in text.split("\n") if not line.startswith("# "))
    told = told_host(f"# file: /etc/gshadow\n{lines}# file: /etc/subuid\n{lines}")
    list(edges(told))
