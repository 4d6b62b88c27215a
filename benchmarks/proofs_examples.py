"""Proofs on the bundled examples: every planted weakness is proven, and no near-miss is. And on packages that execute, load or
render what they are given by design: nothing is proven."""

from __future__ import annotations

import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fixes_rows
from hunting import PROVEN, Asked, hunted
from pairs import share
from table import US, Figure, NotMeasured, Row, Section

from casemate.model.proof import Fidelity

TIMEOUT_SECONDS = 1800
EXAMPLES = Path(__file__).parents[1] / "examples"


def example(
    name: str, python: Path | None, work: Path, *, jobs: int, fix: bool
) -> tuple[Section, list[dict[str, Any]]]:
    """Hunt an example, and compare with its `expected.toml`."""
    result = Section(title=f"Proofs on the bundled example {name}")
    folder = EXAMPLES / name
    if not (folder / "expected.toml").is_file():
        result.missing.append(NotMeasured(what=result.title, why=f"there is no example {name!r}"))
        return result, []
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    told = hunted(Asked(target=folder, python=python, jobs=jobs, fix=fix), work, timeout=TIMEOUT_SECONDS)
    if told.failure:
        result.missing.append(NotMeasured(what=result.title, why=told.failure))
        return result, []
    proven = [one for one in told.findings if one["result"] == PROVEN]
    places = {(one["rule"], one["path"], one["line"]) for one in proven}
    planted = [(one["rule"], one["file"], one["line"]) in places for one in expected["weakness"]]
    reached = {
        (one["rule"], one["path"], one["line"]) for one in proven if one["proof"]["fidelity"] == Fidelity.ENTRY_POINT
    }
    entered = [(one["rule"], one["file"], one["line"]) in reached for one in expected["weakness"]]
    functions = {(one["rule"], one["path"], one["function"]) for one in proven}
    near = [(one["rule"], one["file"], one["function"]) in functions for one in expected["near_miss"]]
    known = {(one["rule"], one["file"], one["line"]) for one in expected["weakness"]}
    others = len(places - known)
    result.rows = [
        Row(measure="planted weaknesses proven", figures={US: share(sum(planted), len(planted))}),
        Row(measure="planted, proven through an entry point", figures={US: share(sum(entered), len(entered))}),
        Row(measure="near-misses proven", figures={US: share(sum(near), len(near))}),
        Row(measure="proven, and neither of them", figures={US: Figure(value=others, text=str(others))}),
        Row(measure="seconds", figures={US: Figure(value=told.seconds, text=f"{told.seconds:.0f}")}),
    ]
    result.rows += fixes_rows.rows(proven, [[one] for one in proven])
    result.notes += [f"not fixed: {why} {n}" for why, n in fixes_rows.unfixed(proven)]
    ends = Counter(one["result"] for one in told.findings)
    if stood := sorted({stub for one in proven for stub in one["proof"]["stubs"]}):
        result.notes.append(f"stand-ins stood for: {', '.join(stood)}")
    result.notes.append(f"findings of {name} end in: " + ", ".join(f"{end} {n}" for end, n in ends.most_common()))
    return result, list(told.findings)


def by_design(
    releases: Path, environments: Path, work: Path, *, jobs: int, limit: int | None
) -> tuple[Section, list[dict[str, Any]]]:
    """Hunt every package below `releases` (PACKAGE/VERSION). The table has counts alone: whatever is found there is other
    people's, and no matter for a table."""
    folders = sorted(folder for folder in releases.glob("*/*") if folder.is_dir())[:limit]

    def one(folder: Path) -> dict[str, Any]:
        name = f"{folder.parent.name}-{folder.name}"
        environment = environments / name
        python = environment if (environment / "bin" / "python").exists() else None
        told = hunted(Asked(target=folder.resolve(), python=python), work / name, timeout=TIMEOUT_SECONDS)
        return {"release": name, "failure": told.failure, "seconds": told.seconds, "findings": told.findings}

    with ThreadPoolExecutor(jobs) as pool:
        records = list(pool.map(one, folders))
    result = Section(title=f"Proofs on {len(folders)} packages that execute, load or render by design")
    measured = [one for one in records if not one["failure"]]
    result.missing = [NotMeasured(what="a package", why=one["failure"]) for one in records if one["failure"]]
    if not measured:
        return result, records
    ends = Counter(finding["result"] for one in measured for finding in one["findings"])
    having = sum(any(finding["result"] == PROVEN for finding in one["findings"]) for one in measured)
    result.rows = [
        Row(measure="packages in which something is proven", figures={US: share(having, len(measured))}),
        Row(measure="findings proven", figures={US: Figure(value=ends[PROVEN], text=str(ends[PROVEN]))}),
        Row(measure="findings put to the proof", figures={US: Figure(value=ends.total(), text=f"{ends.total():,}")}),
    ]
    result.notes.append("they end in: " + ", ".join(f"{end} {n}" for end, n in ends.most_common()))
    return result, records
