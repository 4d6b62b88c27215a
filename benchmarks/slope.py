"""Growth: what a line costs when there are 1, 2, 4 and 8 copies of the same package side by side.

The exponent is the slope of log(CPU seconds) over log(copies) by least squares: 1 when twice the code costs twice as much. It
is taken of ours alone: a tool that looks at one file at a time has nothing that could grow.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from scanners import Tool, scan
from table import US, Figure, NotMeasured, Row, Section

COPIES = (1, 2, 4, 8)
TIMEOUT_SECONDS = 3600


def measure(package: Path, tools: Sequence[Tool], work: Path) -> Section:
    """Scan the copies, each number of them from nothing, with one process."""
    section = Section(title=f"Growth, {' / '.join(map(str, COPIES))} copies of {package.name}")
    ours = [tool for tool in tools if tool.name == US]
    for tool in ours:
        seconds: dict[int, float] = {}
        for count in COPIES:
            folder = work / f"copies.{count}"
            for number in range(count):
                shutil.copytree(package, folder / f"{package.name}{number}")
            done = scan(tool, folder, work / f"{count}.sarif", home=work / f"home.{count}", timeout=TIMEOUT_SECONDS)
            shutil.rmtree(folder)
            if done.failure:
                section.missing.append(NotMeasured(what=f"{section.title}, {count} copies", why=done.failure))
                return section
            seconds[count] = done.run.cpu
        each = " / ".join(f"{seconds[count] / count:.2f}" for count in COPIES)
        slope = exponent(seconds)
        section.rows = [
            Row(measure="CPU seconds per copy", figures={US: Figure(value=seconds[1], text=each)}),
            Row(measure="exponent", figures={US: Figure(value=slope, text=f"{slope:.2f}")}),
        ]
    return section


def exponent(seconds: Mapping[int, float]) -> float:
    """The slope of log(seconds) over log(copies), by least squares. seconds: by number of copies, two at least."""
    points = [(math.log(count), math.log(cost)) for count, cost in seconds.items()]
    x = sum(a for a, _ in points) / len(points)
    y = sum(b for _, b in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
