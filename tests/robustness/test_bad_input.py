"""The whole command on bad input: each thing ends as not examined or as one line with the next step, never as a traceback
and never as a silent pass."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "import os, sys\nos.system('ls ' + sys.argv[1])\n"
CASEMATE = (str(Path(sys.executable).parent / "casemate"),)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A tree with one good file, which must be examined whatever stands beside it."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "good.py").write_text(GOOD)
    return tmp_path / "target"


def environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}


def run(home: Path, *args: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*CASEMATE, *map(str, args)], env=environment(home), capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def scan(home: Path, target: Path, *args: str) -> dict[str, object]:
    done = run(home, "scan", target, "--format", "json", *args)
    assert done.returncode == 1, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    findings = [f for f in report["findings"] if f["location"]["path"] == "good.py"]  # type: ignore[attr-defined]
    assert [f["location"]["line"] for f in findings] == [2]
    return report


def lost(report: dict[str, object]) -> list[tuple[str, str]]:
    return [(n["what"], n["reason"]) for n in report["not_examined"]]  # type: ignore[attr-defined]


CONTENTS = {
    "broken syntax": (b"def f(:\n    pass\n\nx = 1\n", "bad.py:1", "syntax"),
    "not UTF-8": (b'x = "\xe9"\n', "bad.py", "encoding"),
    "an unknown encoding": (b"# coding: nonsense\nx = 1\n", "bad.py", "encoding"),
    "NUL bytes": (b"x = 1\0\n", "bad.py", "not-text"),
    "20,000 brackets": (b"x = " + b"(" * 20_000 + b"1" + b")" * 20_000 + b"\n", "bad.py:1", "too-deep"),
    "50 MB": (b"x = 1\n" * 8_400_000, "bad.py", "too-large"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_that_cannot_be_read_is_said(home: Path, target: Path, name: str):
    """Its place and reason stand in the report, and --strict does not pass."""
    content, what, reason = CONTENTS[name]
    (target / "bad.py").write_bytes(content)
    assert lost(scan(home, target)) == [(what, reason)]
    (target / "good.py").unlink()
    assert run(home, "scan", target).returncode == 0
    assert run(home, "scan", target, "--strict").returncode == 3


def test_old_and_odd_sources_are_examined(home: Path, target: Path):
    """Python 2, another encoding that is declared, and one line of 5 MB are no losses."""
    (target / "two.py").write_text("print 'a'\nexec raw_input()\n")
    (target / "latin.py").write_bytes(b'# -*- coding: latin-1 -*-\nx = "\xe9"\n')
    (target / "line.py").write_text("x = '" + "a" * 5_000_000 + "'\n")
    report = scan(home, target)
    assert lost(report) == []
    assert ("two.py", 2) in [(f["location"]["path"], f["location"]["line"]) for f in report["findings"]]  # type: ignore[attr-defined]


def test_what_is_no_plain_file_is_not_opened(home: Path, target: Path):
    """FIFOs, links that leave or loop: said, and nothing hangs."""
    os.mkfifo(target / "pipe.py")
    (target / "out.py").symlink_to("/etc/passwd")
    (target / "loop.py").symlink_to("loop.py")
    (target / "up").symlink_to("..")
    assert sorted(lost(scan(home, target))) == [
        ("loop.py", "link-outside"),
        ("out.py", "link-outside"),
        ("pipe.py", "special-file"),
        ("up", "link-outside"),
    ]


def test_a_path_that_does_not_exist(home: Path, tmp_path: Path):
    """One line that names it, and exit code 2."""
    done = run(home, "scan", tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(tmp_path / "none") in done.stderr


def test_a_full_disk(home: Path, target: Path):
    """The report cannot be written: one line, exit code 4, and what was found still stands on the screen."""
    done = run(home, "scan", target, "-o", "/dev/full")
    assert done.returncode == 4
    assert "cannot write the report" in done.stderr
    assert "good.py:2" in done.stdout


@pytest.mark.parametrize("damage", [b"", b"x", b"\xff" * 4096])
def test_a_corrupt_cache_changes_nothing(home: Path, target: Path, damage: bytes):
    """Damaged entries count as absent."""
    before = scan(home, target)
    entries = [p for p in (home / ".cache").rglob("*") if p.is_file()]
    assert entries
    for entry in entries:
        entry.write_bytes(damage)
    assert scan(home, target) == before


def test_a_cache_that_cannot_be_used_is_said(home: Path, target: Path):
    """The scan goes on without it."""
    (home / ".cache").write_text("a file where the folder should be")
    done = run(home, "scan", target)
    assert done.returncode == 1
    assert "cache" in done.stderr


def test_two_scans_at_once_on_one_cache(home: Path, target: Path):
    """Both give the same report as one alone."""
    for number in range(30):
        (target / f"m{number}.py").write_text(GOOD)
    command = [*CASEMATE, "scan", str(target), "--format", "json"]
    both = [
        subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [1, 1], outputs
    assert outputs[0][0] == outputs[1][0] == run(home, "scan", target, "--format", "json").stdout.encode()
    assert run(home, "ledger", "verify").returncode == 0


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_half_way(home: Path, target: Path, signum: signal.Signals, code: int):
    """One line, nothing half-written, the ledger says how it ended, and the next scan is whole."""
    for number in range(400):
        (target / f"m{number}.py").write_text(f"import os\n\ndef f{number}(a):\n" + "    a = a + 'x'\n" * 200 + GOOD)
    report = home / "report.json"
    process = subprocess.Popen(
        [*CASEMATE, "scan", str(target), "--no-cache", "-o", str(report)],
        # A signal may come while the interpreter itself has a module's file open, about which it would warn.
        env={**environment(home), "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("charter:")  # from here on the scan runs
    process.send_signal(signum)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == code, stderr
    assert "Traceback" not in stderr
    assert not report.exists()
    shown = run(home, "ledger", "show", "--json")
    assert "interrupted" in shown.stdout or "nothing was recorded yet" in shown.stderr  # it came before the first entry


def test_secrets_do_not_reach_an_output(home: Path, target: Path):
    """The line of a finding is shown with its secret taken out, in every format."""
    (target / "s.py").write_text("import os, sys\npassword = 'hunter2-long-one'; os.system(password + sys.argv[1])\n")
    for form in ("table", "json", "sarif"):
        done = run(home, "scan", target, "--format", form)
        assert "s.py" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr


def test_configuration_inside_a_target_only_narrows_and_is_counted(home: Path, target: Path):
    """What it hides is said; --untrusted ignores it; a broken one changes nothing."""
    (target / "hidden.py").write_text(GOOD)
    (target / "casemate.toml").write_text('exclude = ["hidden.py"]\n')
    assert lost(scan(home, target)) == [("casemate.toml", "excluded")]
    assert lost(scan(home, target, "--untrusted")) == []
    (target / "casemate.toml").write_text("exclude = [\n")
    assert lost(scan(home, target)) == [("casemate.toml", "syntax")]
