"""What the kernel runs and is started from: helpers with the lines that name them, and loose files only."""

from __future__ import annotations

from casemate.host.edges.disks import edges as disk_edges
from casemate.host.edges.kernel import edges
from tests.host.tree import tree


def trusts(text):
    return list(edges(tree(text).host()))


def test_a_helper_has_the_line_that_names_it():
    """The program behind the bar, without its arguments."""
    found = trusts(
        "# file: /opt/c 0755\n#!/bin/sh\n# file: /etc/sysctl.d/a.conf\n\nkernel.core_pattern = |/opt/c %p %s\n"
    )
    (helper,) = [t for t in found if t.path == "/opt/c"]
    assert [(fact.path, fact.line) for fact in helper.via] == [("/etc/sysctl.d/a.conf", 2)]


def test_other_helpers_and_modprobe():
    """kernel.modprobe, and the lines that modprobe runs in the place of a module; those that keep one away run nothing."""
    found = trusts(
        "# file: /etc/sysctl.conf\nkernel.modprobe=/opt/m\n# file: /opt/m 0755\n#!/bin/sh\n# file: /opt/n 0755\n#!/bin/sh\n"
        "# file: /etc/modprobe.d/a.conf\ninstall a /opt/n -x\ninstall b /bin/true\noptions c d=1\n"
    )
    assert {t.path for t in found if t.path.startswith("/opt/")} == {"/opt/m", "/opt/n"}
    assert not [t for t in found if t.path == "/bin/true"]


def test_only_what_is_not_plainly_roots_is_asked_about():
    """A tree of thousands of modules costs nothing; the top of it is always asked about."""
    found = trusts("# file: /usr/lib/modules/6/a.ko 0644\nx\n# file: /usr/lib/modules/6/b.ko 0664 root:staff\nx\n")
    assert [t.path for t in found] == ["/usr/lib/modules", "/usr/lib/modules/6/b.ko"]


def test_keys_of_disks():
    """The third field, or a file by the volume's name; never a device."""
    text = (
        "# file: /etc/crypttab\n# x\na UUID=1 /k/a luks\nb UUID=2 none\nc UUID=3 /dev/urandom swap\nd UUID=4\nbroken\n"
    )
    assert [(s.path, s.via[0].line) for s in disk_edges(tree(text).host()) if not s.path.startswith("/run")] == [
        ("/k/a", 2),
        ("/etc/cryptsetup-keys.d/b.key", 3),
        ("/etc/cryptsetup-keys.d/d.key", 5),
    ]
