"""Speed on one package: thousands of lines per CPU second, peak memory, two processes against one, the same bytes twice.

Every tool runs several times, in turns, so that a busy moment of the machine does not hit one tool alone; the table
shows medians. Lines are physical lines of all Python files. CPU seconds include the start of the process.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from measure import Run, run
from scanners import Scan, Tool, scan
from table import US, Figure, NotMeasured, Row, Section

TIMEOUT_SECONDS = 1800
PARSERS = ("tree-sitter", "ast")
_PARSE_ONLY = Path(__file__).with_name("parse_only.py")
Runs = dict[str, list[Run]]


def measure(package: Path, tools: Sequence[Tool], work: Path, *, repeat: int) -> Section:
    """Run parsers and tools over the package, `repeat` times each."""
    section = Section(title=f"Speed, {package.name}, {lines(package) / 1000:.0f} thousand lines, cold")
    one: Runs = {name: [] for name in PARSERS}
    scans: dict[tuple[str, int], list[Scan]] = {}
    for turn in range(repeat):
        for name in PARSERS:
            one[name].append(run([sys.executable, str(_PARSE_ONLY), name, str(package)], timeout=TIMEOUT_SECONDS))
        for tool in tools:
            for jobs in (1, 2) if tool.parallel else (1,):
                stem = f"{tool.name}.{jobs}.{turn}"
                out, home = work / f"{stem}.sarif", work / f"home.{stem}"
                done = scan(tool, package.resolve(), out, home=home, timeout=TIMEOUT_SECONDS, jobs=jobs)
                scans.setdefault((tool.name, jobs), []).append(done)
    two: Runs = {}
    for (name, jobs), done_scans in scans.items():
        failures = sorted({done.failure for done in done_scans if done.failure})
        if failures:
            what = f"{section.title}, {name}, processes: {jobs}"
            section.missing += [NotMeasured(what=what, why=why) for why in failures]
        else:
            (one if jobs == 1 else two)[name] = [done.run for done in done_scans]
    section.rows = rows(lines(package), one, two)
    ours = [done.out for (name, _), group in scans.items() if name == US for done in group if not done.failure]
    if ours:
        section.notes.append(same_bytes(ours))
    return section


def rows(count: int, one: Runs, two: Runs) -> list[Row]:
    """The section's rows from the runs per tool with one process and with two. count: lines of the package."""

    def row(measure: str, runs: Runs, value: Callable[[str], float], digits: int) -> Row:
        values = {name: value(name) for name in runs}
        return Row(measure=measure, figures={n: Figure(value=v, text=f"{v:,.{digits}f}") for n, v in values.items()})

    table = [
        row("thousand lines per CPU second", one, lambda name: count / 1000 / median(r.cpu for r in one[name]), 1),
        row("CPU seconds", one, lambda name: median(r.cpu for r in one[name]), 2),
        row("wall seconds, one process", one, lambda name: median(r.wall for r in one[name]), 2),
        row("peak memory, one process, MB", one, lambda name: median(r.peak for r in one[name]) / 1e6, 0),
    ]
    if two:
        table += [
            row("wall seconds, two processes", two, lambda name: median(r.wall for r in two[name]), 2),
            row(
                "peak memory, two processes together, MB", two, lambda name: median(r.peak for r in two[name]) / 1e6, 0
            ),
        ]
    both = {name: runs for name, runs in two.items() if name in one}
    if both:
        table.append(row("two processes, times as fast as one", both, lambda name: speedup(one[name], two[name]), 2))
    return table


def speedup(one: Sequence[Run], two: Sequence[Run]) -> float:
    """Median wall time with one process over that with two."""
    return median(run.wall for run in one) / median(run.wall for run in two)


def lines(package: Path) -> int:
    """Physical lines of all Python files below the folder."""
    return sum(path.read_bytes().count(b"\n") for path in package.rglob("*.py"))


def digest(path: Path) -> str:
    """A fingerprint of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def same_bytes(results: Sequence[Path]) -> str:
    """Whether all our results, with one process and with two, are the same file."""
    different = len({digest(path) for path in results})
    verdict = "the same bytes" if different == 1 else f"{different} DIFFERENT results"
    return f"{US}: {len(results)} cold runs on the package, with one process and with two, gave {verdict}"
