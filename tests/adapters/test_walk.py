"""The walk over a folder: what is there, and what is said of the rest."""

import os
import resource
import socket
from pathlib import Path

import pytest

from casemate.adapters.filesystem import FileTree
from casemate.adapters.walk import MAX_DEPTH
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile


def put(root, *paths, content=b""):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def walked(root):
    with FileTree(root) as tree:
        return list(tree.walk())


def paths(root):
    return [entry.path for entry in walked(root) if isinstance(entry, SourceFile)]


def losses(root):
    return [
        (entry.what, entry.reason, entry.detail, entry.deliberate)
        for entry in walked(root)
        if isinstance(entry, NotExamined)
    ]


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_every_regular_file_in_byte_order(tmp_path):
    """Every regular file appears once with its size, in byte order of the whole path, not of the names on the way."""
    put(tmp_path, "b.py", "a/z.py", "a-b/y.py", "a.py", "a/é.py", "a/B.txt", "aa/x.py", content=b"12345")
    seen = walked(tmp_path)
    assert [entry.path for entry in seen] == ["a-b/y.py", "a.py", "a/B.txt", "a/z.py", "a/é.py", "aa/x.py", "b.py"]
    assert [entry.path.encode() for entry in seen] == sorted(entry.path.encode() for entry in seen)
    assert {entry.size for entry in seen} == {5}


def test_executable_files_are_marked(tmp_path):
    """A file that anybody may execute is marked so."""
    put(tmp_path, "a", "b")
    (tmp_path / "a").chmod(0o744)
    (tmp_path / "b").chmod(0o644)
    assert [(entry.path, entry.executable) for entry in walked(tmp_path)] == [("a", True), ("b", False)]


def test_folders_that_hold_no_source_of_the_target(tmp_path):
    """Version control, installed packages and environments are skipped, each counted once, at any depth."""
    put(tmp_path, ".git/a.py", "x/node_modules/b.py", ".tox/c.py", ".nox/d.py", ".hg/e.py", ".svn/f.py", "x/g.py")
    put(tmp_path, ".venv/pyvenv.cfg", ".venv/lib/h.py")
    assert paths(tmp_path) == ["x/g.py"]
    assert losses(tmp_path) == [
        (".git", Reason.EXCLUDED, "version control", True),
        (".hg", Reason.EXCLUDED, "version control", True),
        (".nox", Reason.EXCLUDED, "test environments", True),
        (".svn", Reason.EXCLUDED, "version control", True),
        (".tox", Reason.EXCLUDED, "test environments", True),
        (".venv", Reason.EXCLUDED, "virtual environment", True),
        ("x/node_modules", Reason.EXCLUDED, "installed packages", True),
    ]


def test_folders_that_only_sound_like_these(tmp_path):
    """A package called `venv` or `env` is looked into unless it is an environment; so are caches of compiled files."""
    put(
        tmp_path,
        "venv/a.py",
        "env/b.py",
        "app/pyvenv.cfg",
        "app/c.py",
        "__pycache__/d.py",
        "git/e.py",
        "x.egg-info/f.py",
    )
    found = [path for path in paths(tmp_path) if path.endswith(".py")]
    assert found == ["__pycache__/d.py", "app/c.py", "env/b.py", "git/e.py", "venv/a.py", "x.egg-info/f.py"]
    assert losses(tmp_path) == []


def test_a_skipped_folder_that_the_operator_named(tmp_path):
    """What the operator names is looked at, whatever it is called."""
    put(tmp_path, ".venv/pyvenv.cfg", ".venv/a.py", "node_modules/b.py")
    assert paths(tmp_path / ".venv") == ["a.py", "pyvenv.cfg"]
    assert paths(tmp_path / "node_modules") == ["b.py"]


def test_links_within_the_root_lose_nothing(tmp_path):
    """What a link inside the root leads to is seen where it stands, once, and nothing is said of the link."""
    put(tmp_path, "real/a.py", "data.txt")
    (tmp_path / "alias.py").symlink_to("real/a.py")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "absolute").symlink_to(tmp_path / "real")
    (tmp_path / "data").symlink_to("data.txt")
    assert paths(tmp_path) == ["data.txt", "real/a.py"]
    assert losses(tmp_path) == []


def test_links_out_of_the_root(tmp_path):
    """A link to a folder outside is a loss; one to a file is, if it is named like a source. Nothing is read through one."""
    root = tmp_path / "root"
    put(tmp_path, "out/a.py", "root/x.py", "rootlike/b.py")
    (root / "escape").symlink_to("../out")
    (root / "sibling").symlink_to("../rootlike")
    (root / "escape.py").symlink_to("../out/a.py")
    (root / "escape.txt").symlink_to("../out/a.py")
    (root / "passwd.py").symlink_to("/etc/passwd")
    assert paths(root) == ["x.py"]
    assert losses(root) == [
        ("escape", Reason.LINK_OUTSIDE, "a link to a folder outside the root", False),
        ("escape.py", Reason.LINK_OUTSIDE, "a link to a file outside the root", False),
        ("passwd.py", Reason.LINK_OUTSIDE, "a link to a file outside the root", False),
        ("sibling", Reason.LINK_OUTSIDE, "a link to a folder outside the root", False),
    ]


def test_links_in_circles(tmp_path):
    """Links that lead to one another, to themselves or to a folder that they are in end the walk nowhere."""
    put(tmp_path, "a/b/x.py")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "ping").symlink_to("pong")
    (tmp_path / "pong").symlink_to("ping")
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/root").symlink_to(tmp_path)
    (tmp_path / "dot").symlink_to(".")
    assert paths(tmp_path) == ["a/b/x.py"]
    inside, circle = "a link to a folder that it is in", "links in a circle"
    assert losses(tmp_path) == [
        ("a/b/up", Reason.LINK_OUTSIDE, inside, False),
        ("a/root", Reason.LINK_OUTSIDE, inside, False),
        ("dot", Reason.LINK_OUTSIDE, inside, False),
        ("ping", Reason.LINK_OUTSIDE, circle, False),
        ("pong", Reason.LINK_OUTSIDE, circle, False),
        ("self", Reason.LINK_OUTSIDE, circle, False),
    ]


def test_links_that_rename(tmp_path):
    """A link named like a source to a file that is not is a loss: nobody looks at the file under its own name."""
    put(tmp_path, "code.txt", "more.txt")
    (tmp_path / "code.py").symlink_to("code.txt")
    (tmp_path / "more").symlink_to("more.txt")
    detail = "a link to a file whose name is not that of a source"
    assert losses(tmp_path) == [("code.py", Reason.LINK_OUTSIDE, detail, False)]


def test_links_to_nothing(tmp_path):
    """A dangling link is a loss when it is named like a source."""
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "lock").symlink_to("user@host.123")
    assert losses(tmp_path) == [("gone.py", Reason.VANISHED, "a link to nothing", False)]


def test_what_is_no_file(tmp_path):
    """FIFOs, sockets and devices are never opened; those named like sources are losses. The walk does not wait for them."""
    for name in ("fifo.py", "fifo"):
        os.mkfifo(tmp_path / name)
    for name in ("socket.py", "socket"):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / name))
    (tmp_path / "null.py").symlink_to("/dev/null")
    (tmp_path / "zero").symlink_to("/dev/zero")
    assert paths(tmp_path) == []
    assert losses(tmp_path) == [
        ("fifo.py", Reason.SPECIAL_FILE, "FIFO", False),
        ("null.py", Reason.LINK_OUTSIDE, "a link to a file outside the root", False),
        ("socket.py", Reason.SPECIAL_FILE, "socket", False),
    ]


def test_a_device_in_the_tree(tmp_path):
    """A device node that is named like a source is a loss."""
    try:
        os.mknod(tmp_path / "zero.py", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making a device takes root")
    assert losses(tmp_path) == [("zero.py", Reason.SPECIAL_FILE, "device", False)]


def test_names_that_are_no_utf_8(tmp_path):
    """Such a name is shown escaped, and the file is read under it; a name that looks like the escape is another file."""
    for name, content in ((b"\xff.py", b"bytes"), (b"\\xff.py", b"text"), (b"d\xe9/a.py", b"below")):
        path = tmp_path / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    with FileTree(tmp_path) as tree:
        assert {file.path: tree.read(file) for file in tree.walk()} == {
            "\\x5cxff.py": b"text",
            "\\xff.py": b"bytes",
            "d\\xe9/a.py": b"below",
        }


def test_a_deep_tree(tmp_path):
    """Folders are entered to a limit of depth; below it is a loss. The walk neither recurses nor runs out of descriptors."""
    here = os.open(tmp_path, os.O_RDONLY)
    for level in range(MAX_DEPTH * 4):  # pytest removes the folder by recursion
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
        if level in (MAX_DEPTH - 1, MAX_DEPTH):
            os.close(os.open("x.py", os.O_CREAT, dir_fd=here))
    os.close(here)
    before = open_descriptors()
    deepest = "/".join(["d"] * MAX_DEPTH)
    assert paths(tmp_path) == [f"{deepest}/x.py"]
    assert losses(tmp_path) == [(f"{deepest}/d", Reason.TOO_DEEP, "more than 100 folders deep", False)]
    assert open_descriptors() == before


def test_an_abandoned_walk_lets_go(tmp_path):
    """A walk that is not finished keeps no folder open."""
    put(tmp_path, "a/b/c/x.py", "a/b/c/y.py")
    before = open_descriptors()
    walk = FileTree(tmp_path).walk()
    next(walk)
    assert open_descriptors() > before
    walk.close()
    assert open_descriptors() == before


def test_a_folder_that_is_exchanged_for_a_link(tmp_path):
    """A folder that turns into a link out of the root after it was seen is not entered."""
    put(tmp_path, "root/a/x.py", "root/b/y.py", "out/secret.py")
    walk = FileTree(tmp_path / "root").walk()
    assert next(walk) == SourceFile(path="a/x.py", size=0)
    (tmp_path / "root/b").rename(tmp_path / "root/c")
    (tmp_path / "root/b").symlink_to("../out")
    assert [(entry.what, entry.reason) for entry in walk] == [("b", Reason.VANISHED)]


def test_a_folder_that_vanishes(tmp_path):
    """A folder that is gone when it is its turn is a loss; the walk goes on."""
    put(tmp_path, "a/x.py", "c/z.py")
    (tmp_path / "b").mkdir()
    walk = FileTree(tmp_path).walk()
    next(walk)
    (tmp_path / "b").rmdir()
    assert list(walk) == [
        NotExamined(what="b", reason=Reason.VANISHED, detail="No such file or directory"),
        SourceFile(path="c/z.py", size=0),
    ]


def test_a_root_that_vanishes(tmp_path):
    """A root that is gone is a loss of the whole."""
    root = tmp_path / "root"
    root.mkdir()
    tree = FileTree(root)
    root.rmdir()
    assert list(tree.walk()) == [NotExamined(what=".", reason=Reason.VANISHED, detail="No such file or directory")]


def test_no_descriptors_left(tmp_path):
    """When the process may open nothing more, what was not opened is a loss, and nothing raises."""
    put(tmp_path, "a/b/c/x.py")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    tree = FileTree(tmp_path)
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    filler = [os.open(os.devnull, os.O_RDONLY) for _ in range(highest + 2)]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(filler) + 1, hard))
        seen = list(tree.walk())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in filler:
            os.close(descriptor)
    assert [(entry.what, entry.reason) for entry in seen] == [(".", Reason.UNREADABLE)]
