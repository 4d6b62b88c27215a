"""What rpm installed: rpmdb.sqlite (rpm 4.16 and later) and Packages.db (ndb, as SUSE has it). Berkeley DB is not read.

The SQLite file is untrusted: it is opened as a copy in memory, of one table only, with a bound on the work.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from casemate.host.filesystem import Filesystem
from casemate.host.packages.rpmheader import (
    ARCH,
    EPOCH,
    FILEDIGESTALGO,
    FILEDIGESTS,
    MODULARITYLABEL,
    NAME,
    RELEASE,
    SOURCERPM,
    VERSION,
    BadHeader,
    Header,
    parse,
)
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager, Package

FOLDERS = ("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm")
LIMIT = 512 << 20
MOST = 100_000
MOST_WORK = 20_000  # times 10,000 steps of SQLite's machine
_PAGE, _BLOCK = 4096, 16


def read(fs: Filesystem) -> Iterator[Package]:
    """Every installed package, in the order of names."""
    out: list[Package] = []
    for path, number, header in _headers(fs):
        try:
            package = _package(path, header)
        except BadHeader as error:
            fs.lose(NotExamined(what=f"{path}#{number}", reason=Reason.SYNTAX, detail=f"no rpm header: {error}"))
            continue
        if package.name != "gpg-pubkey":  # a key, not a package
            out.append(package)
    yield from sorted(out)


def files(fs: Filesystem, package: Package) -> Iterator[str]:
    """The paths that belong to a package."""
    for path, _, header in _headers(fs):
        try:
            if header.text(NAME) == package.name and path == package.path:
                yield from header.files()
        except BadHeader:
            continue  # said when the packages were read


def recorded(fs: Filesystem) -> Iterator[tuple[str, str, int | None, tuple[str, str] | None]]:
    """(path, package, mode, digest with its algorithm) of every file that a package brought."""
    for path, number, header in _headers(fs):
        try:
            name, paths, modes, digests = header.text(NAME), header.files(), header.modes(), header.texts(FILEDIGESTS)
            algorithm = {None: "md5", 1: "md5", 2: "sha1", 8: "sha256", 10: "sha512"}.get(header.number(FILEDIGESTALGO))
        except BadHeader as error:
            fs.lose(NotExamined(what=f"{path}#{number}", reason=Reason.SYNTAX, detail=f"no rpm header: {error}"))
            continue
        for index, file in enumerate(paths):
            mode = modes[index] & 0o7777 if index < len(modes) else None
            digest = digests[index] if index < len(digests) else ""
            yield file, name, mode, (algorithm, digest) if algorithm and digest else None


def _package(path: str, header: Header) -> Package:
    name, version, release = header.text(NAME), header.text(VERSION), header.text(RELEASE)
    if not name or not version:
        raise BadHeader("it has no name or version")
    epoch = header.number(EPOCH)
    own = f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"
    built = header.text(SOURCERPM).removesuffix(".rpm").removesuffix(".src").removesuffix(".nosrc").rsplit("-", 2)
    source, source_version = (built[0], f"{built[1]}-{built[2]}") if len(built) == 3 else (name, own)
    if source_version == f"{version}-{release}":
        source_version = own  # the name of a source package does not carry the epoch
    return Package(
        manager=Manager.RPM,
        name=name,
        version=own,
        source=source,
        source_version=source_version,
        path=path,
        arch=header.text(ARCH),
        stream=":".join(header.text(MODULARITYLABEL).split(":")[:2]),
    )


def _headers(fs: Filesystem) -> Iterator[tuple[str, int, Header]]:
    seen: set[str] = set()
    for folder in FOLDERS:
        for name, blobs in (("rpmdb.sqlite", _sqlite), ("Packages.db", _ndb)):
            node = fs.node(f"{folder}/{name}")
            if node is None or node.path in seen:
                continue
            seen.add(node.path)
            data = fs.data(node.path, LIMIT)
            if data is None:
                continue
            wal = fs.node(f"{node.path}-wal")
            if wal is not None and wal.size:
                why = "changes that were not yet written to rpmdb.sqlite are not read"
                fs.lose(NotExamined(what=wal.path, reason=Reason.NOT_UNDERSTOOD, detail=why))
            for number, blob in enumerate(blobs(fs, node.path, data), 1):
                try:
                    yield node.path, number, parse(blob)
                except BadHeader as error:
                    fs.lose(
                        NotExamined(
                            what=f"{node.path}#{number}", reason=Reason.SYNTAX, detail=f"no rpm header: {error}"
                        )
                    )
        node = fs.node(f"{folder}/Packages")
        if node is not None and node.path not in seen:
            seen.add(node.path)
            why = "an rpm database in Berkeley DB form, which is not read: its packages are unknown"
            fs.lose(NotExamined(what=node.path, reason=Reason.NOT_UNDERSTOOD, detail=why))


def _sqlite(fs: Filesystem, path: str, data: bytes) -> Iterator[bytes]:
    import sqlite3

    work = 0

    def tick() -> bool:
        nonlocal work
        work += 1
        return work > MOST_WORK

    connection = sqlite3.connect(":memory:")
    try:
        if data[18:20] == b"\2\2":  # written ahead of: a copy in memory has no such log
            data = data[:18] + b"\1\1" + data[20:]
        connection.deserialize(data)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.set_progress_handler(tick, 10_000)
        kind = connection.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'").fetchone()
        if kind != ("table",):
            raise sqlite3.DatabaseError("no table Packages")
        for (blob,) in connection.execute("SELECT blob FROM Packages ORDER BY hnum LIMIT ?", (MOST,)):
            if isinstance(blob, bytes):
                yield blob
    except (sqlite3.Error, MemoryError, OverflowError) as error:
        fs.lose(NotExamined(what=path, reason=Reason.SYNTAX, detail=f"no rpm database: {error}"))
    finally:
        connection.close()


def _ndb(fs: Filesystem, path: str, data: bytes) -> Iterator[bytes]:
    """As rpm's lib/backend/ndb/rpmpkg.c: 32 bytes of header, pages of slots, then blobs in blocks of 16 bytes."""
    if len(data) < _PAGE or data[:4] != b"RpmP":
        fs.lose(NotExamined(what=path, reason=Reason.SYNTAX, detail="no rpm database in ndb form"))
        return
    pages = struct.unpack_from("<I", data, 12)[0]
    end = min(pages * _PAGE, len(data) - len(data) % _BLOCK)
    slots = []
    for magic, index, offset, count in struct.iter_unpack("<4sIII", data[32:end]):
        if magic == b"Slot" and index and offset and count:
            slots.append((index, offset * _BLOCK))
    if not slots:
        fs.lose(NotExamined(what=path, reason=Reason.SYNTAX, detail="an rpm database without a package"))
    for index, place in sorted(slots)[:MOST]:
        if place + _BLOCK > len(data):
            fs.lose(NotExamined(what=f"{path}#{index}", reason=Reason.SYNTAX, detail="a slot points behind the end"))
            continue
        magic, owner, _, size = struct.unpack_from("<4sIII", data, place)
        if magic != b"BlbS" or owner != index or place + _BLOCK + size > len(data):
            fs.lose(NotExamined(what=f"{path}#{index}", reason=Reason.SYNTAX, detail="a slot points to no package"))
            continue
        yield data[place + _BLOCK : place + _BLOCK + size]
