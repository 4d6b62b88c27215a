"""A regular expression as an automaton over classes of characters, for `redos`.

CPython's own parser reads the pattern; every place of it that takes a character becomes a state, and two states follow each
other in as many ways as there are through the repetitions, choices and empty parts between them (Glushkov's automaton, with
the ways counted). Long repetitions that end somewhere are cut short, references to groups take any character, and what
lookaround of more than one character demands is left open; the text inside it is an automaton of its own.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any, NamedTuple

PARSER = import_module("re._parser")  # no public name; read only
MAX_PATTERN = 2000  # characters
MAX_STATES = 160
MAX_WAYS = 40_000  # steps through empty parts, of one automaton
MAX_COPIES = 3  # of what is repeated a number of times
UNBOUNDED = 64  # a repetition allowed more often counts as one without end
INFINITE = int(PARSER.MAXREPEAT)
SAMPLES = (*map(ord, "\0\n\r\t 059AMZamz_!-.~"), 0x85, 0xA0, 0xE9, 0x660, 0x3042, 0x1F600)
VERBOSE, DOTALL, MULTILINE = int(re.VERBOSE), int(re.DOTALL), int(re.MULTILINE)
IGNORECASE, ASCII = int(re.IGNORECASE), int(re.ASCII)
LAID_OUT = re.compile(r"\n[ \t]+\S")  # a pattern over several indented lines is a verbose one, whatever its flags
NEWLINE = 10


class TooLarge(Exception):
    """The pattern is beyond the bounds, or of a form that is not judged."""


class Automaton(NamedTuple):
    """Places of a pattern. labels: atoms (bits, `atoms` in all) that a state takes. follow: for each state the states after
    it, with the number of ways there. accepting: the atoms before which a match may end here. ends: states in which the
    text may end. outermost: the pattern itself, not what a lookaround of it demands. characters: one of each atom."""

    start: int
    labels: list[int]
    follow: list[dict[int, int]]
    accepting: list[int]
    ends: frozenset[int]
    atoms: int
    outermost: bool
    characters: str


class _Demand(NamedTuple):
    """What an empty step demands of the character before (or the text's start) and after (or the text's end)."""

    before: int
    at_start: bool
    after: int
    at_end: bool


@dataclass(slots=True)
class _Graph:
    """Nodes with empty steps between them; some take a character. `inner`: what lookarounds demand, parsed."""

    chars: list[int]
    steps: list[list[tuple[int, _Demand | None]]] = field(default_factory=list)
    takes: dict[int, int] = field(default_factory=dict)  # node → characters, as bits
    inner: list[tuple[Any, int]] = field(default_factory=list)

    def node(self) -> int:
        self.steps.append([])
        return len(self.steps) - 1

    def step(self, origin: int, target: int, demand: _Demand | None = None) -> None:
        self.steps[origin].append((target, demand))

    def take(self, origin: int, mask: int) -> int:
        """A step that takes one of these characters; the node after it."""
        if len(self.takes) >= MAX_STATES:
            raise TooLarge
        taking, after = self.node(), self.node()
        self.step(origin, taking)
        self.takes[taking] = mask
        self.step(taking, after)  # followed only once the character is taken
        return after

    @property
    def every(self) -> int:
        return (1 << len(self.chars)) - 1


def automata(pattern: str) -> list[Automaton]:
    """The automata of a pattern: its own, then those of its lookarounds. Empty when it cannot be judged."""
    if len(pattern) > MAX_PATTERN:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = PARSER.parse(pattern, VERBOSE if LAID_OUT.search(pattern) else 0)
        chars = sorted({*SAMPLES, *_mentioned(parsed)})
        work, out = [(parsed, int(parsed.state.flags))], []
        for tree, flags in work:
            graph = _Graph(chars)
            first = graph.node()
            last = _sequence(graph, tree, first, flags)
            out.append(_automaton(graph, first, last, outermost=tree is parsed))
            work += graph.inner
    except (re.error, RecursionError, OverflowError, ValueError, TooLarge):
        return []
    return out


def _mentioned(tree: Any) -> set[int]:
    """The characters that a pattern names, and their neighbours: classes change nowhere else."""
    out: set[int] = set()
    for op, av in tree or ():
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL"):
            out |= {av - 1, av, av + 1}
        elif name == "RANGE":
            out |= {av[0] - 1, av[0], av[1], av[1] + 1}
        elif name == "IN":
            out |= _mentioned(av)
        elif name == "BRANCH":
            for one in av[1]:
                out |= _mentioned(one)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "SUBPATTERN", "ASSERT", "ASSERT_NOT"):
            out |= _mentioned(av[-1])
        elif name == "GROUPREF_EXISTS":
            out |= _mentioned(av[1]) | _mentioned(av[2])
    return {c for c in out if 0 <= c < 0x110000}


# --- from the parsed pattern to nodes and empty steps


def _sequence(graph: _Graph, tree: Any, at: int, flags: int) -> int:
    for op, av in tree:
        at = _item(graph, str(op), av, at, flags)
    return at


def _item(graph: _Graph, name: str, av: Any, at: int, flags: int) -> int:
    mask = _class(graph, name, av, flags)
    if mask is not None:
        return graph.take(at, mask)
    after = graph.node()
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeat(graph, av[0], av[1], av[2], at, flags)
    if name == "SUBPATTERN":
        return _sequence(graph, av[3], at, (flags | av[1]) & ~av[2])
    if name in ("BRANCH", "GROUPREF_EXISTS"):
        for one in av[1] if name == "BRANCH" else (av[1], av[2] or ()):
            begin = graph.node()
            graph.step(at, begin)
            graph.step(_sequence(graph, one, begin, flags), after)
        return after
    if name == "AT":
        for demand in _position(graph, str(av), flags):
            graph.step(at, after, demand)
        return after
    if name in ("ASSERT", "ASSERT_NOT"):
        graph.step(at, after, _around(graph, av[0], av[1], flags, wanted=name == "ASSERT"))
        return after
    if name == "GROUPREF":
        return graph.take(at, graph.every)
    if name == "FAILURE":
        return after
    raise TooLarge  # atomic groups and possessive repetitions


def _repeat(graph: _Graph, least: int, most: int, tree: Any, at: int, flags: int) -> int:
    endless = most == INFINITE or most > UNBOUNDED
    for _ in range(min(least, MAX_COPIES) - (1 if endless and least else 0)):
        at = _sequence(graph, tree, at, flags)
    after = graph.node()
    if endless:
        begin = graph.node()
        graph.step(at, begin)
        end, again = _sequence(graph, tree, begin, flags), graph.node()
        graph.step(end, again)
        graph.step(again, begin)
        graph.step(again, after)
        if not least:
            graph.step(at, after)
        return after
    for _ in range(min(most - least, MAX_COPIES)):
        graph.step(at, after)
        begin = graph.node()
        graph.step(at, begin)
        at = _sequence(graph, tree, begin, flags)
    graph.step(at, after)
    return after


def _position(graph: _Graph, name: str, flags: int) -> list[_Demand]:
    every, newline = graph.every, _mask(graph, lambda c: c == NEWLINE)
    if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        lines = flags & MULTILINE and name == "AT_BEGINNING"
        return [_Demand(newline if lines else 0, True, every, True)]
    if name in ("AT_END", "AT_END_STRING"):
        return [_Demand(every, True, newline if flags & MULTILINE and name == "AT_END" else 0, True)]
    word = _mask(graph, lambda c: _category("CATEGORY_WORD", c, flags))
    other = every & ~word
    if name == "AT_BOUNDARY":
        return [_Demand(word, False, other, True), _Demand(other, True, word, False)]
    return [_Demand(word, False, word, False), _Demand(other, True, other, True)]


def _around(graph: _Graph, direction: int, tree: Any, flags: int, *, wanted: bool) -> _Demand | None:
    """Lookaround of one character is a demand; of more, what it begins with, and an automaton of its own."""
    items = list(tree)
    every = graph.every
    mask = _class(graph, str(items[0][0]), items[0][1], flags) if len(items) == 1 else None
    if mask is None:
        if direction > 0:
            graph.inner.append((tree, flags))
        begins = _begins(graph, items, flags) if direction > 0 and wanted else None
        return None if begins is None else _Demand(every, True, begins, False)
    mask = mask if wanted else every & ~mask
    if direction > 0:
        return _Demand(every, True, mask, not wanted)
    return _Demand(mask, not wanted, every, True)


def _begins(graph: _Graph, items: list[Any], flags: int) -> int | None:
    """The characters with which these items begin; None when that is not plain, or they may be empty."""
    if not items:
        return None
    name, av = str(items[0][0]), items[0][1]
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        return _begins(graph, list(av[2]), flags) if av[0] else None
    if name == "SUBPATTERN":
        return _begins(graph, list(av[3]), flags)
    if name == "BRANCH":
        each = [_begins(graph, list(one), flags) for one in av[1]]
        return None if None in each else reduce(or_, [m for m in each if m is not None])
    return _class(graph, name, av, flags)


def _mask(graph: _Graph, holds: Any) -> int:
    return sum(1 << n for n, c in enumerate(graph.chars) if holds(c))


def _class(graph: _Graph, name: str, av: Any, flags: int) -> int | None:
    """The characters that an item takes, as bits; None when it is no single character."""
    if name == "ANY":
        return graph.every if flags & DOTALL else _mask(graph, lambda c: c != NEWLINE)
    if name == "LITERAL":
        return _mask(graph, lambda c: _either(lambda d: d == av, c, flags))
    if name == "NOT_LITERAL":
        return _mask(graph, lambda c: not _either(lambda d: d == av, c, flags))
    if name == "IN":
        negated = bool(av) and str(av[0][0]) == "NEGATE"
        return _mask(graph, lambda c: _either(lambda d: _in(av, d, flags), c, flags) != negated)
    return None


def _either(holds: Any, char: int, flags: int) -> bool:
    if holds(char):
        return True
    if not flags & IGNORECASE:
        return False
    return any(len(other) == 1 and holds(ord(other)) for other in (chr(char).lower(), chr(char).upper()))


def _in(items: Iterable[Any], char: int, flags: int) -> bool:
    for op, av in items:
        name = str(op)
        if (name == "LITERAL" and av == char) or (name == "RANGE" and av[0] <= char <= av[1]):
            return True
        if name == "CATEGORY" and _category(str(av), char, flags):
            return True
    return False


def _category(name: str, char: int, flags: int) -> bool:
    text = chr(char)
    kind = name.removeprefix("CATEGORY_").removeprefix("NOT_")
    if flags & ASCII and char > 127:
        found = False
    elif kind == "DIGIT":
        found = text.isdecimal()
    elif kind == "SPACE":
        found = text.isspace()
    else:
        found = text.isalnum() or text == "_"
    return found != ("NOT_" in name)


# --- from nodes to states: one per taking node, split where a demand tells characters apart


def _automaton(graph: _Graph, first: int, last: int, *, outermost: bool) -> Automaton:
    demands = {d for steps in graph.steps for _, d in steps if d is not None}
    cuts = sorted({m for d in demands for m in (d.before, d.after)})
    states: list[tuple[int, int]] = [(first, 0)]  # (node, characters)
    for node, mask in graph.takes.items():
        states += [(node, part) for part in _parts(mask, cuts)]
    if len(states) > 2 * MAX_STATES:
        raise TooLarge
    of_node: dict[int, list[int]] = {}
    for number, (node, _) in enumerate(states[1:], 1):
        of_node.setdefault(node, []).append(number)
    newline = sum(1 << n for n, char in enumerate(graph.chars) if char == NEWLINE)
    atoms = _atoms([mask for _, mask in states] + [*cuts, newline], len(graph.chars))
    follow: list[dict[int, int]] = []
    accepting: list[int] = []
    ends: set[int] = set()
    budget = [MAX_WAYS]
    for number, (node, mask) in enumerate(states):
        origin = graph.steps[node][0][0] if number else node
        targets: dict[int, int] = {}
        over = 0
        for reached, demand in _ways(graph, origin, last, budget):
            if not (demand.before & mask if number else demand.at_start):
                continue
            if reached == last:
                over |= demand.after
                if demand.at_end:
                    ends.add(number)
            else:
                for target in of_node[reached]:
                    if states[target][1] & demand.after:
                        targets[target] = targets.get(target, 0) + 1
        follow.append(targets)
        accepting.append(_as_atoms(over, atoms))
    labels = [_as_atoms(mask, atoms) for _, mask in states]
    characters = "".join(chr(graph.chars[char]) for char in atoms)
    return Automaton(0, labels, follow, accepting, frozenset(ends), len(atoms), outermost, characters)


def _ways(graph: _Graph, origin: int, last: int, budget: list[int]) -> list[tuple[int, _Demand]]:
    """Every way through empty steps that meets no node twice, to a node that takes a character or to the last one."""
    out = []
    work: list[tuple[int, _Demand, frozenset[int]]] = [
        (origin, _Demand(graph.every, True, graph.every, True), frozenset())
    ]
    while work:
        node, so_far, seen = work.pop()
        budget[0] -= 1
        if budget[0] < 0:
            raise TooLarge
        if node in graph.takes or node == last:
            out.append((node, so_far))
            if node in graph.takes:
                continue
        for target, demand in graph.steps[node]:
            if target not in seen:
                work.append((target, _both(so_far, demand) if demand else so_far, seen | {node}))
    return out


def _both(a: _Demand, b: _Demand) -> _Demand:
    return _Demand(a.before & b.before, a.at_start and b.at_start, a.after & b.after, a.at_end and b.at_end)


def _parts(mask: int, cuts: list[int]) -> list[int]:
    parts = [mask] if mask else []
    for cut in cuts:
        parts = [piece for part in parts for piece in (part & cut, part & ~cut) if piece]
    return parts


def _atoms(masks: list[int], count: int) -> list[int]:
    """A character for each class of characters that no mask tells apart."""
    seen: dict[tuple[bool, ...], int] = {}
    distinct = list(dict.fromkeys(masks))
    for char in range(count):
        seen.setdefault(tuple(bool(mask >> char & 1) for mask in distinct), char)
    return list(seen.values())


def _as_atoms(mask: int, atoms: list[int]) -> int:
    return sum(1 << n for n, char in enumerate(atoms) if mask >> char & 1)
