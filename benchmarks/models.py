"""Budgets against a server that lies about usage, breaks off, redirects and stalls: many runs, drawn by number.

    python benchmarks/models.py --runs 1000

The server's behaviour, the prices, the limits, the number of workers and the prompts are drawn anew for each run; the same number
makes the same run. What counts as an overrun: any count, as our meter has it or as the server and a watch have it, that passes
its limit by more than one reserved exchange.

    python benchmarks/models.py --killed

kills the server in the middle of each answer of a whole hunt, from scout to mender, and lets the next run go on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from adapters.providers.lying import run
from agents import killed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    parser.add_argument("--killed", action="store_true", help="instead: kill the server at each exchange of a hunt")
    given = parser.parse_args()
    if given.killed:
        return each_killed()
    started = time.monotonic()
    replies = silences = exchanges = overruns = beyond = other = late = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(given.first, given.first + given.runs):
            outcome = run(seed, Path(folder))
            replies += outcome.replies
            silences += outcome.silences
            exchanges += outcome.seen.requests
            beyond += any(getattr(outcome.used, name) > getattr(outcome.limits, name) for name in ("tokens", "micros"))
            other += not outcome.replayed
            late = max(late, outcome.late)
            for what in outcome.overruns():
                overruns += 1
                print(f"run {seed}: {what}")
    print(f"runs                                   {given.runs:,}")
    print(f"prompts, of them without an answer     {replies:,}, {silences:,}")
    print(f"exchanges that the server saw          {exchanges:,}")
    print(f"runs charged beyond a limit at all     {beyond:,}")
    print(f"overruns beyond one reserved exchange  {overruns:,}")
    print(f"runs whose replay differs              {other:,}")
    print(f"latest end after a deadline of 50 ms   {late:,} ms")
    print(f"seconds                                {time.monotonic() - started:.0f}")
    return 1 if overruns or other else 0


def each_killed() -> int:
    """The server killed at each exchange: whether the run that goes on ends as the one that nothing disturbed."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CASEMATE_HOME"] = f"{folder}/home"
        target = killed.a_target(Path(folder) / "target")
        whole = killed.run(target, Path(folder) / "whole.jsonl")
        runs = [killed.run(target, Path(folder) / f"{at}.jsonl", killed=at) for at in range(len(whole.answered))]
    same = sum(one.report == whole.report for one in runs)
    once = sum((one.answered, one.billed) == (whole.answered, whole.billed) for one in runs)
    broken = [sum(used != (0, 0) for used in one.unanswered) for one in runs]
    print(f"exchanges of the whole run, each of which was killed  {len(whole.answered)}")
    print(f"runs that went on to the same bytes of the report     {same}")
    print(f"runs in which every answer was asked and billed once  {once}")
    print(f"exchanges that broke off, and are charged             {sum(broken)}")
    print(f"seconds                                               {time.monotonic() - started:.0f}")
    return 0 if same == once == len(runs) == sum(broken) else 1


if __name__ == "__main__":
    sys.exit(main())
