"""Who reaches what: the cheapest derivations in the privilege graph.

An edge holds when all its premises do, so a derivation is a tree, and the cheapest one is found by Knuth's generalisation of
Dijkstra's algorithm (Information Processing Letters 6, 1977). Root needs no further step, so nothing is derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from casemate.host.graph import MEMBER, Edge
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Confidence

COST = {
    Confidence.PROVED: 2,
    Confidence.LIKELY: 3,
    Confidence.UNKNOWN: 6,
}  # a sure step more is better than an unknown one


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a source comes to a goal. edges: each after those that its premises need, none twice."""

    source: Actor
    goal: Actor
    edges: tuple[Edge, ...]

    @property
    def told(self) -> tuple[Edge, ...]:
        """The edges worth telling: that an account is anyone goes without saying."""
        return tuple(edge for edge in self.edges if not (edge.kind == MEMBER and edge.conclusion == ANYONE))

    @property
    def cost(self) -> int:
        """The sum over its edges."""
        return sum(weight(edge) for edge in self.edges)


def weight(edge: Edge) -> int:
    """What a step costs, more when it is less sure. A membership is no step."""
    return 0 if edge.kind == MEMBER else COST[edge.confidence]


class Graph:
    """Edges by their premises. Edges are told apart by their place in the list."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.edges = tuple(edges)
        self._uses: dict[Actor, list[int]] = {}
        for index, edge in enumerate(self.edges):
            for premise in set(edge.premises):
                self._uses.setdefault(premise, []).append(index)

    def sources(self) -> tuple[Actor, ...]:
        """Every actor that something starts from, the least powerful first."""
        actors = {premise for edge in self.edges for premise in edge.premises} - {ROOT}
        return tuple(sorted(actors | {NETWORK, ANYONE}, key=lambda a: (_rank(a), a)))

    def reach(self, starts: Iterable[Actor], without: frozenset[int] = frozenset()) -> Mapping[Actor, int | None]:
        """Every actor that is reached, with the number of the edge that reaches it most cheaply; None for a start."""
        best: dict[Actor, int] = {}
        by: dict[Actor, int | None] = {}
        missing = [len(set(edge.premises)) for edge in self.edges]
        heap: list[tuple[int, int, Actor, int | None]] = [(0, -1, actor, None) for actor in sorted(set(starts))]
        while heap:
            cost, _, actor, edge_index = heappop(heap)
            if actor in best:
                continue
            best[actor], by[actor] = cost, edge_index
            if actor == ROOT:
                continue
            for index in self._uses.get(actor, ()):
                missing[index] -= 1
                edge = self.edges[index]
                if not missing[index] and index not in without and edge.conclusion not in best:
                    total = weight(edge) + sum(best[premise] for premise in set(edge.premises))
                    heappush(heap, (total, index, edge.conclusion, index))
        return by

    def derive(self, source: Actor, goal: Actor, without: frozenset[int] = frozenset()) -> Derivation | None:
        """The cheapest way from a source to a goal, or None."""
        by = self.reach((source,), without)
        return Derivation(source, goal, self._edges_to(goal, by)) if goal in by and goal != source else None

    def through(self, index: int, source: Actor, goal: Actor) -> Derivation | None:
        """The cheapest way over one edge: to its premises, over it, and on."""
        edge = self.edges[index]
        before = self.reach((source,), frozenset({index}))
        if edge.conclusion == source or not all(premise in before for premise in edge.premises):
            return None
        way: list[Edge] = []
        for premise in edge.premises:
            way += [e for e in self._edges_to(premise, before) if e not in way]
        if edge.conclusion == goal:
            return Derivation(source, goal, (*way, edge))
        known = {source, edge.conclusion, *(e.conclusion for e in way)}
        if goal in known:
            return None  # there without it
        had = before.keys() - {edge.conclusion}  # what the source is without the edge is no way over it
        own = frozenset(n for n, e in enumerate(self.edges) if not had.isdisjoint(e.premises))
        for starts, without in (({edge.conclusion}, own), (known, frozenset[int]())):
            after = self.reach(starts, without)
            if goal not in after:
                continue
            rest = [e for e in self._edges_to(goal, after) if e not in way]
            if own is without or any(len(set(e.premises)) > 1 and edge.conclusion in e.premises for e in rest):
                return Derivation(source, goal, (*way, edge, *rest))
        return None

    def _edges_to(self, goal: Actor, by: Mapping[Actor, int | None]) -> tuple[Edge, ...]:
        out: list[int] = []
        done: set[Actor] = set()

        def visit(actor: Actor) -> None:
            if actor in done:
                return
            done.add(actor)
            index = by[actor]
            if index is not None:
                for premise in self.edges[index].premises:
                    visit(premise)
                out.append(index)

        visit(goal)
        return tuple(self.edges[index] for index in out)


def _rank(actor: Actor) -> int:
    return 0 if actor == NETWORK else 1 if actor == ANYONE else 3 if actor.startswith("group:") else 2
