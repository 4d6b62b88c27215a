"""The tlog-tiles layout, against the examples of its specification."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.merkle import EMPTY_ROOT, leaf_hash, tree_root
from casemate.governance.tiles import (
    ENTRIES,
    WIDTH,
    RightEdge,
    Tile,
    beginning,
    decode_bundle,
    decode_hashes,
    encode_bundle,
    grow,
    tiles_of,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(level=0, index=1234067), "tile/0/x001/x234/067"),
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=273, width=112), "tile/0/273.p/112"),
        (Tile(level=63, index=999, width=1), "tile/63/999.p/1"),
        (Tile(level=2, index=1000, width=255), "tile/2/x001/000.p/255"),
        (Tile(level=ENTRIES, index=1234067), "tile/entries/x001/x234/067"),
        (Tile(level=ENTRIES, index=5, width=7), "tile/entries/005.p/7"),
    ],
)
def test_names(tile, path):
    """A tile has one name, and the name names that tile."""
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1234",
        "tile/0/x000/067",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/entries/000\n",
        "/tile/0/000",
        "checkpoint",
        "",
    ],
)
def test_names_that_are_none(path):
    """What is not the one canonical spelling names nothing."""
    assert Tile.parse(path) is None


@given(st.integers(ENTRIES, 63), st.integers(0, 10**10), st.integers(1, WIDTH))
def test_names_round_trip(level, index, width):
    """Every tile is found again under its name."""
    tile = Tile(level=level, index=index, width=width)
    assert Tile.parse(tile.path) == tile
    assert Tile.parse(tile.full.path) == tile.full
    assert tile.width == WIDTH or tile.path.startswith(f"{tile.partial_folder}/")


@pytest.mark.parametrize("bad", [{"level": -2}, {"level": 64}, {"index": -1}, {"width": 0}, {"width": 257}])
def test_impossible_tiles(bad):
    """No tile outside the specification's bounds."""
    with pytest.raises(ValueError, match="no such tile"):
        Tile(**{"level": 0, "index": 0, "width": 1} | bad)


def test_tiles_of_the_specifications_example():
    """A tree of size 70,000 has 273 full and one partial level 0 tile of 112, then 1 + 17, then one of width 1."""
    tiles = list(tiles_of(70_000))
    assert [t for t in tiles if t.width < WIDTH] == [
        Tile(level=ENTRIES, index=273, width=112),
        Tile(level=0, index=273, width=112),
        Tile(level=1, index=1, width=17),
        Tile(level=2, index=0, width=1),
    ]
    full = [t for t in tiles if t.width == WIDTH]
    assert [sum(t.level == level for t in full) for level in (ENTRIES, 0, 1, 2)] == [273, 273, 1, 0]


def test_tiles_of_one_full_tile():
    """A tree of size 256 has a full level 0 tile and a partial level 1 tile of width 1; the empty tree has none."""
    assert [t.path for t in tiles_of(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_of(0)) == []


def test_bundle_bytes():
    """Entries stand behind their length as a big-endian uint16."""
    assert encode_bundle([b"", b"ab", b"c" * 258]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x02" + b"c" * 258


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_round_trip(entries):
    """What goes in comes out."""
    assert decode_bundle(encode_bundle(entries)) == tuple(entries)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"\xff\xff"])
def test_torn_bundles(data):
    """Lengths that do not fit are an error."""
    with pytest.raises(ValueError, match="in the middle of an entry"):
        decode_bundle(data)


def test_entries_too_long_for_a_bundle():
    """65,535 bytes fit, one more does not."""
    assert decode_bundle(encode_bundle([bytes(65_535)])) == (bytes(65_535),)
    with pytest.raises(ValueError, match="at most 65535 bytes, this one 65536"):
        encode_bundle([bytes(65_536)])


def test_torn_tiles():
    """A tile has whole hashes."""
    assert decode_hashes(bytes(64)) == (bytes(32), bytes(32))
    with pytest.raises(ValueError, match="this one 33 bytes"):
        decode_hashes(bytes(33))


def test_beginning_of_a_wider_tile():
    """A partial tile is the beginning of the full one; a damaged bundle is not interpreted."""
    entries = [b"%d" % i for i in range(10)]
    narrow = Tile(level=ENTRIES, index=0, width=3)
    assert beginning(encode_bundle(entries), narrow) == encode_bundle(entries[:3])
    assert beginning(b"\x00\x05a", narrow) == b"\x00\x05a"
    assert beginning(bytes(range(96)), Tile(level=1, index=0, width=2)) == bytes(range(64))


def test_growth_one_by_one_and_at_once():
    """However entries arrive, the same tiles stand in the end, and they are those of the specification."""
    entries = [b"%d" % i for i in range(600)]
    leaves = [leaf_hash(entry) for entry in entries]
    single, edge = {}, RightEdge()
    for size, entry in enumerate(entries, 1):
        growth = grow(edge, [entry])
        single.update(growth.full + growth.partial)
        edge = growth.edge
        assert edge.size == size
        assert edge.root == tree_root(leaves[:size])
    at_once = grow(RightEdge(), entries)
    assert at_once.edge == edge
    assert [tile for tile, _ in at_once.full + at_once.partial] == sorted(
        tiles_of(600), key=lambda t: (t.width < WIDTH, t)
    )
    for tile, data in at_once.full + at_once.partial:
        assert single[tile] == data
        if tile.level == 0:
            assert decode_hashes(data) == tuple(leaves[tile.index * WIDTH :][: tile.width])
        if tile.level == 1:
            assert decode_hashes(data) == tuple(tree_root(leaves[i * WIDTH :][:WIDTH]) for i in range(tile.width))


def test_third_level():
    """65,536 entries fill a level 1 tile, whose root begins level 2."""
    growth = grow(RightEdge(), [b""] * 65_536)
    assert Tile(level=1, index=0) in dict(growth.full)
    assert [tile for tile, _ in growth.partial] == [Tile(level=2, index=0, width=1)]
    assert growth.edge.root == tree_root([leaf_hash(b"")] * 65_536)


def test_growth_writes_only_what_changed():
    """An entry in the middle of a tile touches its bundle and its level 0 tile."""
    edge = grow(RightEdge(), [b"x"] * 300).edge
    growth = grow(edge, [b"y"])
    assert [tile.path for tile, _ in growth.full + growth.partial] == ["tile/entries/001.p/45", "tile/0/001.p/45"]


def test_empty_edge():
    """The empty log has the empty root and no tiles."""
    assert RightEdge().root == EMPTY_ROOT
    assert list(RightEdge().tiles()) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"size": 1},
        {"size": 1, "entries": (b"",), "levels": ()},
        {"size": 1, "entries": (), "levels": ((bytes(32),),)},
        {"size": 2, "entries": (b"", b""), "levels": ((bytes(32),),)},
        {"size": 256, "entries": (), "levels": ((),)},
    ],
)
def test_impossible_edges(bad):
    """An edge has the hashes and entries that its size demands."""
    with pytest.raises(ValueError, match="not the right edge"):
        RightEdge(**bad)
