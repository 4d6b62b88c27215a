"""Python packages: dist-info and egg-info in the folders where interpreters and environments look (PyPA, "Recording installed
projects"; PEP 376 and setuptools for the older form)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.model.host import NodeKind
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

_SITES = ("lib/python3*/site-packages", "lib64/python3*/site-packages", "lib/python2*/site-packages")
FOLDERS = (
    "/usr/lib/python3/dist-packages",
    "/usr/lib/python3*/dist-packages",
    "/usr/lib/python2*/dist-packages",
    *(f"{above}/lib/python3*/dist-packages" for above in ("/usr", "/usr/local")),
    *(
        f"{above}/{site}"
        for above in (
            *("/usr", "/usr/local", "/opt", "/opt/*", "/opt/*/*", "/opt/*/*/*", "/srv/*", "/srv/*/*", "/srv/*/*/*"),
            *("/app", "/app/*", "/venv", "/var/www/*", "/var/www/*/*", "/var/lib/*", "/var/lib/*/*", "/root/.local"),
            *("/root/*", "/root/.*", "/home/*/.local", "/home/*/*", "/home/*/.*", "/home/*/*/*", "/home/*/*/.*"),
            *("/opt/*/.*", "/srv/*/.*", "/app/.*", "/usr/local/*", "/usr/share/*", "/usr/lib/*", "/usr/local/lib/*"),
        )
        for site in _SITES
    ),
)
MOST = 50_000
MOST_HEAD = 64 << 10  # bytes: the fields stand before the description


def read(fs: Filesystem) -> Iterator[Package]:
    """Every package, those that the distribution's own packages brought among them."""
    seen: set[str] = set()
    count = 0
    for pattern in FOLDERS:
        for folder in fs.glob(pattern):
            node = fs.node(folder)
            if node is None or node.kind is not NodeKind.FOLDER or node.path in seen:
                continue
            seen.add(node.path)
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
