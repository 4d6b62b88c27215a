"""What dpkg installed: /var/lib/dpkg/status, and status.d of images without dpkg (dpkg(1), deb-control(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

STATUS = "/var/lib/dpkg/status"
STATUS_D = "/var/lib/dpkg/status.d"
INFO = "/var/lib/dpkg/info"
INSTALLED = ("installed", "triggers-awaited", "triggers-pending")  # its files are all there
HALF = ("half-installed", "unpacked", "half-configured")  # some or all of them are
WANTED = ("Package", "Status", "Source", "Version", "Architecture", "Depends", "Pre-Depends")
MOST = 100_000  # stanzas
_SOURCE = re.compile(r"(\S+)(?:\s+\(([^()]*)\))?")
_SIGNED = re.compile(r"linux-signed-?(.*)")
_ARCHITECTURES = ("amd64", "arm64", "i386")
_DEPENDENCY = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9+.-]*)(?::[a-z0-9]+)?\s*(?:\([^()]*\)\s*)?")


def read(fs: Filesystem) -> Iterator[Package]:
    """Every package whose files are there. What is half installed is among them, and a loss says so."""
    yield from _database(fs, STATUS, whole=False)
    for name in fs.names(STATUS_D):
        if not name.endswith(".md5sums"):
            yield from _database(fs, f"{STATUS_D}/{name}", whole=True)


def files(fs: Filesystem, package: Package) -> Iterator[str]:
    """The paths that belong to a package, as its list has them."""
    for name in (f"{package.name}:{package.arch}", package.name):
        data = fs.data(f"{INFO}/{name}.list")
        if data is not None:
            for line in data.decode("utf-8", "surrogateescape").split("\n"):
                if line.startswith("/") and line != "/.":
                    yield line
            return


def _database(fs: Filesystem, path: str, *, whole: bool) -> Iterator[Package]:
    """whole: each stanza is of an installed package, and no Status says so."""
    data = fs.data(path)
    if data is None:
        return
    for count, (line, fields) in enumerate(_stanzas(data.decode("utf-8", "replace"))):
        if count >= MOST:
            fs.lose(NotExamined(what=path, reason=Reason.TOO_LARGE, detail=f"only the first {MOST} packages"))
            return
        state = fields.get("Status", "install ok installed" if whole else "").split()
        if state and state[-1] in ("not-installed", "config-files"):
            continue
        name, version = fields.get("Package", ""), fields.get("Version", "")
        if not name or not version or len(state) != 3 or state[-1] not in INSTALLED + HALF:
            why = "no stanza of an installed package: Package, Version or Status is missing or odd"
            fs.lose(NotExamined(what=f"{path}:{line}", reason=Reason.SYNTAX, detail=why, lines=1))
            continue
        if state[-1] in HALF or state[1] != "ok":
            why = f"{name} is {state[-1]} ({' '.join(state[:2])}): which version its files are of is not sure"
            fs.lose(NotExamined(what=f"{path}:{line}", reason=Reason.NOT_UNDERSTOOD, detail=why, lines=1))
        built = _SOURCE.match(fields.get("Source", ""))
        source, source_version = built[1] if built else name, (built[2] if built else None) or version
        if found := _SIGNED.fullmatch(source):  # the same kernel, signed; advisories are about what it was built from
            source = "linux" if found[1] in ("", *_ARCHITECTURES) else f"linux-{found[1]}"
            source_version = version  # "6.1.90+1" is what was made of 6.1.90-1, as which it is installed
        yield Package(
            manager=Manager.DPKG,
            name=name,
            version=version,
            source=source,
            source_version=source_version,
            path=path,
            line=line,
            arch=fields.get("Architecture", ""),
            depends=_depends(f"{fields.get('Pre-Depends', '')},{fields.get('Depends', '')}"),
        )


def _stanzas(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The wanted fields of each stanza, the first of each, with the line on which it begins."""
    fields: dict[str, str] = {}
    begin, last = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            if begin:
                yield begin, fields
            fields, begin, last = {}, 0, ""
            continue
        begin = begin or number
        if line[0] in " \t":
            if last:
                fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        last = name if colon and name in WANTED and name not in fields else ""
        if last:
            fields[last] = value.strip()
    if begin:
        yield begin, fields


def _depends(text: str) -> tuple[str, ...]:
    """The names that are needed without an alternative."""
    names = {found[1] for part in text.split(",") if (found := _DEPENDENCY.fullmatch(part))}
    return tuple(sorted(names))
