"""Rows about fixes, of any hunt that was to fix what it proved."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

from pairs import share
from table import US, Figure, Row


def rows(findings: list[dict[str, Any]], cases: list[list[dict[str, Any]]]) -> list[Row]:
    """findings: what was proven, each with what became of the attempt to fix it. cases: the same by the case that they are of: a
    case is fixed when one of its proven findings is."""
    if not any("fix" in one for one in findings):
        return []
    fixed = [any(one["fix"]["offered"] for one in case) for case in cases]
    tested = [any(one["fix"]["tested"] for one in case) for case in cases]
    out = [
        Row(measure="proven and fixed, all applicable rungs", figures={US: share(sum(fixed), len(fixed))}),
        Row(measure="of the fixed, with the target's tests", figures={US: share(sum(tested), max(1, sum(fixed)))}),
    ]
    took = [one["fix"]["seconds"] for one in findings if one["fix"]["offered"]]
    lines = [one["fix"]["offered"]["lines"] for one in findings if one["fix"]["offered"]]
    if took:
        for name, values in (("seconds from proof to patch, median", took), ("changed lines, median", lines)):
            value = median(values)
            out.append(Row(measure=name, figures={US: Figure(value=value, text=f"{value:,.1f}")}))
    return out


def unfixed(findings: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Why nothing was offered, the most frequent first."""
    return Counter(one["fix"]["why"] for one in findings if "fix" in one and one["fix"]["why"]).most_common()
