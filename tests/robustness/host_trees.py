"""Roots for hostile tests: every file that any reader asks for, and the whole audit of a root in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from casemate.host.catalogue import relations
from casemate.host.cut import cheapest
from casemate.host.derivation import Graph
from casemate.host.filesystem import Filesystem
from casemate.host.graph import edges
from casemate.host.host import Host
from casemate.host.standing import sources
from casemate.leads.audit import audit
from casemate.leads.catalogue import posture
from casemate.model.host import NodeKind
from tests.host.tree import Tree, tree

NAMES = (
    "x",
    "x.conf",
    "x.service",
    "x.timer",
    "x.socket",
    "x.mount",
    "x.sh",
    "x.rules",
    "x.list",
    "x.sources",
    "x.policy",
)
NAMES += (
    "x.json",
    "x.yaml",
    "x.xml",
    "x.py",
    "x.pem",
    "x.pkla",
    "x.path",
    "x.container",
    "x.network",
    "x.cfg",
    "x.ini",
)


class Asking(Filesystem):
    """Remembers what it is asked for. files: paths, also of what is not there. folders: those whose names are listed."""

    def __init__(self, root: Tree) -> None:
        self.files: set[str] = set()
        self.folders: set[str] = set()
        super().__init__(root.nodes(), root.read)

    def text(self, path):
        self.files.add(path)
        return super().text(path)

    def data(self, path, *limit):
        self.files.add(path)
        return super().data(path, *limit)

    def head(self, path, *size):
        self.files.add(path)
        return super().head(path, *size)

    def names(self, path):
        self.folders.add(path)
        return super().names(path)

    def glob(self, pattern):
        self.files.add(pattern.replace("*", "x").replace("?", "x"))
        return super().glob(pattern)


def audited(fs: Filesystem):
    """The leads of a root, its graph and its cut: all that an audit works out."""
    host = Host(fs)
    graph = Graph(edges(host, relations(host)))
    leads = audit(host, graph, list(posture()))
    return leads, graph, cheapest(graph, sources(host, graph))


def every_file() -> list[str]:
    """The paths of all files that the readers ask for, found by letting them ask, and again when what they asked for is there."""
    root = tree("")
    fs = Asking(root)
    audited(fs)
    put(root, [*sorted(fs.files), *(f"{folder}/{name}" for folder in sorted(fs.folders) for name in NAMES)], b"x=1\n")
    fs = Asking(root)
    audited(fs)
    put(root, (path for path in sorted(fs.files) if path.startswith(("/etc", "/root", "/var", "/boot"))), b"x=1\n")
    return sorted(path for path, node in root.nodes_by_path.items() if node.kind is NodeKind.FILE)


def put(root: Tree, paths: Iterable[str], content: bytes) -> None:
    """The content at each path where a file can be."""
    for path in paths:
        old = root.nodes_by_path.get(path)
        if (
            not path.startswith("/")
            or path != path.rstrip("/")
            or "//" in path
            or (old and old.kind is not NodeKind.FILE)
        ):
            continue
        with contextlib.suppress(KeyError):
            root.contents[path] = content
            root.put(NodeKind.FILE, path, [], {"u": {}, "g": {}})
