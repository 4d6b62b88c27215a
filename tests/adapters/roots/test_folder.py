"""A folder as a root: every node, no link followed, nothing opened but regular files."""

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.roots.support import ALICE_WRITES, SETUID, by_path, losses, nodes
from adapters.unprivileged import as_nobody
from casemate.adapters.roots import folder as module
from casemate.adapters.roots import mounts
from casemate.adapters.roots.folder import FolderRoot, NoRoot
from casemate.model.host import AclEntry, AclTag, Capabilities, NodeKind
from casemate.model.outcome import NotExamined, Reason


def test_nodes_are_in_byte_order_with_what_lstat_says(tmp_path):
    """Kinds, modes, sizes, numbers of names and link targets; a folder stands before what sorts between it and its content."""
    (tmp_path / "a").mkdir(0o750)
    (tmp_path / "a/c").write_bytes(b"12345")
    (tmp_path / "a/c").chmod(0o4755)
    os.link(tmp_path / "a/c", tmp_path / "a-b")
    (tmp_path / "link").symlink_to("/a/c")
    os.mkfifo(tmp_path / "pipe", 0o622)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "sock"))
    root = FolderRoot(tmp_path)
    assert [n.path for n in root.nodes()] == ["/", "/a", "/a-b", "/a/c", "/link", "/pipe", "/sock"]
    found = by_path(root)
    assert (found["/a"].kind, found["/a"].mode, found["/a"].size, found["/a"].links) == (NodeKind.FOLDER, 0o750, 0, 1)
    assert (found["/a/c"].mode, found["/a/c"].size, found["/a/c"].links) == (0o4755, 5, 2)
    assert (found["/a/c"].uid, found["/a/c"].gid) == (os.getuid(), (tmp_path / "a/c").stat().st_gid)
    assert (found["/link"].kind, found["/link"].target, found["/link"].mode) == (NodeKind.LINK, "/a/c", 0o777)
    assert (found["/pipe"].kind, found["/sock"].kind) == (NodeKind.FIFO, NodeKind.SOCKET)
    assert found["/a/c"].acl is None


def test_access_lists_and_capabilities(tmp_path):
    """They are read as the file system has them."""
    (tmp_path / "tool").write_bytes(b"")
    (tmp_path / "data").write_bytes(b"")
    try:
        os.setxattr(tmp_path / "tool", "security.capability", SETUID)
        os.setxattr(tmp_path / "data", "system.posix_acl_access", ALICE_WRITES)
    except OSError as error:
        pytest.skip(f"this file system or account does not allow it: {error}")
    found = by_path(FolderRoot(tmp_path))
    assert found["/tool"].capabilities == Capabilities(1 << 7, 0, True)
    assert found["/data"].acl[1] == AclEntry(AclTag.USER, 6, 1000)
    assert found["/data"].mode == 0o664


def test_an_attribute_that_is_not_understood_is_said(tmp_path, monkeypatch):
    """The node is given, and that its capabilities are unknown is an outcome."""
    (tmp_path / "tool").write_bytes(b"")
    monkeypatch.setattr(module.os, "listxattr", lambda path, **_: ["security.capability"] if "tool" in path else [])
    monkeypatch.setattr(module.os, "getxattr", lambda path, name, **_: b"\xff" * 20)
    root = FolderRoot(tmp_path)
    assert [(loss.what, loss.reason) for loss in losses(root)] == [("/tool", Reason.NOT_UNDERSTOOD)]
    assert "/tool" in by_path(root)


def test_reading(tmp_path):
    """The first bytes, also of a name that is no UTF-8, shown as elsewhere; a name's own backslash stays apart from it."""
    (tmp_path / "d").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/d/caf\xe9\n")).write_bytes(b"content")
    (tmp_path / "dev\\x2dfoo").write_bytes(b"other")
    with FolderRoot(tmp_path) as root:
        found = by_path(root)
        assert list(found) == ["/", "/d", "/d/caf\\xe9\n", "/dev\\x5cx2dfoo"]
        assert root.read(found["/d/caf\\xe9\n"], 4) == b"cont"
        assert root.read(found["/d/caf\\xe9\n"], 99) == b"content"
        assert root.read(found["/dev\\x5cx2dfoo"], 99) == b"other"


def test_what_changed_since_the_walk(tmp_path):
    """A link or FIFO in a file's place, or a link in a folder's, is neither followed nor waited for; what is gone is gone."""
    (tmp_path / "d").mkdir()
    for name in ("d/a", "link", "fifo", "gone"):
        (tmp_path / name).write_bytes(b"mine")
    root = FolderRoot(tmp_path)
    found = by_path(root)
    for name in ("link", "fifo", "gone"):
        (tmp_path / name).unlink()
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "fifo")
    shutil.move(tmp_path / "d", tmp_path / "e")
    (tmp_path / "d").symlink_to("e")
    for path in ("/link", "/fifo", "/gone", "/d/a"):
        lost = root.read(found[path], 10)
        assert isinstance(lost, NotExamined)
        assert (lost.what, lost.reason) == (path, Reason.VANISHED)


def test_a_folder_that_is_exchanged_during_the_walk(tmp_path, monkeypatch):
    """What vanishes or turns into a link between being listed and being entered is an outcome, and the walk goes on."""
    for name in ("gone", "link", "other", "stays"):
        (tmp_path / name).mkdir()
    (tmp_path / "stays/file").write_bytes(b"")
    real = module._Walk._enter

    def enter(walk, seen):
        if (tmp_path / "gone").exists():
            (tmp_path / "gone").rmdir()
            (tmp_path / "link").rmdir()
            (tmp_path / "link").symlink_to("/etc")
            (tmp_path / "other").rename(tmp_path / "old")
            (tmp_path / "other").mkdir()
        real(walk, seen)

    monkeypatch.setattr(module._Walk, "_enter", enter)
    seen = list(FolderRoot(tmp_path).nodes())
    lost = [loss for loss in seen if isinstance(loss, NotExamined)]
    assert [(loss.what, loss.reason) for loss in lost] == [
        (f"/{n}", Reason.VANISHED) for n in ("gone", "link", "other")
    ]
    assert "/stays/file" in [getattr(node, "path", "") for node in seen]


def test_unreadable_to_an_ordinary_account(tmp_path):
    """A closed folder and file are outcomes, each once, and their own nodes are there."""
    (tmp_path / "closed").mkdir(0o700)
    (tmp_path / "secret").write_bytes(b"")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "open").write_bytes(b"yes")
    for above in [tmp_path, *tmp_path.parents][:-2]:
        above.chmod(above.stat().st_mode | 0o055)
    if os.getuid():
        (tmp_path / "closed").chmod(0)
        (tmp_path / "secret").chmod(0)

    def look():
        root = FolderRoot(tmp_path)
        found = by_path(root)
        return sorted(found), losses(root), root.read(found["/secret"], 9), root.read(found["/open"], 9)

    paths, lost, secret, content = as_nobody(look)
    assert paths == ["/", "/closed", "/open", "/secret"]
    assert lost == [NotExamined(what="/closed", reason=Reason.UNREADABLE, detail="Permission denied")]
    assert secret == NotExamined(what="/secret", reason=Reason.UNREADABLE, detail="Permission denied")
    assert content == b"yes"
    (tmp_path / "closed").chmod(0o700)


def test_hundreds_of_levels(tmp_path):
    """Deeper than there may be open files: the walk ends where it says, with no more descriptors than that."""
    top = os.open(tmp_path, os.O_RDONLY)
    here = os.dup(top)
    for _ in range(400):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    before = len(list(Path("/proc/self/fd").iterdir()))
    root = FolderRoot(tmp_path)
    assert [(loss.reason, loss.what.count("/")) for loss in losses(root)] == [(Reason.TOO_DEEP, module.MAX_DEPTH + 1)]
    assert len(nodes(root)) == module.MAX_DEPTH + 2
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    flatten(top)
    os.close(top)


def flatten(top):
    """Take it apart from the top, since nothing else can remove it."""
    os.rename("d", "old", src_dir_fd=top, dst_dir_fd=top)
    while True:
        try:
            os.rename("old/d", "next", src_dir_fd=top, dst_dir_fd=top)
        except FileNotFoundError:
            os.rmdir("old", dir_fd=top)
            return
        os.rmdir("old", dir_fd=top)
        os.rename("next", "old", src_dir_fd=top, dst_dir_fd=top)


def test_links_in_a_circle(tmp_path):
    """They are nodes like others; nothing is followed."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert [(node.path, node.target) for node in nodes(FolderRoot(tmp_path))] == [("/", ""), ("/a", "b"), ("/b", "a")]
    with pytest.raises(NoRoot, match=r"cannot look at .*; name the folder"):
        FolderRoot(tmp_path / "a")


def test_a_root_that_is_none(tmp_path):
    """What is missing, or no folder, is the operator's to mend, in words."""
    (tmp_path / "file").write_bytes(b"")
    for name in ("file", "missing", "new\nline"):
        with pytest.raises(NoRoot, match=r"name the folder in which etc, usr and var"):
            FolderRoot(tmp_path / name)


def test_a_limit_of_nodes(tmp_path):
    """A tree without end is bounded, and that it was cut is an outcome."""
    for number in range(50):
        (tmp_path / str(number)).write_bytes(b"")
    root = FolderRoot(tmp_path, max_nodes=10)
    assert len(nodes(root)) == 10
    assert [(loss.what, loss.reason) for loss in losses(root)] == [("/", Reason.STEP_LIMIT)]


@contextmanager
def bound(source, place):
    """A bind mount, in the mount table that this test runs in."""
    if os.getuid() or subprocess.run(["mount", "--bind", source, place], check=False, capture_output=True).returncode:
        pytest.skip("no bind mount is allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_folder_that_is_mounted_below_itself(tmp_path):
    """It is not walked again, deliberately; its node is there."""
    (tmp_path / "in/side").mkdir(parents=True)
    with bound(tmp_path, tmp_path / "in/side"):
        root = FolderRoot(tmp_path)
        assert [node.path for node in nodes(root)] == ["/", "/in", "/in/side"]
        (lost,) = losses(root)
    assert (lost.what, lost.reason, lost.deliberate) == ("/in/side", Reason.EXCLUDED, True)


def test_what_is_mounted_below_is_somebody_else_s(tmp_path):
    """Where a charter bounds the walk: a folder or a file that is mounted there is not looked at, and counts as lost."""
    (tmp_path / "root/in").mkdir(parents=True)
    (tmp_path / "root/file").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/secret").write_text("secret")
    with bound(tmp_path / "other", tmp_path / "root/in"), bound(tmp_path / "other/secret", tmp_path / "root/file"):
        root = FolderRoot(tmp_path / "root")
        assert "/in/secret" in {node.path for node in nodes(root)}
        root.bound()
        assert [node.path for node in nodes(root)] == ["/"]
        lost = [(one.what, one.reason, one.deliberate) for one in losses(root)]
    assert lost == [("/file", Reason.DENIED, False), ("/in", Reason.DENIED, False)]


TABLE = rb"""22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw - proc proc rw
24 22 0:6 / /srv/my\040share rw shared:1 - nfs4 server:/x rw
25 22 8:2 / /home rw - ext4 /dev/sda2 rw
26 22 0:9 / /home/bob/far rw - fuse.sshfs far: rw
27 22 0:7 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw
28 22 0:8 / /run rw - tmpfs tmpfs rw
29 22 0:10 / /mnt/root/sys rw - sysfs sysfs rw
a line that is none
"""


def test_which_mounts_are_skipped(tmp_path):
    """Other machines, the kernel's views and containers are; local disks and memory are not."""
    table = tmp_path / "mountinfo"
    table.write_bytes(TABLE)
    live = mounts.skipped("/", table=str(table))
    assert sorted(live) == [
        "/dev",
        "/home/bob/far",
        "/mnt/root/sys",
        "/proc",
        "/run/user",
        "/srv/my share",
        "/sys",
        "/var/lib/docker/overlay2/abc/merged",
    ]
    assert mounts.skipped("/mnt/root", table=str(table)) == {
        "/sys": mounts.Skip("a file system that the kernel makes up (sysfs)", near=True),
    }
    assert not live["/srv/my share"].near
    assert mounts.skipped("/", table=str(tmp_path / "missing")) is None


def test_a_skipped_mount_is_not_looked_at(tmp_path, monkeypatch):
    """A folder on another machine gives an outcome, deliberate, and no look that could hang."""
    (tmp_path / "far/file").mkdir(parents=True)
    far = mounts.Skip("a file system of another machine (nfs4)", near=False)
    monkeypatch.setattr(mounts, "skipped", lambda root: {"/far": far})
    root = FolderRoot(tmp_path)
    assert [node.path for node in nodes(root)] == ["/"]
    assert losses(root) == [
        NotExamined(
            what="/far", reason=Reason.EXCLUDED, detail="a file system of another machine (nfs4)", deliberate=True
        )
    ]


def test_devices_are_not_entered_but_for_shared_memory(tmp_path, monkeypatch):
    """Of the running machine's /dev there is the folder, and what everybody can make files in; of /proc the folder alone."""
    for name in ("dev/shm", "dev/disk", "proc/1"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "dev/shm/file").write_bytes(b"")
    monkeypatch.setattr(mounts, "skipped", lambda root: {p: mounts.Skip("why", near=True) for p in ("/dev", "/proc")})
    root = FolderRoot(tmp_path)
    assert [node.path for node in nodes(root)] == ["/", "/dev", "/dev/shm", "/dev/shm/file", "/proc"]
    assert [loss.what for loss in losses(root)] == ["/dev", "/proc"]
