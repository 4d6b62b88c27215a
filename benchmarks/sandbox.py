"""Sandboxed runs a second: a fresh empty interpreter, a fresh one whose target imports flask, and a fork server after that.

Each beside a bare `python -c pass` in the same run, since a ratio says more than a figure from a busy machine; and each with
the processor time of one run, which says what a machine without other work would do. As many at once as there are cores to
use. `python benchmarks/sandbox.py [--seconds N] [--only NAME] [--python PYTHON]`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casemate.adapters.sandbox.bubblewrap import Bubblewrap
from casemate.adapters.sandbox.cgroups import Unavailable
from casemate.adapters.sandbox.landlock import Landlock
from casemate.model.sandbox import Finished, Folder, Harness, Job, PlacedFile, Profile
from casemate.ports import Sandbox

BARS = {
    "a fresh empty interpreter": (40, 100),
    "a fresh one that imports flask": (8, 15),
    "a fork server after flask": (100, 400),
}
EMPTY, FLASK = b"", b"import sys\nsys.path.insert(0, 'target')\nimport shop\ndef case(data): pass\n"
TARGET = "import flask\n"
CORES = len(os.sched_getaffinity(0))


def cpu() -> float:
    """Seconds of processor time so far, of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def rate(work: Callable[[], int], seconds: float) -> tuple[float, float]:
    """Runs a second of all workers together, and milliseconds of processor time of each. work: does some, and says how many."""

    def worker() -> int:
        done = 0
        while time.perf_counter() < ends:
            done += work()
        return done

    work()
    started, used = time.perf_counter(), cpu()
    ends = started + seconds
    with ThreadPoolExecutor(CORES) as pool:
        done = sum(pool.map(lambda _: worker(), range(CORES)))
    return done / (time.perf_counter() - started), (cpu() - used) / done * 1000


def job(code: bytes, case: bytes | None = None) -> Job:
    return Job(what=Harness(path="harness.py", case=case), files=(PlacedFile(at="harness.py", content=code),))


def good(run: object) -> int:
    if not isinstance(run, Finished) or run.exit_code != 0:
        raise SystemExit(f"a run did not go well: {run!r}")
    return 1


def fresh(sandbox: Sandbox, profile: Profile, code: bytes) -> Callable[[], int]:
    case = b"" if b"def case" in code else None
    return lambda: good(sandbox.run(profile, job(code, case)))


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


def bare(python: str, code: str) -> Callable[[], int]:
    return lambda: good(Finished(exit_code=subprocess.run([python, "-c", code], check=True).returncode))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long each is measured")
    parser.add_argument("--only", default="", help="of the sandboxes, the one whose name begins so")
    parser.add_argument("--python", default=sys.executable, help="the target's interpreter, which has flask")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as target:
        Path(target, "shop.py").write_text(TARGET)
        profile = Profile(interpreter=options.python, folders=(Folder(host=target, at="target"),))
        for make in (Bubblewrap, Landlock):
            if make.__name__.lower().startswith(options.only.lower()):
                measure(make, profile, options.seconds)


def measure(make: Callable[[], Sandbox], profile: Profile, seconds: float) -> None:
    """Print the figures of one sandbox."""
    try:
        sandbox = make()
    except Unavailable as why:
        print(f"{make.__name__}: {why}")
        return
    if why := sandbox.examine(profile).refusal:
        raise SystemExit(why)
    with Path("/proc/loadavg").open() as file:
        print(f"{sandbox.name}; {CORES} cores, load {file.read().split()[0]}")
    (base, took), (flask, took_flask) = (rate(bare(profile.interpreter, c), seconds) for c in ("pass", "import flask"))
    print(f"  outside: {base:.1f} a second of `python -c pass` ({took:.1f} ms of processor time each), "
          f"{flask:.1f} of `python -c 'import flask'` ({took_flask:.0f} ms)")  # fmt: skip
    rates = {
        "a fresh empty interpreter": rate(fresh(sandbox, profile, EMPTY), seconds),
        "a fresh one that imports flask": rate(fresh(sandbox, profile, FLASK), seconds),
        "a fork server after flask": (served(sandbox, profile, seconds), 0.0),
    }
    for what, (bar, aim) in BARS.items():
        found, each = rates[what]
        own = f"; {each:.1f} ms of processor time each: {CORES * 1000 / each:.1f} a second alone" if each else ""
        print(f"  {what:32} {found:7.1f} a second, {found / base:5.2f} of bare (bar {bar}, aim {aim}){own}")


if __name__ == "__main__":
    main()
