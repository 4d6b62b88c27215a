"""Set-up: the lock files, the Makefile and its scripts."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements):
    found = (re.match(r"[A-Za-z0-9._-]+", r).group() for r in requirements if isinstance(r, str))
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}  # PEP 503


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_every_locked_package_has_its_hash(lock):
    """pip refuses a file whose hash is not in the lock, so each pin must carry at least one."""
    blocks = re.split(r"\n(?=[a-z0-9-]+==)", lock.read_text())[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_a_lock_names_no_host(lock):
    """Where packages come from is the operator's configuration, not ours."""
    assert not re.search(r"://|--index|--find-links", lock.read_text())


def test_the_locks_hold_what_the_project_declares():
    """A dependency added to the project without `make lock` is noticed."""
    groups = PROJECT["dependency-groups"]
    declared = names(PROJECT["project"]["dependencies"]) | names(groups["build"])
    run, dev = (set(PIN.findall((ROOT / "requirements" / f).read_text())) for f in ("run.txt", "dev.txt"))
    assert declared <= run
    assert run | names(groups["dev"]) <= dev


def test_both_locks_pin_the_same_versions():
    """`make demo` and `make test` share one environment."""
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements" / f).read_text(), re.MULTILINE))
        for f in ("run.txt", "dev.txt")
    )
    assert run.items() <= dev.items()


def test_make_alone_says_what_can_be_made():
    """`make` without a target lists every target with a few words."""
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+) +\w", done.stdout, re.MULTILINE)
    assert listed == ["help", "demo", "test", "native", "bench", "robust", "lock", "clean"]


@pytest.mark.parametrize("script", sorted((ROOT / "tools").glob("*.sh")), ids=lambda p: p.name)
def test_a_script_is_plain_shell(script):
    """The scripts parse under the system's sh: no bash is needed to set up."""
    subprocess.run(["sh", "-n", script], check=True)
