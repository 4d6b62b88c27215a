"""The privilege graph as a picture: actors, and the files by which one becomes another, from left to right, root at the end.

Drawn here, without a program of its own, so that the report stays one file. Each edge of the graph runs from its actors over its
places to what they become; lines that edges share are drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casemate.evidence.host_text import label
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor
from casemate.model.host_report import HostReport, Stride

WIDTH, HEIGHT = 178, 34  # of a box, in pixels
ACROSS, DOWN = 48, 14  # between boxes
MARGIN = 16
LETTERS = 23  # of a name that fit into a box
SHOWN = 90  # boxes at most: more make no picture
COLUMNS = 9

Vertex = tuple[str, str]  # ("actor", name) or ("place", path)


@dataclass(frozen=True, slots=True)
class Box:
    """An actor or a place. kind: "root", "outside" (network, any local user), "account", "group", "secret" or "place".

    name: whole. edge: the number of the first edge that it belongs to, 0 for none.
    """

    name: str
    label: str
    kind: str
    x: int
    y: int
    edge: int


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of one or more edges, by their numbers from 1. path: for SVG. cut: the proposed cut ends all of them. root:
    somebody who should not reaches root over one of them. faint: all of them are memberships, or powers by nature."""

    edges: tuple[int, ...]
    path: str
    cut: bool
    root: bool
    faint: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """width, height: in pixels. edges: in the order of their numbers. hidden: how many of them are not drawn."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    edges: tuple[Stride, ...]
    hidden: int


def draw(host: HostReport) -> Picture | None:
    """The picture, None when there is nothing to draw."""
    near = _near_root(host.picture)
    edges = sorted((s for s in host.picture if s.conclusion != ANYONE), key=lambda s: _order(s, near))
    if not edges:
        return None
    drawn: list[int] = []
    seen: set[Vertex] = set()
    for number, edge in enumerate(edges, 1):
        here = seen.union(*_ways(edge))
        if len(here) <= SHOWN:
            seen = here
            drawn.append(number)
    columns = _columns([edges[number - 1] for number in drawn])
    boxes = _boxes(edges, drawn, columns)
    lines = tuple(_lines(edges, drawn, boxes, near))
    height = max(box.y for box in boxes.values()) + HEIGHT + MARGIN
    width = max(box.x for box in boxes.values()) + WIDTH + MARGIN
    return Picture(width, height, tuple(boxes.values()), lines, tuple(edges), len(edges) - len(drawn))


def _order(stride: Stride, near: Mapping[Actor, int]) -> tuple[object, ...]:
    """What leads to root first, from the least powerful; memberships and powers at the end."""
    faint = stride.natural or not stride.technique
    outside = min((NETWORK, ANYONE).index(p) if p in (NETWORK, ANYONE) else 2 for p in stride.premises)
    return faint, near.get(stride.conclusion, 99), outside, stride.premises, stride.places


def _ways(stride: Stride) -> list[list[Vertex]]:
    """The boxes that an edge runs over, for each of its premises. A membership has no place of its own."""
    places = [("place", fact.path) for fact in stride.places] if stride.technique else []
    steps = [one for index, one in enumerate(places) if one not in places[:index]]
    return [[("actor", premise), *steps, ("actor", stride.conclusion)] for premise in stride.premises]


def _columns(edges: Sequence[Stride]) -> dict[Vertex, int]:
    """How far from the left each box stands: behind all that lead to it, root behind everything."""
    pairs = [pair for edge in edges for way in _ways(edge) for pair in pairwise(way)]
    column = {vertex: 0 for pair in pairs for vertex in pair}
    for _ in range(COLUMNS):  # circles end here
        for one, other in pairs:
            column[other] = max(column[other], min(COLUMNS, column[one] + 1))
    root = ("actor", str(ROOT))
    if root in column:
        column[root] = 1 + max((c for vertex, c in column.items() if vertex != root), default=0)
    order = {c: index for index, c in enumerate(sorted(set(column.values())))}
    return {vertex: order[c] for vertex, c in column.items()}


def _near_root(strides: Sequence[Stride]) -> dict[Actor, int]:
    """How many steps each actor is from root, by any edge that is no power by nature; those that never come there are missing."""
    near = {ROOT: 0}
    for _ in strides:
        before = len(near)
        for s in strides:
            if s.conclusion in near and not s.natural:
                for premise in s.premises:
                    near.setdefault(premise, near[s.conclusion] + 1)
        if len(near) == before:
            break
    return near


def _boxes(edges: Sequence[Stride], drawn: Sequence[int], columns: Mapping[Vertex, int]) -> dict[Vertex, Box]:
    """Each column from top to bottom in the order of the edges, so that an edge runs as straight as can be."""
    first: dict[Vertex, int] = {}
    for number in drawn:
        for way in _ways(edges[number - 1]):
            for vertex in way:
                first.setdefault(vertex, number)
    rows: dict[int, list[Vertex]] = {}
    for vertex in sorted(columns, key=lambda v: (first[v], v)):
        rows.setdefault(columns[vertex], []).append(vertex)
    most = max(map(len, rows.values()))
    out: dict[Vertex, Box] = {}
    for column in sorted(rows):
        here = rows[column]
        top = MARGIN + (most - len(here)) * (HEIGHT + DOWN) // 2
        for row, vertex in enumerate(here):
            x, y = MARGIN + column * (WIDTH + ACROSS), top + row * (HEIGHT + DOWN)
            out[vertex] = _box(vertex, x, y, first[vertex])
    return out


def _box(vertex: Vertex, x: int, y: int, edge: int) -> Box:
    sort, name = vertex
    if sort == "place":
        shown = name if len(name) <= LETTERS else f"…{name[-LETTERS + 1 :]}"
        return Box(name, shown, "place", x, y, edge)
    actor = Actor(name)
    words = label(actor)
    shown = words if len(words) <= LETTERS else f"{words[: LETTERS - 9]}…{words[-8:]}"
    kind = "root" if actor == ROOT else "outside" if actor in (NETWORK, ANYONE) else name.partition(":")[0]
    return Box(name, shown, kind, x, y, 0)


def _lines(
    edges: Sequence[Stride], drawn: Sequence[int], boxes: Mapping[Vertex, Box], near: Mapping[Actor, int]
) -> Iterator[Line]:
    shared: dict[tuple[Vertex, Vertex], list[int]] = {}
    for number in drawn:
        for way in _ways(edges[number - 1]):
            for pair in pairwise(way):
                shared.setdefault(pair, []).append(number)
    for (one, other), numbers in shared.items():
        here = [edges[number - 1] for number in numbers]
        yield Line(
            edges=tuple(dict.fromkeys(numbers)),
            path=_curve(boxes[one], boxes[other]),
            cut=all(edge.cut for edge in here),
            root=any(edge.conclusion in near and not edge.natural for edge in here),
            faint=all(edge.natural or not edge.technique for edge in here),
        )


def _curve(one: Box, other: Box) -> str:
    """From the right of one to the left of the other; back to the left, round below."""
    x, y, to_x, to_y = one.x + WIDTH, one.y + HEIGHT // 2, other.x, other.y + HEIGHT // 2
    if to_x > x:
        bend = min(80, max(20, (to_x - x) // 2))
        return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
    low = max(y, to_y) + HEIGHT
    return f"M{x} {y}C{x + 60} {low} {to_x - 60} {low} {to_x} {to_y}"
