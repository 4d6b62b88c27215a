"""The privilege graph as a picture: boxes for actors from left to right, arrows for what makes one of them another.

Drawn here, without a program of its own, so that the report stays one file. Several edges between the same two are one arrow
with a number; an edge that needs two actors at once has a dot in which they meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from casemate.evidence.host_text import label
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor
from casemate.model.host_report import HostReport, Stride

WIDTH, HEIGHT = 190, 36  # of a box, in pixels
ACROSS, DOWN = 150, 18  # between boxes
MARGIN = 16
LETTERS = 24  # of a name that fit into a box
SHOWN = 60  # boxes at most: more make no picture


@dataclass(frozen=True, slots=True)
class Box:
    """An actor. kind: "root", "outside" (network, any local user), "account", "group" or "secret"."""

    actor: Actor
    label: str
    kind: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """Edges from the same premises to the same conclusion. number: from 1, as in the list below the picture. path: for SVG.

    at: where its number stands. cut: the proposed cut ends all of them. natural: all of them are powers by nature. member: they
    are memberships and nothing else. root: somebody who should not reaches root over it.
    """

    number: int
    strides: tuple[Stride, ...]
    paths: tuple[str, ...]
    at: tuple[int, int]
    cut: bool
    natural: bool
    member: bool
    root: bool
    premises: tuple[Actor, ...]
    conclusion: Actor


@dataclass(frozen=True, slots=True)
class Picture:
    """width, height: in pixels. hidden: how many actors are not drawn, those that are furthest from root."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    hidden: int


def draw(host: HostReport) -> Picture | None:
    """The picture, None when there is nothing to draw."""
    strides = _kept(host.picture)
    if not strides:
        return None
    columns = _columns(strides)
    actors = sorted(columns, key=lambda a: (columns[a], _kind(a) != "outside", a))
    hidden = max(0, len(actors) - SHOWN)
    near = _near_root(strides)
    shown = set(sorted(actors, key=lambda a: (near.get(a, 99), a))[:SHOWN])
    boxes = {box.actor: box for box in _boxes([a for a in actors if a in shown], columns)}
    arrows = tuple(_arrows([s for s in strides if {*s.premises, s.conclusion} <= shown], boxes, near))
    height = max(box.y for box in boxes.values()) + HEIGHT + MARGIN
    width = max(box.x for box in boxes.values()) + WIDTH + MARGIN
    return Picture(width, height, tuple(boxes.values()), arrows, hidden)


def _kept(strides: Sequence[Stride]) -> list[Stride]:
    """Without what leads nowhere: an account that is only in a group which gives nothing."""
    return [s for s in strides if s.conclusion != ANYONE]


def _columns(strides: Sequence[Stride]) -> dict[Actor, int]:
    """How far from the left each actor stands: behind all that lead to it, root behind everything."""
    actors = {a for s in strides for a in (*s.premises, s.conclusion)}
    column = dict.fromkeys(actors, 0)
    for _ in range(min(len(actors), 8)):  # circles end here
        for s in strides:
            if s.conclusion != ROOT:
                column[s.conclusion] = max(column[s.conclusion], min(6, 1 + max(column[p] for p in s.premises)))
    if ROOT in column:
        column[ROOT] = 1 + max((c for a, c in column.items() if a != ROOT), default=0)
    order = {c: index for index, c in enumerate(sorted(set(column.values())))}
    return {a: order[c] for a, c in column.items()}


def _near_root(strides: Sequence[Stride]) -> dict[Actor, int]:
    """How many steps each actor is from root, by any of its edges; those that never come there are missing."""
    near = {ROOT: 0}
    for _ in range(len(strides)):
        grown = False
        for s in strides:
            if s.conclusion in near and not s.natural:
                for premise in s.premises:
                    if near.get(premise, 99) > near[s.conclusion] + 1:
                        near[premise] = near[s.conclusion] + 1
                        grown = True
        if not grown:
            break
    return near


def _boxes(actors: Sequence[Actor], columns: dict[Actor, int]) -> Iterator[Box]:
    """Each column in the middle of the height of the highest."""
    most = max(len(list(group)) for _, group in groupby(actors, key=columns.__getitem__))
    for column, group in groupby(actors, key=columns.__getitem__):
        here = list(group)
        top = MARGIN + (most - len(here)) * (HEIGHT + DOWN) // 2
        for row, actor in enumerate(here):
            name = label(actor)
            name = name if len(name) <= LETTERS else f"{name[: LETTERS - 9]}…{name[-8:]}"
            yield Box(actor, name, _kind(actor), MARGIN + column * (WIDTH + ACROSS), top + row * (HEIGHT + DOWN))


def _kind(actor: Actor) -> str:
    if actor == ROOT:
        return "root"
    return "outside" if actor in (NETWORK, ANYONE) else actor.partition(":")[0]


def _arrows(strides: Sequence[Stride], boxes: dict[Actor, Box], near: dict[Actor, int]) -> Iterator[Arrow]:
    def ends(stride: Stride) -> tuple[tuple[Actor, ...], Actor]:
        return stride.premises, stride.conclusion

    for number, ((premises, conclusion), group) in enumerate(groupby(sorted(strides, key=ends), key=ends), 1):
        edges = tuple(group)
        sources, target = [boxes[premise] for premise in premises], boxes[conclusion]
        paths, at = _lines(sources, target)
        yield Arrow(
            number=number,
            strides=edges,
            paths=paths,
            at=at,
            cut=all(edge.cut for edge in edges),
            natural=all(edge.natural for edge in edges),
            member=all(not edge.technique for edge in edges),
            root=conclusion in near and not all(edge.natural for edge in edges),
            premises=premises,
            conclusion=conclusion,
        )


def _lines(sources: Sequence[Box], target: Box) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Curves from the right of the sources to the left of the target; back to the left, round below."""
    end = (target.x, target.y + HEIGHT // 2)
    if len(sources) == 1:
        start = (sources[0].x + WIDTH, sources[0].y + HEIGHT // 2)
        return (_curve(start, end),), _middle(start, end)
    meet = (target.x - ACROSS // 2, end[1])
    lines = tuple(_curve((s.x + WIDTH, s.y + HEIGHT // 2), meet) for s in sources)
    return (*lines, _curve(meet, end)), meet


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    if end[0] > start[0]:
        bend = max(30, (end[0] - start[0]) // 2)
        return f"M{start[0]} {start[1]}C{start[0] + bend} {start[1]} {end[0] - bend} {end[1]} {end[0]} {end[1]}"
    low = max(start[1], end[1]) + HEIGHT
    return f"M{start[0]} {start[1]}C{start[0] + 60} {low} {end[0] - 60} {low} {end[0]} {end[1]}"


def _middle(start: tuple[int, int], end: tuple[int, int]) -> tuple[int, int]:
    low = 0 if end[0] > start[0] else HEIGHT * 3 // 4
    return (start[0] + end[0]) // 2, (start[1] + end[1]) // 2 + low
