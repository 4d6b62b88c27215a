r"""Patterns that some text keeps a backtracking matcher busy with for very long.

Decided on the pattern's automaton (`patterns.Automaton`), after Weideman et al., "Analyzing Matching Time Behavior of
Backtracking Regular Expression Matchers by Using Ambiguity of NFA" (CIAA 2016), and Wüstholz et al., "Static Detection of
DoS Vulnerabilities in Programs that Use Regular Expressions" (TACAS 2017). A matcher that backtracks tries every way in
which a text can be read before it gives up. The ways are

- exponentially many when some state comes back to itself by two ways with the same text, as in `(a+)+`;
- as many as a power of the text's length when a state that loops leads on to others that loop over the same text, as in
  `a*a*a*`.

Either takes long only where something can still fail afterwards, so a text that fails is made and tried on the automaton. A
square counts only where two loops over the same characters touch: `.*=.*;` and `\s*[^,]*;` are written everywhere and
bear lines of ordinary length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from casemate.taint.patterns import Automaton, automata

MAX_STEPS = 60_000  # of one pattern; beyond, nothing is said
MAX_SUFFIX = 3  # characters looked at after the repetition for a text that fails
MAX_SETS = 40  # of states, followed at the same time
PUMPS = 3  # repetitions after which the states that are reached no longer change, in all but odd cases
REPEATED_GROUP = re.compile(r"\)[*+{]")
Pair = tuple[int, int]
Triple = tuple[int, int, int]


class Attack(NamedTuple):
    """A text that may keep a matcher busy: what leads to the repetition, what it is fed with again and again, and an end that
    fails."""

    lead: str
    pump: str
    end: str


def attacks(pattern: str) -> list[Attack]:
    """Texts for a pattern, the worst first; whether they really take long is to be tried. Empty for what is no pattern."""
    out: list[Attack] = []
    for automaton in automata(pattern):
        try:
            out.extend(_Search(automaton, whole=False).attacks())
        except _Spent:
            continue
    return list(dict.fromkeys(out))


class _Spent(Exception):
    """The bound of steps is reached."""


@lru_cache(maxsize=4096)
def slow(pattern: str, *, whole: bool = False, line: bool = False) -> bool:
    """Whether matching can take time exponential in the text's length, or a power of it that counts.

    whole: the text is matched to its end (`fullmatch`), so that text left over is a failure. line: it is one line. False for
    what is no pattern, is too large, or uses groups that are never reopened (their author has thought of this).
    """
    if not any(c in pattern for c in "*+{"):
        return False
    try:
        return any(_Search(a, whole=whole and a.outermost, line=line).slow() for a in automata(pattern))
    except _Spent:
        return False


def explosive(pattern: str) -> bool:
    """Whether matching can take time exponential in the text's length, whatever follows: a flaw wherever it is used."""
    if not REPEATED_GROUP.search(pattern):
        return False
    try:
        return any(_Search(a, whole=False).explosive() for a in automata(pattern))
    except _Spent:
        return False


class _Search:
    """The search for a text on one automaton, with its bound of steps."""

    def __init__(self, automaton: Automaton, *, whole: bool, line: bool = False) -> None:
        ends = {n for n, one in enumerate(automaton.characters) if line and one == "\n"}
        left = ~sum(1 << n for n in ends)
        self.a = automaton._replace(labels=[label & left for label in automaton.labels]) if ends else automaton
        self.atoms = [n for n in range(automaton.atoms) if n not in ends]
        self.whole = whole
        self.steps = 0
        self.component = _components(automaton.follow)
        self.members: dict[int, list[int]] = {}
        for state, number in enumerate(self.component):
            self.members.setdefault(number, []).append(state)
        self.loops = [n for n, m in self.members.items() if len(m) > 1 or m[0] in automaton.follow[m[0]]]

    def slow(self) -> bool:
        return self.explosive() or self._polynomial()

    def explosive(self) -> bool:
        return any(self._fails(*found, MAX_SUFFIX) for found in self._exponential())

    def attacks(self) -> Iterator[Attack]:
        """Texts for what is exponential, then for what is a power."""
        for state, text in self._exponential():
            yield from self._attack(state, text)
        for first in self.loops:
            for second in self.loops:
                if first != second:
                    shared = self._shared(first, second)
                    if shared is not None:
                        yield from self._attack(*shared)

    def _attack(self, state: int, text: list[int]) -> Iterator[Attack]:
        lead = self._lead(state)
        end = None if lead is None else self._end([*lead, *text * PUMPS])
        if lead is not None and end is not None:
            yield Attack(self._spelled(lead), self._spelled(text), self._spelled(end))

    def _spelled(self, atoms: list[int]) -> str:
        return "".join(self.a.characters[atom] for atom in atoms)

    def _end(self, before: list[int]) -> list[int] | None:
        """A shortest end by which a text fails, None when every one of some length matches."""
        reached: frozenset[int] | None = frozenset({self.a.start})
        for atom in before:
            reached = self._step(reached, atom)
        if reached is None:
            return None
        ways: dict[frozenset[int], list[int]] = {reached: []}
        for left in range(MAX_SUFFIX, -1, -1):
            for states, end in ways.items():
                if not states & self.a.ends:
                    return end
            longer: dict[frozenset[int], list[int]] = {}
            for states, end in ways.items():
                for atom in self.atoms if left else ():
                    after = self._step(states, atom)
                    if after is not None and after not in longer and len(longer) < MAX_SETS:
                        longer[after] = [*end, atom]
            ways = longer
        return None

    def _tick(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise _Spent

    # --- exponential: (p, p) leads to (q, r) with q != r and back

    def _exponential(self) -> Iterator[tuple[int, list[int]]]:
        """The states that come back to themselves in two ways, each with such a text: not every one can fail afterwards."""
        for number in self.loops:
            inside = set(self.members[number])
            for start in self.members[number]:
                found = self._two_ways(start, inside)
                if found is not None:
                    yield start, found

    def _two_ways(self, start: int, inside: set[int]) -> list[int] | None:
        """The text, as atoms, by which `start` comes back to itself by two ways that differ."""
        first = (start, start, False)
        came: dict[tuple[int, int, bool], tuple[tuple[int, int, bool], int] | None] = {first: None}
        queue = [first]
        for node in queue:
            p, q, parted = node
            for p2, ways in self.a.follow[p].items():
                if p2 not in inside:
                    continue
                for q2, other in self.a.follow[q].items():
                    self._tick()
                    both = self.a.labels[p2] & self.a.labels[q2]
                    if q2 not in inside or not both:
                        continue
                    apart = parted or p2 != q2 or (p == q and (ways > 1 or other > 1))
                    nxt = (p2, q2, apart)
                    if nxt == (start, start, True):
                        return [*_text(came, node), _low(both)]
                    if nxt not in came:
                        came[nxt] = (node, _low(both))
                        queue.append(nxt)
        return None

    # --- polynomial: (p, p, q) leads to (p, q, q)

    def _polynomial(self) -> bool:
        leads: dict[int, list[tuple[int, int, list[int], bool]]] = {}
        for first in self.loops:
            for second in self.loops:
                if first != second and (found := self._shared(first, second)):
                    leads.setdefault(first, []).append((second, *found, self._alike(first, second)))
        for following in leads.values():
            for second, state, text, alike in following:
                third = any(set(text) == set(more[2]) for more in leads.get(second, ()))
                if (third and self._fails(state, text, MAX_SUFFIX)) or (alike and self._fails(state, text, 1)):
                    return True
        return False

    def _alike(self, first: int, second: int) -> bool:
        """Whether two loops touch and take the same characters, as in `a+a*`."""
        if not any(self.component[q] == second for p in self.members[first] for q in self.a.follow[p]):
            return False
        one, other = ({self.a.labels[s] for s in self.members[n]} for n in (first, second))
        return one == other

    def _shared(self, first: int, second: int) -> tuple[int, list[int]] | None:
        """A state of the first loop and a text that both loops take, and that also leads from the one to the other."""
        for p in self.members[first]:
            for q in self.members[second]:
                text = self._triple(p, q, first, second)
                if text is not None:
                    return p, text
        return None

    def _triple(self, p: int, q: int, first: int, second: int) -> list[int] | None:
        start, goal = (p, p, q), (p, q, q)
        follow, labels, component = self.a.follow, self.a.labels, self.component
        came: dict[Triple, tuple[Triple, int] | None] = {start: None}
        queue = [start]
        for node in queue:
            for a in follow[node[0]]:
                if component[a] != first:
                    continue
                for c in follow[node[2]]:
                    if component[c] != second or not labels[a] & labels[c]:
                        continue
                    for b in follow[node[1]]:
                        self._tick()
                        common = labels[a] & labels[b] & labels[c]
                        if not common:
                            continue
                        if (a, b, c) == goal:
                            return [*_text(came, node), _low(common)]
                        if (a, b, c) not in came:
                            came[a, b, c] = (node, _low(common))
                            queue.append((a, b, c))
        return None

    # --- a text that fails after the repetition

    def _fails(self, state: int, text: list[int], longest: int) -> bool:
        """Whether the repetition, reached from the start, can be followed by something that no way takes."""
        lead = self._lead(state)
        if lead is None:
            return False
        reached: frozenset[int] | None = frozenset({self.a.start})
        for atom in [*lead, *text * PUMPS]:
            reached = self._step(reached, atom)
            if reached is None:
                return False
        ways = [] if reached is None else [reached]
        for left in range(longest, -1, -1):
            if any(not one & self.a.ends for one in ways):
                return True
            if left:
                after = {self._step(one, atom) for one in ways for atom in self.atoms}
                ways = sorted((s for s in after if s is not None), key=lambda s: (len(s), sorted(s)))[:MAX_SETS]
        return False

    def _step(self, states: frozenset[int] | None, atom: int) -> frozenset[int] | None:
        """The states after one more character; None when the text matched before it."""
        if states is None or (not self.whole and any(self.a.accepting[s] >> atom & 1 for s in states)):
            return None
        out = set()
        for state in states:
            for target in self.a.follow[state]:
                self._tick()
                if self.a.labels[target] >> atom & 1:
                    out.add(target)
        return frozenset(out)

    def _lead(self, state: int) -> list[int] | None:
        """A shortest text by which the state is reached from the start."""
        came: dict[int, tuple[int, int] | None] = {self.a.start: None}
        queue = [self.a.start]
        for node in queue:
            if node == state:
                return _text(came, node)
            for target in self.a.follow[node]:
                self._tick()
                if target not in came and self.a.labels[target]:
                    came[target] = (node, _low(self.a.labels[target]))
                    queue.append(target)
        return None


def _low(mask: int) -> int:
    """The first atom of a mask."""
    return (mask & -mask).bit_length() - 1


def _text(came: dict[Any, Any], node: Any) -> list[int]:
    """The atoms on the way to a node of a search."""
    out = []
    step = came[node]
    while step is not None:
        node, atom = step
        out.append(atom)
        step = came[node]
    return out[::-1]


def _components(follow: list[dict[int, int]]) -> list[int]:
    """The strongly connected component of each state, by number (Tarjan, without recursion)."""
    count = len(follow)
    index = [-1] * count
    low = [0] * count
    component = [-1] * count
    stack: list[int] = []
    done = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        work = [(root, iter(follow[root]))]
        index[root] = low[root] = done
        done += 1
        stack.append(root)
        while work:
            state, targets = work[-1]
            for target in targets:
                if index[target] < 0:
                    index[target] = low[target] = done
                    done += 1
                    stack.append(target)
                    work.append((target, iter(follow[target])))
                    break
                if component[target] < 0:
                    low[state] = min(low[state], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[state])
                if low[state] == index[state]:
                    while True:
                        member = stack.pop()
                        component[member] = state
                        if member == state:
                            break
    return component
