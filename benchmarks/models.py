"""Budgets against a server that lies about usage, breaks off, redirects and stalls: many runs, drawn by number.

    python benchmarks/models.py --runs 1000

The server's behaviour, the prices, the limits, the number of workers and the prompts are drawn anew for each run; the same number
makes the same run. What counts as an overrun: any count, as our meter has it or as the server and a watch have it, that passes
its limit by more than one reserved exchange.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from adapters.providers.lying import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    given = parser.parse_args()
    started = time.monotonic()
    replies = silences = exchanges = overruns = beyond = other = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(given.first, given.first + given.runs):
            outcome = run(seed, Path(folder))
            replies += outcome.replies
            silences += outcome.silences
            exchanges += outcome.seen.requests
            beyond += any(getattr(outcome.used, name) > getattr(outcome.limits, name) for name in ("tokens", "micros"))
            other += not outcome.replayed
            for what in outcome.overruns():
                overruns += 1
                print(f"run {seed}: {what}")
    print(f"runs                                   {given.runs:,}")
    print(f"prompts, of them without an answer     {replies:,}, {silences:,}")
    print(f"exchanges that the server saw          {exchanges:,}")
    print(f"runs charged beyond a limit at all     {beyond:,}")
    print(f"overruns beyond one reserved exchange  {overruns:,}")
    print(f"runs whose replay differs              {other:,}")
    print(f"seconds                                {time.monotonic() - started:.0f}")
    return 1 if overruns or other else 0


if __name__ == "__main__":
    sys.exit(main())
