"""The choice of a sandbox fails closed: what was not tried, or did not hold, runs nothing."""

import subprocess
import sys
from dataclasses import replace

import pytest

from adapters.sandbox.machine import SMALL, a_harness, a_profile, made
from casemate.adapters.sandbox.cgroups import Unavailable
from casemate.adapters.sandbox.choice import Chosen
from casemate.adapters.sandbox.selftest import examine
from casemate.model.sandbox import Examination, Finished, Refused, Seen, Wall

HOLDS = (Wall(name="all"),)
FAILS = (Wall(name="one"), Wall(name="another", failed="it was seen"))


class Paper:
    """A sandbox that says of itself what it is told to say, and counts what was run."""

    def __init__(self, name, walls):
        self.name = name
        self.walls = walls
        self.ran = []
        self.examined = 0

    def examine(self, profile):
        self.examined += 1
        return Examination(sandbox=self.name, walls=self.walls)

    def run(self, profile, job):
        self.ran.append("run")
        return Finished(exit_code=0)

    def search(self, profile, job, cases):
        for case in cases:
            self.ran.append(case)
            yield Finished(exit_code=0)


def missing():
    raise Unavailable("it is not installed")


JOB = a_harness("pass")


def test_the_first_that_holds_is_used():
    """And the next one is not even tried."""
    one, two = Paper("one", HOLDS), Paper("two", HOLDS)
    chosen = Chosen([missing, lambda: one, lambda: two])
    assert chosen.run(a_profile(), JOB) == Finished(exit_code=0)
    assert list(chosen.search(a_profile(), JOB, [b"a"])) == [Finished(exit_code=0)]
    assert (one.ran, two.ran, two.examined) == (["run", b"a"], [], 0)
    assert chosen.name == "one; two"


def test_what_does_not_hold_is_passed_over():
    """One wall is enough."""
    one, two = Paper("one", FAILS), Paper("two", HOLDS)
    chosen = Chosen([lambda: one, lambda: two])
    chosen.run(a_profile(), JOB)
    assert (one.ran, two.ran) == ([], ["run"])
    assert chosen.examine(a_profile()).sandbox == "two"


@pytest.mark.parametrize("walls", [FAILS, ()])
def test_where_none_holds_nothing_runs(walls):
    """Also where nothing could be tried; each outcome says why."""
    paper = Paper("paper", walls)
    chosen = Chosen([missing, lambda: paper])
    runs = [chosen.run(a_profile(), JOB), *chosen.search(a_profile(), JOB, [b"a", b"b"])]
    assert {type(run) for run in runs} == {Refused}
    assert len(runs) == 3
    assert paper.ran == []
    assert "it is not installed" in runs[0].why
    assert ("it was seen" if walls else "nothing could be tried") in runs[0].why


def test_there_is_none_at_all():
    """Refused, and not an error."""
    chosen = Chosen([])
    assert isinstance(chosen.run(a_profile(), JOB), Refused)
    assert chosen.name == "none"


def test_each_profile_is_tried():
    """Once before its first run, and again when a campaign asks."""
    paper = Paper("paper", HOLDS)
    chosen = Chosen([lambda: paper])
    for profile in (a_profile(), a_profile(), a_profile(interpreter="/usr/bin/python3")):
        chosen.run(profile, JOB)
    assert paper.examined == 2
    chosen.examine(a_profile())
    assert paper.examined == 3


class Leaky:
    """A real sandbox in which one thing is done wrongly."""

    def __init__(self, change):
        self._sandbox = made("bubblewrap")
        self.name = "leaky"
        self._change = change

    def run(self, profile, job):
        return self._change(self._sandbox, profile, job)


def without_a_sandbox(sandbox, profile, job):
    """Runs the harness as a plain process."""
    stand_in = "import sys, types\nm = types.ModuleType('casemate_runtime.report')\n"
    stand_in += "m.claim = lambda: lambda words: (sys.stderr.buffer.write(words + b'\\n'), sys.stderr.flush())\n"
    stand_in += "sys.modules['casemate_runtime.report'] = m\n"
    code = stand_in + job.files[0].content.decode()
    done = subprocess.run([sys.executable, "-c", code, *job.what.arguments], capture_output=True, check=False)
    number = -done.returncode if done.returncode < 0 else 0
    reports = tuple(done.stderr.splitlines())
    return Finished(exit_code=max(done.returncode, -1), signal=number, seen=Seen(reports=reports))


def test_the_self_test_notices_that_there_is_no_sandbox():
    """Every wall is missed, each by its own attempt."""
    profile = a_profile(SMALL)
    examination = examine(Leaky(without_a_sandbox), profile)
    failed = {wall.name for wall in examination.walls if wall.failed}
    assert failed >= {
        "the network is out of reach",
        "a file of the machine cannot be read",
        "a file of the machine cannot be written",
        "the limit of memory holds",
    }


def test_the_self_test_notices_a_sandbox_that_runs_nothing():
    """Silence is no pass."""
    examination = examine(Leaky(lambda sandbox, profile, job: Finished(exit_code=0)), a_profile())
    assert examination.refusal
    assert all(wall.failed for wall in examination.walls)


def test_the_self_test_notices_a_limit_that_is_not_set():
    """Twice the memory of the profile has to be too much."""

    def generous(sandbox, profile, job):
        return sandbox.run(replace(profile, limits=replace(profile.limits, memory=1 << 30)), job)

    examination = examine(Leaky(generous), a_profile())
    assert [wall.name for wall in examination.walls if wall.failed] == ["the limit of memory holds"]
