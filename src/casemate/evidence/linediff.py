"""Which lines of a text are new or stand where something was taken away, as against an earlier text.

Lines that occur once in both texts are anchors (the longest run of them that keeps its order, "patience diff"); between
anchors the same again. Never calls a changed line unchanged; where texts repeat themselves without end it gives up early
and calls the rest changed, so that no text makes it slow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

MAX_ROUNDS = 24  # anchors between anchors
SMALL = 400  # lines on either side that are compared one by one where there is no anchor

Pair = tuple[int, int]


def changed_lines(before: Sequence[bytes], after: Sequence[bytes]) -> frozenset[int]:
    """1-based numbers of lines of `after`. Where lines were only taken away, the nearest lines with content around the
    place count: what was removed belonged to their function. Blank lines never count: they belong to nobody."""
    out: set[int] = set()
    at = 0
    previous = 0
    for old, new in [*matches(before, after), (len(before), len(after))]:
        written = [n + 1 for n in range(at, new) if after[n].strip()]
        out.update(written)
        if old > previous and not written:
            out.update(_around(after, at))
        previous, at = old + 1, new + 1
    return frozenset(out)


def _around(lines: Sequence[bytes], at: int) -> list[int]:
    """The nearest lines that are not blank, before and after a place between two lines."""
    above = next((n for n in range(at - 1, -1, -1) if lines[n].strip()), None)
    below = next((n for n in range(at, len(lines)) if lines[n].strip()), None)
    return [n + 1 for n in (above, below) if n is not None]


def matches(a: Sequence[bytes], b: Sequence[bytes]) -> list[Pair]:
    """Pairs of equal lines, in order."""
    out: list[Pair] = []
    work = [(0, len(a), 0, len(b), 0)]
    while work:
        a0, a1, b0, b1, depth = work.pop()
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            out.append((a0, b0))
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            out.append((a1, b1))
        if a0 == a1 or b0 == b1 or depth == MAX_ROUNDS:
            continue
        anchors = _anchors(a, b, (a0, a1, b0, b1))
        if anchors:
            edges = [(a0 - 1, b0 - 1), *anchors, (a1, b1)]
            for (x, y), (u, v) in pairwise(edges):
                work.append((x + 1, u, y + 1, v, depth + 1))
            out += anchors
        elif a1 - a0 <= SMALL and b1 - b0 <= SMALL:
            matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
            out += [
                (a0 + m.a + n, b0 + m.b + n) for m in matcher.get_matching_blocks() for n in range(m.size)
            ]  # fmt: skip
    return sorted(out)


def _anchors(a: Sequence[bytes], b: Sequence[bytes], window: tuple[int, int, int, int]) -> list[Pair]:
    a0, a1, b0, b1 = window
    seen_a, seen_b = Counter(a[a0:a1]), Counter(b[b0:b1])
    place = {a[n]: n for n in range(a0, a1) if seen_a[a[n]] == 1 and seen_b[a[n]] == 1}
    pairs = [(place[b[n]], n) for n in range(b0, b1) if b[n] in place]
    tops: list[int] = []  # the longest increasing run, by patience
    piles: list[tuple[Pair, int]] = []  # each with the top of the pile before it
    ends: list[int] = []
    for pair in pairs:
        pile = bisect_left(tops, pair[0])
        piles.append((pair, ends[pile - 1] if pile else -1))
        if pile == len(tops):
            tops.append(pair[0])
            ends.append(len(piles) - 1)
        else:
            tops[pile], ends[pile] = pair[0], len(piles) - 1
    run: list[Pair] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        run.append(piles[at][0])
        at = piles[at][1]
    return run[::-1]
