"""What each source reaches, told in plain words: the shortest ways to root, to other accounts, to secrets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from casemate.host.derivation import Derivation, Graph
from casemate.host.graph import MEMBER, Edge
from casemate.host.host import Host
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Fact, account, group, named
from casemate.model.host_fix import Fix
from casemate.model.host_report import Standing, Story, Stride

WAYS = 3  # that are told of each source
SEARCHED = 40  # derivations looked at for them


def people(actor: Actor) -> str:
    """An actor in words."""
    if actor == NETWORK:
        return "somebody on the network"
    if actor == ANYONE:
        return "any local user"
    if actor.startswith("secret:"):
        return f"who knows the secret in {named(actor)}"
    return f"a member of group {named(actor)}" if actor.startswith("group:") else named(actor)


def sources(host: Host, graph: Graph) -> tuple[Actor, ...]:
    """Who is asked about, the least powerful first: the network, any local user, each account that is not meant to become
    root, and each group that has a member; whose group is their own and nobody else's is asked about as an account."""
    natural = {premise for edge in graph.edges if edge.natural and edge.conclusion == ROOT for premise in edge.premises}
    accounts = host.accounts
    people_of = [
        a
        for a in accounts.accounts
        if a.uid and account(a.name) not in natural and not natural & {group(g) for g in _groups(host, a.name)}
    ]
    groups = [
        g
        for g in accounts.groups
        if g.gid and group(g.name) not in natural and accounts.members(g) not in ((), (g.name,))
    ]
    return (
        NETWORK,
        ANYONE,
        *dict.fromkeys(account(a.name) for a in sorted(people_of, key=lambda a: (not a.person, a.name))),
        *dict.fromkeys(group(g.name) for g in sorted(groups, key=lambda g: g.name)),
    )


def standings(graph: Graph, asked: Sequence[Actor], chosen: Collection[tuple[Fix, ...]]) -> tuple[Standing, ...]:
    """What each of them reaches beyond what it may: of an account, also beyond what anyone does. Those that reach nothing are
    left out."""
    everybody = frozenset(graph.reach((ANYONE,)))
    out: list[Standing] = []
    for source in asked:
        reached = set(graph.reach((source,))) - {source}
        if source not in (NETWORK, ANYONE):
            reached -= everybody
        goals = [a for a in sorted(reached) if a != ROOT and not a.startswith("group:") and a not in (ANYONE, NETWORK)]
        if ROOT not in reached and not goals:
            continue
        goal = ROOT if ROOT in reached else goals[0]
        ways = shortest(graph, source, goal, WAYS + 1)
        out.append(
            Standing(
                source=source,
                root=ROOT in reached,
                others=tuple(goals),
                stories=tuple(story(way, chosen) for way in ways[:WAYS]),
                more=len(ways) > WAYS,
            )
        )
    return tuple(out)


def shortest(graph: Graph, source: Actor, goal: Actor, count: int) -> list[Derivation]:
    """The cheapest derivations, each with another set of edges: found by taking the edges of one away in turn (as Lawler's
    method for shortest paths, Management Science 18, 1972)."""
    number = {id(edge): index for index, edge in enumerate(graph.edges)}
    first = graph.derive(source, goal)
    waiting = [(first.cost, 0, first, frozenset[int]())] if first else []
    found: list[Derivation] = []
    seen: set[frozenset[int]] = set()
    tried = 0
    while waiting and len(found) < count and tried < SEARCHED:
        waiting.sort(key=lambda entry: entry[:2])
        _, _, way, without = waiting.pop(0)
        edges = frozenset(number[id(edge)] for edge in way.edges)
        if edges in seen:
            continue
        seen.add(edges)
        found.append(way)
        for index in sorted(edges):
            if graph.edges[index].kind == MEMBER:
                continue
            tried += 1
            other = graph.derive(source, goal, without | {index})
            if other is not None:
                waiting.append((other.cost, tried, other, without | {index}))
    return found


def picture(graph: Graph, asked: Sequence[Actor], chosen: Collection[tuple[Fix, ...]]) -> tuple[Stride, ...]:
    """Every edge that leads somebody who is asked about a step on, each once, memberships only where they are needed."""
    reached = set(graph.reach({NETWORK, ANYONE, *asked}))
    useful = [edge for edge in graph.edges if edge.kind != MEMBER and reached.issuperset(edge.premises)]
    groups = {premise for edge in useful for premise in edge.premises if premise.startswith("group:")}
    members = [edge for edge in graph.edges if edge.kind == MEMBER and edge.conclusion in groups]
    return tuple(stride(edge, chosen) for edge in (*members, *useful))


def story(way: Derivation, chosen: Collection[tuple[Fix, ...]]) -> Story:
    """A derivation as it is told."""
    return Story(source=way.source, goal=way.goal, strides=tuple(stride(edge, chosen) for edge in way.told))


def stride(edge: Edge, chosen: Collection[tuple[Fix, ...]] = ()) -> Stride:
    """An edge as it is told: one sentence, in which the places stand in the order of the attack."""
    who = " and ".join(people(premise) for premise in edge.premises)
    if edge.kind == MEMBER:
        says = f"{who} is in group {named(edge.conclusion)}"
    else:
        says = f"{who} becomes {people(edge.conclusion)}: " + ", ".join(_sentences(edge.steps))
    return Stride(
        premises=edge.premises,
        conclusion=edge.conclusion,
        kind=edge.kind,
        technique=edge.technique,
        confidence=edge.confidence,
        says=says,
        places=edge.steps,
        natural=edge.natural,
        cut=any(option in chosen for option in edge.cuts),
    )


def powers(graph: Graph) -> tuple[str, ...]:
    """What groups and administrators have by their nature, where somebody has it."""
    joined = {edge.conclusion for edge in graph.edges if edge.kind == MEMBER}
    held = (e for e in graph.edges if e.natural and all(p in joined or not p.startswith("group:") for p in e.premises))
    return tuple(sorted({stride(edge).says for edge in held}))


def _sentences(steps: Sequence[Fact]) -> Iterator[str]:
    for fact in steps:
        yield f"{fact.path}{f':{fact.line}' if fact.line > 1 else ''} {fact.says}"


def _groups(host: Host, name: str) -> Iterator[str]:
    who = host.accounts.named(name)
    gids = host.accounts.gids(who) if who else frozenset()
    return (g.name for g in host.accounts.groups if g.gid in gids)
