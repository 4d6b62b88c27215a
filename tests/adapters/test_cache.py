"""The cache on disk: losing it costs time only, and nobody else can write it."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.unprivileged import NOBODY, as_nobody
from casemate.adapters.cache import FORMAT, FileStore, default_folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "casemate"


def entries(folder):
    return sorted(path for path in (folder / FORMAT).rglob("*") if path.is_file())


def filled(folder, **contents):
    with FileStore(folder) as store:
        for key, data in contents.items():
            store.put(key, data)
    assert store.problem == ""


def test_what_is_put_is_found_again(folder):
    """Entries are found at once and by a later process, an empty one too; the last one put under a key counts."""
    with FileStore(folder) as store:
        store.put("a", b"first")
        store.put("a", b"second")
        store.put("empty", b"")
        assert (store.get("a"), store.get("empty"), store.get("b")) == (b"second", b"", None)
    with FileStore(folder) as store:
        assert (store.get("a"), store.get("empty"), store.get("b")) == (b"second", b"", None)
    assert len(entries(folder)) == 2


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(st.characters(codec=None)), st.binary(max_size=50), max_size=5))
def test_any_key_and_any_bytes(contents):
    """A key is any text, also one that would climb out as a path or that no encoding can hold."""
    with tempfile.TemporaryDirectory() as place, FileStore(Path(place)) as store:
        for key, data in contents.items():
            store.put(key, data)
        assert {key: store.get(key) for key in contents} == contents
        assert store.problem == ""


def test_private(folder):
    """Whatever the umask, nobody else can read or write in the folder."""
    before = os.umask(0)
    try:
        filled(folder, a=b"x")
    finally:
        os.umask(before)
    assert (folder / FORMAT).stat().st_mode & 0o777 == 0o700
    assert entries(folder)[0].stat().st_mode & 0o777 == 0o600


def damage_first(data):
    return bytes([data[0] ^ 1]) + data[1:]


def damage_last(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    "damage",
    [
        damage_first,
        damage_last,
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:7],
        lambda data: b"",
    ],
)
def test_a_damaged_entry_counts_as_absent(folder, damage):
    """An entry of which any part is changed, missing or added is absent, and can be put again; the others are there."""
    filled(folder, a=b"content")
    (entry,) = entries(folder)
    entry.write_bytes(damage(entry.read_bytes()))
    filled(folder, b=b"other")
    with FileStore(folder) as store:
        assert (store.get("a"), store.get("b")) == (None, b"other")
        store.put("a", b"content")
        assert store.get("a") == b"content"


def test_an_entry_under_the_name_of_another(folder):
    """A whole entry does not count under another key's name."""
    filled(folder, a=b"content")
    (first,) = entries(folder)
    filled(folder, b=b"other")
    (second,) = set(entries(folder)) - {first}
    second.write_bytes(first.read_bytes())
    with FileStore(folder) as store:
        assert (store.get("a"), store.get("b")) == (b"content", None)


@pytest.mark.parametrize("stranger", ["folder", "fifo", "link"])
def test_something_else_in_the_place_of_an_entry(folder, tmp_path, stranger):
    """A folder, a FIFO or a link in the place of an entry is no entry, and nothing waits for it."""
    filled(folder, a=b"content")
    (entry,) = entries(folder)
    if stranger == "link":
        (tmp_path / "copy").write_bytes(entry.read_bytes())
    entry.unlink()
    if stranger == "folder":
        entry.mkdir()
    elif stranger == "fifo":
        os.mkfifo(entry)
    else:
        entry.symlink_to(tmp_path / "copy")
    with FileStore(folder) as store:
        assert store.get("a") is None


def test_another_format_is_another_folder(folder):
    """What another version keeps in the same place is left alone."""
    (folder / "facts-0").mkdir(parents=True)
    (folder / "facts-0/x").write_bytes(b"?")
    filled(folder, a=b"content")
    assert (folder / "facts-0/x").read_bytes() == b"?"


def problem(folder):
    """The problem of a store that does not raise, keeps nothing and finds nothing."""
    with FileStore(folder) as store:
        store.put("a", b"x")
        assert store.get("a") is None
    return store.problem


NEXT = "or set CASEMATE_CACHE to another folder"


def test_a_folder_that_cannot_be_made(tmp_path):
    """Where a file stands in the way there is no cache, and the problem says why and what next."""
    (tmp_path / "file").touch()
    place = tmp_path / "file/cache"
    assert (
        problem(place)
        == f"the cache {str(place)!r} cannot be opened: Not a directory; make it a folder of yours, {NEXT}"
    )


def test_a_folder_that_others_can_write(folder):
    """A folder that others can write to is refused, also when it was ours before."""
    filled(folder, a=b"content")
    (folder / FORMAT).chmod(0o770)
    why = "is another user's, or others can write to it; make it yours, with mode 0700"
    assert problem(folder) == f"the cache {str(folder)!r} {why}, {NEXT}"


def test_a_folder_of_another_user(folder):
    """A folder that belongs to somebody else is refused, even by root."""
    filled(folder, a=b"content")
    try:
        os.chown(folder / FORMAT, NOBODY, NOBODY)
    except PermissionError:
        pytest.skip("giving a folder away takes root")
    assert "is another user's" in problem(folder)


def test_a_link_in_the_place_of_the_folder(folder, tmp_path):
    """A link where the folder should be is not followed."""
    filled(tmp_path / "elsewhere", a=b"content")
    folder.mkdir(parents=True)
    (folder / FORMAT).symlink_to(tmp_path / "elsewhere" / FORMAT)
    assert "cannot be opened: Not a directory" in problem(folder)


def test_a_folder_that_may_only_be_read():
    """Without permission to write, entries are still found; the problem is said once, and nothing raises."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "cache"
        Path(place).chmod(0o755)
        filled(folder, a=b"content")
        for path in (folder, *folder.rglob("*")):
            if os.geteuid() == 0:
                os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)

        def use():
            with FileStore(folder) as store:
                store.put("b", b"x")
                return store.get("a"), store.get("b"), store.problem

        found, put, why = as_nobody(use)
        for path in (folder, folder / FORMAT, *(folder / FORMAT).iterdir()):
            path.chmod(0o700)
    assert (found, put) == (b"content", None)
    assert (
        why
        == f"the cache {str(folder)!r} cannot be written: Permission denied; free space or permit writing there, {NEXT}"
    )


def test_a_full_disk(folder):
    """When there is no space left, what was kept is found, nothing half-written stays, and the problem is said."""
    filled(folder, a=b"content")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with FileStore(folder) as store:
            store.put("b", b"x" * 20_000)
            store.put("c", b"small")
            assert (store.get("a"), store.get("b"), store.get("c")) == (b"content", None, None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert f"cannot be written: File too large; free space or permit writing there, {NEXT}" in store.problem
    assert len([path for path in (folder / FORMAT).rglob("*") if path.is_file()]) == 1


def test_a_full_file_system(tmp_path):
    """The same on a file system that is really full."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting takes root")
    try:
        with FileStore(place) as store:
            for number in range(10):
                store.put(str(number), bytes(10_000))
            kept = [number for number in range(10) if store.get(str(number)) is not None]
        assert kept == list(range(len(kept)))
        assert 0 < len(kept) < 10
        assert "cannot be written: No space left on device" in store.problem
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_folder_that_is_removed_meanwhile(folder):
    """When somebody clears the cache during a scan, the scan goes on without."""
    with FileStore(folder) as store:
        store.put("a", b"content")
        for path in sorted((folder / FORMAT).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (folder / FORMAT).rmdir()
        assert store.get("a") is None
        store.put("a", b"content")
        assert store.get("a") is None
    assert "No such file or directory" in store.problem


def test_use_after_close(folder):
    """A closed store holds nothing and does not raise; closing twice is fine."""
    filled(folder, a=b"content")
    store = FileStore(folder)
    store.close()
    store.close()
    store.put("b", b"x")
    assert store.get("a") is None
    assert store.problem == ""


def test_the_limit(folder):
    """On close, what was longest not read goes until the limit is kept; what was read lately stays."""
    with FileStore(folder, limit=16 * 4_000) as store:
        keys = [str(number) for number in range(200)]
        for key in keys:
            store.put(key, bytes(984))
        for age, path in enumerate(entries(folder)):
            os.utime(path, ns=(age, 0))
        youngest = entries(folder)[-1]
    left = entries(folder)
    for shard in (folder / FORMAT).iterdir():
        assert sum(path.stat().st_size for path in shard.iterdir()) <= 4_000
    assert len(left) >= 16 * 2
    assert youngest in left


def test_below_the_limit_everything_stays(folder):
    """Nothing is removed while the limit is kept."""
    with FileStore(folder, limit=16 * 4_000) as store:
        store.put("a", bytes(3_000))
    assert len(entries(folder)) == 1


WRITER = """
import sys
from pathlib import Path
from casemate.adapters.cache import FileStore
store = FileStore(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    store.put(str(number % 50), bytes([number % 50]) * 100_000)
store.close()
assert not store.problem, store.problem
"""


def writer(folder, count):
    process = subprocess.Popen([sys.executable, "-c", WRITER, folder, str(count)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


def test_two_writers_and_a_reader(folder):
    """Processes that write the same keys at once do not disturb one another, and a reader sees whole entries only."""
    writers = [writer(folder, 400) for _ in range(2)]
    with FileStore(folder) as store:
        while any(process.poll() is None for process in writers):
            for number in range(50):
                assert store.get(str(number)) in (None, bytes([number]) * 100_000)
        assert all(store.get(str(number)) == bytes([number]) * 100_000 for number in range(50))
    for process in writers:
        process.stdout.close()
        assert process.returncode == 0


def test_a_writer_that_is_killed(folder):
    """A writer killed at any point leaves whole entries; the next one goes on, and its remains count against the limit."""
    for _ in range(5):
        process = writer(folder, 1_000_000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    with FileStore(folder) as store:
        for number in range(50):
            assert store.get(str(number)) in (None, bytes([number]) * 100_000)
        store.put("after", b"content")
        assert store.get("after") == b"content"
    assert store.problem == ""
    for shard in (folder / FORMAT).iterdir():
        (shard / ".1-2-3").write_bytes(bytes(10_000))
    with FileStore(folder, limit=16 * 100) as store:
        for number in range(100):
            store.put(str(number), b"")
    assert not [path for path in entries(folder) if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"CASEMATE_CACHE": "/x", "XDG_CACHE_HOME": "/y"}, "/x"),
        ({"CASEMATE_CACHE": "here"}, "here"),
        ({"CASEMATE_CACHE": "", "XDG_CACHE_HOME": "/y"}, "/y/casemate"),
        ({"XDG_CACHE_HOME": "relative"}, "/home/someone/.cache/casemate"),
        ({}, "/home/someone/.cache/casemate"),
    ],
)
def test_where_it_lies(monkeypatch, environ, place):
    """The folder is the one named, or follows the XDG specification, which ignores relative paths."""
    monkeypatch.setenv("HOME", "/home/someone")
    assert default_folder(environ) == Path(place)
