"""After runs of every kind the machine is as it was before: its files, its processes, its control groups, our descriptors."""

import gc
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, a_shell

WATCHED = (Path(tempfile.gettempdir()), Path("/dev/shm"), Path("/run"), Path("/var/tmp"), Path.home())
RUNS = {
    "good": a_shell("echo a >result/a; echo b >$TMPDIR/b"),
    "crash": a_shell("kill -SEGV $$"),
    "never ends": a_shell("sleep 100 & sleep 100"),
    "too loud": a_shell("yes"),
    "stubborn": a_harness("import os, time\nif os.fork() == 0:\n    os.closerange(0, 99)\n    time.sleep(99)"),
    "hungry": a_harness("held = [bytearray(b'x') * (1 << 20) for _ in range(300)]"),
    "bad harness": a_harness("raise SystemExit(9)"),
    "no program": a_shell("/no/such/program"),
    "pipes and links": a_shell("cd result; mkfifo p; ln -s /etc/shadow s; mkdir d; chmod 0 d; true"),
}


def entries(place: Path) -> set[str]:
    """The names in a folder, two levels deep, but for what tests of other workers make at the same time."""
    found = set()
    for folder in (place, *(path for path in place.glob("*") if path.is_dir() and not path.is_symlink())):
        try:
            found |= {str(path) for path in folder.iterdir()}
        except OSError:
            continue
    return {path for path in found if "pytest" not in path}


def ours() -> set[str]:
    """The processes that come from this one, by number and name."""
    found, todo = set(), [os.getpid()]
    while todo:
        pid = todo.pop()
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found.add(f"{child} {Path(f'/proc/{child}/comm').read_text().strip()}")
                todo.append(int(child))
    return found


def sandboxed() -> set[str]:
    """Processes of sandboxes anywhere on the machine, and control groups that were made by this process."""
    found = {str(path) for path in Path("/sys/fs/cgroup").rglob(f"casemate-{os.getpid()}-*")}
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if b"CASEMATE_TRACE" in path.read_bytes():
                found.add(str(path))
        except OSError:
            continue
    return found


def descriptors() -> set[tuple[str, str]]:
    """What this process has open."""
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        try:
            found.add((path.name, str(path.readlink())))
        except OSError:
            continue  # the one that lists them
    return found


@pytest.mark.parametrize("kind", [*RUNS, "search"])
def test_nothing_is_left(sandbox, tmp_path, kind):
    """Whatever the run was."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "module.py").write_text("x = 1\n")
    profile = a_profile(replace(SMALL, wall=1.0), (tmp_path / "target", "target"))
    gc.collect()
    before = [entries(place) for place in WATCHED], ours(), descriptors(), stat_of(tmp_path)
    if kind == "search":
        code = "import os\ndef case(data):\n    os.system('sleep 99 &')\n    data == b'2' and os.abort()"
        search = sandbox.search(profile, marked(a_harness(code)), [b"1", b"2", b"3", b"4"])
        assert [next(search).signal for _ in range(3)] == [0, 6, 0]
        search.close()
    else:
        sandbox.run(profile, marked(RUNS[kind]))
    assert sandboxed() == set()
    assert ([entries(place) for place in WATCHED], ours(), descriptors(), stat_of(tmp_path)) == before


def marked(job):
    """The same job, with something in its environment to know its processes by."""
    return replace(job, environment=(("CASEMATE_TRACE", "1"),))


def stat_of(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What is in the target and when it was changed."""
    found = []
    for path in sorted(folder.rglob("*")):
        about = path.stat()
        found.append((str(path), about.st_mode, about.st_size, about.st_mtime_ns, about.st_ctime_ns))
    return found


def test_a_killed_scanner_leaves_no_process(sandbox, tmp_path):
    """Even when this side is ended without a chance to clean up."""
    import signal
    import time

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(writing, 1)
            sandbox.run(a_profile(), marked(a_shell("sleep 30 & sleep 30")))
        finally:
            os._exit(0)
    os.close(writing)
    ends = time.monotonic() + 10
    while not sandboxed() and time.monotonic() < ends:
        time.sleep(0.01)
    assert sandboxed() or os.getuid() != 0
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while left := {path for path in sandboxed() if path.startswith("/proc")}:
        assert time.monotonic() < ends, left
        time.sleep(0.01)
    os.close(reading)
    for folder in Path("/sys/fs/cgroup").rglob(f"casemate-{child}-*"):  # what it would have removed itself
        folder.rmdir()
