"""A small weak host, in memory and on disk: several ways to root, over files, a group and another account."""

from __future__ import annotations

import os
from pathlib import Path

from casemate.model.host import NodeKind
from tests.host.tree import Tree, tree

WEAK = """
# file: /etc/profile 0644
for i in /etc/profile.d/*.sh; do . "$i"; done
# file: /etc/profile.d/tools.sh 0666
export EDITOR=vi
# file: /etc/profile.d/zz-team.sh 0664 root:staff
export TEAM=1
# file: /etc/group 0644
root:x:0:
shadow:x:42:
staff:x:50:alice
websvc:x:980:
ingest:x:981:
alice:x:1000:
bob:x:1001:
# folder: /opt/app 0755 websvc:websvc
# file: /opt/app/serve 0755
#!/bin/sh
exec sleep 1
# file: /etc/systemd/system/app.service 0644
[Service]
ExecStart=/opt/app/serve
[Install]
WantedBy=multi-user.target
# link: /etc/systemd/system/multi-user.target.wants/app.service -> /etc/systemd/system/app.service
# file: /etc/sysctl.d/90-debug.conf 0644
kernel.yama.ptrace_scope = 0
"""


def weak_root() -> Tree:
    """The root in memory."""
    return tree(WEAK)


def write(root: Tree, folder: Path) -> Path:
    """The root on disk, with its owners where we may give files away."""
    for node in root.nodes():
        place = folder / node.path.lstrip("/")
        if node.kind is NodeKind.FOLDER:
            place.mkdir(exist_ok=True, parents=True)
        elif node.kind is NodeKind.LINK:
            place.symlink_to(node.target)
            continue
        elif node.kind is NodeKind.FILE:
            place.write_bytes(root.contents[node.path])
        if os.geteuid() == 0:
            os.chown(place, node.uid, node.gid)
    for node in reversed(list(root.nodes())):
        if node.kind in (NodeKind.FILE, NodeKind.FOLDER):
            (folder / node.path.lstrip("/")).chmod(node.mode)
    return folder
