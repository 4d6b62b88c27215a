"""Proofs on OWASP BenchmarkPython: true cases proven by category, and safe cases proven, of which there must be none.

A proof counts for a case when it lies in the case's file and its CWE fits the case's. Categories are hunted one after the other;
what stands in the work folder is not hunted again, so a run that was ended goes on.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fixes_rows
from hunting import PROVEN, RAN, UNLOADED, Asked, Spot, Told, hunted
from owasp import Corpus
from pairs import share
from proofs_pairs import best, scorer_of
from table import US, Figure, NotMeasured, Row, Section

TIMEOUT_SECONDS = 3600
CANARY = (
    "pathtraver", "cmdi", "codeinj", "sqli", "xss", "ldapi", "xpathi", "deserialization", "redirect", "xxe",
)  # fmt: skip
OBSERVATION = ("hash", "weakrand", "securecookie", "trustbound")
CASES = "testcode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file of the corpus. true: it holds the weakness that its category says."""

    name: str
    category: str
    true: bool
    cwe: int

    @property
    def path(self) -> str:
        """Its file, below the corpus."""
        return f"{CASES}/{self.name}.py"


def cases(corpus: Corpus) -> list[Case]:
    """All cases, as the labels have them."""
    with corpus.expected().open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    return [Case(name=row[0], category=row[1], true=row[2] == "true", cwe=int(row[3])) for row in rows]


def measure(
    corpus: Corpus,
    python: Path | None,
    work: Path,
    *,
    categories: tuple[str, ...],
    limit: int | None,
    jobs: int,
    fix: bool,
) -> tuple[Section, dict[str, Any]]:
    """Hunt the categories. limit: only the first true and the first safe cases of each, so many of either."""
    accepted = scorer_of(corpus.scorer).ALIAS
    result = Section(title="Proofs on OWASP BenchmarkPython")
    records: list[dict[str, Any]] = []
    told: list[Told] = []
    for category in categories:
        every = [case for case in cases(corpus) if case.category == category]
        chosen = [case for true in (True, False) for case in [one for one in every if one.true is true][:limit]]
        found = {
            case.path: Spot(path=case.path, cwes=tuple(sorted(accepted.get(case.cwe, {case.cwe})))) for case in chosen
        }
        asked = Asked(
            target=corpus.folder.resolve(),
            python=python,
            spots=tuple(found.values()),
            pedantic=True,
            jobs=jobs,
            fix=fix,
        )
        one = hunted(asked, work / (category if limit is None else f"{category}-{limit}"), timeout=TIMEOUT_SECONDS)
        if one.failure:
            result.missing.append(NotMeasured(what=category, why=one.failure))
            continue
        told.append(one)
        for case in chosen:
            records.append(record(case, [finding for finding in one.findings if finding["path"] == case.path]))
    if records:
        result.rows = rows(records, told)
        misses = Counter(best(one["findings"]) for one in records if one["true"] and not one["proven"])
        proven = [[one for one in case["findings"] if one["result"] == PROVEN] for case in records if case["proven"]]
        every = [one for case in proven for one in case]
        result.rows += fixes_rows.rows(every, proven)
        result.notes += [f"not fixed: {why} {n}" for why, n in fixes_rows.unfixed(every)]
        result.notes.append("true cases not proven: " + ", ".join(f"{why} {n}" for why, n in misses.most_common()))
    return result, {"cases": records, "misses": by_verdict(records)}


def record(case: Case, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """What came of a case."""
    return {
        "name": case.name,
        "category": case.category,
        "true": case.true,
        "lead": bool(findings),
        "loaded": any(one["result"] not in UNLOADED for one in findings),
        "driven": any(one["result"] in RAN for one in findings),
        "proven": any(one["result"] == PROVEN for one in findings),
        "findings": findings,
    }


def rows(records: list[dict[str, Any]], told: list[Told]) -> list[Row]:
    """Shares of the true cases by category, then of all, the safe ones, the funnel, and what it took."""
    true = [one for one in records if one["true"]]
    safe = [one for one in records if not one["true"]]

    def proven(name: str, among: list[dict[str, Any]], key: str = "proven") -> Row:
        return Row(measure=name, figures={US: share(sum(one[key] for one in among), len(among))})

    table = []
    for category in (*CANARY, *OBSERVATION):
        if among := [one for one in true if one["category"] == category]:
            table.append(proven(f"{category}, true cases proven", among))
    for name, group in (("canary", CANARY), ("observation", OBSERVATION)):
        if among := [one for one in true if one["category"] in group]:
            table.append(proven(f"by {name}, true cases proven", among))
    if safe:
        table.append(proven("safe cases proven", safe))
    table += [proven(f"funnel, true cases: {key}", true, key) for key in ("lead", "loaded", "driven", "proven") if true]
    executions, seconds = sum(one.executions for one in told), sum(one.seconds for one in told)
    table.append(Row(measure="executions", figures={US: Figure(value=executions, text=f"{executions:,}")}))
    table.append(Row(measure="seconds, scans included", figures={US: Figure(value=seconds, text=f"{seconds:,.0f}")}))
    return table


def by_verdict(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The true cases that are not proven, and the safe ones that are, to be read: by how they ended."""
    out: dict[str, list[str]] = {}
    for one in records:
        if one["true"] and not one["proven"]:
            detail = next((finding["detail"] for finding in one["findings"]), "")
            out.setdefault(f"{best(one['findings'])}: {detail[:100]}", []).append(f"{one['name']} {one['category']}")
        elif not one["true"] and one["proven"]:
            out.setdefault("FALSE PROOF", []).append(f"{one['name']} {one['category']}")
    return {key: out[key] for key in sorted(out, key=lambda key: -len(out[key]))}
