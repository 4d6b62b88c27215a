"""A root as it would be with fixes made."""

import pytest

from casemate.host.filesystem import Filesystem
from casemate.host.host import Host
from casemate.host.overlay import DPKG_STATUS, DoesNotFit, Overlay
from casemate.model.host import AclEntry, AclTag, NodeKind
from casemate.model.host_fix import AddLines, DropAcl, DropCapabilities, SetLine, SetMode, SetOwner, Upgrade
from casemate.model.outcome import NotExamined, Reason
from host.tree import tree

TREE = tree("""
# file: /etc/app.conf 0666 root:root
one
two
three
# file: /usr/bin/tool 0755 caps=cap_setuid,cap_net_raw+ep
# file: /srv/data 0640 alice:alice acl=u:bob:rw-,g:wheel:r--,m::rw-
# folder: /etc/systemd/system
# file: /var/lib/dpkg/status
Package: sudo
Status: install ok installed
Architecture: amd64
Version: 1.9.13p3-1

Package: libssl3
Architecture: amd64
Source: openssl (3.0.15-1)
Version: 3.0.15-1~deb12u1
Description: text
 Version: none of ours

Package: libssl3
Architecture: i386
Version: 3.0.15-1~deb12u1
""")


def over(*fixes):
    return Overlay(TREE.name, TREE.nodes(), TREE.read, fixes)


def files(*fixes):
    root = over(*fixes)
    return Filesystem(root.nodes(), root.read)


def lines(fs, path):
    return list(fs.text(path).lines)


def test_without_a_fix_nothing_changes():
    """The same nodes, in the same order, with the same contents."""
    root = over()
    assert list(root.nodes()) == list(TREE.nodes())
    assert all(root.read(n, 99) == TREE.read(n, 99) for n in TREE.nodes() if n.kind is NodeKind.FILE)


def test_a_mode():
    """The node has it; the path may lead through links, as for chmod(1)."""
    assert files(SetMode("/etc/app.conf", 0o666, 0o644)).at("/etc/app.conf").mode == 0o644
    assert files(SetMode("/bin/tool", 0o755, 0o750)).at("/usr/bin/tool").mode == 0o750


def test_two_modes_of_one_path():
    """Each was made for the mode as it is: what each takes away is gone; one after the other is fine as well."""
    both = files(SetMode("/etc/app.conf", 0o666, 0o664), SetMode("/etc/app.conf", 0o666, 0o646))
    assert both.at("/etc/app.conf").mode == 0o644
    after = files(SetMode("/etc/app.conf", 0o666, 0o664), SetMode("/etc/app.conf", 0o664, 0o640))
    assert after.at("/etc/app.conf").mode == 0o640


def test_a_mode_is_the_mask_of_an_access_list():
    """As chmod(2) does: the group's bits limit every named entry."""
    node = files(SetMode("/srv/data", 0o660, 0o640)).at("/srv/data")
    assert AclEntry(AclTag.MASK, 4) in node.acl
    assert not Host(files(SetMode("/srv/data", 0o660, 0o640))).access.writes(
        Host(files()).access.identity("account:bob"), "/srv/data"
    )


def test_an_owner():
    """By number."""
    node = files(SetOwner("/srv/data", (1000, 1000), (0, 42))).at("/srv/data")
    assert (node.uid, node.gid) == (0, 42)


def test_capabilities_and_entries_are_dropped():
    """Of an access list the one entry, the rest stays."""
    fs = files(DropCapabilities("/usr/bin/tool", "cap_setuid,cap_net_raw=ep"), DropAcl("/srv/data", "u:1001:rw-"))
    assert fs.at("/usr/bin/tool").capabilities is None
    assert [e.tag for e in fs.at("/srv/data").acl] == [t for t in AclTag if t is not AclTag.USER]


def test_lines_are_set_removed_and_added():
    """Numbers are those of the file as it was, for all fixes of it; the size follows."""
    fs = files(
        SetLine("/etc/app.conf", 1, "one", None),
        SetLine("/etc/app.conf", 3, "three", "drei"),
        AddLines("/etc/app.conf", ("four", "five")),
        SetLine("/etc/app.conf", 3, "three", "drei"),
    )
    assert lines(fs, "/etc/app.conf") == ["", "two", "drei", "four", "five"]
    assert fs.at("/etc/app.conf").size == len("\ntwo\ndrei\nfour\nfive\n")


def test_a_plan_that_grew():
    """Later fixes may be made for what the earlier ones left, or for the root as it was."""
    fs = files(
        SetLine("/etc/app.conf", 1, "one", None),
        AddLines("/etc/app.conf", ("four",)),
        SetLine("/etc/app.conf", 2, "two", "zwei"),
        SetLine("/etc/app.conf", 2, "zwei", "deux"),
        SetLine("/etc/app.conf", 4, "four", "quatre"),
        SetOwner("/srv/data", (1000, 1000), (0, 0)),
        SetOwner("/srv/data", (0, 0), (0, 42)),
        DropCapabilities("/usr/bin/tool", ""),
        DropCapabilities("/usr/bin/tool", "cap_setuid,cap_net_raw=ep"),
        Upgrade("dpkg", "sudo", "1.9.13p3-1", "1.9.13p3-3"),
        Upgrade("dpkg", "sudo", "1.9.13p3-1", "1.9.13p3-2"),
    )
    assert lines(fs, "/etc/app.conf") == ["", "deux", "three", "quatre"]
    assert (fs.at("/srv/data").gid, fs.at("/usr/bin/tool").capabilities) == (42, None)
    assert lines(fs, DPKG_STATUS)[3] == "Version: 1.9.13p3-3"
    fs = files(Upgrade("dpkg", "sudo", "1.9.13p3-1", "1.9.13p3-2"), Upgrade("dpkg", "sudo", "1.9.13p3-2", "1.9.13p3-3"))
    assert lines(fs, DPKG_STATUS)[3] == "Version: 1.9.13p3-3"


def test_an_upgrade_in_an_image_without_dpkg():
    """Each package has a file of its own."""
    apart = tree("# file: /var/lib/dpkg/status.d/libc6\nPackage: libc6\nVersion: 1\n# file: /var/lib/dpkg/status.d/x\n")
    root = Overlay("x", apart.nodes(), apart.read, [Upgrade("dpkg", "libc6", "1", "2")])
    fs = Filesystem(root.nodes(), root.read)
    assert lines(fs, "/var/lib/dpkg/status.d/libc6")[1] == "Version: 2"


def test_ends_of_lines_are_kept():
    """Carriage returns and a missing last end stay; an added line stands on its own; bytes that are no text stay."""
    odd = tree("# file: /etc/odd")
    odd.contents["/etc/odd"] = b"a\r\n\xff\nlast"
    odd.put(NodeKind.FILE, "/etc/odd", [], {"u": {}, "g": {}})

    def read(*fixes):
        root = Overlay("odd", odd.nodes(), odd.read, fixes)
        return root.read(odd.nodes_by_path["/etc/odd"], 99)

    assert read(SetLine("/etc/odd", 1, "a", "b")) == b"b\r\n\xff\nlast"
    assert read(SetLine("/etc/odd", 3, "last", "x")) == b"a\r\n\xff\nx"
    assert read(AddLines("/etc/odd", ("new",))) == b"a\r\n\xff\nlast\nnew\n"


def test_a_new_file_with_its_folders():
    """A drop-in is root's, 0644, where the path leads through links, and so are the folders that were missing."""
    fs = files(
        AddLines("/etc/systemd/system/a.service.d/x/b.conf", ("[Service]", "NoNewPrivileges=yes")),
        AddLines("/lib/new.conf", ("text",)),
    )
    node = fs.at("/etc/systemd/system/a.service.d/x/b.conf")
    assert (node.kind, node.mode, node.uid, node.gid, node.size) == (NodeKind.FILE, 0o644, 0, 0, 30)
    assert fs.at("/etc/systemd/system/a.service.d").mode == 0o755
    assert lines(fs, node.path) == ["[Service]", "NoNewPrivileges=yes"]
    assert fs.at("/usr/lib/new.conf") is not None


def test_two_additions_to_a_new_file():
    """It is made once."""
    fs = files(AddLines("/etc/new", ("a",)), AddLines("/etc/new", ("b",)), AddLines("/etc/new", ("a",)))
    assert lines(fs, "/etc/new") == ["a", "b"]


def test_an_upgrade():
    """The status file has the new version, of the architecture that is named, or of all; a source's own version goes."""
    text = lines(files(Upgrade("dpkg", "sudo", "1.9.13p3-1", "1.9.13p3-1+deb12u2")), DPKG_STATUS)
    assert text[3] == "Version: 1.9.13p3-1+deb12u2"
    text = lines(files(Upgrade("dpkg", "libssl3:amd64", "3.0.15-1", "3.0.17-1")), DPKG_STATUS)
    assert text[5:10] == [
        "Package: libssl3",
        "Architecture: amd64",
        "Source: openssl",
        "Version: 3.0.17-1",
        "Description: text",
    ]
    assert text[-1] == "Version: 3.0.15-1~deb12u1"


def test_an_upgrade_of_another_manager():
    """It cannot be judged, and that is an outcome; the others are made."""
    root = over(Upgrade("pip", "flask", "1.0", "3.0"), SetMode("/etc/app.conf", 0o666, 0o644))
    (lost,) = [seen for seen in root.nodes() if isinstance(seen, NotExamined)]
    assert (lost.what, lost.reason) == ("flask (pip)", Reason.NOT_UNDERSTOOD)
    assert Filesystem(root.nodes(), root.read).at("/etc/app.conf").mode == 0o644


@pytest.mark.parametrize(
    ("fix", "why"),
    [
        (SetMode("/etc/app.conf", 0o600, 0o400), r"/etc/app.conf has the mode 0666, not 0600; examine the host again"),
        (SetMode("/missing", 0o600, 0o400), r"/missing is not there"),
        (SetOwner("/srv/data", (5, 5), (0, 0)), r"belongs to 1000:1000, not to 5:5"),
        (SetLine("/etc/app.conf", 2, "zwei", None), r"/etc/app.conf:2 is 'two', not 'zwei'"),
        (SetLine("/etc/app.conf", 4, "", None), r"has 3 lines"),
        (SetLine("/etc/app.conf", 0, "three", None), r"has 3 lines"),
        (SetLine("/etc/none", 1, "", None), r"/etc/none is no file"),
        (SetLine("/etc", 1, "", None), r"/etc is no file"),
        (AddLines("/etc", ("x",)), r"/etc is no file"),
        (AddLines("/etc/app.conf/below", ("x",)), r"is no folder"),
        (DropCapabilities("/usr/bin/tool", "cap_setuid=ep"), r"has cap_setuid,cap_net_raw=ep, not cap_setuid=ep"),
        (DropCapabilities("/etc/app.conf", "cap_setuid=ep"), r"has no capabilities"),
        (DropAcl("/srv/data", "u:1001:rwx"), r"has no entry"),
        (DropAcl("/srv/data", "nonsense"), r"has no entry"),
        (Upgrade("dpkg", "sudo", "1.0", "2.0"), r"has no package sudo in version 1.0"),
    ],
)
def test_a_fix_that_was_made_for_another_state(fix, why):
    """It is refused, and the words name what is there instead."""
    with pytest.raises(DoesNotFit, match=why):
        over(fix)


def test_two_fixes_that_cannot_both_be():
    """One line in two ways is refused."""
    with pytest.raises(DoesNotFit, match=r"in two ways"):
        over(SetLine("/etc/app.conf", 1, "one", "a"), SetLine("/etc/app.conf", 1, "one", "b"))


def test_a_file_that_cannot_be_read():
    """A fix of its lines cannot be judged."""
    closed = tree("# file: /etc/x\nline")
    closed.unreadable.add("/etc/x")
    with pytest.raises(DoesNotFit, match=r"cannot be read: Permission denied"):
        Overlay("x", closed.nodes(), closed.read, [SetLine("/etc/x", 1, "line", None)])


def test_what_was_not_examined_stays():
    """Losses of the root are losses of the overlay."""
    lost = NotExamined(what="/etc/shadow", reason=Reason.UNREADABLE)
    assert list(Overlay("x", [*TREE.nodes(), lost], TREE.read, []).nodes()).count(lost) == 1
