"""The cheapest set of fixes that ends every way to root: a minimum hitting set, grown by the ways that are still open.

Each way must lose an edge, and each edge is ended by any one of its cuts. The ways are too many to list, so they are asked for as
they are needed (implicit hitting set: Moreno-Centeno and Karp, Operations Research 61, 2013): solve for the ways known so far,
look for a way that the answer leaves open, add it, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from casemate.host.derivation import Derivation, Graph
from casemate.model.host import ROOT, Actor
from casemate.model.host_fix import AddLines, DropAcl, DropCapabilities, Fix, SetLine, SetMode, SetOwner

Option = tuple[Fix, ...]

COSTS: Final = {SetMode: 10, DropAcl: 10, SetLine: 12, DropCapabilities: 12, AddLines: 15, SetOwner: 20}
"""What a change asks of who makes it: a mode is easily put back, an owner may be there for a reason, an upgrade wants testing."""
UPGRADE: Final = 30
SEARCHED: Final = 300  # ways that hang together, beyond which a cheap cut is enough
STEPS: Final = 20_000  # of the search for a minimum, after which the best so far is taken


@dataclass(frozen=True, slots=True)
class Answer:
    """options: the chosen ones, sorted. uncut: a way for each that no option ends. minimal: nothing cheaper does."""

    options: tuple[Option, ...]
    uncut: tuple[Derivation, ...]
    minimal: bool


def cost(option: Option) -> int:
    """Of all fixes of an option together."""
    return sum(COSTS.get(type(fix), UPGRADE) for fix in option)


def cheapest(graph: Graph, sources: Sequence[Actor], goal: Actor = ROOT) -> Answer:
    """The cheapest options after which no source reaches the goal, in a graph whose edges say what ends them."""
    ends: dict[Option, set[int]] = {}
    for index, edge in enumerate(graph.edges):
        for option in edge.cuts:
            ends.setdefault(option, set()).add(index)
    place = {id(edge): index for index, edge in enumerate(graph.edges)}
    wanted: list[frozenset[Option]] = []
    uncut: list[Derivation] = []
    hopeless: set[int] = set()  # the last edge of a way that nothing ends: taken out to see what else there is
    chosen: tuple[Option, ...] = ()
    minimal = True
    while True:
        gone = frozenset(hopeless.union(*(ends[option] for option in chosen)))
        open_ways = [way for source in sources if (way := graph.derive(source, goal, gone)) is not None]
        if not open_ways:
            return Answer(tuple(sorted(chosen, key=str)), tuple(uncut), minimal)
        passed = set(gone)  # of this round: further ways beside those found, else thousands would take a round each
        for first in open_ways:
            further: Derivation | None = first
            while further is not None:
                options = frozenset(option for edge in further.edges for option in edge.cuts)
                if not options:
                    uncut.append(further)
                    hopeless.add(place[id(further.edges[-1])])
                    break
                wanted.append(options)
                passed.update(place[id(edge)] for edge in further.edges if edge.cuts)
                further = graph.derive(further.source, goal, frozenset(passed))
        chosen, sure = minimum_hitting_set(wanted)
        minimal = minimal and sure


def minimum_hitting_set(wanted: Collection[frozenset[Option]]) -> tuple[tuple[Option, ...], bool]:
    """The cheapest options of which every set has one; and whether nothing cheaper exists. By branch and bound: the set with
    the fewest options first, against the bound that sets without a common option give."""
    best: tuple[Option, ...] = ()
    best_cost = steps = 0

    def search(chosen: tuple[Option, ...], spent: int, left: list[frozenset[Option]]) -> None:
        nonlocal best, best_cost, steps
        steps += 1
        if steps > STEPS:
            return
        if not left:
            if spent < best_cost:
                best, best_cost = chosen, spent
            return
        if spent + _bound(left) >= best_cost:
            return
        for option in sorted(left[0], key=lambda o: (-sum(o in s for s in left), cost(o), str(o))):
            search((*chosen, option), spent + cost(option), [s for s in left if option not in s])

    # Ways that share no option do not concern one another.
    whole: list[Option] = []
    sure = True
    for component in _components(_smallest(wanted)):
        best = _greedy(component)
        best_cost = sum(map(cost, best))
        steps = 0
        if len(component) <= SEARCHED:
            search((), 0, component)
        sure = sure and steps <= STEPS and len(component) <= SEARCHED
        whole += best
    return tuple(whole), sure


def _smallest(wanted: Collection[frozenset[Option]]) -> list[frozenset[Option]]:
    """Without those that another one implies."""
    kept: list[frozenset[Option]] = []
    for one in sorted(set(wanted), key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
    return kept


def _greedy(sets: Sequence[frozenset[Option]]) -> tuple[Option, ...]:
    left, out = list(sets), []
    names = {option: str(option) for s in left for option in s}
    while left:
        ends = Counter(option for s in left for option in s)
        best = min(ends, key=lambda o: (cost(o) / ends[o], names[o]))
        out.append(best)
        left = [s for s in left if best not in s]
    return tuple(out)


def _bound(left: Sequence[frozenset[Option]]) -> int:
    """A cost that cannot be undercut: sets that share nothing each need an option of their own."""
    total, used = 0, set[Option]()
    for one in left:
        if not one & used:
            used |= one
            total += min(map(cost, one))
    return total


def _components(sets: Sequence[frozenset[Option]]) -> Iterator[list[frozenset[Option]]]:
    left = list(sets)
    while left:
        group, options = [left[0]], set(left[0])
        rest = left[1:]
        grown = True
        while grown:
            joined = [s for s in rest if s & options]
            grown = bool(joined)
            group += joined
            options.update(*joined)
            rest = [s for s in rest if s not in joined]
        yield sorted(group, key=lambda s: (len(s), sorted(map(str, s))))
        left = rest
