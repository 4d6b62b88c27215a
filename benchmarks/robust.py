"""Robustness beyond what the suite has time for: huge, empty and hostile input, and a scan killed at any moment.

    python benchmarks/robust.py --sources DIR [--only files|none|lines|fuzz|kill] [--minutes N] [--kills N] …

Sources are any installed or unpacked Python sources, given by path; without them those of this interpreter's own standard
library are taken. Every check says what it measured; the exit code is 1 when one of them failed. Fast versions of the
same checks, with small numbers, stand in `tests/robustness/test_small_scale.py`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import mutants
from measure import run

from casemate.adapters.processes import ProcessExecutor
from casemate.knowledge.loader import load
from casemate.languages.python.frontend import lower
from casemate.leads import catalogue
from casemate.leads.scan import analyse
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import Failed

CHECKS = ("files", "none", "lines", "fuzz", "kill")
TIMEOUT = 3 * 3600  # seconds for one scan
CASE_TIMEOUT = 20.0  # CPU seconds for one mutant: lowering and following it
CASE_MEMORY = 2 * 1024**3
KEPT = 20  # failures told one by one
EXAMPLE = Path(__file__).parents[1] / "examples" / "bank"


@dataclass(slots=True, kw_only=True)
class Result:
    """What a check measured, in words; faults: what must not have happened."""

    name: str
    figures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Bench:
    """A program to check, with a home and a cache of its own for each use."""

    def __init__(self, program: Path, work: Path) -> None:
        self.program = program
        self.work = work

    def environment(self, name: str) -> dict[str, str]:
        """Its home and cache, by name."""
        home = self.work / name
        return os.environ | {
            "HOME": str(home), "CASEMATE_HOME": str(home / "ledger"), "CASEMATE_CACHE": str(home / "cache")
        }  # fmt: skip

    def scan(self, target: Path, out: Path, name: str, result: Result, *, expected: tuple[int, ...] = (0, 1)) -> None:
        """Scan to a JSON report, and note what it cost."""
        argv = [str(self.program), "scan", str(target), "-o", str(out), "--quiet"]
        done = run(argv, timeout=TIMEOUT, env=self.environment(name))
        result.figures.append(f"{done.wall:.0f} s, {done.cpu:.0f} s of CPU, peak {done.peak / 1e6:,.0f} MB")
        if done.code not in expected or done.timed_out or not out.exists():
            result.faults.append(f"exit code {done.code}: {done.error}")


def empty_files(bench: Bench, count: int) -> Result:
    """A tree of so many empty files."""
    result = Result(name=f"{count:,} empty files")
    target = bench.work / "files"
    for number in range(count):
        folder = target / f"d{number // 1000:03}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"m{number % 1000}.py").touch()
    for turn in ("first", "second"):
        bench.scan(target, bench.work / f"files-{turn}.json", "files-home", result, expected=(0,))
    _same(bench.work / "files-first.json", bench.work / "files-second.json", result)
    return result


def no_file(bench: Bench) -> Result:
    """A folder with nothing in it: said plainly, and no pass under --strict."""
    result = Result(name="no file at all")
    target = bench.work / "nothing"
    target.mkdir()
    for options, code in (((), 0), (("--strict",), 3)):
        done = subprocess.run(
            [bench.program, "scan", target, *options], env=bench.environment("none"), capture_output=True, check=False
        )
        last = done.stdout.decode().rstrip().rpartition("\n")[2]
        result.figures.append(f"{' '.join(options) or 'plain'}: exit code {done.returncode}, {last!r}")
        if done.returncode != code or "nothing was examined" not in last:
            result.faults.append(f"expected exit code {code}")
    return result


def many_lines(bench: Bench, sources: Path, count: int) -> Result:
    """Copies of the sources, side by side, until there are so many lines; scanned twice."""
    target = bench.work / "lines"
    target.mkdir()
    files = [path for path in sorted(sources.rglob("*.py")) if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    copies = max(1, -(-count // max(1, lines)))
    for number in range(copies):
        for path in files:
            place = target / f"copy{number}" / path.relative_to(sources)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    result = Result(name=f"{lines * copies:,} lines in {len(files) * copies:,} files")
    for turn in ("first", "second"):
        bench.scan(target, bench.work / f"lines-{turn}.json", "lines-home", result)
    _same(bench.work / "lines-first.json", bench.work / "lines-second.json", result)
    return result


def examine(case: int, seed: int, sources: Sequence[bytes]) -> str:
    """Lower one mutant and follow its data; how it ended. Whatever is raised is a fault."""
    source = mutants.case(case, seed, sources)
    lowered = lower(source, path="m.py", name="m", package=False)
    if isinstance(lowered, NotExamined):
        return lowered.reason.value
    analysis = analyse([lowered], _knowledge(), catalogue.rules())
    if analysis.lost:
        return Reason.STEP_LIMIT.value
    return "with losses" if lowered.losses else "whole"


_knowledge = cache(load)


def fuzz(sources: Path, seed: int, jobs: int, *, seconds: float = 0.0, cases: int = 0) -> Result:
    """Mutants until the time is up or so many are done: none raises, none crashes its process, none hangs."""
    pool = mutants.seeds(sources)
    _knowledge()  # once, before the processes part
    begun = time.monotonic()

    def numbers() -> Iterator[int]:
        number = 0
        while number < cases if cases else time.monotonic() - begun < seconds:
            yield number
            number += 1

    ends: Counter[str] = Counter()
    result = Result(name=f"mutants of {len(pool):,} sources, seed {seed}")
    executor = ProcessExecutor(jobs=jobs, timeout=CASE_TIMEOUT, memory=CASE_MEMORY)
    for outcome in executor.map(partial(examine, seed=seed, sources=pool), numbers(), label=str):
        if isinstance(outcome, Failed):
            ends["failed"] += 1
            result.faults.append(f"case {outcome.item}: {outcome.why.reason.value}, {outcome.why.detail}")
        else:
            ends[outcome.result] += 1
    took = time.monotonic() - begun
    result.figures.append(f"{sum(ends.values()):,} cases in {took:.0f} s")
    result.figures += [f"{name}: {count:,}" for name, count in sorted(ends.items())]
    return result


def kill(bench: Bench, target: Path, kills: int, seed: int) -> Result:
    """A scan killed at random moments with no time to clean up: the next one gives the bytes of an untouched one."""
    result = Result(name=f"killed at {kills} random moments")
    rng = random.Random(seed)
    begun = time.monotonic()
    _scanned(bench, target, "untouched")
    whole = time.monotonic() - begun
    wanted = _scanned(bench, target, "untouched")  # and once more, with its cache
    ended = 0
    for number in range(kills):
        name = f"kill-{number}"
        argv = [bench.program, "scan", target, "--format", "json", "--quiet"]
        process = subprocess.Popen(
            argv,
            env=bench.environment(name),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(rng.uniform(0.0, whole))
            ended += 1
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        if _scanned(bench, target, name) != wanted:
            result.faults.append(f"{name}: the next scan gives another report")
        verified = subprocess.run(
            [bench.program, "ledger", "verify"], env=bench.environment(name), capture_output=True, check=False
        )
        if verified.returncode != 0:
            result.faults.append(f"{name}: {verified.stdout.decode().strip()} {verified.stderr.decode().strip()}")
        shutil.rmtree(bench.work / name, ignore_errors=True)
    result.figures.append(f"{kills - ended} killed within {whole:.2f} s, {ended} had ended before")
    return result


def _scanned(bench: Bench, target: Path, name: str) -> bytes:
    argv = [bench.program, "scan", target, "--format", "json", "--quiet", "--fail-on", "never"]
    return subprocess.run(argv, env=bench.environment(name), capture_output=True, check=True).stdout


def _same(one: Path, two: Path, result: Result) -> None:
    if one.exists() and two.exists() and one.read_bytes() != two.read_bytes():
        result.faults.append("the second scan gives another report")


def checks(options: argparse.Namespace, bench: Bench) -> Iterator[Result]:
    """The checks that were asked for, one after the other."""
    wanted = options.only or CHECKS
    if "none" in wanted:
        yield no_file(bench)
    if "files" in wanted:
        yield empty_files(bench, options.files)
    if "kill" in wanted:
        yield kill(bench, options.target, options.kills, options.seed)
    if "fuzz" in wanted:
        yield fuzz(options.sources, options.seed, options.jobs, seconds=60 * options.minutes)
    if "lines" in wanted:
        yield many_lines(bench, options.sources, options.lines)


def arguments(words: list[str]) -> argparse.Namespace:
    """The command line. Exits with code 2 on wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, metavar="DIR", default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--target", type=Path, metavar="DIR", default=EXAMPLE, help="what is scanned when it is killed")
    parser.add_argument("--only", action="append", choices=CHECKS, help="only this check (repeatable)")
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--minutes", type=float, default=10.0, help="of fuzzing")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep trees and reports here")
    parser.add_argument("--casemate", type=Path, default=Path(sys.executable).with_name("casemate"), metavar="PROGRAM")
    options = parser.parse_args(words)
    if not any(options.sources.rglob("*.py")):
        parser.error(f"there are no Python sources below {str(options.sources)!r}")
    return options


def main() -> None:
    """Check what is asked for; exit code 1 when something failed."""
    options = arguments(sys.argv[1:])
    failed = False
    with tempfile.TemporaryDirectory(prefix="casemate-robust-") as scratch:
        bench = Bench(options.casemate.resolve(), (options.work or Path(scratch)).resolve())
        bench.work.mkdir(parents=True, exist_ok=True)
        for result in checks(options, bench):
            print(f"{'FAILED' if result.faults else 'ok'}: {result.name}", *result.figures, sep="\n    ", flush=True)
            print(*(f"    fault: {fault}" for fault in result.faults[:KEPT]), sep="\n", flush=True)
            failed |= bool(result.faults)
    sys.exit(failed)


if __name__ == "__main__":
    main()
