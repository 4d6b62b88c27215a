"""The audit of a host: what it finds, who reaches root, and a cut that is proven by looking again."""

import pytest

from casemate.model.errors import UserError
from casemate.model.host import ANYONE, ROOT, account
from casemate.model.host_fix import SetMode
from casemate.pipeline.host import HostOptions, audit_host
from tests.host.tree import tree
from tests.host.weak_root import WEAK, weak_root


def audited(root, **options):
    return audit_host(root, options=HostOptions(**options), progress=lambda stage, done, total: None).report


def ways(report):
    return {standing.source: standing.root for standing in report.host.standings}


def test_every_source_is_told_with_what_only_it_reaches():
    """What anybody reaches is not told again of each account: root is reached by all, over one script that all can change."""
    report = audited(weak_root())
    assert ways(report) == {ANYONE: True}
    (story,) = [s for s in report.host.standings[0].stories if s.goal == ROOT]
    assert story.strides[0].says == (
        "any local user becomes root: /etc/profile.d/tools.sh can be written to (owner root, mode 0666), "
        "/etc/profile sources it"
    )


def test_accounts_are_told_apart_once_not_everybody_can():
    """A member of a group that can write, and a service that owns the folder of what root runs."""
    report = audited(tree(WEAK.replace("tools.sh 0666", "tools.sh 0644")))
    assert {source for source, root in ways(report).items() if root} == {
        account("alice"),
        account("websvc"),
        "group:staff",
    }


def test_the_cut_ends_every_way_and_that_is_seen():
    """With the proposed fixes supposed, nobody reaches root and no finding with a way is left; settings stay."""
    first = audited(weak_root())
    assert first.host.cut.proved
    assert first.host.cut.minimal
    after = audited(weak_root(), imagined=("all",))
    assert after.host.standings == ()
    assert after.host.imagined == first.host.cut.fixes
    assert {f.lead.rule for f in first.findings} - {f.lead.rule for f in after.findings} == {
        "writable-login-script",
        "writable-unit-program",
    }
    assert "weak-kernel-setting" in {f.lead.rule for f in after.findings}


def test_one_fix_can_be_supposed():
    """By its number or in words: the way over it is gone, the others stay."""
    report = audited(weak_root(), imagined=("chmod 0644 /etc/profile.d/tools.sh",))
    assert report.host.imagined == (SetMode("/etc/profile.d/tools.sh", 0o666, 0o644),)
    assert ANYONE not in ways(report)
    assert account("alice") in ways(report)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("99", "there is no fix number 99 in the cut, which has 3"),
        ("chmod 0644 /etc/nothing", "there is no '/etc/nothing' in this root"),
        ("delete /etc/profile:9", "there is no line 9 in '/etc/profile'"),
        ("rm -rf /", "'rm -rf /' is no fix"),
    ],
)
def test_what_is_no_fix_is_said(said, why):
    """With the forms that are one."""
    with pytest.raises(UserError) as raised:
        audited(weak_root(), imagined=(said,))
    assert raised.value.what == why


def test_what_cannot_be_read_is_not_clean():
    """Without the list of groups it is not known who is in staff: said, and counted."""
    root = weak_root()
    root.unreadable = {"/etc/group", "/etc/shadow"}
    report = audited(root)
    assert {"etc/group", "etc/shadow"} <= {loss.what for loss in report.not_examined}


def test_the_same_root_gives_the_same_report():
    """Byte for byte, whatever the order in which nodes come."""
    one, other = weak_root(), weak_root()
    other.nodes_by_path = dict(reversed(other.nodes_by_path.items()))
    assert audited(one) == audited(other)


def test_a_clean_root_has_no_way_and_nothing_to_cut():
    """The base of the examples."""
    report = audited(tree(""))
    assert [f for f in report.findings if f.severity in ("critical", "high", "medium")] == []
    assert report.host.standings == ()
    assert report.host.cut.fixes == ()
    assert report.host.cut.proved
