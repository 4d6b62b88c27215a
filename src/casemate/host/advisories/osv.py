"""OSV documents (Open Source Vulnerability format, ossf.github.io/osv-schema): one, an array, one a line, or a zip of many."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from casemate.host.advisories.form import BadAdvisories, Parsed, a_dict, canonical, day, dicts, load, text, texts
from casemate.host.packages.pip import normalized
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Origin

MOST_ENTRIES = 1_000_000
MOST_BYTES = 4 << 30  # of a zip, unpacked
MOST_ENTRY = 64 << 20
MOST_EVENTS = 100_000


def parse(data: bytes) -> Parsed:
    """All that a file holds that was not withdrawn. Raises BadAdvisories."""
    out: list[Advisory] = []
    newest = ""
    for place, document in _documents(data):
        advisory = _advisory(place, document)
        newest = max(newest, day(text(document.get("modified"), f"{place}.modified")))
        if advisory is not None:
            out.append(advisory)
    return Parsed(Origin.OSV, tuple(out), (), newest)


def _documents(data: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    if data[:4] == b"PK\3\4":
        yield from _zipped(data)
        return
    start = data.lstrip()[:1]
    lines = data.splitlines()
    if start == b"{" and _is_lines(lines):
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"line {number}", a_dict(load(line, f"line {number}"), f"line {number}")
        return
    whole = load(data)
    if isinstance(whole, dict) and isinstance(whole.get("vulns"), list):  # an answer of the OSV service
        whole = whole["vulns"]
    if isinstance(whole, list):
        yield from dicts(whole, "$")
    else:
        yield "$", a_dict(whole, "$")


def _is_lines(lines: list[bytes]) -> bool:
    first = next((line.strip() for line in lines if line.strip()), b"")
    return first.endswith(b"}") and sum(bool(line.strip()) for line in lines[:3]) > 1


def _zipped(data: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".json")]
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise BadAdvisories("", "a zip of more than can be meant")
            for entry in sorted(entries, key=lambda entry: entry.filename):
                with archive.open(entry) as file:
                    content = file.read(MOST_ENTRY + 1)
                if len(content) > MOST_ENTRY:
                    raise BadAdvisories(entry.filename, f"an entry of more than {MOST_ENTRY} bytes")
                yield entry.filename, a_dict(load(content, entry.filename), entry.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadAdvisories("", f"no zip that can be read: {error}") from error


def _advisory(place: str, document: dict[str, Any]) -> Advisory | None:
    own = text(document.get("id"), f"{place}.id", needed=True)
    if document.get("withdrawn"):
        return None
    affected: list[Affected] = []
    vectors = _vectors(document, place)
    word = ""
    for where, item in dicts(document.get("affected"), f"{place}.affected"):
        entry = _affected(where, item)
        if entry is not None:
            affected.append(entry)
        vectors += _vectors(item, where)
        word = word or _word(item.get("database_specific")) or _word(item.get("ecosystem_specific"))
    return Advisory(
        id=own,
        origin=Origin.OSV,
        affected=tuple(affected),
        aliases=tuple(sorted(set(texts(document.get("aliases"), f"{place}.aliases")))),
        covers=tuple(
            sorted(
                {
                    *texts(document.get("upstream"), f"{place}.upstream"),
                    *texts(document.get("related"), f"{place}.related"),
                }
            )
        ),
        summary=" ".join((text(document.get("summary"), f"{place}.summary") or _details(document)).split())[:500],
        vectors=tuple(dict.fromkeys(vectors)),
        severity=_word(document.get("database_specific")) or word,
    )


def _details(document: dict[str, Any]) -> str:
    details = document.get("details")
    return details[:2000] if isinstance(details, str) else ""


def _vectors(item: dict[str, Any], place: str) -> list[str]:
    return [
        text(severity.get("score"), f"{where}.score")
        for where, severity in dicts(item.get("severity"), f"{place}.severity")
        if severity.get("type") in ("CVSS_V3", "CVSS_V4")
    ]


def _word(more: Any) -> str:
    """A severity in a publisher's own words: GitHub's "HIGH", Debian's urgency."""
    if isinstance(more, dict):
        for name in ("severity", "urgency"):
            if isinstance(more.get(name), str):
                return str(more[name]).lower().strip()
    return ""


def _affected(place: str, item: dict[str, Any]) -> Affected | None:
    if item.get("package") is None:
        return None  # only commits of a repository
    package = a_dict(item["package"], f"{place}.package")
    ecosystem = text(package.get("ecosystem"), f"{place}.package.ecosystem", needed=True)
    ranges: list[tuple[Event, ...]] = []
    for where, span in dicts(item.get("ranges"), f"{place}.ranges"):
        if span.get("type") == "GIT":
            continue
        events = [e for spot, event in dicts(span.get("events"), f"{where}.events") for e in _event(spot, event)]
        if len(events) > MOST_EVENTS or not any(e.kind is EventKind.INTRODUCED for e in events):
            raise BadAdvisories(where, "a range needs an event that introduces the weakness")
        ranges.append(tuple(events))
    versions = texts(item.get("versions"), f"{place}.versions")
    if not ranges and not versions:
        return None  # OSV: nothing is said of versions, so nothing is affected by it
    more = item.get("ecosystem_specific")
    name = text(package.get("name"), f"{place}.package.name", needed=True)
    return Affected(
        ecosystem=canonical(ecosystem),
        package=normalized(name) if ecosystem == "PyPI" else name,
        ranges=tuple(ranges),
        versions=versions,
        binary=ecosystem.partition(":")[0]
        in ("AlmaLinux", "Rocky Linux", "Red Hat", "SUSE", "openSUSE", "Oracle Linux"),
        note=str(more["urgency"]).strip() if isinstance(more, dict) and isinstance(more.get("urgency"), str) else "",
    )


def _event(place: str, event: dict[str, Any]) -> Iterator[Event]:
    known = [kind for kind in EventKind if kind.value in event]
    if len(known) != 1:
        raise BadAdvisories(place, "an event is one of introduced, fixed, last_affected and limit")
    yield Event(known[0], text(event[known[0].value], place, needed=True))
