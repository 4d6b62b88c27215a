"""The database of advisories on disk: what is kept comes back, all of an import or nothing, in whatever order."""

import sqlite3

import pytest

from casemate.adapters.advisories import AdvisoryFile, read_file
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

SPAN = (Event(EventKind.INTRODUCED, "0"), Event(EventKind.FIXED, "2"))
ADVISORY = Advisory(
    id="DSA-1",
    origin=Origin.OSV,
    affected=(
        Affected(
            ecosystem="Debian:12", package="openssh", ranges=(SPAN,), versions=("1",), note="low", shipped=("0.9",)
        ),
        Affected(ecosystem="Debian:11", package="openssh", status=Status.NOT_AFFECTED, binary=True),
    ),
    aliases=("CVE-2024-1", "CVE-2024-2"),
    covers=("CVE-2024-3",),
    summary="é",
    vectors=("CVSS:3.1/AV:N",),
    severity="high",
)


def source(name="all.zip", origin=Origin.OSV, **more):
    return DatabaseSource(name=name, origin=origin, date="2026-11-01", sha256="a" * 64, count=1, size=9, **more)


def test_what_is_kept_comes_back(tmp_path):
    """An advisory by the names of its packages, what is known of its CVEs, and the ecosystems that are known at all."""
    store = AdvisoryFile(tmp_path / "new" / "db.sqlite")
    assert store.add(source(), [ADVISORY], []) == ""
    assert store.add(source("kev.json", Origin.KEV), [], [Exploited(cve="CVE-2024-1", kev="2026-01-01")]) == ""
    assert store.add(source("epss.csv", Origin.EPSS), [], [Exploited(cve="CVE-2024-1", epss=0.5)]) == ""
    exploited = (Exploited(cve="CVE-2024-1", kev="2026-01-01", epss=0.5),)
    assert store.about(["openssh", "x"]) == Known((ADVISORY,), exploited, frozenset({"Debian:11", "Debian:12"}))
    assert store.about(["x"]) == Known((), (), frozenset({"Debian:11", "Debian:12"}))
    assert [s.name for s in store.sources()] == ["all.zip", "epss.csv", "kev.json"]
    assert (tmp_path / "new" / "db.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_name_that_is_no_text_hides_no_other(tmp_path):
    """Any package.json can have one."""
    store = AdvisoryFile(tmp_path / "db")
    store.add(source(), [ADVISORY], [])
    assert store.about(["openssh", "\ud800", "\udcff"]).advisories == (ADVISORY,)


def test_a_newer_file_takes_the_place_of_an_older_one(tmp_path):
    """Of the same name, form and scope; another scope stands beside it."""
    store = AdvisoryFile(tmp_path / "db")
    store.add(source(scope="Debian"), [ADVISORY], [])
    store.add(source(scope="npm"), [ADVISORY], [])
    store.add(source(scope="Debian"), [], [])
    assert [(s.name, s.scope) for s in store.sources()] == [("all.zip", "Debian"), ("all.zip", "npm")]
    store.add(source(scope="npm"), [], [])
    assert store.about(["openssh"]) == Known()


def test_an_import_that_fails_leaves_what_was(tmp_path):
    """Nothing half-imported."""
    store = AdvisoryFile(tmp_path / "db")
    store.add(source(), [ADVISORY], [])
    broken = Advisory(id="X", origin=Origin.OSV, affected=(), summary=object())
    with pytest.raises(EnvironmentFault):
        store.add(source(), [broken], [])
    assert store.about(["openssh"]).advisories == (ADVISORY,)


@pytest.mark.parametrize("data", [b"no database at all, but long enough to be looked at" * 9, b""])
def test_a_damaged_database(tmp_path, data):
    """It is no clean answer."""
    (tmp_path / "db").write_bytes(data)
    answer = AdvisoryFile(tmp_path / "db").about(["openssh"])
    assert isinstance(answer, NotExamined)
    assert answer.reason is Reason.NO_DATABASE
    with pytest.raises(EnvironmentFault):
        AdvisoryFile(tmp_path / "db").sources()


def test_a_database_of_a_later_version(tmp_path):
    """It is not guessed at."""
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    assert "99" in AdvisoryFile(tmp_path / "db").about(["x"]).detail


def test_no_database(tmp_path):
    """That is said, and it is made by nobody who only asks."""
    store = AdvisoryFile(tmp_path / "db")
    assert store.about(["x"]).reason is Reason.NO_DATABASE
    assert store.sources() == ()
    assert not (tmp_path / "db").exists()


def test_files_that_cannot_be_read(tmp_path):
    """A folder or nothing is no file of advisories."""
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError, match="is no file"):
            read_file(path)
