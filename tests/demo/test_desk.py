"""The second example, a Django project: what a scan finds there is what `expected.toml` says, no more and no less."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESK = ROOT / "examples" / "desk"
CASEMATE = Path(sys.executable).parent / "casemate"
EXPECTED = tomllib.loads((DESK / "expected.toml").read_text())
WEAKNESSES = sorted((w["rule"], w["file"], w["line"]) for w in EXPECTED["weakness"])


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [CASEMATE, "scan", DESK, "--format", "json", "--quiet"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr.decode()
    return json.loads(done.stdout)


def active(report):
    return [f for f in report["findings"] if f["disposition"] == "active"]


def test_the_scan_finds_exactly_what_is_expected(report):
    """Every planted weakness is found at its line, once, and nothing else is."""
    found = sorted((f["rule"], f["location"]["path"], f["location"]["line"]) for f in active(report))
    assert found == WEAKNESSES


def test_near_misses_stay_quiet(report):
    """No finding stands in a function that is listed as right for the finding's rule."""
    quiet = {(n["rule"], n["file"], n["function"]) for n in EXPECTED["near_miss"]}
    loud = {(f["rule"], f["location"]["path"], f["function"]) for f in active(report)}
    assert loud & quiet == set()


def test_every_finding_is_traced_from_outside(report):
    """Each weakness has a path, and none of them needs a caller that does not exist."""
    assert {f["evidence"] for f in active(report)} == {"traced"}
    assert {f["boundary"] for f in active(report)} == {"remote"}


def test_the_whole_example_is_examined(report):
    """Nothing is left out."""
    assert report["not_examined"] == []


def test_every_rule_has_a_weakness_and_a_near_miss():
    """The example shows eleven rules, and for each the code that looks alike and is right."""
    rules = {w["rule"] for w in EXPECTED["weakness"]}
    assert rules == {n["rule"] for n in EXPECTED["near_miss"]}
    assert len(rules) == 11


@pytest.mark.parametrize("entry", EXPECTED["weakness"], ids=lambda e: f"{e['file']}:{e['line']}")
def test_an_expected_weakness_points_at_code(entry):
    """The line exists and holds a call or a return, so that the list did not drift from the code."""
    line = (DESK / entry["file"]).read_text().splitlines()[entry["line"] - 1]
    assert re.search(r"\(.*\)", line)


@pytest.mark.parametrize("entry", EXPECTED["near_miss"], ids=lambda e: f"{e['rule']}:{e['function']}")
def test_a_near_miss_names_a_function(entry):
    """The function is in the file that is named."""
    name = entry["function"].rpartition(".")[2]
    assert re.search(rf"^\s*def {name}\(", (DESK / entry["file"]).read_text(), re.MULTILINE)


def test_the_code_does_not_say_where_it_is_weak():
    """No comment or name gives a weakness away: what is found, is found by following data."""
    telling = re.compile(r"vulnerab|weakness|insecure|unsafe|injection|traversal|exploit|casemate|CWE|finding", re.I)
    for path in sorted(DESK.rglob("*.py")):
        assert not telling.search(path.read_text()), path


def test_the_examples_own_tests_pass(tmp_path):
    """The help desk works: its weaknesses are those of working code. Its migrations are those of its models."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DESK_SECRET_KEY": "for tests",
        "DESK_VAR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for arguments in (["test", "tests"], ["makemigrations", "--check", "--dry-run"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=DESK,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
