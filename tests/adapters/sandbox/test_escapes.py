"""Nothing gets out: every attempt is made in every sandbox, and outside, where it has to succeed."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sandbox.bait import bait
from adapters.sandbox.machine import ADAPTERS, OWN_PYTHON, SMALL, SYSTEM_PYTHON, a_profile, lacking, made, nobodys
from adapters.unprivileged import as_nobody
from casemate.model.sandbox import Finished, Harness, Job, PlacedFile

CODE = Path(__file__).with_name("attempts")


def listed():
    """Name → who succeeds with it outside, as the harness itself has it."""
    done = subprocess.run([sys.executable, str(CODE / "run.py"), "--list"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


LIMITS = replace(SMALL, wall=120, cpu=60, processes=24)
ATTEMPTS = listed()
ACCOUNTS = ("this account", "nobody") if os.getuid() == 0 else ("this account",)
CASES = [f"{name}, {account}" for name in sorted(ADAPTERS) for account in ACCOUNTS]


def inside(sandbox, interpreter):
    """The outcome of every attempt in a sandbox, and how many signals the victim got."""
    with tempfile.TemporaryDirectory() as folder, bait(Path(folder)) as (given, victim):
        given["target"] = "target"
        job = Job(
            what=Harness(path="run.py", case=json.dumps(given).encode()),
            files=tuple(PlacedFile(at=file.name, content=file.read_bytes()) for file in sorted(CODE.glob("*.py"))),
        )
        run = sandbox.run(a_profile(LIMITS, (Path(folder) / "target", "target"), interpreter=interpreter), job)
        changed = [str(p.relative_to(folder)) for p in sorted(Path(folder).rglob("*")) if p.name.startswith("made")]
        untouched = (Path(folder) / "target" / "module.py").read_text() == "x = 1\n"
        return run, victim.signals(), changed, untouched


@pytest.fixture(scope="module")
def results():
    """By sandbox and account, found on first use."""
    found = {}

    def of(case):
        if case not in found:
            name, _, account = case.partition(", ")
            if why := lacking(name):
                pytest.skip(why)
            if account == "nobody":
                found[case] = as_nobody(lambda: inside(made(name, **nobodys(name)), SYSTEM_PYTHON))
            else:
                found[case] = inside(made(name), OWN_PYTHON)
        return found[case]

    return of


@pytest.fixture(scope="module")
def control():
    """The outcome of every attempt that can be made outside."""
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
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return dict(lines), victim.signals()


def outcomes(results, case):
    run, *_ = results(case)
    assert isinstance(run, Finished), run
    assert (run.exit_code, run.signal) == (0, 0), run.seen.stderr.decode()
    return dict(json.loads(report) for report in run.seen.reports)


def test_there_are_enough_of_them():
    """The list is what it is said to be."""
    families = {name.partition(":")[0] for name in ATTEMPTS}
    assert len(ATTEMPTS) >= 100
    assert families == {"network", "files", "target", "processes", "rights", "kernel", "inherited"}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", sorted(ATTEMPTS))
def test_no_attempt_gets_out(results, case, name):
    """Refused, or without effect."""
    assert outcomes(results, case)[name].partition(":")[0] == "held"


@pytest.mark.parametrize("case", CASES)
def test_nothing_outside_has_noticed(results, case):
    """The victim lives and got no signal, no file was made, the target is as it was, and every attempt was made."""
    _, signals, changed, untouched = results(case)
    assert (signals, changed, untouched) == (0, [], True)
    assert outcomes(results, case).keys() == {*ATTEMPTS, "all"}


@pytest.mark.parametrize("name", [name for name, who in sorted(ATTEMPTS.items()) if who])
def test_the_attempt_succeeds_outside(control, name):
    """So that it means something that it fails inside."""
    if ATTEMPTS[name] == "root" and os.getuid() != 0:
        pytest.skip("outside only root succeeds with it")
    assert control[0][name] == "out"


def test_the_victim_hears_signals_outside(control):
    """So that it means something that it heard none from inside."""
    assert control[1] >= 4
