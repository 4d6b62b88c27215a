"""The working tree on disk: what is refused, what is kept, and that a file is never half of anything."""

import errno
import json
import os
import signal
import stat
import sys
from pathlib import Path

import pytest
from cli.repository import Repository

from casemate.adapters import backups, durable, working_tree
from casemate.adapters.working_tree import CHANGED, SINCE, WorkingFolder
from casemate.model.errors import EnvironmentFault
from casemate.model.fix import Change
from casemate.model.working import Withheld, Written

A = Change(path="a.py", before=b"one\n", after=b"two\n")
B = Change(path="b/c.py", before=b"1\r\n", after=b"2\r\n")


@pytest.fixture
def target(tmp_path):
    """A folder with two files."""
    place = tmp_path / "target"
    (place / "b").mkdir(parents=True)
    (place / "a.py").write_bytes(A.before)
    (place / "b/c.py").write_bytes(B.before)
    return place


@pytest.fixture
def tree(target, tmp_path):
    """The same to work on."""
    return WorkingFolder(target, tmp_path / "home")


def contents(target):
    """All files of the target, hidden ones too, but for git's own."""
    return {
        str(path.relative_to(target)): path.read_bytes()
        for path in sorted(target.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


BEFORE = {"a.py": A.before, "b/c.py": B.before}
AFTER = {"a.py": A.after, "b/c.py": B.after}


def test_files_are_written_and_put_back(tree, target):
    """Both, and nothing else is left in the target; undone once, there is nothing more to undo."""
    assert tree.write([A, B]) == Written(paths=("a.py", "b/c.py"))
    assert contents(target) == AFTER
    assert tree.undo() == Written(paths=("a.py", "b/c.py"))
    assert contents(target) == BEFORE
    assert tree.undo() == Written()


def test_what_was_written_last_is_put_back_first(tree, target):
    """One step at a time."""
    tree.write([A])
    tree.write([B])
    assert tree.undo().paths == ("b/c.py",)
    assert contents(target) == {**BEFORE, "a.py": A.after}
    assert tree.undo().paths == ("a.py",)
    assert contents(target) == BEFORE


def test_what_is_confirmed_stays(tree, target, tmp_path):
    """And its backups are gone."""
    tree.write([A])
    tree.write([B])
    assert tree.confirm() == Written(paths=("a.py", "b/c.py"))
    assert tree.undo() == Written()
    assert contents(target) == AFTER
    assert [path.name for path in (tmp_path / "home").rglob("*") if path.is_file()] == [".lock"]


def test_backups_are_the_operators_alone(tree, tmp_path):
    """They hold source code."""
    tree.write([A])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").rglob("*")}
    assert modes == {0o700, 0o600}


def test_mode_owner_and_times_of_others(tree, target):
    """What is replaced keeps its mode and owner."""
    (target / "a.py").chmod(0o751)
    if os.geteuid() == 0:
        os.chown(target / "a.py", 12345, 54321)
    before = (target / "a.py").stat()
    tree.write([A])
    after = (target / "a.py").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    tree.undo()
    again = (target / "a.py").stat()
    assert (again.st_mode, again.st_uid, again.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_single_file(target, tmp_path):
    """As a target of its own; what was not named is not touched."""
    tree = WorkingFolder(target / "a.py", tmp_path / "home")
    assert tree.write([B]).withheld == (Withheld(path="b/c.py", why="it is not part of what was named"),)
    assert tree.write([A]).paths == ("a.py",)
    assert contents(target) == {**BEFORE, "a.py": A.after}


def a_link(target):
    (target / "a.py").rename(target / "real.py")
    (target / "a.py").symlink_to("real.py")


def a_link_above(target):
    (target / "b").rename(target / "real")
    (target / "b").symlink_to("real")


def other_bytes(target):
    (target / "a.py").write_bytes(b"one \n")


def gone(target):
    (target / "a.py").unlink()


def a_folder(target):
    (target / "a.py").unlink()
    (target / "a.py").mkdir()


def a_pipe(target):
    (target / "a.py").unlink()
    os.mkfifo(target / "a.py")


@pytest.mark.parametrize(
    ("make", "path", "why"),
    [
        (a_link, "a.py", "it is a link"),
        (a_link_above, "b/c.py", "it lies behind a link"),
        (lambda target: (target / "d.py").hardlink_to(target / "a.py"), "a.py", "it has several names (hard links)"),
        (lambda target: (target / "a.py").chmod(0o444), "a.py", "it is read-only"),
        (other_bytes, "a.py", CHANGED),
        (gone, "a.py", "it cannot be written: No such file or directory"),
        (a_folder, "a.py", "it is no regular file"),
        (a_pipe, "a.py", "it is no regular file"),
    ],
)
def test_what_is_refused(tree, target, make, path, why):
    """One file that is not written, and the other is not either; nothing is kept of it."""
    make(target)
    (withheld,) = tree.write([A, B]).withheld
    assert withheld.path == path
    assert withheld.why.startswith(why)
    assert (target / ("b/c.py" if path == "a.py" else "a.py")).read_bytes() == (B if path == "a.py" else A).before
    assert tree.undo() == Written()


def test_a_path_that_climbs_out(tree, target):
    """It is no path of a target."""
    (target.parent / "a.py").write_bytes(A.before)
    change = Change(path="b/../../a.py", before=A.before, after=A.after)
    assert tree.write([change]).withheld[0].why == "it is not part of what was named"
    assert (target.parent / "a.py").read_bytes() == A.before


@pytest.mark.parametrize("setting", ["clean", "crlf"])
def test_in_a_repository(target, tree, setting):
    """What is committed is written; line ends that a checkout makes are no change."""
    repository = Repository(target)
    if setting == "crlf":
        repository.git("config", "core.autocrlf", "true")
    repository.commit()
    assert tree.write([A, B]).withheld == ()
    assert contents(target) == AFTER


def staged(repository):
    repository.git("rm", "-q", "--cached", "a.py")


def staged_content(repository):
    repository.write(**{"a.py": b"other\n"})
    repository.git("add", "a.py")
    repository.write(**{"a.py": A.before})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda repository: repository.commit(**{"a.py": b"zero\n"}), "it has changes that are not committed"),
        (staged_content, "it has changes that are not committed"),
        (staged, "it has changes that are not committed"),
        (lambda repository: repository.commit(**{".gitignore": b"x\n"}), ""),
    ],
    ids=["changed", "staged", "taken out", "another"],
)
def test_uncommitted_changes(target, tree, change, why):
    """They would be mixed with the patch."""
    repository = Repository(target)
    repository.commit()
    change(repository)
    repository.write(**{"a.py": A.before})
    assert tree.refusal(A).startswith(why)
    assert bool(tree.refusal(A)) == bool(why)


def test_what_git_does_not_know(target, tree):
    """A new file, and a repository without a commit."""
    repository = Repository(target)
    assert tree.refusal(A) == "git does not know it: add and commit it first"
    repository.git("add", "b")
    repository.git("commit", "-q", "-m", "some")
    assert tree.refusal(A) == "git does not know it: add and commit it first"
    assert tree.refusal(B) == ""


def test_a_repository_that_cannot_be_read(target, tree):
    """No guess is made."""
    Repository(target).commit()
    (target / ".git/HEAD").write_text("nonsense\n")
    assert tree.refusal(A) == "git does not know it: add and commit it first" or "cannot be read" in tree.refusal(A)


def test_where_the_target_stands_in_its_repository(target, tmp_path):
    """For paths as git knows them: at its top, below it, in a linked working tree, and in none."""
    home = tmp_path / "home"
    assert WorkingFolder(target, home).prefix == ""
    repository = Repository(target)
    repository.commit()
    assert WorkingFolder(target, home).prefix == ""
    assert WorkingFolder(target / "b", home).prefix == "b/"
    assert WorkingFolder(target / "b/c.py", home).prefix == "b/"
    repository.git("worktree", "add", "-q", tmp_path / "linked")
    linked = WorkingFolder(tmp_path / "linked/b", home)
    assert linked.prefix == "b/"
    change = Change(path="c.py", before=B.before, after=B.after)
    assert linked.write([change]).paths == ("c.py",)
    assert linked.refusal(Change(path="c.py", before=B.after, after=b"")).startswith("it has changes")


def test_what_was_changed_since_is_not_undone(tree, target):
    """Nothing is put back over somebody's work, and it is said where the earlier file is."""
    tree.write([A, B])
    (target / "a.py").write_bytes(b"three\n")
    (withheld,) = tree.undo().withheld
    assert withheld.path == "a.py"
    assert withheld.why.startswith(SINCE)
    assert Path(withheld.why.rpartition(" at ")[2]).read_bytes() == A.before
    assert contents(target) == {"a.py": b"three\n", "b/c.py": B.after}
    (target / "a.py").write_bytes(A.before)  # by hand
    assert tree.undo().paths == ("a.py", "b/c.py")
    assert contents(target) == BEFORE


def test_a_damaged_backup(tree, target, tmp_path):
    """It is not put back, and the fault names it."""
    tree.write([A])
    (saved,) = (tmp_path / "home").rglob("0.before")
    saved.write_bytes(b"evil\n")
    with pytest.raises(EnvironmentFault, match="it is not what was saved"):
        tree.undo()
    assert (target / "a.py").read_bytes() == A.after
    (journal,) = (tmp_path / "home").rglob("journal.json")
    journal.write_bytes(b"{")
    with pytest.raises(EnvironmentFault, match="its journal cannot be read"):
        tree.undo()


@pytest.mark.parametrize(
    ("entry", "said"),
    [("path", "../other"), ("path", "b/../../other"), ("path", "/other"), ("aside", "../other"), ("path", "b//c.py")],
)
def test_a_journal_that_leads_out(tree, target, tmp_path, entry, said):
    """It was edited: nothing outside of the target is written, whatever it says."""
    tree.write([A])
    other = tmp_path / "other"
    other.write_bytes(A.after)
    (journal,) = (tmp_path / "home").rglob("journal.json")
    document = json.loads(journal.read_bytes())
    document["files"][0][entry] = said
    journal.write_text(json.dumps(document))
    with pytest.raises(EnvironmentFault, match="its journal cannot be read"):
        tree.undo()
    assert (other.read_bytes(), contents(target)) == (A.after, {**BEFORE, "a.py": A.after})


@pytest.mark.parametrize("step", ["open", "fsync", "rename", "fchmod", "unlink", "mkdir"])
@pytest.mark.parametrize("number", range(6))
def test_a_disk_that_fails(tree, target, monkeypatch, step, number):
    """At every step: all is written or nothing, and what is wrong is said."""
    calls = iter(range(1000))
    real = getattr(os, step)

    def failing(*arguments, **named):
        if next(calls) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing)
        try:
            written = tree.write([A, B])
        except EnvironmentFault as fault:
            assert "No space left" in str(fault)
            written = None
    now = contents(target)
    if written is not None and written.paths:
        assert now == AFTER
    else:
        assert {path: now[path] for path in BEFORE} == BEFORE
        if written is not None:
            assert "No space left" in written.withheld[0].why
    tree.confirm()  # clears what was left
    assert contents(target) in (BEFORE, AFTER)


LINES = {working_tree.__file__, backups.__file__, durable.__file__}


def ended_at(act, number, end):
    """Do something that is ended at its n-th line. Whether it came so far."""
    seen = 0

    def trace(frame, event, argument):
        nonlocal seen
        if frame.f_code.co_filename not in LINES:
            return None
        if event == "line":
            seen += 1
            if seen == number:
                end()
        return trace

    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(None)
    return seen >= number


def killed_at(act, number):
    """In a process of its own, which is killed. Whether it came so far."""
    child = os.fork()
    if not child:
        try:
            ended_at(act, number, lambda: os.kill(os.getpid(), signal.SIGKILL))
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def either(target):
    """Each file whole, the old or the new one."""
    now = contents(target)
    assert now["a.py"] in (A.before, A.after)
    assert now["b/c.py"] in (B.before, B.after)


@pytest.mark.parametrize("act", ["write", "undo"])
def test_killed_at_any_moment(tree, target, act):
    """Each file is the old or the new one; what comes next puts all of it right, and leaves nothing behind."""
    number = 0
    while True:
        number += 1 + number // 40
        if act == "undo":
            assert tree.write([A, B]).paths
        killed = killed_at((lambda: tree.write([A, B])) if act == "write" else tree.undo, number)
        either(target)
        if not killed:
            assert contents(target) == (AFTER if act == "write" else BEFORE)
            break
        tree.undo()
        assert contents(target) == BEFORE
        assert tree.undo() == Written()
    assert number > 100


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files that nobody had a name for yet
def test_interrupted_at_any_moment(tree, target):
    """Ctrl-C: all is as it was before, or as it is to be, and can be undone."""

    def interrupt():
        raise KeyboardInterrupt

    number, came = 0, True
    while came:
        number += 1 + number // 40
        try:
            came = ended_at(lambda: tree.write([A, B]), number, interrupt)
        except KeyboardInterrupt:
            either(target)
        tree.undo()
        assert contents(target) == BEFORE
    assert number > 100
