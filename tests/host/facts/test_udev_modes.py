"""Who gets disks and memory by rules of udev."""

from __future__ import annotations

import pytest

from casemate.host.edges.devices import edges
from casemate.host.facts.udev_modes import device_modes
from casemate.host.relation import Grant
from tests.host.tree import tree

RULES = "# file: /etc/udev/rules.d/70-x.rules\n"


def holders(text):
    return [str(h) for e in edges(tree(text).host()) if isinstance(e, Grant) for h in e.holders]


@pytest.mark.parametrize(
    ("rule", "holder"),
    [
        ('SUBSYSTEM=="block", MODE="0666"', ["anyone"]),
        ('KERNEL=="sd[a-z]*|nvme*", GROUP="websvc"', ["group:websvc"]),
        ('KERNEL=="vda", OWNER="alice", MODE="0600"', ["account:alice"]),
        ('KERNEL=="mem", MODE:="0644"', ["anyone"]),
        ('KERNEL=="sda", GROUP="websvc", MODE="0600"', []),
        ('KERNEL=="sda", GROUP="disk", MODE="0660"', []),
        ('KERNEL=="sr0", MODE="0666"', []),
        ('KERNEL=="kvm", GROUP="staff", MODE="0666"', []),
        ('SUBSYSTEM=="block", ENV{ID_FS_LABEL}=="STICK", MODE="0666"', []),
        ('SUBSYSTEM=="block", ATTRS{removable}=="1", OWNER="alice"', []),
        ('#KERNEL=="sda", MODE="0666"', []),
        ('KERNEL=="tty[A-Z]*", MODE="0666"', []),
    ],
)
def test_what_a_rule_gives(rule, holder):
    """Everybody, a group or an owner; not what is about removable media or other devices."""
    assert holders(f"{RULES}{rule}\n") == holder


def test_lines_that_go_on_and_files_that_take_the_place_of_others():
    """A backslash joins lines, and the first line is the place; of files of one name that of /etc counts."""
    host = tree(
        f'{RULES}\nKERNEL=="sda", \\\n  MODE="0606"\n# file: /usr/lib/udev/rules.d/70-x.rules\nKERNEL=="sda", MODE="0666"\n'
    ).host()
    assert [(m.path, m.line, m.mode) for m in device_modes(host)] == [("/etc/udev/rules.d/70-x.rules", 2, 0o606)]
