"""Control groups: where they are found. Most machines have one version to try; here both are files."""

import os
from pathlib import Path

import pytest

from casemate.adapters.sandbox import cgroups


def a_machine(root: Path, *, mounts: str, own: str) -> Path:
    """A /proc/self with these contents; `{root}` is the place."""
    proc = root / "self"
    proc.mkdir()
    (proc / "mountinfo").write_text(mounts.format(root=root))
    (proc / "cgroup").write_text(own)
    return proc


V2 = "30 24 0:26 / {root}/fs rw,nosuid - cgroup2 cgroup2 rw\n"
V1 = (
    "31 24 0:27 / {root}/memory rw - cgroup cgroup rw,memory\n"
    "32 24 0:28 / {root}/pids rw - cgroup cgroup rw,pids\n"
    "33 24 0:29 / {root}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
)


class Files:
    """A folder that behaves as a group does: the files of a new one are there."""

    def __init__(self, monkeypatch, **files: str) -> None:
        made, removed = Path.mkdir, Path.rmdir

        def mkdir(path, *arguments, **named):
            made(path, *arguments, **named)
            for name, content in files.items():
                (path / name.replace("__", ".")).write_text(content)

        def rmdir(path):
            for file in path.iterdir():
                file.unlink()
            removed(path)

        monkeypatch.setattr(Path, "mkdir", mkdir)
        monkeypatch.setattr(Path, "rmdir", rmdir)


def test_version_2_from_the_own_group_upwards(tmp_path, monkeypatch):
    """The nearest group that hands memory down to those below it."""
    proc = a_machine(tmp_path, mounts=V2, own="0::/user.slice/session\n")
    (tmp_path / "fs" / "user.slice" / "session").mkdir(parents=True)
    (tmp_path / "fs" / "user.slice" / "session" / "cgroup.subtree_control").write_text("")
    (tmp_path / "fs" / "user.slice" / "cgroup.subtree_control").write_text("cpu memory pids\n")
    Files(
        monkeypatch,
        memory__swap__max="max",
        memory__events="low 0\noom 1\noom_kill 3\n",
        cpu__stat="usage_usec 2500000\n",
    )
    groups = cgroups.find(proc)
    assert (groups.version, groups.limits_processes, str(groups)) == (2, True, "control groups v2 (memory, pids)")
    group = groups.make(memory=1 << 20, processes=7)
    (folder,) = (tmp_path / "fs" / "user.slice").glob("casemate-*")
    limits = {name: (folder / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max")}
    assert limits == {"memory.max": "1048576", "memory.swap.max": "0", "pids.max": "7"}
    group.add(4711)
    assert (folder / "cgroup.procs").read_text() == "4711"
    assert (group.killed(), group.cpu()) == (3, 2.5)
    groups.discard(group)
    assert not folder.exists()


def test_version_2_that_hands_nothing_down(tmp_path):
    """Is no place to make a group that limits."""
    proc = a_machine(tmp_path, mounts=V2, own="0::/here\n")
    (tmp_path / "fs" / "here").mkdir(parents=True)
    (tmp_path / "fs" / "cgroup.subtree_control").write_text("cpu\n")
    assert cgroups.find(proc) is None


def test_version_1_as_found(tmp_path, monkeypatch):
    """Each controller has a hierarchy of its own, and swap counts as memory."""
    proc = a_machine(tmp_path, mounts=V1, own="4:memory:/a\n3:pids:/\n2:cpu,cpuacct:/\n")
    for place in ("memory/a", "pids", "cpu"):
        (tmp_path / place).mkdir(parents=True)
    Files(
        monkeypatch,
        memory__memsw__limit_in_bytes="max",
        cpuacct__usage="1500000000\n",
        memory__oom_control="oom_kill 2\n",
    )
    groups = cgroups.find(proc)
    assert str(groups) == "control groups v1 (cpuacct, memory, pids)"
    group = groups.make(memory=1 << 20, processes=7)
    (memory,), (pids,) = (tmp_path / "memory" / "a").glob("casemate-*"), (tmp_path / "pids").glob("casemate-*")
    assert (
        (memory / "memory.limit_in_bytes").read_text()
        == (memory / "memory.memsw.limit_in_bytes").read_text()
        == "1048576"
    )
    assert (pids / "pids.max").read_text() == "7"
    assert (group.killed(), group.cpu()) == (2, 1.5)


def test_version_1_without_pids(tmp_path, monkeypatch):
    """Limits memory; root's processes it does not limit, so root has no sandbox by it."""
    proc = a_machine(tmp_path, mounts=V1, own="4:memory:/\n")
    for place in ("memory", "pids", "cpu"):
        (tmp_path / place).mkdir()
    groups = cgroups.find(proc)
    assert not groups.limits_processes
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for lacking in (groups, None):
        with pytest.raises(cgroups.Unavailable, match="root's processes are limited by a control group alone"):
            cgroups.held(lacking)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cgroups.held(None) is None


def test_nothing_is_found(tmp_path):
    """Where nothing is mounted, or nothing can be read."""
    assert cgroups.find(a_machine(tmp_path, mounts="", own="0::/\n")) is None
    assert cgroups.find(tmp_path / "missing") is None


def test_a_group_outside_of_what_is_mounted(tmp_path):
    """As a container sees it that was given another's hierarchy."""
    mounts = "30 24 0:26 /elsewhere {root}/fs rw - cgroup2 cgroup2 rw\n"
    assert cgroups.find(a_machine(tmp_path, mounts=mounts, own="0::/here\n")) is None
