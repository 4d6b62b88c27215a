"""After runs of every kind the machine is as it was before: its files, its processes, its control groups, our descriptors.

Others work on the machine meanwhile. So each run writes its token wherever it can and carries it in its environment, and what is
compared whole is a folder for temporary files, and a target, that are this test's own.
"""

import gc
import os
import secrets
import signal
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, a_shell
from casemate.adapters.sandbox import cgroups

WATCHED = (Path("/tmp"), Path("/dev/shm"), Path("/run"), Path("/var/tmp"), Path.home(), Path("/"))
SCATTER = "for d in / /tmp /dev/shm /run /var/tmp $OUTSIDE target result $TMPDIR; do : >$d/$TOKEN; done 2>/dev/null; "
RUNS = {
    "good": a_shell(SCATTER + "true"),
    "crash": a_shell(SCATTER + "kill -SEGV $$"),
    "never ends": a_shell(SCATTER + "sleep 100 & sleep 100"),
    "too loud": a_shell(SCATTER + "yes"),
    "stubborn": a_harness("import os, time\nif os.fork() == 0:\n    os.closerange(0, 99)\n    time.sleep(99)"),
    "hungry": a_harness("held = [bytearray(b'x') * (1 << 20) for _ in range(300)]"),
    "bad harness": a_harness("raise SystemExit(9)"),
    "no program": a_shell("/no/such/program"),
    "pipes and links": a_shell("cd result; mkfifo p; ln -s /etc/shadow s; mkdir d; chmod 0 d; true"),
}


def scattered(token: str) -> list[str]:
    """Files of that name in the places of the machine that anybody may write to, two levels deep."""
    return [str(path) for place in WATCHED for pattern in (token, f"*/{token}") for path in globbed(place, pattern)]


def globbed(place: Path, pattern: str) -> list[Path]:
    try:
        return list(place.glob(pattern))
    except OSError:  # something vanished while it was looked at
        return globbed(place, pattern)


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


def sandboxed(token: str) -> set[str]:
    """Processes of a run anywhere on the machine, and control groups that were made by this process."""
    found = set(groups(os.getpid()))
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TOKEN={token}".encode() in path.read_bytes():
                found.add(str(path))
        except OSError:
            continue
    return found


def groups(pid: int) -> list[str]:
    """Control groups that a process made for its runs."""
    found = [f"{top}/{name}" for top, names, _ in os.walk("/sys/fs/cgroup") for name in names]
    return [path for path in found if f"/casemate-{pid}-" in path]


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
def test_nothing_is_left(sandbox, tmp_path, monkeypatch, kind):
    """Whatever the run was."""
    for name in ("target", "temporary", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "target" / "module.py").write_text("x = 1\n")
    sandbox.run(a_profile(SMALL), RUNS["good"])  # what is compiled once for all runs is there until the sandbox is gone
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    token = f"trace-{secrets.token_hex(8)}"
    given = (("TOKEN", token), ("OUTSIDE", str(tmp_path / "outside")))
    profile = a_profile(replace(SMALL, wall=1.0), (tmp_path / "target", "target"))
    gc.collect()
    before = ours(), descriptors(), contents(tmp_path)
    if kind == "search":
        code = "import os\ndef case(data):\n    os.system('sleep 99 &')\n    data == b'2' and os.abort()"
        search = sandbox.search(profile, replace(a_harness(code), environment=given), [b"1", b"2", b"3", b"4"])
        assert [next(search).signal for _ in range(3)] == [0, 6, 0]
        search.close()
    else:
        sandbox.run(profile, replace(RUNS[kind], environment=given))
    assert sandboxed(token) == set()
    assert scattered(token) == []
    assert (ours(), descriptors(), without_times(contents(tmp_path), "temporary")) == (
        *before[:2],
        without_times(before[2], "temporary"),
    )


def test_the_looks_can_see(tmp_path):
    """The controls: a file with the token, and a process with it, are found."""
    token = f"trace-{secrets.token_hex(8)}"
    child = os.posix_spawn("/bin/sleep", ["sleep", "30"], {"TOKEN": token})
    left = Path("/dev/shm", token)
    left.touch()
    try:
        assert f"/proc/{child}/environ" in sandboxed(token)
        assert f"{child} sleep" in ours()
        assert str(left) in scattered(token)
    finally:
        left.unlink()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def contents(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What is in a folder and when it was changed."""
    found = []
    for path in sorted(folder.rglob("*")):
        about = path.stat()
        found.append((str(path), about.st_mode, about.st_size, about.st_mtime_ns, about.st_ctime_ns))
    return found


def without_times(found: list[tuple[str, int, int, int, int]], name: str) -> list[tuple[str, ...]]:
    """The folder of that name changes when something is made and removed in it."""
    return [entry[:3] if entry[0].endswith(f"/{name}") else entry for entry in found]


def test_a_killed_scanner_leaves_no_process(sandbox, tmp_path, monkeypatch):
    """Even when this side is ended without a chance to clean up; its control groups go when the next one looks for a place."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    token = f"trace-{secrets.token_hex(8)}"
    job = replace(a_shell("sleep 30 & sleep 30"), environment=(("TOKEN", token),))
    child = os.fork()
    if child == 0:
        try:
            sandbox.run(a_profile(), job)
        finally:
            os._exit(0)
    ends = time.monotonic() + 20
    while len(sandboxed(token)) < 2 and time.monotonic() < ends:
        time.sleep(0.01)
    assert len(sandboxed(token)) >= 2
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while left := sandboxed(token):
        assert time.monotonic() < ends, left
        time.sleep(0.01)
    cgroups.find()
    while left := groups(child):  # a process whose end nobody has taken note of yet keeps its group
        assert time.monotonic() < ends, left
        cgroups.find()
