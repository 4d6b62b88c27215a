"""A target on the file system: named by the operator, read only as far as it stays what it was."""

import os
import tempfile
import threading
from pathlib import Path

import pytest

from adapters.unprivileged import as_nobody
from casemate.adapters.filesystem import FileTree, TargetNotFound
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile
from casemate.targets.selection import MAX_SIZE


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    with FileTree(root) as tree:
        yield tree


@pytest.fixture
def root(tmp_path, tree):
    return tmp_path / "root"


@pytest.fixture
def shared():
    """A folder that an account without rights can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def seen(tree, path):
    return next(file for file in tree.walk() if isinstance(file, SourceFile) and file.path == path)


def test_the_content(root, tree):
    """A file is read whole, also an empty one and one of several megabytes."""
    contents = {"a/b/x.py": b"print()\n", "a/empty.py": b"", "large.py": b"#" * 5_000_000}
    for path, content in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    assert {file.path: tree.read(file) for file in tree.walk()} == contents


def test_the_limit_of_size(root, tree):
    """A file of exactly the limit is read; one byte more is too large, and not even opened."""
    for name, size in (("fits.py", MAX_SIZE), ("huge.py", MAX_SIZE + 1)):
        with (root / name).open("wb") as file:
            file.truncate(size)
    assert len(tree.read(seen(tree, "fits.py"))) == MAX_SIZE
    huge = seen(tree, "huge.py")
    (root / "huge.py").unlink()
    assert tree.read(huge) == NotExamined(
        what="huge.py", reason=Reason.TOO_LARGE, detail="10485761 bytes, of at most 10485760"
    )


def replaced(root, path):
    target = root / path
    target.unlink()
    return target


def remove(root):
    replaced(root, "d/x.py")


def remove_folder(root):
    replaced(root, "d/x.py").parent.rmdir()


def grow(root):
    (root / "d/x.py").write_bytes(b"longer than before")


def shrink(root):
    (root / "d/x.py").write_bytes(b"")


def become_fifo(root):
    os.mkfifo(replaced(root, "d/x.py"))


def become_folder(root):
    replaced(root, "d/x.py").mkdir()


def become_link(root):
    replaced(root, "d/x.py").symlink_to("../other.py")


def become_device(root):
    replaced(root, "d/x.py").symlink_to("/dev/zero")


def folder_becomes_link(root):
    (root / "d").rename(root / "e")
    (root / "d").symlink_to("e")


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (remove, "No such file or directory"),
        (remove_folder, "No such file or directory"),
        (grow, "it changed while the scan ran"),
        (shrink, "it changed while the scan ran"),
        (become_fifo, "a FIFO took its place"),
        (become_folder, "a folder took its place"),
        (become_link, "Too many levels of symbolic links"),
        (become_device, "Too many levels of symbolic links"),
        (folder_becomes_link, "Not a directory"),
    ],
)
def test_what_is_not_what_it_was(root, tree, change, detail):
    """A file that is gone or has become something else since it was seen is a loss, and nothing waits for it."""
    (root / "d").mkdir()
    (root / "d/x.py").write_bytes(b"before")
    (root / "other.py").write_bytes(b"before")
    file = seen(tree, "d/x.py")
    change(root)
    assert tree.read(file) == NotExamined(what="d/x.py", reason=Reason.VANISHED, detail=detail)


def test_a_file_that_grows_while_it_is_read(root, tree, monkeypatch):
    """Content that changes between the first and the last look is not handed on, even when the size is the same."""
    path = root / "x.py"
    path.write_bytes(b"before")
    os.utime(path, ns=(1, 1))
    file = seen(tree, "x.py")
    read = os.read

    def reading(descriptor, size):
        content = read(descriptor, size)
        path.write_bytes(b"after!")
        return content

    monkeypatch.setattr(os, "read", reading)
    assert tree.read(file).reason is Reason.VANISHED


def test_folders_are_kept_apart_between_reads(root, tree):
    """Files of one name in different folders, read in any order, are not mistaken for one another."""
    for folder in ("a", "b", "a/c"):
        (root / folder).mkdir()
        (root / folder / "x.py").write_bytes(folder.encode())
    files = list(tree.walk())
    for file in (*files, *reversed(files), *files):
        assert tree.read(file) == file.path.rpartition("/")[0].encode()


def test_closing(root, tree):
    """No descriptor is kept after close, which may be called twice; the tree can still be used."""
    (root / "x.py").write_bytes(b"x")
    file = seen(tree, "x.py")
    before = open_descriptors()
    assert tree.read(file) == b"x"
    tree.close()
    tree.close()
    assert open_descriptors() == before
    assert tree.read(file) == b"x"


def test_what_is_unreadable(shared):
    """Folders and files without permission are losses of their own; the rest is read."""
    for name in ("closed/x.py", "unlisted/y.py", "open/z.py", "open/secret.py", "blind/w.py"):
        (shared / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (shared / "root" / name).write_bytes(b"content")
    for name, mode in (("closed", 0), ("unlisted", 0o711), ("blind", 0o744), ("open/secret.py", 0)):
        (shared / "root" / name).chmod(mode)
    for name in ("closed", "unlisted", "blind", "open/secret.py"):
        if os.geteuid() != 0:
            (shared / "root" / name).chmod(0)

    def look():
        with FileTree(shared / "root") as tree:
            return [
                (entry.what, entry.reason) if isinstance(entry, NotExamined) else (entry.path, tree.read(entry))
                for entry in tree.walk()
            ]

    denied = NotExamined(what="open/secret.py", reason=Reason.UNREADABLE, detail="Permission denied")
    assert as_nobody(look) == [
        ("blind/w.py" if os.geteuid() == 0 else "blind", Reason.UNREADABLE),
        ("closed", Reason.UNREADABLE),
        ("open/secret.py", denied),
        ("open/z.py", b"content"),
        ("unlisted", Reason.UNREADABLE),
    ]
    for name in ("closed", "unlisted", "blind"):
        (shared / "root" / name).chmod(0o700)


def test_a_root_that_is_unreadable(shared):
    """A root that may not be listed is a loss of the whole; one that may not be reached is an error of the operator."""
    (shared / "root/below").mkdir(parents=True)
    (shared / "root").chmod(0)

    def look():
        try:
            FileTree(shared / "root/below")
        except TargetNotFound as error:
            return list(FileTree(shared / "root").walk()), str(error)

    seen, error = as_nobody(look)
    (shared / "root").chmod(0o700)
    assert seen == [NotExamined(what=".", reason=Reason.UNREADABLE, detail="Permission denied")]
    assert error.endswith("/root/below': Permission denied; check the path and its permissions")


def test_a_root_that_is_a_file(tmp_path):
    """A file that the operator names is a tree of itself, marked as named, whatever its name."""
    (tmp_path / "script").write_bytes(b"content")
    with FileTree(tmp_path / "script") as tree:
        files = list(tree.walk())
        assert tree.name == "script"
        assert files == [SourceFile(path="script", size=7, named=True)]
        assert tree.read(files[0]) == b"content"
        (tmp_path / "script").write_bytes(b"changed content")
        assert tree.read(files[0]).reason is Reason.VANISHED
        (tmp_path / "script").unlink()
        assert list(tree.walk()) == [
            NotExamined(what="script", reason=Reason.VANISHED, detail="No such file or directory")
        ]


@pytest.mark.parametrize("content", [b"x", None])
def test_a_root_named_through_a_link(tmp_path, content):
    """The operator may name a target through links; it keeps the name that was given."""
    target = tmp_path / "releases-42"
    if content is None:
        target.mkdir()
        (target / "x.py").write_bytes(b"x")
    else:
        target.write_bytes(content)
    (tmp_path / "current").symlink_to(target)
    with FileTree(tmp_path / "current") as tree:
        assert tree.name == "current"
        assert [(file.path, tree.read(file)) for file in tree.walk()] == [
            ("x.py" if content is None else "current", b"x")
        ]


def test_a_root_that_is_no_file(tmp_path):
    """A FIFO that the operator names is a loss, and nothing waits for a writer."""
    os.mkfifo(tmp_path / "pipe")
    assert list(FileTree(tmp_path / "pipe").walk()) == [
        NotExamined(what="pipe", reason=Reason.SPECIAL_FILE, detail="FIFO")
    ]


@pytest.mark.parametrize(
    ("path", "name"), [(".", "here"), ("../here", "here"), ("below/..", "here"), ("below", "below")]
)
def test_names_of_roots(tmp_path, monkeypatch, path, name):
    """A root has the last component of its path for a name, also when it was named by its place only."""
    (tmp_path / "here/below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert FileTree(Path(path)).name == name


def test_the_root_of_the_machine():
    """The root of the file system has a name too."""
    assert FileTree(Path("/")).name == "/"


def test_paths_that_lead_nowhere(tmp_path):
    """A path without a target is the operator's error, in one line with the next step."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "file").touch()
    for name, why in (
        ("missing", "No such file or directory"),
        ("dangling", "No such file or directory"),
        ("file/below", "Not a directory"),
        ("loop", "Too many levels of symbolic links"),
        ("n" * 300, "File name too long"),
    ):
        with pytest.raises(TargetNotFound) as caught:
            FileTree(tmp_path / name)
        assert isinstance(caught.value, UserError)
        assert (
            str(caught.value) == f"cannot look at {str(tmp_path / name)!r}: {why}; check the path and its permissions"
        )


def test_a_working_directory_that_changes(root, tree, monkeypatch):
    """A tree named by a relative path stays the same tree."""
    (root / "x.py").write_bytes(b"x")
    monkeypatch.chdir(root.parent)
    relative = FileTree(Path("root"))
    monkeypatch.chdir("/")
    assert [relative.read(file) for file in relative.walk()] == [b"x"]
    relative.close()


def test_a_writer_at_work_all_the_time(root, tree):
    """While somebody rewrites a file again and again, what is read is one of its versions whole, or a loss."""
    path = root / "x.py"
    versions = {bytes([letter]) * 200_000 for letter in b"ab"}
    path.write_bytes(b"a" * 200_000)
    stop = threading.Event()

    def rewrite():
        while not stop.is_set():
            for version in sorted(versions):
                other = root / "x.tmp"
                other.write_bytes(version)
                other.rename(path)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        file = SourceFile(path="x.py", size=200_000)
        answers = [tree.read(file) for _ in range(200)]
    finally:
        stop.set()
        writer.join()
    assert all(answer in versions or answer.reason is Reason.VANISHED for answer in answers)


def test_within_bounds(tmp_path):
    """What is mounted below the root is somebody else's, though it be the same device: neither walked nor read."""
    from adapters.roots.test_folder import bound

    for name in ("root/in", "root/file", "away"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "root/a.py").write_text("a")
    (tmp_path / "root/file/b.py").write_text("b")
    (tmp_path / "away/c.py").write_text("c")
    with bound(tmp_path / "away", tmp_path / "root/in"), bound(tmp_path / "away/c.py", tmp_path / "root/file/b.py"):
        tree = FileTree(tmp_path / "root")
        assert {seen.path for seen in tree.walk() if isinstance(seen, SourceFile)} == {"a.py", "file/b.py", "in/c.py"}
        tree.bound()
        seen = list(tree.walk())
        assert [(lost.what, lost.reason) for lost in seen if isinstance(lost, NotExamined)] == [("in", Reason.DENIED)]
        files = {file.path: tree.read(file) for file in seen if isinstance(file, SourceFile)}
        assert files["a.py"] == b"a"
        assert isinstance(files["file/b.py"], NotExamined) and files["file/b.py"].reason is Reason.DENIED
