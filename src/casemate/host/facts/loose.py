"""Nodes that are not plainly root's alone: the few of a large folder about which it is worth asking who can change them."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.model.host import Node, NodeKind


def plain(node: Node) -> bool:
    """Whether its owner and mode leave changes to root, so that nobody need be asked about it."""
    return node.kind is NodeKind.LINK or (not node.uid and not node.mode & 0o022 and node.acl is None)


def loose(host: Host, folder: str) -> Iterator[Node]:
    """The regular files and folders below a folder that are not, and links that lead to such a one elsewhere."""
    top = host.fs.node(folder)
    if top is None or top.kind is not NodeKind.FOLDER:
        return
    for node in host.fs.below(folder):
        if node.kind in (NodeKind.FILE, NodeKind.FOLDER) and not plain(node):
            yield node
        elif node.kind is NodeKind.LINK:
            found = host.fs.node(node.path)
            outside = found is not None and not f"{found.path}/".startswith(f"{top.path.rstrip('/')}/")
            if (
                found is not None
                and outside
                and found.kind is not NodeKind.DEVICE
                and not host.access.only_root(node.path)
            ):
                yield node
