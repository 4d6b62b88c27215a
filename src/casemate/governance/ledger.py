"""The ledger: an append-only log of entries in a LedgerStore, with a signed checkpoint as its head.

An append writes entry bundles, then hash tiles, then the checkpoint, each durably. The checkpoint is the commit: a
crash before it leaves the old log (and tiles that no checkpoint speaks of, which the next append overwrites), a crash
after it leaves the new one. So there is no repair step: opening is reading the checkpoint and the right edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from casemate.governance.errors import LedgerDamaged, LedgerMissing
from casemate.governance.merkle import (
    EMPTY_ROOT,
    PerfectSubtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from casemate.governance.note import Checkpoint, InvalidNote, VerifierKey, open_checkpoint, sign_checkpoint
from casemate.governance.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    RightEdge,
    Tile,
    beginning,
    decode_bundle,
    decode_hashes,
    grow,
)
from casemate.ports import LedgerStore, Signer

CHECKPOINT = "checkpoint"
_SEE_DOCS = "run `casemate ledger verify`, and see docs/ledger.md on how to set a damaged ledger aside"


def log_key(public_key: bytes) -> VerifierKey:
    """The log's verifier key. Its name, which is the log's origin, follows from the key: a new key is a new log.

    `.alt` is the top-level name set aside for names outside the DNS (RFC 9476).
    """
    return VerifierKey(name=f"casemate.alt/ledger/{sha256(public_key).hexdigest()[:32]}", key=public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That an entry stands in the log: everything an outsider needs besides the log's public key."""

    index: int
    entry: bytes
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """That a log of one size continues itself at a smaller one. proof: RFC 6962 §2.1.2, as checked against both roots."""

    first: Checkpoint
    second: Checkpoint
    proof: tuple[bytes, ...]


class Log:
    """A log to read, below one store, under its public key: no private key is needed."""

    def __init__(self, *, store: LedgerStore, key: VerifierKey) -> None:
        self._store = store
        self.key = key

    def head(self) -> tuple[Checkpoint, bytes]:
        """The verified checkpoint, and the signed note it was read from. LedgerMissing when nothing was recorded."""
        note = self._store.read(CHECKPOINT)
        if note is None:
            tiles = any(Tile.parse(name) for name in self._store.names())
            note = self._store.read(CHECKPOINT)  # again: another process may have begun the log in between
        if note is None:
            if tiles:
                raise LedgerDamaged("the ledger has entries but its checkpoint is gone", next_step=_SEE_DOCS)
            raise LedgerMissing(
                "the ledger is empty: nothing was recorded yet",
                next_step="run a scan first, or set CASEMATE_HOME to where the ledger is",
            )
        return self._open(note), note

    def prove(self, index: int, under: bytes | None = None) -> Inclusion:
        """The entry and the proof that a checkpoint covers it; IndexError when there is no such entry.

        under: an earlier checkpoint of this log, such as one that a witness holds; by default the current one.
        """
        head, current = self.head()
        note = current if under is None else under
        covering = head if under is None else self._open(under)
        if not 0 <= index < covering.size <= head.size:
            raise IndexError(index)
        width = min(WIDTH, head.size - index // WIDTH * WIDTH)
        entry = self.bundle(index // WIDTH, width)[index % WIDTH]
        proof = inclusion_proof(index, covering.size, self._perfect_subtrees(head.size))
        leaf = leaf_hash(entry)
        if not verify_inclusion(leaf=leaf, index=index, size=covering.size, proof=proof, root=covering.root):
            raise LedgerDamaged(f"entry {index!r} is not what the checkpoint covers", next_step=_SEE_DOCS)
        return Inclusion(index=index, entry=entry, proof=proof, checkpoint=covering, note=note)

    def consistency(self, first: int, second: int | None = None) -> Consistency:
        """The proof that the log's first entries are still what they were, between two sizes of it, by default up to now.

        Both roots are checked against the signed checkpoint. Raises IndexError for a size that the log never had, LedgerDamaged
        when its tiles are not those of the checkpoint.
        """
        head, _ = self.head()
        second = head.size if second is None else second
        if not 0 <= first <= second <= head.size:
            raise IndexError(first if first > head.size else second)
        perfect = self._perfect_subtrees(head.size)
        roots = [range_root(0, size, perfect) if size else EMPTY_ROOT for size in (first, second)]
        for size, root in zip((first, second), roots, strict=True):
            proof = consistency_proof(size, head.size, perfect)
            if not verify_consistency(
                first=size, first_root=root, second=head.size, second_root=head.root, proof=proof
            ):
                raise LedgerDamaged("the ledger's tiles do not give the root of its checkpoint", next_step=_SEE_DOCS)
        one, two = (
            Checkpoint(origin=self.key.name, size=s, root=r) for s, r in zip((first, second), roots, strict=True)
        )
        return Consistency(first=one, second=two, proof=consistency_proof(first, second, perfect))

    def tile(self, tile: Tile) -> bytes | None:
        """A tile's bytes: its own file, or the beginning of the full tile that has replaced it."""
        data = self._store.read(tile.path)
        if data is None and tile.width < WIDTH:
            full = self._store.read(tile.full.path)
            data = None if full is None else beginning(full, tile)
        return data

    def bundle(self, index: int, width: int) -> tuple[bytes, ...]:
        """The first entries of a bundle; LedgerDamaged when they are not there."""
        tile = Tile(level=ENTRIES, index=index, width=width)
        data = self.tile(tile)
        try:
            entries = decode_bundle(data or b"")
        except ValueError:
            entries = ()
        if len(entries) != width:
            raise LedgerDamaged(f"the ledger's {tile.path!r} is missing or damaged", next_step=_SEE_DOCS)
        return entries

    def names(self) -> Iterator[str]:
        """The names of all files of the log, committed or not."""
        return iter(self._store.names())

    def _perfect_subtrees(self, size: int) -> PerfectSubtree:
        """The hashes of a log of that size, read from its tiles."""

        @cache
        def hashes(level: int, index: int) -> tuple[bytes, ...]:
            width = min(WIDTH, size // WIDTH**level - index * WIDTH)
            return self._hashes(Tile(level=level, index=index, width=width))

        def perfect(level: int, index: int) -> bytes:
            tile_level, height = divmod(level, HEIGHT)
            tile, first = divmod(index << height, WIDTH)
            return tree_root(hashes(tile_level, tile)[first : first + (1 << height)])

        return perfect

    def _open(self, note: bytes) -> Checkpoint:
        try:
            return open_checkpoint(note, self.key)
        except InvalidNote as error:
            raise LedgerDamaged(f"the ledger's checkpoint is not valid ({error})", next_step=_SEE_DOCS) from error

    def _hashes(self, tile: Tile) -> tuple[bytes, ...]:
        data = self.tile(tile)
        try:
            hashes = decode_hashes(data or b"")
        except ValueError:
            hashes = ()
        if len(hashes) != tile.width:
            raise LedgerDamaged(f"the ledger's {tile.path!r} is missing or damaged", next_step=_SEE_DOCS)
        return hashes


class Ledger(Log):
    """The log below one store, to which the holder of its key adds."""

    def __init__(self, *, store: LedgerStore, signer: Signer) -> None:
        super().__init__(store=store, key=log_key(signer.public_key))
        self._signer = signer
        self._written: tuple[bytes, RightEdge] | None = None

    def append(self, entry: bytes | Callable[[int], bytes]) -> int:
        """Add an entry durably, and sign the new head; the entry's index.

        An entry that depends on those before it is made by a function of their number, while nobody else can add one.
        Raises LedgerDamaged when the log's head or right edge is not what was signed, and what the store raises.
        """
        return self._append(lambda size: (entry if isinstance(entry, bytes) else entry(size),))

    def append_many(self, entries: Sequence[bytes]) -> int:
        """Add entries durably under one new head, all of them or none; the index of the first. Raises as `append` does."""
        return self._append(lambda size: entries)

    def _append(self, make: Callable[[int], Sequence[bytes]]) -> int:
        with self._store.lock():
            edge = self._edge()
            entries = make(edge.size)
            if not entries:
                return edge.size
            growth = grow(edge, entries)
            self._clear(edge.size, growth.edge.size)
            self._store.write_all((tile.path, data) for tile, data in (*growth.full, *growth.partial))
            head = Checkpoint(origin=self.key.name, size=growth.edge.size, root=growth.edge.root)
            note = sign_checkpoint(head, self._signer)
            self._store.write(CHECKPOINT, note)
            self._written = (note, growth.edge)
            for tile, _ in growth.full:  # tlog-tiles: partial tiles may go once the full one is there
                self._store.remove(tile.partial_folder)
        return edge.size

    def _clear(self, size: int, grown: int) -> None:
        """Before several entries at once: remove what an append that was cut off left of the sizes that are skipped now.

        One entry at a time overwrites it. Here it would stay, and later look like a tile of an earlier size that was changed.
        """
        if grown - size < 2:
            return
        for level in (ENTRIES, *range(64)):
            span = WIDTH ** max(level, 0)  # entries below one hash of the level
            hashes, later = size // span, grown // span
            if later == hashes:
                break
            for index in range(hashes // WIDTH, later // WIDTH + 1):
                kept = hashes % WIDTH if index == hashes // WIDTH else 0
                self._store.remove(Tile(level=level, index=index).partial_folder, above=kept)

    def _edge(self) -> RightEdge:
        """The right edge to append to, checked against the checkpoint: nothing is signed over damage."""
        note = self._store.read(CHECKPOINT)
        if self._written is not None and self._written[0] == note:
            return self._written[1]
        try:
            head, _ = self.head()
        except LedgerMissing:
            # The empty log gets a head of its own, so that later a missing checkpoint is known to be a loss.
            empty = Checkpoint(origin=self.key.name, size=0, root=EMPTY_ROOT)
            self._store.write(CHECKPOINT, sign_checkpoint(empty, self._signer))
            return RightEdge()
        if self._written is not None and head.size < self._written[1].size:
            raise LedgerDamaged(
                f"the ledger shrank from {self._written[1].size!r} to {head.size!r} entries", next_step=_SEE_DOCS
            )
        edge = self._read_edge(head.size)
        if edge.root != head.root:
            raise LedgerDamaged("the ledger's tiles do not give the root of its checkpoint", next_step=_SEE_DOCS)
        if tuple(map(leaf_hash, edge.entries)) != (edge.levels[0] if edge.levels else ()):
            raise LedgerDamaged("the ledger's last entries are not those of its tiles", next_step=_SEE_DOCS)
        return edge

    def _read_edge(self, size: int) -> RightEdge:
        levels: list[tuple[bytes, ...]] = []
        count = size
        while count:
            full, rest = divmod(count, WIDTH)
            levels.append(self._hashes(Tile(level=len(levels), index=full, width=rest)) if rest else ())
            count = full
        entries = self.bundle(size // WIDTH, size % WIDTH) if size % WIDTH else ()
        return RightEdge(size=size, entries=entries, levels=tuple(levels))
