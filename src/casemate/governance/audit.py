"""The audit of a whole ledger: everything that its checkpoint covers is computed again from the entries.

Tiles and bundles are compared byte by byte, also those of earlier sizes that are still on disk. What the log says must
hold together as well: an operation ends once, after it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from casemate.governance.entries import After, Before, decode
from casemate.governance.errors import LedgerDamaged
from casemate.governance.ledger import CHECKPOINT, Log
from casemate.governance.merkle import HASH_SIZE
from casemate.governance.note import Checkpoint
from casemate.governance.tiles import WIDTH, RightEdge, Tile, beginning, grow, tiles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as the ledger tells it.

    index, end: of its entries. after, end: None while it runs, or when it was killed before it could say so.
    """

    index: int
    before: Before
    after: After | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was checked, and what is wrong.

    head: as signed. tiles: files compared. operations: in order of their beginning, unless they were told one by one. begun,
    unfinished: how many. unknown: how many entries are of no known form. leftovers: files of an append that was interrupted.
    foreign: files that are none of the log's. problems: one line each, in the order in which they were met; empty when the ledger
    is intact.
    """

    head: Checkpoint
    tiles: int
    operations: tuple[Operation, ...]
    begun: int
    unfinished: int
    unknown: int
    leftovers: tuple[str, ...]
    foreign: tuple[str, ...]
    problems: tuple[str, ...]


def audit(ledger: Log, tell: Callable[[Operation], None] | None = None) -> Audit:
    """Check everything below the checkpoint. Raises LedgerMissing, and LedgerDamaged when the checkpoint is not valid.

    tell: told each operation as soon as it has ended, and at last those that have not: then nothing of the log is kept in memory
    but the operations that are open.
    """
    head, _ = ledger.head()
    told: list[Operation] = []
    names = sorted(ledger.names())  # listed before anything is read: what an append adds meanwhile is not looked at
    comparison, history = _Comparison(ledger), _History(told.append if tell is None else tell)
    edge = RightEdge()
    try:
        for start in range(0, head.size, WIDTH):
            entries = ledger.bundle(start // WIDTH, min(WIDTH, head.size - start))
            growth = grow(edge, entries)
            for tile, data in growth.full:
                comparison.current(tile, data)
            for index, entry in enumerate(entries, start):
                history.take(index, entry)
            edge = growth.edge
    except LedgerDamaged as error:
        comparison.problems.append(error.what)
    else:
        for tile, data in edge.tiles():
            comparison.current(tile, data)
        if edge.root != head.root:
            comparison.problems.append("the entries do not give the root that the checkpoint states")
    unfinished = history.end()
    leftovers, foreign = comparison.others(names, head.size)
    return Audit(
        head=head,
        tiles=comparison.compared,
        operations=tuple(sorted(told, key=lambda operation: operation.index)),
        begun=history.begun,
        unfinished=unfinished,
        unknown=history.unknown,
        leftovers=leftovers,
        foreign=foreign,
        # Entries that are not those that were signed tell nothing of what happened.
        problems=tuple(comparison.problems or history.problems),
    )


class _Comparison:
    """Files of the log against what its entries give."""

    def __init__(self, ledger: Log) -> None:
        self._ledger = ledger
        self.compared = 0
        self.problems: list[str] = []

    def current(self, tile: Tile, expected: bytes) -> None:
        """A tile that the checkpoint demands."""
        self.compared += 1
        stored = self._ledger.tile(tile)
        if stored == expected:
            return
        if stored is None:
            self.problems.append(f"{tile.path} is missing")
        elif tile.level == 0 and len(stored) == len(expected):
            index = next(
                i for i in range(0, len(stored), HASH_SIZE) if stored[i:][:HASH_SIZE] != expected[i:][:HASH_SIZE]
            )
            entry = tile.index * WIDTH + index // HASH_SIZE
            self.problems.append(f"entry {entry} does not have the hash that stands in {tile.path}")
        else:
            self.problems.append(f"{tile.path} is not what the entries give")

    def others(self, names: Iterable[str], size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The remaining files: those of earlier sizes are compared; names of leftovers and of foreign ones."""
        sound = not self.problems  # else those of earlier sizes would be blamed for the current ones
        demanded = {tile.full: tile for tile in tiles_of(size)}
        leftovers: list[str] = []
        foreign: list[str] = []
        for name in names:
            tile = Tile.parse(name)
            if tile is None:
                foreign.extend([name] if name != CHECKPOINT else [])
            elif (now := demanded.get(tile.full)) is None or tile.width > now.width:
                leftovers.append(name)
            elif tile != now and sound:
                self._superseded(tile, now)
        return tuple(leftovers), tuple(foreign)

    def _superseded(self, tile: Tile, now: Tile) -> None:
        stored, current = self._ledger.tile(tile), self._ledger.tile(now)
        self.compared += 1
        if current is None or stored != beginning(current, tile):
            self.problems.append(f"{tile.path} is not the beginning of {now.path}")


class _History:
    """The operations that entries tell of. Only the open ones are held."""

    def __init__(self, tell: Callable[[Operation], None]) -> None:
        self._tell = tell
        self._open: dict[int, Operation] = {}
        self.begun = 0
        self.unknown = 0
        self.problems: list[str] = []

    def take(self, index: int, entry: bytes) -> None:
        """The next entry of the log."""
        statement = decode(entry)
        if isinstance(statement, Before):
            self.begun += 1
            self._open[index] = Operation(index=index, before=statement)
        elif isinstance(statement, After):
            begun = self._open.get(statement.before)
            if begun is None or begun.before.operation != statement.operation:
                self.problems.append(f"entry {index} ends an operation that was not open: {statement.before}")
            else:
                del self._open[begun.index]
                self._tell(replace(begun, after=statement, end=index))
        else:
            self.unknown += 1

    def end(self) -> int:
        """Tell of those that have not ended; how many."""
        for operation in self._open.values():
            self._tell(operation)
        return len(self._open)
