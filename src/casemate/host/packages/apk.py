"""What apk installed: lib/apk/db/installed (apk(5) and the APKINDEX format of Alpine's wiki)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

PLACES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")


def read(fs: Filesystem) -> Iterator[Package]:
    """Every installed package."""
    for place, line, fields in _databases(fs):
        name, version = fields.get("P", ""), fields.get("V", "")
        if not name or not version:
            why = "no package: P: or V: is missing"
            fs.lose(NotExamined(what=f"{place}:{line}", reason=Reason.SYNTAX, detail=why, lines=1))
            continue
        yield Package(
            manager=Manager.APK,
            name=name,
            version=version,
            source=fields.get("o") or name,
            source_version=version,
            path=place,
            line=line,
            arch=fields.get("A", ""),
            depends=tuple(
                sorted(
                    {
                        found[0]
                        for word in fields.get("D", "").split()
                        if ":" not in word and (found := _NAME.match(word))
                    }
                )
            ),
        )


def files(fs: Filesystem, package: Package) -> Iterator[str]:
    """The paths that belong to a package."""
    for _, _, fields in _databases(fs):
        if fields.get("P") == package.name:
            yield from fields.get("files", "").split("\n")


def _databases(fs: Filesystem) -> Iterator[tuple[str, int, dict[str, str]]]:
    seen: set[str] = set()
    for place in PLACES:
        node = fs.node(place)
        data = fs.data(place) if node is not None and node.path not in seen else None
        if data is None or node is None:
            continue
        seen.add(node.path)
        for line, fields in _stanzas(data.decode("utf-8", "replace")):
            yield node.path, line, fields


def _stanzas(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    fields: dict[str, str] = {}
    paths: list[str] = []
    begin, folder = 0, ""
    for number, line in enumerate((*text.split("\n"), ""), 1):
        if not line.strip():
            if begin:
                yield begin, {**fields, "files": "\n".join(paths)}
            fields, paths, begin, folder = {}, [], 0, ""
            continue
        begin = begin or number
        letter, colon, value = line.partition(":")
        if not colon:
            continue
        if letter == "F":
            folder = value
        elif letter == "R":
            paths.append(f"/{folder}/{value}" if folder else f"/{value}")
        elif letter in "PVAoD":
            fields.setdefault(letter, value.strip())
