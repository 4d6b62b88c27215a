"""The scan after one edited file: wall time with the start of the process, against a cold scan, on a copy of a package.

Each edit puts a comment on the first line, so that every position in the file moves, and a new function at the end, so
that the file defines something new. Edits are kept: every scan sees exactly one file that changed since the last one.
A tool without a cache pays the whole scan again; it is measured on the first few edits only.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from scanners import Scan, Tool, scan
from speed import digest
from table import US, Figure, NotMeasured, Row, Section

TIMEOUT_SECONDS = 1800
FILES = 20
FILES_WITHOUT_CACHE = 3
# Modules that very much of Django imports: the worst that an edit can be.
HUBS = (
    "http/request.py",
    "http/response.py",
    "db/models/base.py",
    "db/models/query.py",
    "db/models/fields/__init__.py",
    "utils/functional.py",
    "conf/__init__.py",
    "core/exceptions.py",
)


def measure(package: Path, tools: Sequence[Tool], work: Path) -> Section:
    """Time the scans after edits, per tool, each on its own copy of the package."""
    section = Section(title="Scan again after one edited file, wall seconds with process start")
    unchanged: dict[str, float] = {}
    changed: dict[str, list[float]] = {}
    for tool in tools:
        copy = work / tool.name / package.name
        shutil.copytree(package, copy)
        session = _Session(tool, copy, work / tool.name)
        session.scan()
        again = session.scan()
        after = [session.after(path) for path in edited(copy)[: FILES if tool.name == US else FILES_WITHOUT_CACHE]]
        cold = session.scan(home="cold", out="cold.sarif")
        failures = sorted({done.failure for done in (again, *after, cold) if done.failure})
        if failures:
            section.missing += [NotMeasured(what=f"{section.title}, {tool.name}", why=why) for why in failures]
            continue
        unchanged[tool.name], changed[tool.name] = again.run.wall, [done.run.wall for done in after]
        section.notes.append(_edits(tool, len(after), after[-1].out, cold.out))
    if changed:
        section.rows = [
            _row("nothing changed", unchanged),
            _row("one file changed, median", {name: median(times) for name, times in changed.items()}),
            _row("one file changed, worst", {name: max(times) for name, times in changed.items()}),
        ]
    return section


def edited(package: Path) -> list[Path]:
    """The files to edit: the hubs that are there, then others spread evenly over the package. Nothing random."""
    hubs = [path for name in HUBS for path in sorted(package.glob(f"**/{name}"))[:1]]
    others = [path for path in sorted(package.rglob("*.py")) if path not in hubs and path.stat().st_size > 1000]
    wanted = max(0, FILES - len(hubs))
    spread = [others[index * len(others) // wanted] for index in range(wanted)] if others else []
    return list(dict.fromkeys([*hubs, *spread]))


def edit(path: Path, number: int) -> None:
    """Change one file as described above, harmlessly."""
    source = path.read_text(encoding="utf-8")
    added = f"\n\ndef benchmark_edit_{number}(value):\n    return value\n"
    path.write_text(f"# benchmark edit {number}\n{source.rstrip()}\n{added}", encoding="utf-8")


class _Session:
    """A tool, its copy of the package, and the home that keeps its cache from scan to scan."""

    def __init__(self, tool: Tool, copy: Path, work: Path) -> None:
        self._tool, self._copy, self._work = tool, copy, work
        self._edits = 0

    def scan(self, *, home: str = "home", out: str = "last.sarif") -> Scan:
        jobs = 2 if self._tool.parallel else 1
        home_folder = self._work / home
        return scan(self._tool, self._copy, self._work / out, home=home_folder, timeout=TIMEOUT_SECONDS, jobs=jobs)

    def after(self, path: Path) -> Scan:
        self._edits += 1
        edit(path, self._edits)
        return self.scan()


def _edits(tool: Tool, count: int, last: Path, cold: Path) -> str:
    if tool.name != US:
        return f"{tool.name} keeps nothing from scan to scan: {count} files edited one after the other"
    verdict = "the same bytes as" if digest(last) == digest(cold) else "a DIFFERENT result from"
    return (
        f"{tool.name}: {count} files edited one after the other, up to {len(HUBS)} of them hubs; "
        f"the last of these scans gave {verdict} a cold scan of the same tree"
    )


def _row(measure: str, values: dict[str, float]) -> Row:
    return Row(measure=measure, figures={name: Figure(value=v, text=f"{v:.2f}") for name, v in values.items()})
