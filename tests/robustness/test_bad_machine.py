"""A machine that gives too little: disk, cache, home, processes."""

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from robustness.conftest import CASEMATE, WEAK, without_override


def limited(size):
    """No file may grow above so many bytes, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_too_full_for_the_cache(scan, put, target, tmp_path):
    """The scan goes on without, says so in one line, and finds the same."""
    put(**{"long.py": WEAK + "def f():\n" + "    a = b.c(d)\n" * 5_000})
    before = scan("target", env={"CASEMATE_CACHE": str(tmp_path / "other")})
    result = scan("target", preexec_fn=limited(16_384))
    assert (result.code, result.out) == (1, before.out)
    assert result.said == [
        f"the cache '{tmp_path}/cache' cannot be written: File too large; free space or permit writing there, "
        "or set CASEMATE_CACHE to another folder"
    ]


def test_a_disk_too_full_for_the_ledger(scan, target):
    """What cannot be recorded is not done: one line, exit code 4, no report."""
    result = scan("target", preexec_fn=limited(0))
    assert (result.code, result.out) == (4, b"")
    assert len(result.said) == 1
    assert "File too large" in result.said[0]
    assert "CASEMATE_HOME" in result.said[0]


def closed(cache: Path) -> None:
    cache.chmod(0)


def writable_by_others(cache: Path) -> None:
    cache.joinpath("facts-1").chmod(0o777)


def given_away(cache: Path) -> None:
    cache.joinpath("facts-1").chmod(0o755)
    try:
        os.chown(cache / "facts-1", 65534, 65534)
    except PermissionError:
        pytest.skip("giving a folder away takes root")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (closed, "cannot be opened: Permission denied"),
        (writable_by_others, "is another user's, or others can write to it"),
        (given_away, "is another user's, or others can write to it"),
    ],
)
def test_a_cache_that_is_not_ours_alone(scan, target, tmp_path, change, why):
    """It is not used, in one line with the next step, and the report is the same."""
    before = scan("target")
    change(tmp_path / "cache")
    try:
        result = scan("target", preexec_fn=without_override)
    finally:
        (tmp_path / "cache").chmod(0o700)
    assert result.out == before.out
    assert len(result.said) == 1
    assert result.said[0].startswith(f"the cache '{tmp_path}/cache' {why}; ")


def test_a_worker_that_is_killed(target, put, environment, tmp_path):
    """When the machine kills a worker half-way, its files are examined by another: the report is the same."""
    function = "def f{0}(a, b):\n    for c in a.split(b):\n        b = c + f{0}(b, c) if c else b\n    return b\n"
    heavy = "".join(function.format(number) for number in range(500))
    put(**{f"m{number}.py": f"# {number}\n{heavy}{WEAK}" for number in range(6)})
    command = [CASEMATE, "scan", target, "--format", "json", "--no-cache", "--jobs", "2"]
    undisturbed = subprocess.run(command, env=environment, capture_output=True, check=False)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (workers := children.read_text().split()):
            assert process.poll() is None
        os.kill(int(workers[0]), signal.SIGKILL)
        out, error = process.communicate()
    assert b"Traceback" not in error
    assert (process.returncode, out) == (1, undisturbed.stdout)
    assert json.loads(out)["not_examined"] == []
