"""Leads of the posture rules: edges of the privilege graph, each with the way that leads over it, and weak settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casemate.host.derivation import Derivation, Graph, weight
from casemate.host.graph import MEMBER
from casemate.host.host import Host
from casemate.host.relation import Secret, Trust
from casemate.host.standing import people
from casemate.leads.posture.rule import ChainRule, FactRule
from casemate.leads.rule import Rule
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Fact
from casemate.model.lead import Lead, Severity
from casemate.model.location import Location
from casemate.model.trace import Boundary, Role, Step, Trace

Way = tuple[tuple[int, int, int], Derivation, int]


def audit(host: Host, graph: Graph, rules: Sequence[Rule]) -> tuple[Lead, ...]:
    """What the rules say of a host."""
    chains = {kind: rule for rule in rules if isinstance(rule, ChainRule) for kind in rule.kinds}
    out = list(_chains(graph, chains))
    for rule in rules:
        if isinstance(rule, FactRule):
            out += _facts(host, rule)
    return tuple(out)


def _facts(host: Host, rule: FactRule) -> Iterator[Lead]:
    for seen in rule.find(host):
        yield Lead(
            rule=rule.id,
            location=place(seen.path, seen.line),
            function="",
            message=rule.message.format(what=seen.what),
            trace=_walked(Boundary.FILE, (*seen.related, Fact(seen.path, seen.what, seen.line)))
            if seen.related
            else None,
            fact=not seen.inferred,
            severity=seen.severity,
        )


def _chains(graph: Graph, rules: dict[str, ChainRule]) -> Iterator[Lead]:
    """One lead for each cause, with the best way over it: from the least powerful source, to the highest goal."""
    best: dict[tuple[str, str, int], Way] = {}
    sources = graph.sources()
    reached: dict[Actor, frozenset[Actor]] = {}  # of those that are asked for: mostly the first few of thousands
    for index, edge in enumerate(graph.edges):
        if edge.kind == MEMBER or edge.kind not in rules or edge.natural:
            continue
        for rank, source in enumerate(sources):
            if source.startswith("group:"):
                continue  # whoever is in a group is a source of their own
            if source not in reached:
                reached[source] = frozenset(graph.reach((source,)))
            if not reached[source].issuperset(edge.premises):
                continue
            way = graph.through(index, source, ROOT) or graph.through(index, source, edge.conclusion)
            if way is None:
                continue
            cause = (edge.kind, edge.steps[0].path, edge.steps[0].line)
            order = (way.goal != ROOT, rank if source in (NETWORK, ANYONE) else len(sources), way.cost)
            if cause not in best or order < best[cause][0]:
                best[cause] = (order, way, index)
            break
    for _, way, index in _nearest(graph, list(best.values())):
        edge = graph.edges[index]
        rule = rules[edge.kind]
        first = edge.steps[0]
        yield Lead(
            rule=rule.id,
            location=place(first.path, first.line),
            function="",
            message=rule.message.format(
                who=people(way.source), becomes=people(way.goal), what=f"{first.path} {first.says}"
            ),
            trace=_way(way),
            severity=_severity(rule, way, isinstance(edge.relation, Secret)),
        )


def _nearest(graph: Graph, found: list[Way]) -> list[Way]:
    """Of several ways that one path opens to the same goal, by the programs that trust it, the surest and shortest: one cause."""
    least: dict[tuple[str, int, Actor, Actor], tuple[tuple[int, int, int], int]] = {}
    kept: list[Way] = []
    for index, way in enumerate(found):
        edge = graph.edges[way[2]]
        if not isinstance(edge.relation, Trust):
            kept.append(way)
            continue
        cause = (edge.steps[0].path, edge.steps[0].line, way[1].source, way[1].goal)
        order = (weight(edge), len(edge.steps), index)
        if cause not in least or order < least[cause][0]:
            least[cause] = (order, index)
    return kept + [found[index] for _, index in least.values()]


def place(path: str, line: int) -> Location:
    """A place in a root, as reports name it."""
    return Location(path=path.lstrip("/") or ".", line=max(1, line))


def _severity(rule: ChainRule, way: Derivation, exposed: bool) -> Severity:
    """exposed: a credential, which is more than a weak setting whomever it opens."""
    if way.goal != ROOT:
        return Severity.HIGH if exposed else rule.lateral
    return rule.severity if way.source in (NETWORK, ANYONE) else Severity.HIGH


def _way(way: Derivation) -> Trace:
    facts = [fact for edge in way.told for fact in edge.steps]
    facts = [fact for index, fact in enumerate(facts) if not index or fact != facts[index - 1]]
    boundary = Boundary.REMOTE if way.source == NETWORK else Boundary.LOCAL
    return _walked(boundary, facts, people(way.source), people(way.goal))


def _walked(boundary: Boundary, facts: Sequence[Fact], who: str = "", goal: str = "") -> Trace:
    steps = [
        Step(location=place(fact.path, fact.line), role=Role.FLOW, note=f"{fact.path} {fact.says}") for fact in facts
    ]
    first = steps[0]
    source = Step(location=first.location, role=Role.SOURCE, note=f"{who}: {first.note}" if who else first.note)
    last = steps[-1]
    ends = f"becomes {goal}" if goal else ""
    said = (ends,) if ends and len(steps) == 1 else (last.note, ends)  # what the one step says stands at the source
    sink = Step(location=last.location, role=Role.SINK, note=": ".join(filter(None, said)))
    return Trace(boundary=boundary, steps=(source, *steps[1:-1], sink))
