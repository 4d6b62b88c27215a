"""`casemate --help` is quick, because it loads nothing that it does not need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASEMATE = Path(sys.executable).with_name("casemate")
LIMIT = 0.1  # seconds of CPU time, user and system, where the bare interpreter starts in BARE
BARE = 0.008
HEAVY = (
    "asyncio",
    "cryptography",
    "importlib.metadata",
    "json",
    "multiprocessing",
    "rich",
    "ssl",
    "subprocess",
    "tree_sitter",
    "tree_sitter_python",
    "xxhash",
)


def cpu_seconds(*command: str | Path) -> float:
    """What one run of a command costs."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def test_help_costs_less_than_a_tenth_of_a_second():
    """Of CPU time; the best of several runs, and on a slow or busy machine as many times a bare start as on a quick one."""
    bare = min(cpu_seconds(sys.executable, "-Sc", "") for _ in range(5))
    assert min(cpu_seconds(CASEMATE, "--help") for _ in range(7)) < LIMIT * max(1, bare / BARE)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["scan", "--help"], ["explain", "--help"]])
def test_help_loads_no_heavy_module(arguments):
    """Neither the engine nor the screen, the ledger's cryptography, or anything that starts processes."""
    code = f"""
import sys
from casemate.cli.main import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(*sorted(m for m in sys.modules if m in {HEAVY!r} or m.startswith('casemate.app.')), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []
