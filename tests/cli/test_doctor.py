"""`casemate doctor`: what is there, and what a missing thing disables."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from casemate.cli import doctor

ROOT = Path(__file__).parents[2]


def test_all_is_well_here(casemate):
    """The environment that runs the tests can scan."""
    result = casemate("doctor")
    assert result.exit_code == 0
    assert result.stdout.endswith("\nNothing is missing.\n")


def test_as_json(casemate):
    """Every check with its name, value, and what it disables."""
    checks = json.loads(casemate("doctor", "--json").stdout)
    assert {"casemate", "Python", "cores", "tree-sitter", "ledger and keys", "cache"} <= {c["name"] for c in checks}
    assert all(check["disables"] == "" for check in checks)


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
    assert "1 of " in result.stdout


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
    names = {re.match(r"[\w-]+", dependency)[0] for dependency in wanted}
    assert names == set(doctor.REQUIRED)
