"""OWASP BenchmarkPython: Youden's J (true-positive rate less false-positive rate) per category and their mean, per tool.

The corpus and its scorer are given by path. Each tool scans the whole corpus, helpers included. One that keeps some rules for
reviewers (ours of trust boundaries, a category of the corpus) is scored with them, and its mean without them stands beside.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanners import Tool, scan
from table import Comparison, Figure, NotMeasured, Row, Section

TIMEOUT_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The checked-out corpus and the scorer's program."""

    folder: Path
    scorer: Path

    def expected(self) -> Path:
        """The file of labels. Raises FileNotFoundError when there is not exactly one."""
        found = sorted(self.folder.glob("expectedresults-*.csv"))
        if len(found) != 1:
            raise FileNotFoundError(
                f"one expectedresults-*.csv in {str(self.folder)!r}, found {[f.name for f in found]!r}"
            )
        return found[0]


def measure(corpus: Corpus, tools: Sequence[Tool], work: Path) -> Section:
    """Let every tool scan the corpus, score it, and set the tools side by side. Keeps SARIF and scores in `work`."""
    section = Section(title="OWASP BenchmarkPython, Youden J (%)")
    scores: dict[str, Any] = {}
    default: dict[str, Any] = {}
    for tool in tools:
        scores |= _scored(corpus, tool, tool.pedantic, work / f"{tool.name}.sarif", section)
        default |= _scored(corpus, tool, (), work / f"{tool.name}.default.sarif", section) if tool.pedantic else {}
    for category in sorted({name for result in scores.values() for name in result["categories"]}):
        section.rows.append(_row(category, {name: result["categories"][category] for name, result in scores.items()}))
    for measure, means in (("", scores), (", default rules only", default and scores | default)):
        if means:
            section.rows.append(
                _row(f"mean of the categories{measure}", {name: one["avg"] for name, one in means.items()})
            )
    if scores:
        counts = {name: results(work / f"{name}.sarif") for name in scores}
        figures = {name: Figure(value=count, text=f"{count:,}") for name, count in counts.items()}
        section.rows.append(Row(measure="results in all, those that J does not look at among them", figures=figures))
    return section


def _scored(corpus: Corpus, tool: Tool, more: tuple[str, ...], out: Path, section: Section) -> dict[str, Any]:
    """The tool's score by its name; empty, and said in the section, when it failed. more: further arguments."""
    asked = replace(tool, arguments=(*tool.arguments, *more))
    done = scan(asked, corpus.folder.resolve(), out, home=out.parent / f"home-{tool.name}", timeout=TIMEOUT_SECONDS)
    if done.failure:
        section.missing.append(NotMeasured(what=f"{section.title}, {out.stem}", why=done.failure))
        return {}
    return {tool.name: score(corpus, out)}


def score(corpus: Corpus, sarif: Path, *, cases: Path | None = None) -> Any:
    """The scorer's own figures for one result. cases: where it should also write a verdict per case."""
    out = sarif.with_suffix(".score.json")
    command = [sys.executable, str(corpus.scorer), "owasp", str(corpus.expected()), str(sarif), "--json", str(out)]
    subprocess.run([*command, *(("--cases", str(cases)) if cases else ())], check=True, stdout=subprocess.DEVNULL)
    return json.loads(out.read_text())


def results(sarif: Path) -> int:
    """How many results there are: a case is scored by its own weakness alone, so J hides noise of other rules."""
    return sum(len(run["results"]) for run in json.loads(sarif.read_bytes())["runs"])


def _row(measure: str, results: dict[str, Any]) -> Row:
    return Row(
        measure=measure,
        figures={name: _figure(result) for name, result in results.items()},
        comparison=Comparison.POINTS,
    )


def _figure(result: Any) -> Figure:
    j, hits, alarms = (100 * result[key] for key in ("youden", "tpr", "fpr"))
    return Figure(value=j, text=f"{j:.1f} ({hits:.0f} − {alarms:.0f})")
