"""Near-misses: what somebody or something tried and was refused, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casemate.governance.entries import After, Before, Outcome, decode
from casemate.governance.ledger import Ledger
from casemate.governance.tiles import WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An operation that was denied, or within which calls were refused. index: of its last entry. names: of its subject. refused:
    how many calls. reason: "" when only calls were refused."""

    index: int
    time: datetime
    operation: str
    actor: str
    names: tuple[str, ...]
    reason: str
    refused: int


def near_misses(ledger: Ledger, size: int) -> Iterator[NearMiss]:
    """Those among the first entries of a ledger, newest first; only as much is read as is asked for. Raises LedgerDamaged."""
    for first in range((size - 1) // WIDTH * WIDTH, -1, -WIDTH):
        entries = ledger.bundle(first // WIDTH, min(WIDTH, size - first))
        for index, entry in reversed(list(enumerate(entries, first))):
            after = decode(entry)
            if isinstance(after, After) and (after.outcome is Outcome.DENIED or after.refused):
                yield _near_miss(ledger, index, after)


def _near_miss(ledger: Ledger, index: int, after: After) -> NearMiss:
    before = None
    if 0 <= after.before < index:
        before = decode(ledger.bundle(after.before // WIDTH, after.before % WIDTH + 1)[-1])
    begun = before if isinstance(before, Before) else None
    return NearMiss(
        index=index,
        time=after.time,
        operation=after.operation,
        actor=begun.actor if begun else "",
        names=begun.names if begun else (),
        reason=after.reason,
        refused=after.refused,
    )
