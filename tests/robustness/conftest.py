"""The real command as a process of its own, with a home and a cache of its own."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CASEMATE = Path(sys.executable).with_name("casemate")
WEAK = "import os, sys\n\n\ndef run(name):\n    os.system('ls ' + name)\n\n\nrun(sys.argv[1])\n"
"""A file with exactly one finding, in line 5."""


def without_override() -> None:
    """For `preexec_fn`: what the command runs as may be root, but permissions hold for it (capabilities(7))."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; refused, and not needed, unless root


class Scan:
    """How a scan ended. said: the lines on standard error but for charter, progress and time."""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.out = process.stdout
        error = process.stderr.decode()
        assert b"Traceback" not in process.stdout + process.stderr
        usual = ("charter: ", "reading: ", "following: ", "time: ", "report: ")
        self.said = [line for line in error.splitlines() if not line.startswith(usual)]

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def found(self):
        """Places of the active findings."""
        return [
            f"{finding['location']['path']}:{finding['location']['line']}"
            for finding in self.report["findings"]
            if finding["disposition"] == "active"
        ]

    @property
    def missed(self):
        """What was not examined, with the reason, in the report's order."""
        return [(entry["what"], entry["reason"]) for entry in self.report["not_examined"]]


@pytest.fixture
def environment(tmp_path):
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "CASEMATE_HOME": str(tmp_path / "home/casemate"),
        "CASEMATE_CACHE": str(tmp_path / "cache"),
    }


@pytest.fixture
def scan(tmp_path, environment):
    """Scan paths below the test's folder; JSON unless a format is asked for."""

    def run(*arguments, env=None, **options) -> Scan:
        command = [CASEMATE, "scan", *arguments]
        if "--format" not in arguments:
            command += ["--format", "json"]
        process = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment | (env or {}),
            capture_output=True,
            timeout=300,
            check=False,
            **options,
        )
        return Scan(process)

    return run


@pytest.fixture
def put(tmp_path):
    """Write files below the target, by path."""

    def write(**contents):
        for path, content in contents.items():
            place = tmp_path / "target" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


@pytest.fixture
def target(tmp_path, put):
    """A target with one finding in `weak.py`."""
    put(**{"weak.py": WEAK})
    return tmp_path / "target"
