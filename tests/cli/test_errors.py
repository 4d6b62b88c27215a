"""How commands end: one line and an exit code for whatever happens."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from casemate.cli.errors import ExitCode, one_line_errors
from casemate.model.errors import EnvironmentFault, UserError

CASEMATE = Path(sys.executable).with_name("casemate")


def ending(error, capsys):
    """The exit code and the lines on standard error when an error escapes a command."""
    with pytest.raises(SystemExit) as left, one_line_errors():
        raise error
    return left.value.code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("there is no 'x'", "name another"), 2, "casemate: there is no 'x'; name another"),
        (EnvironmentFault("the disk is full", "free space"), 4, "casemate: the disk is full; free space"),
        (UserError("bad \x1b[2J\u202e", "y"), 2, r"casemate: bad \x1b[2J\u202e; y"),
        (KeyboardInterrupt(), 130, "casemate: interrupted"),
    ],
)
def test_known_errors_are_one_line(error, code, line, capsys):
    """What is wrong and the next step, safe to show."""
    assert ending(error, capsys) == (code, [line])


def test_a_fault_of_our_own_asks_for_a_report(capsys):
    """With its kind, its place and its words in one line, and no traceback."""
    code, (line,) = ending(ValueError("first\nsecond"), capsys)
    assert code == ExitCode.FAULT
    assert line.startswith("casemate: a fault of our own at test_errors.py:")
    assert "ValueError: first second; please report it" in line


def test_debugging_keeps_the_traceback(monkeypatch):
    """CASEMATE_DEBUG=1 is for us."""
    monkeypatch.setenv("CASEMATE_DEBUG", "1")
    with pytest.raises(ValueError, match="x"), one_line_errors():
        raise ValueError("x")


def test_usage_errors_are_left_to_the_parser():
    """They are shown with the usage line."""
    with pytest.raises(click.UsageError), one_line_errors():
        raise click.UsageError("x")


def test_sigterm_ends_like_an_interrupt(capsys):
    """Everything is let go of on the way; afterwards the signal means what it meant before."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as left, one_line_errors():
        os.kill(os.getpid(), signal.SIGTERM)
    assert left.value.code == ExitCode.TERMINATED
    assert capsys.readouterr().err == "casemate: terminated\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_reader_that_goes_away_is_no_error():
    """`casemate rules | head -1` says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([CASEMATE, "rules"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.BROKEN_PIPE, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output_is_one_line():
    """Also when the output is flushed only at the end."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([CASEMATE, "rules"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == ExitCode.FAULT
    assert done.stderr == (
        f"casemate: cannot write to standard output: {os.strerror(errno.ENOSPC)}; free space there, or use -o FILE\n"
    )


def test_a_terminal_without_the_characters_gets_escapes():
    """Nothing is lost and nothing fails in a narrow encoding."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([CASEMATE, "explain", "xxe"], capture_output=True, env=environment, check=True)
    assert done.stdout.isascii()
