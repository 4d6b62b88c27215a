"""`casemate doctor`: what is there, and what a missing thing disables."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from adapters.sandbox.machine import ADAPTERS, lacking

from casemate.cli import doctor
from casemate.model.sandbox import Examination, Wall

# Where the kernel and its settings leave nothing to hold a program with, doctor says so, and that is no failure of ours.
SANDBOXED = not all(lacking(name) for name in ADAPTERS)
ROOT = Path(__file__).parents[2]


def test_all_is_well_here(casemate):
    """The environment that runs the tests can scan."""
    result = casemate("doctor")
    assert result.exit_code == 0
    verdict = r"\nNothing is missing\.\n$" if SANDBOXED else r"\n1 of \d+ checks failed\.\n$"
    assert re.search(verdict, result.stdout)


def test_as_json(casemate):
    """Every check with its name, value, and what it disables."""
    checks = json.loads(casemate("doctor", "--json").stdout)
    names = {"casemate", "Python", "cores", "tree-sitter", "ledger and keys", "cache", "sandbox"}
    assert names <= {check["name"] for check in checks}
    assert {check["name"] for check in checks if check["disables"]} == (set() if SANDBOXED else {"sandbox"})


def test_it_leaves_nothing_behind(casemate, tmp_path):
    """Looking whether a folder can be written makes none."""
    casemate("doctor")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_says_what_it_disables(casemate, monkeypatch):
    """And the exit code says that a scan cannot work."""
    monkeypatch.setitem(doctor.REQUIRED, "casemate-no-such-thing", "every scan of nothing")
    result = casemate("doctor")
    assert result.exit_code == 4
    assert "not installed; this disables every scan of nothing\n" in result.stdout
    assert re.search(r"\n[12] of \d+ checks failed", result.stdout)


@pytest.mark.parametrize(("variable", "code"), [("CASEMATE_HOME", 4), ("CASEMATE_CACHE", 0)])
def test_a_folder_that_cannot_be_written(casemate, monkeypatch, variable, code):
    """Without a ledger nothing is scanned; without a cache scans are slower."""
    monkeypatch.setenv(variable, "/proc/self")
    result = casemate("doctor")
    assert result.exit_code == code
    assert "/proc/self cannot be written; this disables " in result.stdout


def test_it_looks_at_every_dependency():
    """The list is that of pyproject.toml."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", dependency)[0] for dependency in wanted}
    assert names == set(doctor.REQUIRED)


def test_a_sandbox_that_does_not_hold(casemate, monkeypatch):
    """Disables proofs, names the wall, and is no reason not to scan."""
    walls = (Wall(name="the network is out of reach", failed="done"),)
    monkeypatch.setattr("casemate.app.ground.examine_sandbox", lambda: (Examination(sandbox="paper", walls=walls), ()))
    result = casemate("doctor")
    assert result.exit_code == 0
    assert "sandbox             paper: the network is out of reach: done; this disables every proof\n" in result.stdout


@pytest.mark.skipif(not SANDBOXED, reason="this machine has no sandbox")
def test_a_sandbox_that_holds(casemate):
    """Is named, with how many walls were tried."""
    assert re.search(r"\nsandbox +(bubblewrap|Landlock) .*: 8 walls hold", casemate("doctor").stdout)
