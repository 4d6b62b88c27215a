"""The ledger on disk: atomic, durable, exclusive, and one-line errors."""

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casemate.adapters.keys import FileSigner
from casemate.adapters.ledger_files import LedgerFolder, StrangersFolder
from casemate.governance.audit import audit
from casemate.governance.errors import LedgerUnavailable
from casemate.governance.ledger import Ledger

SIGNER = FileSigner(bytes(32))
STEPS = ("open", "write", "fsync", "rename", "mkdir", "unlink", "rmdir")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "ledger"


def ledger(folder: Path) -> Ledger:
    return Ledger(store=LedgerFolder(folder), signer=SIGNER)


def fill(folder: Path, count: int) -> None:
    log = ledger(folder)
    for _ in range(count):
        log.append(b"")


def test_round_trip(folder):
    """What is written is read, under nested names, and replaced whole."""
    store = LedgerFolder(folder)
    assert store.read("tile/0/000") is None
    store.write("tile/0/000.p/1", b"first")
    store.write("checkpoint", b"a longer text")
    store.write("checkpoint", b"short")
    assert (store.read("tile/0/000.p/1"), store.read("checkpoint")) == (b"first", b"short")
    assert store.read("checkpoint/below") is None
    assert sorted(store.names()) == ["checkpoint", "tile/0/000.p/1"]


def test_only_the_owner_has_access(folder):
    """Folders are 0700, files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        ledger(folder).append(b"x")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (folder.parent, folder, *folder.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_remove(folder):
    """A folder of superseded files goes; an absent one is fine; the rest stays."""
    store = LedgerFolder(folder)
    for name in ("a.p/1", "a.p/2", "a"):
        store.write(name, b"")
    store.remove("a.p")
    store.remove("a.p")
    store.remove("a")
    assert list(store.names()) == ["a"]
    assert not (folder / "a.p").exists()


def test_nothing_is_there_before_the_first_write(folder):
    """Reading makes no folder."""
    store = LedgerFolder(folder)
    assert store.read("checkpoint") is None
    assert list(store.names()) == []
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["fifo", "folder", "huge"])
def test_what_is_no_file_of_a_log(folder, kind):
    """It is said, and not waited for."""
    folder.mkdir(parents=True)
    place = folder / "checkpoint"
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.touch()
        os.truncate(place, 1 << 30)
    with pytest.raises(LedgerUnavailable, match="no regular file, or larger"):
        LedgerFolder(folder).read("checkpoint")


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "tile/../../outside"])
def test_names_stay_inside(folder, name):
    """A name that leaves the folder is a bug, and refused."""
    with pytest.raises(ValueError, match="no name of a ledger's file"):
        LedgerFolder(folder).write(name, b"")


class Died(BaseException):
    """The process was killed here."""


class Steps:
    """Stands between the adapter and the system: records every step, and dies at one."""

    def __init__(self, monkeypatch, dies_at: int = -1) -> None:
        self.log: list[tuple[str, str]] = []
        self.dies_at = dies_at
        for name in STEPS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name, function):
        def step(*arguments, **keywords):
            if len(self.log) == self.dies_at:
                raise Died
            self.log.append((name, self._place(name, arguments)))
            return function(*arguments, **keywords)

        return step

    def _place(self, name, arguments) -> str:
        if name in ("write", "fsync"):
            return str(Path(f"/proc/self/fd/{arguments[0]}").readlink())
        return str(arguments[1] if name == "rename" else arguments[0])


@pytest.mark.parametrize("size", [0, 255])
def test_death_at_every_step(tmp_path, monkeypatch, size):
    """Killed at any open, write, sync, rename, mkdir or removal: the log is valid, old or new, and goes on."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # a step still; a killed process loses nothing by it
    (tmp_path / "before").mkdir()
    if size:
        fill(tmp_path / "before", size)
    outcomes = []
    for dies_at in (*range(40), *range(40, 1000, 97)):  # from the fortieth on only superseded files are removed
        folder = tmp_path / str(dies_at)
        shutil.copytree(tmp_path / "before", folder)
        with pytest.MonkeyPatch.context() as patch:
            Steps(patch, dies_at)
            try:
                ledger(folder).append(b"new")
            except Died:
                pass
            else:
                break
        reached = ledger(folder).append(b"after the restart")
        result = audit(ledger(folder))
        assert (result.problems, result.foreign, result.head.size) == ((), (), reached + 1)
        assert ledger(folder).prove(reached).entry == b"after the restart"
        outcomes.append(reached)
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {size, size + 1}
    assert len(outcomes) > 15


def test_everything_is_durable_in_order(folder, monkeypatch):
    """Each file is synced before its rename, and all folders, new ones too, before the checkpoint is renamed into place.

    After a power cut the disk therefore never holds a checkpoint without the tiles that it covers.
    """
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # recorded, not done: 1,500 of them take their time
    steps = Steps(monkeypatch)
    ledger(folder).append(b"first")
    fill(folder, 254)
    ledger(folder).append(b"last")
    synced: set[str] = set()
    unsynced_folders: set[str] = set()
    for name, place in steps.log:
        if name == "write":
            synced.discard(place)
        elif name == "fsync":
            synced.add(place)
            unsynced_folders.discard(place)
        elif name == "rename":
            assert str(folder / ".write") in synced
            assert place != str(folder / "checkpoint") or not unsynced_folders
            unsynced_folders.add(str(Path(place).parent))
        elif name == "mkdir":
            unsynced_folders.add(str(Path(place).parent))
    assert not unsynced_folders
    names = [Path(place).relative_to(folder).as_posix() for name, place in steps.log if name == "rename"]
    assert names[:4] == ["checkpoint", "tile/entries/000.p/1", "tile/0/000.p/1", "checkpoint"]
    assert names[-4:] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1", "checkpoint"]


@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails(folder, monkeypatch, step, code):
    """A full, read-only or broken disk is one line with the place and the next step, and the log stays as it was."""
    log = ledger(folder)
    log.append(b"x")
    with monkeypatch.context() as patch:

        def fails(*_arguments, **_keywords):
            raise OSError(code, os.strerror(code))

        patch.setattr(os, step, fails)
        with pytest.raises(LedgerUnavailable, match=re.escape(os.strerror(code))) as raised:
            log.append(b"y")
    assert str(folder) in str(raised.value)
    assert "set CASEMATE_HOME" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert log.append(b"z") == 1
    assert audit(ledger(folder)).problems == ()


def test_a_full_disk_for_real(tmp_path):
    """With no room for the file (here: a limit on its size), the append fails in one line and changes nothing."""
    log = ledger(tmp_path)
    log.append(b"x" * 3000)
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from casemate.adapters.keys import FileSigner; from casemate.adapters.ledger_files import LedgerFolder\n"
        "from casemate.governance.ledger import Ledger\n"
        "ledger = Ledger(store=LedgerFolder(Path(sys.argv[1])), signer=FileSigner(bytes(32)))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "try:\n    ledger.append(b'y' * 3000)\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"LedgerUnavailable cannot write the ledger at .*: File too large; .*\n", done.stdout)
    assert ledger(tmp_path).append(b"z") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
@pytest.mark.parametrize("action", ["append(b'x')", "head()"])
def test_a_folder_of_somebody_else(tmp_path, action):
    """Without the right to read or write there, it is one line with the place."""
    ledger(tmp_path / "ledger").append(b"x")
    code = (
        "import os, sys; from pathlib import Path\n"
        "from casemate.adapters.keys import FileSigner; from casemate.adapters.ledger_files import LedgerFolder\n"
        "from casemate.governance.ledger import Ledger; import cryptography.hazmat.primitives.asymmetric.ed25519\n"
        "ledger = Ledger(store=LedgerFolder(Path(sys.argv[1])), signer=FileSigner(bytes(32)))\n"
        "os.setresgid(54321, 54321, 54321); os.setgroups([]); os.setresuid(54321, 54321, 54321)\n"
        f"try:\n    ledger.{action}\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    folder = tmp_path / "ledger"
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("LedgerUnavailable cannot ")
    assert "Permission denied" in done.stdout
    assert str(folder) in done.stdout


def test_the_lock_is_exclusive(folder):
    """While one holds the lock another waits, and in the end says who stands in the way; afterwards it is free."""
    waiting = LedgerFolder(folder, lock_timeout=0.02).lock()
    said = r"another process has held the ledger's lock .*\.lock.* for 0\.02 seconds"
    with LedgerFolder(folder).lock(), pytest.raises(LedgerUnavailable, match=said):
        waiting.__enter__()
    with waiting:
        pass


def test_the_lock_is_released_by_an_error(folder):
    """An error under the lock does not keep it."""
    with pytest.raises(ZeroDivisionError), LedgerFolder(folder).lock():
        raise ZeroDivisionError
    with LedgerFolder(folder, lock_timeout=0).lock():
        pass


def test_reading_takes_no_lock(folder):
    """A ledger is shown and checked while somebody appends."""
    ledger(folder).append(b"x")
    with LedgerFolder(folder).lock():
        assert audit(ledger(folder)).problems == ()


def test_removing_above_a_width(folder):
    """Only files of which the name is a greater number go; others in the folder stay."""
    store = LedgerFolder(folder)
    store.write_all((f"a.p/{name}", b"") for name in ("3", "9", "10", "notes"))
    store.remove("a.p", above=9)
    assert sorted(store.names()) == ["a.p/3", "a.p/9", "a.p/notes"]


def test_what_a_stranger_handed_over(folder, tmp_path):
    """No link is followed, in no part of a path; nothing but regular files of a log's size is read."""
    store = StrangersFolder(folder)
    LedgerFolder(folder).write_all((name, b"data") for name in ("a", "sub/b"))
    (tmp_path / "outside").write_bytes(b"outside")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "linked").symlink_to(folder / "sub")
    os.mkfifo(folder / "fifo")
    with (folder / "huge").open("wb") as file:
        file.truncate(256 * 65537 + 1)
    assert (store.read("a"), store.read("sub/b")) == (b"data", b"data")
    for name in ("link", "loop", "zero", "linked/b", "fifo", "huge", "sub", "none", "a/b"):
        assert store.read(name) is None
