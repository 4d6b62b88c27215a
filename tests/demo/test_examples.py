"""The bundled examples: what a scan finds there is what `expected.toml` says, no more and no less."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASEMATE = Path(sys.executable).parent / "casemate"
FOLDERS = {name: ROOT / "examples" / name for name in ("bank", "desk")}
EXPECTED = {name: tomllib.loads((folder / "expected.toml").read_text()) for name, folder in FOLDERS.items()}
BOUNDARIES = {"bank": {"remote", "file"}, "desk": {"remote"}}
WEAKNESSES = [(name, entry) for name, expected in EXPECTED.items() for entry in expected["weakness"]]
NEAR_MISSES = [(name, entry) for name, expected in EXPECTED.items() for entry in expected["near_miss"]]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Of each example."""
    environment = {"HOME": str(tmp_path_factory.mktemp("home")), "PATH": os.environ["PATH"]}
    told = {}
    for name, folder in FOLDERS.items():
        command = [CASEMATE, "scan", folder, "--format", "json", "--quiet"]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 1, done.stderr.decode()
        told[name] = json.loads(done.stdout)
    return told


def active(report):
    return [f for f in report["findings"] if f["disposition"] == "active"]


@pytest.mark.parametrize("name", FOLDERS)
def test_the_scan_finds_exactly_what_is_expected(name, reports):
    """Every planted weakness is found at its line, once, and nothing else is."""
    found = sorted((f["rule"], f["location"]["path"], f["location"]["line"]) for f in active(reports[name]))
    assert found == sorted((w["rule"], w["file"], w["line"]) for w in EXPECTED[name]["weakness"])


@pytest.mark.parametrize("name", FOLDERS)
def test_near_misses_stay_quiet(name, reports):
    """No finding stands in a function that is listed as right for the finding's rule."""
    quiet = {(n["rule"], n["file"], n["function"]) for n in EXPECTED[name]["near_miss"]}
    loud = {(f["rule"], f["location"]["path"], f["function"]) for f in active(reports[name])}
    assert loud & quiet == set()


@pytest.mark.parametrize("name", FOLDERS)
def test_every_finding_is_traced_from_outside(name, reports):
    """Each weakness has a path, and none of them needs a caller that does not exist."""
    assert {f["evidence"] for f in active(reports[name])} == {"traced"}
    assert {f["boundary"] for f in active(reports[name])} == BOUNDARIES[name]


@pytest.mark.parametrize("name", FOLDERS)
def test_the_whole_example_is_examined(name, reports):
    """Python 2 and all, nothing is left out."""
    assert reports[name]["not_examined"] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_every_rule_has_a_weakness_and_a_near_miss(name):
    """Each example shows eleven rules, and for each the code that looks alike and is right."""
    rules = {w["rule"] for w in EXPECTED[name]["weakness"]}
    assert rules == {n["rule"] for n in EXPECTED[name]["near_miss"]}
    assert len(rules) == 11


@pytest.mark.parametrize(("name", "entry"), WEAKNESSES, ids=lambda e: e if isinstance(e, str) else e["file"])
def test_an_expected_weakness_points_at_code(name, entry):
    """The line exists and holds a call or a return, so that the list did not drift from the code."""
    line = (FOLDERS[name] / entry["file"]).read_text().splitlines()[entry["line"] - 1]
    assert re.search(r"\(.*\)", line)


@pytest.mark.parametrize(("name", "entry"), NEAR_MISSES, ids=lambda e: e if isinstance(e, str) else e["function"])
def test_a_near_miss_names_a_function(name, entry):
    """The function is in the file that is named."""
    function = entry["function"].rpartition(".")[2]
    assert re.search(rf"^\s*def {function}\(", (FOLDERS[name] / entry["file"]).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", FOLDERS)
def test_the_code_does_not_say_where_it_is_weak(name):
    """No comment or name gives a weakness away: what is found, is found by following data."""
    telling = re.compile(r"vulnerab|weakness|insecure|unsafe|injection|traversal|exploit|casemate|CWE|finding", re.I)
    for path in sorted(FOLDERS[name].rglob("*.py")):
        assert not telling.search(path.read_text()), path


def test_the_back_office_works():
    """Its weaknesses are those of working code."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", FOLDERS["bank"] / "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_help_desk_works(tmp_path):
    """Its weaknesses are those of working code. Its migrations are those of its models."""
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
            cwd=FOLDERS["desk"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
