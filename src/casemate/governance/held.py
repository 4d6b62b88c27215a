"""What others hold of a log, compared with the log: history that was rewritten since then shows.

A log that its owner rewrote whole is consistent in itself. Only a checkpoint that was given away before can contradict it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casemate.governance.audit import Operation
from casemate.governance.cosignature import Cosigned, WitnessKey, open_cosigned
from casemate.governance.entries import Facts, Outcome
from casemate.governance.ledger import Log
from casemate.governance.note import Checkpoint, InvalidNote
from casemate.model.errors import UserError

MAX_AHEAD = timedelta(hours=1)  # how much a witness's clock may be ahead of ours
ADDED = "witness-add"
STAMPED = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A checkpoint outside of the owner's hands. who: the witness's name, or the authority's. time: since when."""

    who: str
    checkpoint: Checkpoint
    time: datetime


def holding(cosigned: Cosigned) -> Holding:
    """What a witness holds."""
    return Holding(who=cosigned.witness.name, checkpoint=cosigned.checkpoint, time=cosigned.time)


def accept(note: bytes, log: Log, witness: WitnessKey, now: datetime) -> Cosigned:
    """A checkpoint that came back from a witness, if it is one of this log as it is. Raises UserError, LedgerDamaged."""
    if witness.key == log.key.key:
        raise UserError("a ledger's own key is no witness of it", "let another person or machine witness it")
    try:
        found = open_cosigned(note, log.key, witness)
    except InvalidNote as error:
        raise UserError(
            f"it is no checkpoint of this ledger that the witness cosigned ({error})",
            "check --key, and ask the witness for what `casemate ledger witness` printed",
        ) from error
    if found.time > now + MAX_AHEAD:
        raise UserError(
            f"it was cosigned at {found.time:%Y-%m-%d %H:%M:%S}Z, which is in the future",
            "compare both machines' clocks",
        )
    for line in contradictions(log, [holding(found)]):
        raise UserError(line, "run `casemate ledger verify`, and see docs/witness.md")
    return found


def contradictions(log: Log, held: Iterable[Holding]) -> tuple[str, ...]:
    """Where the log does not continue what others hold of it, one line each. Raises LedgerDamaged."""
    head, _ = log.head()
    lines: list[str] = []
    for one in held:
        seen, when = one.checkpoint, f"{one.time:%Y-%m-%d %H:%M:%S}Z"
        if seen.origin != log.key.name:
            lines.append(f"{one.who} holds a checkpoint of another log, {seen.origin}")
        elif seen.size > head.size:
            lines.append(
                f"{one.who} holds {seen.size} entries since {when}, and the ledger has {head.size}: it was cut short or set back"
            )
        elif log.consistency(seen.size).first.root != seen.root:
            lines.append(f"{one.who} holds other first {seen.size} entries since {when}: history was rewritten")
    return tuple(lines)


class Expected:
    """Which holdings the log itself tells of: to be told each operation, then asked which of them are gone. operations: names of
    those that add holdings."""

    def __init__(self, operations: tuple[str, ...]) -> None:
        self._operations = operations
        self._added: dict[tuple[str, int, str], int] = {}

    def take(self, operation: Operation) -> None:
        """The next operation."""
        after = operation.after
        if after is not None and after.outcome is Outcome.COMPLETED and after.operation in self._operations:
            self._added[_key(after.facts)] = operation.index

    def gone(self, held: Iterable[Holding]) -> tuple[str, ...]:
        """What the log says was added and is not there any more, one line each."""
        there = {(one.who, one.checkpoint.size, one.checkpoint.root.hex()) for one in held}
        return tuple(
            f"entry {index} says that {who} holds {size} entries, and what shows it is gone"
            for (who, size, root), index in self._added.items()
            if (who, size, root) not in there
        )


def facts(one: Holding) -> Facts:
    """What the ledger says of a holding that was added."""
    return {"holder": one.who, "size": one.checkpoint.size, "root": one.checkpoint.root.hex()}


def _key(said: Facts) -> tuple[str, int, str]:
    size = said.get("size", 0)
    return str(said.get("holder", "")), size if isinstance(size, int) else 0, str(said.get("root", ""))
