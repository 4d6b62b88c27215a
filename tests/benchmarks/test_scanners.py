"""Finding, calling and judging the tools."""

import json

import pytest
from scanners import Absent, bandit, ours, scan, semgrep

from .helpers import scanner


@pytest.fixture
def target(tmp_path):
    """A folder with one line that the small scanner reports."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "a.py").write_text("x = 1\neval(x)\n")
    return tmp_path / "target"


def test_a_scan_leaves_sarif_and_its_cost(tmp_path, target):
    """A run with findings is a result: SARIF is there, exit code 1 is no failure, CPU time was counted."""
    done = scan(scanner(tmp_path), target, tmp_path / "out.sarif", home=tmp_path / "home", timeout=30)
    assert done.failure is None
    assert [r["ruleId"] for r in json.loads(done.out.read_text())["runs"][0]["results"]] == ["eval"]
    assert done.run.cpu > 0


@pytest.mark.parametrize(
    ("behaviour", "why"), [("crash", "wrote no report: Error: it broke"), ("silent", "wrote no report: ")]
)
def test_a_crash_is_no_empty_result(tmp_path, target, behaviour, why):
    """Python ends with code 1 on a crash, as scanners do with findings: without a report it is a failure."""
    out = tmp_path / "out.sarif"
    out.write_text("left from a run before")
    done = scan(scanner(tmp_path, behaviour=behaviour), target, out, home=tmp_path / "home", timeout=30)
    assert done.failure == why
    assert not out.exists()


def test_the_tool_sees_a_home_of_its_own(tmp_path, target, monkeypatch):
    """A cold run must not find a cache: the home folder is the given one and no setting of the user reaches the tool."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    monkeypatch.setenv("CASEMATE_ANYTHING", "1")
    tool = scanner(tmp_path)
    tool.program.write_text(
        f"#!{tool.program.read_text().split()[0].removeprefix('#!')} -S\nimport json, os, sys\n"
        "open(sys.argv[2], 'w').write(json.dumps({'runs': [], 'seen': dict(os.environ)}))\n"
    )
    done = scan(tool, target, tmp_path / "out.sarif", home=tmp_path / "home", timeout=30)
    seen = json.loads(done.out.read_text())["seen"]
    assert seen["HOME"] == str(tmp_path / "home")
    assert not [name for name in seen if name.startswith(("XDG_", "CASEMATE_"))]


def test_a_program_that_is_not_there_is_said(tmp_path):
    """No program: absent, with its path."""
    assert ours(tmp_path / "casemate") == Absent(name="casemate", why=f"no program {str(tmp_path / 'casemate')!r}")


def test_a_program_that_does_not_start_is_said(tmp_path):
    """A program that cannot tell its version is absent, with what it said."""
    program = tmp_path / "casemate"
    program.write_text("#!/bin/sh\necho broken installation >&2\nexit 3\n")
    program.chmod(0o755)
    assert ours(program) == Absent(name="casemate", why="casemate --version ended with 3: broken installation")


def test_bandit_of_a_given_environment(tmp_path):
    """The version of the peer and of its interpreter are read from the program."""
    program = tmp_path / "bin" / "bandit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'bandit 1.9.4'\necho '  python version = 3.13.0 (main)'\n")
    program.chmod(0o755)
    tool = bandit(tmp_path)
    assert not isinstance(tool, Absent)
    assert tool.version == "1.9.4 on Python 3.13"


def test_semgrep_needs_program_and_rules(tmp_path):
    """Semgrep is only measured when asked for, and its rules must exist."""
    assert semgrep(None, None) == Absent(name="semgrep", why="not given (--semgrep PROGRAM and --semgrep-rules DIR)")
    missing = tmp_path / "rules"
    assert semgrep(tmp_path / "semgrep", missing) == Absent(name="semgrep", why=f"no rules at {str(missing)!r}")
