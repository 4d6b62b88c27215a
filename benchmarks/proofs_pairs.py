"""Proofs of known flaws: this flow is proven at the vulnerable release, and must not be at the fixed one.

A finding is of this flow when the scorer calls it a hit: its class fits, and it lies in the labelled function or near its lines,
or a short trace does. Each release is hunted with an interpreter and dependencies of its time (`prepare_pairs.py`).
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median
from typing import Any

import fixes_rows
from hunting import PROVEN, RAN, Asked, Spot, Told, hunted
from pairs import Corpus, share
from table import US, Figure, Row, Section

TIMEOUT_SECONDS = 900
SIDES = ("vulnerable", "fixed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """folder: one environment for each release, named PACKAGE-VERSION; a release without one gets the default interpreter."""

    folder: Path

    def of(self, pair: dict[str, Any], side: str) -> Path | None:
        """The environment of one release."""
        found = self.folder / f"{pair['package']}-{pair[f'{side}_version']}"
        return found if (found / "bin" / "python").exists() else None


def scorer_of(path: Path) -> Any:
    """The scorer as a module: its classes of CWEs and its rule of what a hit is."""
    spec = importlib.util.spec_from_file_location("pairs_scorer", path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spots(scorer: Any, pair: dict[str, Any], side: str) -> tuple[Spot, ...]:
    """Where the scorer would call a finding a hit."""
    cwes = tuple(sorted(scorer.COMPAT[pair["class"]] | scorer.cwes(pair["cwe"])))
    first, last = pair[f"{side}_lines"]
    near = Spot(
        path=pair["file"], first=max(1, first - scorer.SLACK), last=last + scorer.SLACK, cwes=cwes, steps=scorer.STEPS
    )
    function = pair.get(f"function_lines_{side}")
    if not function:
        return (near,)
    return near, Spot(path=pair["file"], first=function[0], last=function[1], cwes=cwes, steps=scorer.STEPS)


def measure(
    corpus: Corpus,
    environments: Environments,
    work: Path,
    *,
    jobs: int,
    limit: int | None,
    fix: bool,
    only: tuple[str, ...] = (),
) -> tuple[Section, list[dict[str, Any]]]:
    """Hunt both releases of every pair. limit: only so many pairs. Returns the rows, and one record for each pair."""
    scorer = scorer_of(corpus.scorer)
    chosen = [pair for pair in corpus.pairs() if not only or pair["package"] in only or pair["class"] in only][:limit]

    def one(pair: dict[str, Any]) -> dict[str, Any]:
        told = {}
        for side in SIDES:
            asked = Asked(
                target=corpus.release(pair, side),
                python=environments.of(pair, side),
                spots=spots(scorer, pair, side),
                modules=(pair["file"],),
                fix=fix and side == "vulnerable",
            )
            told[side] = hunted(asked, work / f"{pair['id']}.{pair['package']}.{side}", timeout=TIMEOUT_SECONDS)
        return record(pair, told) | {"upstream_lines": upstream_lines(corpus, pair)}

    with ThreadPoolExecutor(jobs) as pool:
        records = list(pool.map(one, chosen))
    return section(records), records


def record(pair: dict[str, Any], told: dict[str, Told]) -> dict[str, Any]:
    """What came of a pair, side by side."""
    out: dict[str, Any] = {key: pair[key] for key in ("id", "package", "class", "file", "function", "fix_shape")}
    for side in SIDES:
        one = told[side]
        out[side] = {
            "failure": one.failure,
            "importable": (one.imported or {}).get(pair["file"], one.failure or "not asked"),
            "lead": bool(one.findings),
            "driven": any(finding["result"] in RAN for finding in one.findings),
            "proven": any(finding["result"] == PROVEN for finding in one.findings),
            "seconds": one.seconds,
            "executions": one.executions,
            "findings": one.findings,
        }
    return out


def upstream_lines(corpus: Corpus, pair: dict[str, Any]) -> int:
    """Changed lines of the upstream fix: in the labelled function, which leaves out what else a release brought; in the labelled
    file where the function stayed as it was. Counted as `evidence.fixes.size` counts ours."""
    texts, functions = [], []
    for side in SIDES:
        lines = (corpus.release(pair, side) / pair["file"]).read_bytes().splitlines()
        first, last = pair.get(f"function_lines_{side}") or (1, len(lines))
        texts.append(lines)
        functions.append(lines[first - 1 : last])
    return _changed(*functions) or _changed(*texts)


def _changed(before: list[bytes], after: list[bytes]) -> int:
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in codes if tag != "equal")


def section(records: list[dict[str, Any]]) -> Section:
    """The rows. The funnel is of the vulnerable releases, each step among all pairs."""
    at = {side: [one[side] for one in records] for side in SIDES}
    discriminated = [one["vulnerable"]["proven"] and not one["fixed"]["proven"] for one in records]
    counts = {
        "proven at the vulnerable release and not at the fixed one": discriminated,
        "proven at the vulnerable release": [one["proven"] for one in at["vulnerable"]],
        "proven at the fixed release": [one["proven"] for one in at["fixed"]],
        "funnel: the labelled file can be imported": [one["importable"] == "" for one in at["vulnerable"]],
        "funnel: a lead": [one["lead"] for one in at["vulnerable"]],
        "funnel: a lead whose line ran": [one["driven"] for one in at["vulnerable"]],
    }
    rows = [Row(measure=name, figures={US: share(sum(found), len(found))}) for name, found in counts.items()]
    spent = sum(one["executions"] for side in SIDES for one in at[side])
    rows.append(Row(measure="executions, both releases", figures={US: Figure(value=spent, text=f"{spent:,}")}))
    seconds = sum(one["seconds"] for side in SIDES for one in at[side])
    rows.append(Row(measure="seconds, scans included", figures={US: Figure(value=seconds, text=f"{seconds:,.0f}")}))
    result = Section(title=f"Proofs of known flaws, {len(records)} pairs of PyPI", rows=rows)
    ends = Counter(best(one["vulnerable"]["findings"]) for one in records)
    proven = [
        [finding for finding in one["vulnerable"]["findings"] if finding["result"] == PROVEN]
        for one in records
        if one["vulnerable"]["proven"] and not one["fixed"]["proven"]
    ]
    every = [finding for case in proven for finding in case]
    ratios = [
        min(finding["fix"]["offered"]["lines"] for finding in fixed) / one["upstream_lines"]
        for one in records
        if (fixed := [f for f in one["vulnerable"]["findings"] if f.get("fix", {}).get("offered")])
        and one["upstream_lines"]
    ]
    if ratios:
        value = median(ratios)
        figure = {US: Figure(value=value, text=f"{value:.2f} (of {len(ratios)})")}
        rows.append(Row(measure="changed lines, ours against upstream's, median ratio", figures=figure))
    result.rows += fixes_rows.rows(every, proven)
    result.notes += [f"not fixed: {why} {n}" for why, n in fixes_rows.unfixed(every)]
    result.notes.append("vulnerable releases end in: " + ", ".join(f"{name} {n}" for name, n in ends.most_common()))
    return result


def best(findings: Any) -> str:
    """The verdict that came furthest, of the findings of one flow."""
    order = ("proven", "not triggered", "budget spent", "not reached", "timeout", "out of memory", "unsafe to run")
    ends = [finding["result"] for finding in findings]
    return next((name for name in order if name in ends), ends[0] if ends else "no lead")
