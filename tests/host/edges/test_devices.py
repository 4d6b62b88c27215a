"""Device nodes: which of them give the host away."""

from __future__ import annotations

import pytest

from casemate.host.edges.devices import edges
from tests.host.tree import tree


@pytest.mark.parametrize(
    ("node", "open_"),
    [
        ("/dev/sda 0666", True),
        ("/dev/nvme0n1p2 0644", True),
        ("/dev/mapper/root 0640 root:staff", True),
        ("/dev/mem 0644", True),
        ("/dev/dm-0 0660 alice:alice", True),
        ("/srv/x/blob 0604", True),
        ("/dev/sda 0660 root:root", False),
        ("/dev/mapper/control 0666", False),
        ("/dev/null 0666", False),
        ("/dev/kvm 0666", False),
        ("/srv/chroot/dev/urandom 0666", False),
        ("/srv/x/blob 0600", False),
    ],
)
def test_a_disk_or_memory_that_others_can_open(node, open_):
    """By its name in /dev, by not being harmless elsewhere; and by its mode, group and owner."""
    assert bool(list(edges(tree(f"# device: {node}\n").host()))) == open_
