"""npm packages: package.json below the node_modules of global folders and of applications (npm's folders(5), package-json(5))."""

from __future__ import annotations

import json
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.host.packages.pip import GUESTS
from casemate.model.host import NodeKind
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

FOLDERS = ("/usr/share/nodejs",)  # what a distribution calls its node_modules
MOST = 50_000
DEEPEST = 20  # node_modules within one another
MOST_BYTES = 1 << 20


def read(fs: Filesystem) -> Iterator[Package]:
    """Every package, each copy of it."""
    seen: set[str] = set()
    count = 0
    waiting = [(folder, 0) for pattern in FOLDERS for folder in fs.glob(pattern)]
    waiting += [
        (node.path, 0)
        for node in fs.nodes()
        if node.path.endswith("/node_modules")
        and node.path.count("/node_modules") == 1
        and node.kind is NodeKind.FOLDER
        and not GUESTS.match(node.path)
    ]
    waiting.reverse()
    while waiting:
        folder, depth = waiting.pop()
        node = fs.node(folder)
        if node is None or node.kind is not NodeKind.FOLDER or node.path in seen:
            continue
        seen.add(node.path)
        for place in _packages(fs, node.path):
            package = _package(fs, f"{place}/package.json")
            if package is not None:
                count += 1
                yield package
            if fs.resolve(f"{place}/node_modules", follow=False) is not None:
                if depth >= DEEPEST:
                    fs.lose(NotExamined(what=f"{place}/node_modules", reason=Reason.TOO_DEEP))
                else:
                    waiting.append((f"{place}/node_modules", depth + 1))
        if count > MOST:
            fs.lose(NotExamined(what=node.path, reason=Reason.TOO_LARGE, detail=f"more than {MOST} packages"))
            return


def _packages(fs: Filesystem, folder: str) -> Iterator[str]:
    for name in fs.names(folder):
        if name.startswith("@"):
            yield from (f"{folder}/{name}/{part}" for part in fs.names(f"{folder}/{name}"))
        elif not name.startswith("."):
            yield f"{folder}/{name}"


def _package(fs: Filesystem, path: str) -> Package | None:
    data = fs.data(path, MOST_BYTES)
    if data is None:
        return None
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        fs.lose(NotExamined(what=path, reason=Reason.SYNTAX, detail="no JSON"))
        return None
    name, version = (body.get("name"), body.get("version")) if isinstance(body, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(version, str) or not name or not version:
        return None  # a package.json inside a package that only says "type": "module"
    line = next((n for n, text in enumerate(data.split(b"\n"), 1) if b'"version"' in text), 1)
    return Package(
        manager=Manager.NPM, name=name, version=version, source=name, source_version=version, path=path, line=line
    )
