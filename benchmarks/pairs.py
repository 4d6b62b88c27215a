"""Known-CVE pairs: the last vulnerable and the first fixed release of PyPI packages, each scanned whole, once per tool.

A hit flags the labelled function of the vulnerable release; a pair is discriminated when the fixed release stays quiet
as well. Pairs and scorer are given by path; the scorer reads the SARIF files kept here, twice: plainly, and with `--flow`,
where a short trace through the labelled function counts too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from intervals import wilson
from scanners import Tool, scan
from table import Comparison, Figure, NotMeasured, Row, Section

TIMEOUT_SECONDS = 900
ECOSYSTEM = "pypi"
GUARDED = "guard-added"  # the fix left the flawed line standing and put a check before it

Verdicts = dict[str, list[dict[str, Any]]]  # by tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The labels, the unpacked releases (ecosystem/package/version below `folder`), and the scorer's program."""

    labels: Path
    folder: Path
    scorer: Path

    def pairs(self) -> list[dict[str, Any]]:
        """The PyPI part of the labels."""
        return [pair for pair in json.loads(self.labels.read_text()) if pair["ecosystem"] == ECOSYSTEM]

    def releases(self) -> list[Path]:
        """Every release that some pair names, once."""
        return sorted({self.release(pair, side) for pair in self.pairs() for side in ("vulnerable", "fixed")})

    def release(self, pair: dict[str, Any], side: str) -> Path:
        """The folder of a pair's vulnerable or fixed release."""
        package, version = str(pair["package"]), str(pair[f"{side}_version"])
        return (self.folder / ECOSYSTEM / package / version).resolve()


def measure(corpus: Corpus, tools: Sequence[Tool], work: Path, *, jobs: int) -> Section:
    """Scan every release with every tool and score. Keeps SARIF in `work`/tool/absolute path of the release."""
    section = Section(title=f"Known-CVE pairs, {len(corpus.pairs())} of PyPI, whole packages")
    plain: Verdicts = {}
    flow: Verdicts = {}
    for tool in tools:
        failures = scan_all(corpus, tool, work, jobs=jobs)
        for why, count in sorted(Counter(failures.values()).items()):
            section.notes.append(f"{tool.name} gave nothing for {count} of {len(corpus.releases())} releases: {why}")
        if len(failures) == len(corpus.releases()):
            section.missing.append(NotMeasured(what=f"{section.title}, {tool.name}", why="no release could be scanned"))
            continue
        plain[tool.name] = verdicts(corpus, work, name=tool.name, levels=tool.levels, flow=False)
        flow[tool.name] = verdicts(corpus, work, name=tool.name, levels=tool.levels, flow=True)
    if plain:
        kloc = [python_kloc(corpus.release(pair, "vulnerable")) for pair in corpus.pairs()]
        section.rows = rows(corpus.pairs(), plain, flow, kloc)
    return section


def scan_all(corpus: Corpus, tool: Tool, work: Path, *, jobs: int) -> dict[Path, str]:
    """Scan every release, several at once, each by one process. Returns why, for those that gave no result."""

    def one(release: Path) -> tuple[Path, str | None]:
        out = kept(work, tool.name, release)
        out.parent.mkdir(parents=True, exist_ok=True)
        home = out.parent / "home"
        return release, scan(tool, release, out, home=home, timeout=TIMEOUT_SECONDS).failure

    with ThreadPoolExecutor(jobs) as pool:
        return {release: why for release, why in pool.map(one, corpus.releases()) if why}


def kept(work: Path, tool: str, release: Path) -> Path:
    """Where the SARIF of a release lies: below the tool's folder, at the release's own absolute path."""
    return work / tool / release.relative_to(release.anchor) / "result.sarif"


def verdicts(corpus: Corpus, work: Path, *, name: str, levels: str | None, flow: bool) -> list[dict[str, Any]]:
    """The scorer's verdict per pair, in the order of the labels, on what `scan_all` has left of the tool of this name."""
    out = work / f"{name}.{'flow' if flow else 'plain'}.json"
    # The scorer asks for a command that makes SARIF of a folder: ours hands over what the scan before has left.
    fetch = f"cp {quote(str(work / name))}{{src}}/result.sarif {{out}}"
    command = [sys.executable, str(corpus.scorer), "score", str(corpus.labels), str(corpus.folder.resolve())]
    command += ["--ecosystem", ECOSYSTEM, "--sarif-cmd", fetch, "--json", str(out)]
    command += ["--flow"] if flow else []
    command += ["--evidence", levels] if levels else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found: list[dict[str, Any]] = json.loads(out.read_text())["pairs"]
    return found


def rows(labels: list[dict[str, Any]], plain: Verdicts, flow: Verdicts, kloc: Sequence[float]) -> list[Row]:
    """The section's rows from the verdicts per tool. kloc: lines of the vulnerable releases. All in the order of the labels."""
    guarded = [pair["fix_shape"] == GUARDED for pair in labels]

    def shares(measure: str, among: Verdicts, key: str, only: Sequence[bool] = (True,) * len(labels)) -> Row:
        chosen = {
            tool: [v[key] for v, counts in zip(found, only, strict=True) if counts] for tool, found in among.items()
        }
        figures = {tool: share(sum(outcomes), len(outcomes)) for tool, outcomes in chosen.items()}
        return Row(measure=measure, figures=figures, comparison=Comparison.POINTS)

    table = [
        shares("hit", plain, "hit"),
        shares("discriminates", plain, "discriminates"),
        shares("hit, traces count (--flow)", flow, "hit"),
        shares("discriminates, traces count (--flow)", flow, "discriminates"),
    ]
    if any(guarded):
        table.append(shares(f"hit, of those whose fix is `{GUARDED}`", plain, "hit", guarded))
        table.append(shares(f"discriminates, of those whose fix is `{GUARDED}`", plain, "discriminates", guarded))
    table.append(Row(measure="findings per KLOC of Python", figures={t: density(f, kloc) for t, f in plain.items()}))
    table.append(
        Row(
            measure="findings per KLOC, JavaScript and Cython lines counted too (the scorer's way)",
            figures={tool: density(found, [v["kloc"] for v in found]) for tool, found in plain.items()},
        )
    )
    return table


def share(successes: int, cases: int) -> Figure:
    """A percentage with its count and its 95% interval."""
    low, high = wilson(successes, cases)
    percent = 100 * successes / cases
    return Figure(value=percent, text=f"{percent:.1f} ({successes}/{cases}; {100 * low:.1f}–{100 * high:.1f})")


def density(found: list[dict[str, Any]], kloc: Sequence[float]) -> Figure:
    """Findings over thousands of lines, both summed over the vulnerable releases of the pairs."""
    value = sum(verdict["findings"] for verdict in found) / sum(kloc)
    return Figure(value=value, text=f"{value:.2f}")


def python_kloc(release: Path) -> float:
    """Thousands of lines that are not blank, of the release's Python files."""
    return (
        sum(sum(map(bool, map(bytes.strip, path.read_bytes().split(b"\n")))) for path in release.rglob("*.py")) / 1000
    )
