"""`ports.AdvisoryStore` as one SQLite file in the operator's data folder, or where they say.

An import is one transaction. What is asked comes back sorted, so the order of imports does not show.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casemate.adapters.durable import make_folder
from casemate.model.advisory import (
    Advisory,
    Affected,
    DatabaseSource,
    Event,
    EventKind,
    Exploited,
    Known,
    Origin,
    Status,
)
from casemate.model.errors import EnvironmentFault, UserError
from casemate.model.outcome import NotExamined, Reason

NAME = "advisories.sqlite"
FORM = 1  # of the tables; kept as the file's user_version
LARGEST = 4 << 30  # bytes of a file that is brought in
_CHUNK = 500  # names in one question

_TABLES = """
CREATE TABLE sources (source INTEGER PRIMARY KEY, origin TEXT, name TEXT, scope TEXT, date TEXT, sha256 TEXT, count INTEGER,
  size INTEGER, UNIQUE (origin, name, scope));
CREATE TABLE advisories (source INTEGER, number INTEGER, id TEXT, origin TEXT, summary TEXT, severity TEXT, vectors TEXT,
  covers TEXT, PRIMARY KEY (source, number)) WITHOUT ROWID;
CREATE TABLE aliases (source INTEGER, number INTEGER, alias TEXT, PRIMARY KEY (source, number, alias)) WITHOUT ROWID;
CREATE TABLE affected (package TEXT, source INTEGER, number INTEGER, place INTEGER, ecosystem TEXT, status TEXT, binary INTEGER,
  note TEXT, versions TEXT, shipped TEXT, ranges TEXT, PRIMARY KEY (package, source, number, place)) WITHOUT ROWID;
CREATE TABLE ecosystems (source INTEGER, ecosystem TEXT, PRIMARY KEY (source, ecosystem)) WITHOUT ROWID;
CREATE TABLE exploited (cve TEXT, source INTEGER, kev TEXT, epss REAL, PRIMARY KEY (cve, source)) WITHOUT ROWID;
"""


def read_file(path: Path) -> tuple[bytes, str]:
    """A file of advisories, and its SHA-256 in hex. Raises UserError."""
    try:
        if not path.is_file():
            raise UserError(f"{str(path)!r} is no file", "name files of advisories, such as OSV's all.zip")
        if path.stat().st_size > LARGEST:
            raise UserError(f"{str(path)!r} has more than {LARGEST} bytes", "split it")
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {str(path)!r}: {error.strerror}", "check the path and its permissions") from error
    return data, hashlib.sha256(data).hexdigest()


class AdvisoryFile:
    """The database at a path, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sources(self) -> tuple[DatabaseSource, ...]:
        """The files that it was made from. Raises EnvironmentFault when it is damaged."""
        if not self._path.exists():
            return ()
        try:
            with self._open() as db:
                rows = db.execute("SELECT name, origin, date, sha256, count, size, scope FROM sources").fetchall()
        except (sqlite3.Error, ValueError) as error:
            raise self._damaged(error) from error
        return tuple(
            sorted(
                DatabaseSource(name=n, origin=Origin(o), date=d, sha256=h, count=c, size=s, scope=p)
                for n, o, d, h, c, s, p in rows
            )
        )

    def add(self, source: DatabaseSource, advisories: Sequence[Advisory], exploited: Sequence[Exploited]) -> str:
        """Keep what a file holds. Raises EnvironmentFault when the database cannot be written."""
        try:
            if not self._path.exists():
                make_folder(self._path.parent)
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with self._open(write=True) as db:
                _replace(db, source, advisories, exploited)
        except (sqlite3.Error, OSError) as error:
            raise self._damaged(error) from error
        return ""

    def about(self, names: Sequence[str]) -> Known | NotExamined:
        """What is known of packages of these names."""
        if not self._path.exists():
            return _nothing("nothing was imported; run `casemate db import FILE`")
        try:
            with self._open() as db:
                return _about(db, sorted(filter(_text, set(names))))
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            return _nothing(f"the database is damaged ({error}); move it away and import again")

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        mode = "rw" if write else "ro"
        db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        try:
            db.execute("PRAGMA trusted_schema=OFF")
            db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            form = db.execute("PRAGMA user_version").fetchone()[0]
            if form == 0 and write:
                for statement in _TABLES.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version={FORM}")
            elif form != FORM:
                raise sqlite3.DatabaseError(f"it is of form {form}, this version knows form {FORM}")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # rolls back what was not committed

    def _damaged(self, error: Exception) -> EnvironmentFault:
        return EnvironmentFault(
            f"cannot use the database of advisories {str(self._path)!r}: {error}",
            "free space or permissions, or move it away and import again",
        )


def _text(name: str) -> bool:
    """Whether a name is text: bytes of a hostile root that are none name no package of an advisory, and SQLite refuses them."""
    return name.isascii() or not any("\ud800" <= c <= "\udfff" for c in name)


def _nothing(why: str) -> NotExamined:
    return NotExamined(what=".", reason=Reason.NO_DATABASE, detail=why)


def _replace(
    db: sqlite3.Connection, source: DatabaseSource, advisories: Sequence[Advisory], exploited: Sequence[Exploited]
) -> None:
    key = (source.origin.value, source.name, source.scope)
    old = db.execute("SELECT source, sha256 FROM sources WHERE origin = ? AND name = ? AND scope = ?", key).fetchone()
    if old is not None:
        for table in ("sources", "advisories", "aliases", "affected", "ecosystems", "exploited"):
            db.execute(f"DELETE FROM {table} WHERE source = ?", (old[0],))
    me = old[0] if old is not None else db.execute("SELECT coalesce(max(source), 0) + 1 FROM sources").fetchone()[0]
    db.execute(
        "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (me, *key, source.date, source.sha256, source.count, source.size),
    )
    ordered = sorted(set(advisories))
    db.executemany(
        "INSERT INTO advisories VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (me, n, a.id, a.origin.value, a.summary, a.severity, _pack(a.vectors), _pack(a.covers))
            for n, a in enumerate(ordered)
        ),
    )
    db.executemany(
        "INSERT INTO aliases VALUES (?, ?, ?)", ((me, n, i) for n, a in enumerate(ordered) for i in set(a.aliases))
    )
    db.executemany(
        "INSERT INTO affected VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(b.package, me, n, place, b.ecosystem, b.status.value, int(b.binary), b.note, _pack(b.versions)),
                *(_pack(b.shipped), _pack([[(e.kind.value, e.version) for e in events] for events in b.ranges])),
            )
            for n, a in enumerate(ordered)
            for place, b in enumerate(a.affected)
        ),
    )
    ecosystems = sorted({b.ecosystem for a in ordered for b in a.affected})
    db.executemany("INSERT INTO ecosystems VALUES (?, ?)", ((me, e) for e in ecosystems))
    scores = {e.cve: e for e in exploited}
    db.executemany("INSERT INTO exploited VALUES (?, ?, ?, ?)", ((e.cve, me, e.kev, e.epss) for e in scores.values()))


def _about(db: sqlite3.Connection, names: Sequence[str]) -> Known:
    affected: dict[tuple[int, int], list[Affected]] = {}
    for chunk in _chunks(names):
        marks = ",".join("?" * len(chunk))
        rows = db.execute(
            f"SELECT * FROM affected WHERE package IN ({marks}) ORDER BY package, source, number, place", chunk
        )
        for package, source, number, _, ecosystem, status, binary, note, versions, shipped, ranges in rows:
            affected.setdefault((source, number), []).append(
                Affected(
                    ecosystem=ecosystem,
                    package=package,
                    status=Status(status),
                    ranges=tuple(tuple(Event(EventKind(k), v) for k, v in events) for events in json.loads(ranges)),
                    versions=_unpack(versions),
                    binary=bool(binary),
                    note=note,
                    shipped=_unpack(shipped),
                )
            )
    advisories = []
    for (source, number), entries in affected.items():
        row = db.execute(
            "SELECT id, origin, summary, severity, vectors, covers FROM advisories WHERE source = ? AND number = ?",
            (source, number),
        ).fetchone()
        aliases = db.execute("SELECT alias FROM aliases WHERE source = ? AND number = ?", (source, number)).fetchall()
        advisories.append(
            Advisory(
                id=row[0],
                origin=Origin(row[1]),
                affected=tuple(entries),
                aliases=tuple(sorted(alias for (alias,) in aliases)),
                covers=_unpack(row[5]),
                summary=row[2],
                vectors=_unpack(row[4]),
                severity=row[3],
            )
        )
    found = db.execute("SELECT DISTINCT ecosystem FROM ecosystems").fetchall()
    cves = sorted({cve for advisory in advisories for cve in advisory.cves})
    return Known(tuple(sorted(set(advisories))), _exploited(db, cves), frozenset(name for (name,) in found))


def _exploited(db: sqlite3.Connection, cves: Sequence[str]) -> tuple[Exploited, ...]:
    best: dict[str, Exploited] = {}
    for chunk in _chunks(cves):
        marks = ",".join("?" * len(chunk))
        rows = db.execute(f"SELECT cve, kev, epss FROM exploited WHERE cve IN ({marks}) ORDER BY cve, kev, epss", chunk)
        for cve, kev, epss in rows:
            old = best.get(cve, Exploited(cve=cve))
            best[cve] = Exploited(cve=cve, kev=old.kev or kev, epss=old.epss if epss is None else epss)
    return tuple(best[cve] for cve in sorted(best))


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _pack(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _unpack(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
