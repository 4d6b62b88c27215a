"""Sandboxed runs a second: a fresh empty interpreter, a fresh one that imports flask, and a fork server after flask.

Each beside a bare `python -c pass` in the same run, since a ratio says more than a figure from a busy machine. As many at
once as there are cores to use. `python benchmarks/sandbox.py [--seconds N] [--only NAME]`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from casemate.adapters.sandbox.bubblewrap import Bubblewrap
from casemate.adapters.sandbox.cgroups import Unavailable
from casemate.adapters.sandbox.landlock import Landlock
from casemate.model.sandbox import Finished, Harness, Job, PlacedFile, Profile
from casemate.ports import Sandbox

BARS = {
    "a fresh empty interpreter": (40, 100),
    "a fresh one that imports flask": (8, 15),
    "a fork server after flask": (100, 400),
}
EMPTY, FLASK = b"", b"import flask\ndef case(data): pass\n"
CORES = len(os.sched_getaffinity(0))


def rate(work: Callable[[], int], seconds: float) -> float:
    """Runs a second of all workers together. work: does some, and says how many."""

    def worker() -> int:
        done = 0
        while time.perf_counter() < ends:
            done += work()
        return done

    work()
    started = time.perf_counter()
    ends = started + seconds
    with ThreadPoolExecutor(CORES) as pool:
        done = sum(pool.map(lambda _: worker(), range(CORES)))
    return done / (time.perf_counter() - started)


def job(code: bytes) -> Job:
    return Job(what=Harness(path="harness.py"), files=(PlacedFile(at="harness.py", content=code),))


def good(run: object) -> int:
    if not isinstance(run, Finished) or run.exit_code != 0:
        raise SystemExit(f"a run did not go well: {run!r}")
    return 1


def fresh(sandbox: Sandbox, profile: Profile, code: bytes) -> Callable[[], int]:
    return lambda: good(sandbox.run(profile, job(code)))


def served(sandbox: Sandbox, profile: Profile, seconds: float) -> float:
    """Cases a second of as many fork servers as there are cores, once they are warm."""

    def worker(_: int) -> tuple[int, float]:
        runs: Iterator[object] = sandbox.search(profile, job(FLASK), (b"%d" % n for n in itertools.count()))
        good(next(runs))
        started, done = time.perf_counter(), 0
        while time.perf_counter() < started + seconds:
            done += good(next(runs))
        return done, time.perf_counter() - started

    with ThreadPoolExecutor(CORES) as pool:
        return sum(done / took for done, took in pool.map(worker, range(CORES)))


def bare(code: str) -> Callable[[], int]:
    return lambda: good(Finished(exit_code=subprocess.run([sys.executable, "-c", code], check=True).returncode))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each is measured")
    parser.add_argument("--only", default="", help="of the sandboxes, the one whose name begins so")
    options = parser.parse_args()
    profile = Profile(interpreter=sys.executable)
    for make in (Bubblewrap, Landlock):
        if not make.__name__.lower().startswith(options.only.lower()):
            continue
        try:
            sandbox: Sandbox = make()
        except Unavailable as why:
            print(f"{make.__name__}: {why}")
            continue
        base, flask = (rate(bare(code), options.seconds) for code in ("pass", "import flask"))
        print(f"{sandbox.name}; {CORES} cores")
        print(f"  outside: {base:.1f} a second of `python -c pass`, {flask:.1f} of `python -c 'import flask'`")
        rates = {
            "a fresh empty interpreter": rate(fresh(sandbox, profile, EMPTY), options.seconds),
            "a fresh one that imports flask": rate(fresh(sandbox, profile, FLASK), options.seconds),
            "a fork server after flask": served(sandbox, profile, options.seconds),
        }
        for what, (bar, aim) in BARS.items():
            print(f"  {what:32} {rates[what]:7.1f} a second, {rates[what] / base:5.2f} of bare (bar {bar}, aim {aim})")


if __name__ == "__main__":
    main()
