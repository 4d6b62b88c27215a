"""The C2SP tlog-tiles layout (c2sp.org/tlog-tiles): names, tiles, entry bundles, and how a log's right edge grows.

Pure: what to write under which name, never the writing itself. Tiles are 256 hashes wide; at level 0 they hold leaf
hashes, at level L the roots of full tiles of level L - 1. Partial tiles carry their width in the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casemate.governance.merkle import EMPTY_ROOT, HASH_SIZE, leaf_hash, tree_root

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = -1  # the level of entry bundles, whose names say "entries" instead of a number
MAX_ENTRY = 0xFFFF  # bytes: bundles carry uint16 lengths

_NAME = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tile:
    """Coordinates of a tile, or of an entry bundle when level is ENTRIES."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (ENTRIES <= self.level <= 63 and self.index >= 0 and 1 <= self.width <= WIDTH):
            raise ValueError(f"no such tile: {self.level!r}, {self.index!r}, {self.width!r}")

    @property
    def full(self) -> Tile:
        """The same place, 256 wide."""
        return Tile(level=self.level, index=self.index)

    @property
    def path(self) -> str:
        """The name, such as `tile/0/x001/x234/067` or `tile/entries/000.p/7`."""
        stem = f"tile/{'entries' if self.level == ENTRIES else self.level}/{_encode_index(self.index)}"
        return stem if self.width == WIDTH else f"{stem}.p/{self.width}"

    @property
    def partial_folder(self) -> str:
        """The folder of this place's partial tiles."""
        return f"{self.full.path}.p"

    @classmethod
    def parse(cls, path: str) -> Tile | None:
        """The tile of that name, or None when it names none; only the one canonical spelling is a name."""
        match = _NAME.fullmatch(path)
        if match is None or int(match[3] or 1) >= WIDTH:
            return None
        level = ENTRIES if match[1] == "entries" else int(match[1])
        if level > 63:
            return None
        index = int(match[2].replace("x", "").replace("/", ""))
        tile = cls(level=level, index=index, width=int(match[3] or WIDTH))
        return tile if tile.path == path else None


def _encode_index(index: int) -> str:
    """Zero-padded groups of three digits, all but the last marked by an x."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def tiles_of(size: int) -> Iterator[Tile]:
    """Every hash tile and every entry bundle of a log of that size, bundles first, lower levels first."""
    level, count = ENTRIES, size
    while count:
        full, rest = divmod(count, WIDTH)
        for index in range(full):
            yield Tile(level=level, index=index)
        if rest:
            yield Tile(level=level, index=full, width=rest)
        level += 1
        if level > 0:
            count = full


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after another, each behind its length as a big-endian uint16."""
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"an entry has at most {MAX_ENTRY} bytes, this one {len(entry)!r}")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle; ValueError when the lengths do not fit the data."""
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise ValueError("the bundle ends in the middle of an entry")
        entries.append(data[start:position])
    return tuple(entries)


def decode_hashes(data: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile; ValueError when the length is no multiple of a hash's."""
    if len(data) % HASH_SIZE:
        raise ValueError(f"a tile has whole hashes of {HASH_SIZE} bytes, this one {len(data)!r} bytes")
    return tuple(data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE))


def beginning(data: bytes, tile: Tile) -> bytes:
    """The first part, as wide as the tile, of the bytes of a wider one at the same place; a damaged bundle as it is."""
    if tile.level != ENTRIES:
        return data[: tile.width * HASH_SIZE]
    try:
        return encode_bundle(decode_bundle(data)[: tile.width])
    except ValueError:
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class RightEdge:
    """What of a log an append needs: the hashes and entries that are not yet in a full tile.

    size: entries in the log. entries: of the partial bundle. levels: the hashes of the partial tile of each level.
    """

    size: int = 0
    entries: tuple[bytes, ...] = ()
    levels: tuple[tuple[bytes, ...], ...] = ()

    def __post_init__(self) -> None:
        widths = tuple(self.size // WIDTH**level % WIDTH for level in range(len(self.levels)))
        if (
            tuple(map(len, self.levels)) != widths
            or len(self.entries) != self.size % WIDTH
            or self.size >= WIDTH ** len(self.levels)
        ):
            raise ValueError(f"not the right edge of a log of size {self.size!r}")

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        ragged: list[bytes] = []
        for hashes in self.levels:
            row = [*hashes, *ragged]
            ragged = [tree_root(row)] if row else []
        return ragged[0] if ragged else EMPTY_ROOT

    def tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """The partial bundle and the partial tiles."""
        if self.entries:
            tile = Tile(level=ENTRIES, index=self.size // WIDTH, width=len(self.entries))
            yield tile, encode_bundle(self.entries)
        for level, hashes in enumerate(self.levels):
            if hashes:
                tile = Tile(level=level, index=self.size // WIDTH ** (level + 1), width=len(hashes))
                yield tile, b"".join(hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The edge after an append; the tiles that became full; and the partial tiles that changed. Bundles come first."""

    edge: RightEdge
    full: tuple[tuple[Tile, bytes], ...]
    partial: tuple[tuple[Tile, bytes], ...]


def grow(edge: RightEdge, entries: Sequence[bytes]) -> Growth:
    """Append entries to an edge: O(log n) hashes and tiles for each."""
    bundle, levels, size = list(edge.entries), [list(hashes) for hashes in edge.levels], edge.size
    full: list[tuple[Tile, bytes]] = []
    touched = {ENTRIES}
    for entry in entries:
        size += 1
        bundle.append(entry)
        if len(bundle) == WIDTH:
            full.append((Tile(level=ENTRIES, index=size // WIDTH - 1), encode_bundle(bundle)))
            bundle = []
        carry = leaf_hash(entry)
        for level in range(len(levels) + 1):
            if level == len(levels):
                levels.append([])
            levels[level].append(carry)
            touched.add(level)
            if len(levels[level]) < WIDTH:
                break
            carry = tree_root(levels[level])
            full.append((Tile(level=level, index=size // WIDTH ** (level + 1) - 1), b"".join(levels[level])))
            levels[level] = []
    grown = RightEdge(size=size, entries=tuple(bundle), levels=tuple(map(tuple, levels)))
    return Growth(
        edge=grown,
        full=tuple(sorted(full)),
        partial=tuple((tile, data) for tile, data in grown.tiles() if tile.level in touched),
    )
