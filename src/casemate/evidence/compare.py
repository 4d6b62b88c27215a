"""Two reports compared by the identities of their findings: what is new, what is gone, and what is gone only from sight."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casemate import __version__
from casemate.evidence.counts import plural
from casemate.evidence.earlier import Earlier, Result
from casemate.model.lead import Evidence

FORMAT = 1


class Change(StrEnum):
    """What became of a finding, in the order in which it is shown."""

    NEW = "new"  # counts now, and did not before
    HIDDEN = "hidden"  # counted before, and is there still: suppressed, or by design
    UNSEEN = (
        "unseen"  # counted before, and is gone because nobody looked: its rule did not run or its file was not examined
    )
    FIXED = "fixed"  # counted before, and is gone from what was examined
    UNCHANGED = "unchanged"  # counts as before


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Every finding that counts in one of two reports. pattern: the newer one left out files by a pattern, so that what is
    fixed may merely not have been looked at."""

    changes: tuple[tuple[Change, Result], ...]
    pattern: bool

    def of(self, change: Change) -> tuple[Result, ...]:
        """Results of one kind, in the order of the report that they stand in."""
        return tuple(result for kind, result in self.changes if kind is change)


def compare(old: Earlier, new: Earlier) -> Comparison:
    """What changed from the one to the other. Result of what is in both are the newer report's."""
    changes = [*_now(old, new), *_gone(old, new)]
    changes.sort(key=lambda change: tuple(Change).index(change[0]))
    return Comparison(changes=tuple(changes), pattern=new.pattern)


def _now(old: Earlier, new: Earlier) -> Iterable[tuple[Change, Result]]:
    for identity, result in new.results.items():
        before = old.results.get(identity)
        counted = before is not None and before.counts
        if result.counts:
            yield Change.UNCHANGED if counted else Change.NEW, result
        elif counted:
            yield Change.HIDDEN, result


def _gone(old: Earlier, new: Earlier) -> Iterable[tuple[Change, Result]]:
    for identity, result in old.results.items():
        if result.counts and identity not in new.results:
            yield Change.FIXED if new.looked_at(result.rule, result.uri) else Change.UNSEEN, result


def words(comparison: Comparison) -> str:
    """`2 new findings (2 traced), 1 fixed, 12 unchanged`, and what else there is."""
    new = comparison.of(Change.NEW)
    rungs = [(rung, sum(result.evidence is rung for result in new)) for rung in reversed(Evidence)]
    parts = [plural(len(new), "new finding")]
    if new:
        parts[0] += f" ({', '.join(f'{count:,} {rung}' for rung, count in rungs if count)})"
    parts += [f"{len(comparison.of(change)):,} {change}" for change in (Change.FIXED, Change.UNCHANGED)]
    if hidden := len(comparison.of(Change.HIDDEN)):
        parts.append(f"{hidden:,} now hidden")
    if unseen := len(comparison.of(Change.UNSEEN)):
        parts.append(f"{unseen:,} not looked at")
    return ", ".join(parts)


def as_json(comparison: Comparison) -> str:
    """The comparison as one JSON document with a final line feed: every change with its findings."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "tool": {"name": "casemate-diff", "version": __version__},
        "left_out_by_pattern": comparison.pattern,
    }
    document |= {change.value: [_as_json(result) for result in comparison.of(change)] for change in Change}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "identity": result.identity,
        "rule": result.rule,
        "cwe": result.cwe,
        "evidence": result.evidence.value,
        "disposition": result.disposition.value,
        "location": {"path": result.path, "uri": result.uri, "line": result.line},
        "message": result.message,
    }
