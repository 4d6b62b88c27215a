"""What rpm installed: SQLite, ndb, and what is not read."""

import sqlite3
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.packages import rpm
from casemate.host.packages.inventory import files
from casemate.host.packages.rpmheader import BadHeader, parse
from casemate.model.outcome import Reason
from tests.host.tree import tree

PLACE = "/var/lib/rpm/rpmdb.sqlite"
STRING, INT32, ARRAY = 6, 4, 8


def header(**values):
    """A header blob as rpm has it in its database."""
    tags = {"name": 1000, "version": 1001, "release": 1002, "epoch": 1003, "arch": 1022, "sourcerpm": 1044}
    tags |= {"dirindexes": 1116, "basenames": 1117, "dirnames": 1118, "modularity": 5096}
    entries, data = b"", b""
    for name, value in values.items():
        if isinstance(value, str):
            kind, count, packed = STRING, 1, value.encode() + b"\0"
        elif value and isinstance(value[0], int):
            data += b"\0" * (-len(data) % 4)
            kind, count, packed = INT32, len(value), struct.pack(f">{len(value)}I", *value)
        else:
            kind, count, packed = ARRAY, len(value), b"".join(v.encode() + b"\0" for v in value)
        entries += struct.pack(">IIiI", tags[name], kind, len(data), count)
        data += packed
    return struct.pack(">II", len(entries) // 16, len(data)) + entries + data


SSHD = header(
    name="openssh-server",
    version="8.7p1",
    release="34.el9",
    epoch=[0],
    arch="x86_64",
    sourcerpm="openssh-8.7p1-34.el9.src.rpm",
    dirnames=["/usr/bin/", "/etc/"],
    basenames=["find", "passwd"],
    dirindexes=[0, 1],
)
BIND = header(name="bind-libs", version="9.16", release="1", epoch=[32], sourcerpm="bind-9.16-1.src.rpm")
KEY = header(name="gpg-pubkey", version="1", release="2")


def database(*blobs, wal=False):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in blobs])
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data[:18] + b"\2\2" + data[20:] if wal else data


def host_with(path, data):
    root = tree(f"# file: {path}\nx\n")
    root.contents[path] = data
    node = root.nodes_by_path[path]
    root.nodes_by_path[path] = type(node)(path, node.kind, node.mode, 0, 0, len(data))
    return root.host()


@pytest.mark.parametrize("wal", [False, True])
def test_sqlite(wal):
    """Epoch, source package and files; keys are no packages; a database that was written ahead of is opened as well."""
    host = host_with(PLACE, database(SSHD, KEY, BIND, wal=wal))
    bind, sshd = rpm.read(host.fs)
    assert (sshd.name, sshd.version, sshd.source, sshd.arch) == ("openssh-server", "8.7p1-34.el9", "openssh", "x86_64")
    assert (bind.version, bind.source, bind.source_version) == ("32:9.16-1", "bind", "32:9.16-1")
    assert list(files(host, sshd)) == ["/usr/bin/find", "/etc/passwd"]
    assert host.fs.losses == ()


def ndb(*blobs):
    slots, places, offset = b"", b"", 4096 // 16
    for index, blob in enumerate(blobs, 1):
        body = struct.pack("<4sIII", b"BlbS", index, 1, len(blob)) + blob
        body += b"\0" * (-len(body) % 16)
        slots += struct.pack("<4sIII", b"Slot", index, offset, len(body) // 16)
        places += body
        offset += len(body) // 16
    head = struct.pack("<4sIIIIIII", b"RpmP", 0, 1, 1, 9, 0, 0, 0)
    return (head + slots).ljust(4096, b"\0") + places


def test_ndb():
    """The form that SUSE has."""
    host = host_with("/usr/lib/sysimage/rpm/Packages.db", ndb(SSHD, BIND))
    assert [p.name for p in rpm.read(host.fs)] == ["bind-libs", "openssh-server"]
    assert host.fs.losses == ()


def test_berkeley_db_is_said_not_to_be_read():
    """Never taken for a host without packages."""
    host = host_with("/var/lib/rpm/Packages", b"\0" * 64)
    assert list(rpm.read(host.fs)) == []
    (loss,) = host.fs.losses
    assert (loss.what, loss.reason) == ("/var/lib/rpm/Packages", Reason.NOT_UNDERSTOOD)


VIEW = """CREATE VIEW Packages AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t)
SELECT x AS hnum, x AS blob FROM t"""


def test_a_view_in_the_place_of_the_table():
    """A database that would compute without end is refused."""
    connection = sqlite3.connect(":memory:")
    connection.execute(VIEW)
    host = host_with(PLACE, connection.serialize())
    connection.close()
    assert list(rpm.read(host.fs)) == []
    assert [loss.reason for loss in host.fs.losses] == [Reason.SYNTAX]


@pytest.mark.parametrize("data", [b"", b"x", b"SQLite format 3\0" + b"\0" * 200, b"RpmP" + b"\xff" * 5000])
@pytest.mark.parametrize("path", [PLACE, "/var/lib/rpm/Packages.db"])
def test_what_is_no_database(path, data):
    """It is said, and nothing raises."""
    host = host_with(path, data)
    assert list(rpm.read(host.fs)) == []
    assert host.fs.losses


@settings(max_examples=200)
@given(st.integers(0, len(SSHD) - 1), st.binary(min_size=1, max_size=6))
def test_damaged_headers(place, noise):
    """Any bytes in any place give a header or BadHeader, nothing else."""
    blob = SSHD[:place] + noise + SSHD[place + len(noise) :]
    try:
        found = parse(blob)
        found.text(1000)
        found.files()
    except BadHeader:
        pass
