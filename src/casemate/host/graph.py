"""The privilege graph: AND/OR edges between actors, made of what the files say and of who can change, read and run them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casemate.host.access import Change, How
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Secret, Trust
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Confidence, Fact, Node, NodeKind, account, group
from casemate.model.host_fix import Fix, SetMode, SetOwner

MEMBER = "member-of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Who is all of `premises` becomes `conclusion`. steps: the places of it, in the order of the attack; the first is what is
    wrong. cuts: each of them alone ends the edge, best first. relation: None for what needs no fact, such as a membership."""

    premises: tuple[Actor, ...]
    conclusion: Actor
    kind: str
    technique: str
    steps: tuple[Fact, ...]
    says: str
    confidence: Confidence = Confidence.PROVED
    cuts: tuple[tuple[Fix, ...], ...] = ()
    natural: bool = False
    relation: Relation | None = None


def secret_of(path: str) -> Actor:
    """What who has read a secret of no account of this host becomes: one who knows it."""
    return Actor(f"secret:{path}")


def edges(host: Host, relations: Iterable[Relation]) -> Iterator[Edge]:
    """Every edge, those of memberships first."""
    yield from _memberships(host)
    seen: set[tuple[object, ...]] = set()
    for relation in relations:
        for edge in _edges(host, relation):
            key = (edge.premises, edge.conclusion, edge.kind, edge.steps)
            if key not in seen:
                seen.add(key)
                yield edge


def _memberships(host: Host) -> Iterator[Edge]:
    """An account is anyone, and a member of each of its groups; root is everybody."""
    accounts = host.accounts
    for who in accounts.accounts:
        if not who.uid:
            continue
        for to in (ANYONE, *(group(g.name) for g in accounts.groups if g.gid in accounts.gids(who))):
            yield Edge(
                premises=(account(who.name),),
                conclusion=to,
                kind=MEMBER,
                technique="",
                steps=(Fact("/etc/passwd", "has the account", max(who.line, 1)),),
                says="is a member",
            )


def _edges(host: Host, relation: Relation) -> Iterator[Edge]:
    if isinstance(relation, Trust):
        yield from _of_trust(host, relation)
    elif isinstance(relation, Secret):
        yield from _of_secret(host, relation)
    else:
        yield from _of_grant(host, relation)


def _of_trust(host: Host, trust: Trust) -> Iterator[Edge]:
    for actor, change in _changes(host, trust.path, trust.folder):
        if actor == trust.runner:
            continue
        found = host.fs.node(trust.path)
        end = found.path if found else trust.path
        first = Fact(change.place.path, _how(change, host, end))
        rest = () if change.place.path == end else (Fact(end, trust.says),)
        rest = (*rest, *_link(host, trust.path, end, change))
        yield Edge(
            premises=(actor,),
            conclusion=trust.runner,
            kind=trust.kind,
            technique=trust.technique,
            steps=(first, *rest, *trust.via),
            says=f"{end} {trust.says}",
            confidence=trust.confidence,
            cuts=(*((fix,) for fix in _closing(host, actor, change)), *((fix,) for fix in trust.fixes)),
            relation=trust,
        )


def _link(host: Host, path: str, end: str, change: Change) -> tuple[Fact, ...]:
    """The link by whose name a path is known, where it is not the link that is replaced."""
    named = host.fs.resolve(path, follow=False)
    if (
        named is None
        or named.node.kind is not NodeKind.LINK
        or not f"{end}/".startswith(change.place.path.rstrip("/") + "/")
    ):
        return ()
    return (Fact(named.node.path, f"is a link to {end}"),)


def _asked(host: Host) -> dict[tuple[str, bool], list[tuple[Actor, Change]]]:
    """The answers of `_changes`: many jobs call the same programs."""
    return {}


def _changes(host: Host, path: str, folder: bool) -> list[tuple[Actor, Change]]:
    """Who can change a path, narrowed, and how."""
    if host.access.only_root(path):
        return []
    known = host.once(_asked)
    if (path, folder) not in known:
        who = _narrowed(host, lambda actor: host.access.change(actor, path, folder=folder) is not None)
        found = [(actor, host.access.change(actor, path, folder=folder)) for actor in who]
        known[path, folder] = [(actor, change) for actor, change in found if change is not None]
    return known[path, folder]


def _of_secret(host: Host, secret: Secret) -> Iterator[Edge]:
    found = host.fs.node(secret.path)
    if found is None or (not found.uid and not found.mode & 0o044 and found.acl is None):
        return
    to = secret.opens or secret_of(found.path)
    for actor in _narrowed(host, lambda who: host.access.discloses(who, secret.path)):
        if actor == to or host.access.identity(actor).uid == found.uid:
            continue
        mode = f"{found.mode:04o}"
        yield Edge(
            premises=(actor,),
            conclusion=to,
            kind=secret.kind,
            technique=secret.technique,
            steps=(Fact(found.path, f"holds {secret.what} and can be read (mode {mode})", secret.line), *secret.via),
            says=f"{found.path} holds {secret.what}",
            confidence=secret.confidence,
            cuts=((SetMode(found.path, found.mode, found.mode & ~_too_many(host, actor, found, 0o066)),),),
            relation=secret,
        )


def _of_grant(host: Host, grant: Grant) -> Iterator[Edge]:
    holders = grant.holders
    if grant.program:
        runs = [who for who in holders if host.access.executes(host.access.identity(who), grant.program)]
        if holders == (ANYONE,) and not runs:  # not for everybody: who can, by a group of theirs
            for actor in _narrowed(host, lambda who: host.access.executes(host.access.identity(who), grant.program)):
                yield _granted(grant, (actor,))
            return
        if NETWORK not in holders and not runs:
            return
    yield _granted(grant, holders)


def _granted(grant: Grant, holders: tuple[Actor, ...]) -> Edge:
    return Edge(
        premises=holders,
        conclusion=grant.becomes,
        kind=grant.kind,
        technique=grant.technique,
        steps=grant.via,
        says=grant.says,
        confidence=grant.confidence,
        cuts=tuple((fix,) for fix in grant.fixes),
        natural=grant.natural,
        relation=grant,
    )


def _narrowed(host: Host, can: object) -> list[Actor]:
    """Who can, without those who can only because all of them can, or because their group can."""
    test = can
    assert callable(test)
    if test(ANYONE):
        return [ANYONE]
    accounts = host.accounts
    groups = [g for g in accounts.groups if test(group(g.name))]
    gids = {g.gid for g in groups}
    others = [a for a in accounts.accounts if a.uid and not gids & accounts.gids(a) and test(account(a.name))]
    return [*(group(g.name) for g in groups), *dict.fromkeys(account(a.name) for a in others)]


def _how(change: Change, host: Host, end: str) -> str:
    place = change.place
    mode = f"mode {place.mode:04o}"
    owner = host.accounts.of_uid(place.uid)
    whose = owner.name if owner else str(place.uid)
    if change.owned:
        return f"belongs to {whose}, who can make it writable"
    if change.how is How.WRITES:
        return f"can be written to (owner {whose}, {mode})"
    if change.how is How.FILLS:
        return f"takes new files (owner {whose}, {mode})"
    if change.how is How.CREATES:
        return f"takes the missing {end} (owner {whose}, {mode})"
    return f"lets {end} be replaced (owner {whose}, {mode})"


def _closing(host: Host, actor: Actor, change: Change) -> Iterator[Fix]:
    """What takes the permission away that a change rests on."""
    place, who = change.place, host.access.identity(actor)
    if place.uid == who.uid:
        yield SetOwner(place.path, (place.uid, place.gid), (0, 0))
    elif actor == ANYONE:
        yield SetMode(place.path, place.mode, place.mode & ~_too_many(host, actor, place, 0o022))
    elif place.kind is NodeKind.FOLDER and change.how is How.REPLACES and not place.mode & 0o1000:
        yield SetMode(place.path, place.mode, place.mode & ~0o022)
    else:
        yield SetMode(place.path, place.mode, place.mode & ~0o020)


def _too_many(host: Host, actor: Actor, place: Node, bits: int) -> int:
    """Which of these bits to take away: those of all others, and those of the group where it is the group that is too many, or
    where nobody is in it who could need them."""
    owning = host.accounts.of_gid(place.gid)
    needed = owning is not None and bool(place.gid) and bool(host.accounts.members(owning))
    return bits & 0o007 if actor == ANYONE and needed else bits


__all__ = ["MEMBER", "ROOT", "Edge", "edges", "secret_of"]
