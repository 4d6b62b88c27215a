"""Python packages: dist-info and egg-info in the folders where interpreters and environments look (PyPA, "Recording installed
projects"; PEP 376 and setuptools for the older form)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

GUESTS = re.compile(r"/(?:var/lib/(?:docker|containers|containerd|lx[cd]|incus|machines|flatpak|snapd)|snap|var/snap)/")
MOST = 50_000
MOST_HEAD = 64 << 10  # bytes: the fields stand before the description


def read(fs: Filesystem) -> Iterator[Package]:
    """Every package, those that the distribution's own packages brought among them."""
    count = 0
    for node in sites(fs):
        for name in fs.names(node.path):
            path = _metadata(fs, f"{node.path}/{name}")
            package = _package(fs, path) if path else None
            if package is None:
                continue
            count += 1
            if count > MOST:
                fs.lose(NotExamined(what=node.path, reason=Reason.TOO_LARGE, detail=f"more than {MOST} packages"))
                return
            yield package


def sites(fs: Filesystem) -> Iterator[Node]:
    """Folders that installed packages lie in, of every interpreter and environment, however deep; not those of containers, which
    have packages of their own."""
    for node in fs.nodes():
        if (
            node.path.endswith(("/site-packages", "/dist-packages"))
            and node.kind is NodeKind.FOLDER
            and not GUESTS.match(node.path)
        ):
            yield node


def normalized(name: str) -> str:
    """A name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _metadata(fs: Filesystem, path: str) -> str:
    if path.endswith(".dist-info"):
        return f"{path}/METADATA"
    if path.endswith(".egg-info"):
        return path if fs.is_file(path) else f"{path}/PKG-INFO"
    return f"{path}/EGG-INFO/PKG-INFO" if path.endswith(".egg") else ""


def _package(fs: Filesystem, path: str) -> Package | None:
    head = fs.head(path, MOST_HEAD)
    if head is None:
        return None
    fields: dict[str, str] = {}
    line_of_name = 1
    for number, line in enumerate(head.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if colon and name in ("Name", "Version") and name not in fields:
            fields[name] = value.strip()
            line_of_name = number if name == "Version" else line_of_name
    name, version = fields.get("Name", ""), fields.get("Version", "")
    if not name or not version:
        fs.lose(NotExamined(what=path, reason=Reason.SYNTAX, detail="no name or version of a Python package"))
        return None
    known = normalized(name)
    return Package(
        manager=Manager.PIP,
        name=known,
        version=version,
        source=known,
        source_version=version,
        path=path,
        line=line_of_name,
    )
