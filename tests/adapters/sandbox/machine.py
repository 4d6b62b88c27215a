"""The sandboxes of this machine, as tests use them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casemate.adapters.sandbox.bubblewrap import Bubblewrap
from casemate.adapters.sandbox.landlock import Landlock
from casemate.model.sandbox import Folder, Harness, Job, Limits, PlacedFile, Profile, Program, Run
from casemate.proofs.runtime.confine import landlock_abi

SYSTEM_PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
OWN_PYTHON = os.path.realpath(sys.executable)
SMALL = Limits(
    memory=96 << 20, processes=16, output=64 << 10, report=256 << 10, tmp=8 << 20, inodes=500, cpu=2, wall=10
)
ADAPTERS = {"bubblewrap": Bubblewrap, "landlock": Landlock}


def lacking(name: str) -> str:
    """Why this machine has no such sandbox at all, found without a line of ours; "" where it has."""
    if name == "landlock":
        return "" if landlock_abi() >= 6 else f"the kernel has Landlock {landlock_abi()}, and 6 is wanted"
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap is not installed (tools/bubblewrap.sh)"
    plain = [program, "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    tried = subprocess.run(plain, capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"this machine refuses namespaces to anybody: {tried.stderr.strip()}"


def made(name: str, **changes):
    """The sandbox, or a skipped test."""
    if why := lacking(name):
        pytest.skip(why)
    return ADAPTERS[name](**changes)


def a_profile(limits: Limits = SMALL, *folders: tuple[Path, str], interpreter: str = OWN_PYTHON) -> Profile:
    return Profile(
        interpreter=interpreter,
        limits=limits,
        folders=tuple(Folder(host=str(host), at=at) for host, at in folders),
    )


def a_harness(code: str, case: bytes | None = None, *arguments: str, **job) -> Job:
    """A job that runs this code as a harness; `report` is there to report with."""
    lines = "from casemate_runtime.report import claim\nreport = claim()\n" + code
    return Job(
        what=Harness(path="harness.py", arguments=arguments, case=case),
        files=(PlacedFile(at="harness.py", content=lines.encode()),),
        **job,
    )


def a_shell(line: str, **job) -> Job:
    return Job(what=Program(argv=("/bin/sh", "-c", line)), **job)


def out(run: Run) -> bytes:
    """What it printed, for one that ended well."""
    assert getattr(run, "exit_code", None) == 0, run
    return run.seen.stdout


def nobodys(name):
    """The account without rights cannot read the interpreter that runs the tests."""
    return {"supervisor": SYSTEM_PYTHON} if name == "landlock" else {}
