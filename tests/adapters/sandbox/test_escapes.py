"""Nothing gets out: every attempt is made in every sandbox, and outside, where it has to succeed."""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from errno import ENOSYS
from pathlib import Path

import pytest

from adapters.sandbox.bait import bait
from adapters.sandbox.machine import ADAPTERS, OWN_PYTHON, SMALL, SYSTEM_PYTHON, a_profile, lacking, made, nobodys
from adapters.unprivileged import as_nobody
from casemate.adapters.sandbox.seccomp import Refusal, program, refusals
from casemate.adapters.sandbox.syscalls import NUMBERS
from casemate.model.sandbox import Finished, Harness, Job, PlacedFile, Refused

CODE = Path(__file__).with_name("attempts")


def listed():
    """Name → who succeeds with it outside, as the harness itself has it."""
    done = subprocess.run([sys.executable, str(CODE / "run.py"), "--list"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


LIMITS = replace(SMALL, wall=120, cpu=60, processes=24)
ATTEMPTS = listed()
ACCOUNTS = ("this account", "nobody") if os.getuid() == 0 else ("this account",)
CASES = [f"{name}, {account}" for name in sorted(ADAPTERS) for account in ACCOUNTS]


def inside(sandbox, interpreter, *, without=()):
    """The outcome of every attempt in a sandbox, how many signals the victim got, and what has changed. without: files that the
    target does not have."""
    with tempfile.TemporaryDirectory() as folder, bait(Path(folder)) as (given, victim):
        given["target"] = "target"
        for name in without:
            (Path(folder) / "target" / name).unlink()
        job = Job(
            what=Harness(path="run.py", case=json.dumps(given).encode()),
            files=tuple(PlacedFile(at=file.name, content=file.read_bytes()) for file in sorted(CODE.glob("*.py"))),
        )
        run = sandbox.run(a_profile(LIMITS, (Path(folder) / "target", "target"), interpreter=interpreter), job)
        changed = [str(p.relative_to(folder)) for p in sorted(Path(folder).rglob("*")) if p.name.startswith("made")]
        untouched = (Path(folder) / "target" / "module.py").read_text() == "x = 1\n"
        return run, victim.signals(), changed, untouched


def control():
    """The outcome of every attempt that can be made outside, and how many signals the victim got."""
    with tempfile.TemporaryDirectory() as folder, bait(Path(folder)) as (given, victim):
        (Path(folder) / "result").mkdir()
        data = Path(folder) / "bait.json"
        data.write_text(json.dumps({**given, "outside": True}))
        done = subprocess.run(
            [sys.executable, str(CODE / "run.py"), str(data)],
            cwd=folder,
            env={**os.environ, "TMPDIR": folder},
            stdout=subprocess.PIPE,
            close_fds=False,
            check=True,
        )
        return dict(json.loads(line) for line in done.stdout.splitlines()), victim.signals()


def test_there_are_enough_of_them():
    """The list is what it is said to be."""
    families = {name.partition(":")[0] for name in ATTEMPTS}
    assert len(ATTEMPTS) >= 100
    assert families == {"network", "files", "target", "processes", "rights", "kernel", "inherited"}


@pytest.mark.parametrize("case", CASES)
def test_nothing_gets_out(case):
    """Every attempt is refused or without effect, and nothing outside has noticed: the victim lives and got no signal, no file
    was made, and the target is as it was."""
    name, _, account = case.partition(", ")
    if why := lacking(name):
        pytest.skip(why)
    if account == "nobody":
        holds_everything(as_nobody(lambda: inside(made(name, **nobodys(name)), SYSTEM_PYTHON)))
    else:
        holds_everything(inside(made(name), OWN_PYTHON))


def holds_everything(found):
    """What `inside` found is that nothing got out."""
    run, signals, changed, untouched = found
    assert isinstance(run, Finished), run
    assert (run.exit_code, run.signal) == (0, 0), run.seen.stderr.decode()
    outcomes = dict(json.loads(report) for report in run.seen.reports)
    assert {attempt: words for attempt, words in outcomes.items() if not words.startswith("held")} == {"all": "tried"}
    assert outcomes.keys() == {*ATTEMPTS, "all"}
    assert (signals, changed, untouched) == (0, [], True)


def test_bubblewrap_holds_without_landlock(monkeypatch):
    """As on a kernel that has none: every attempt is made again where the calls of Landlock do not exist."""
    sandbox = made("bubblewrap")
    monkeypatch.setitem(NUMBERS[platform.machine()], "landlock_create_ruleset", 444)
    refused = refusals(namespaces=True, shared_account=False, memory_files=True)
    without = Refusal(calls=("landlock_create_ruleset",), errno=ENOSYS)
    monkeypatch.setattr(sandbox, "_filter", program(platform.machine(), (*refused, without)))
    monkeypatch.setattr(sandbox, "_landlock", 0)
    holds_everything(inside(sandbox, OWN_PYTHON, without=("f",)))
    run, *_ = inside(sandbox, OWN_PYTHON)
    assert isinstance(run, Refused)
    assert re.search(r"without Landlock .* the pipe '.*/target/f', which would be lent", run.why)


def test_every_attempt_succeeds_outside():
    """So that it means something that it fails inside; but for those that would change the machine or need what few have."""
    outcomes, signals = control()
    expected = {name for name, who in ATTEMPTS.items() if who == "any" or (who == "root" and os.getuid() == 0)}
    assert {name: words for name, words in outcomes.items() if words != "out"} == {"all": "tried"}
    assert outcomes.keys() == expected | {"all"}
    assert signals >= 1  # signals that come close together are one
