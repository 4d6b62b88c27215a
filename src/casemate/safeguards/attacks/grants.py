"""A grant that was narrowed, and is to become wider again: by any chain of `narrow`, or by making one up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.grants import Grant
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Permit
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground
from casemate.safeguards.scene import MAKERS, OPERATIONS, USES, a_charter, a_ledger, a_wall

_PATHS = (
    "/",
    "/srv",
    "/srv/bank",
    "/srv/bank/app",
    "/srv/bank/app/deep/x.py",
    "/srv/bank2",
    "/srv/ban",
    "/srv/Bank",
    "/etc/shadow",
    "//srv/bank",
    "/srv/bank\n/etc",
    "/srv/bank /etc",
)
_MARKS = ("image:sha256:" + "a" * 64, "image:sha256:" + "b" * 64, "repository:bank", "host:" + "c" * 64)
_PROBES = tuple(
    Target(name=path or "marked", path=path, marks=marks)
    for path in (*_PATHS, "")
    for marks in (frozenset[str](), frozenset(_MARKS[:1]), frozenset(_MARKS[:2]), frozenset(_MARKS))
    if path or marks
)
_ACTIONS = (*USES, *((OPERATION, name) for name in OPERATIONS))
_TIMES = tuple(NOON + timedelta(hours=hours) for hours in (-48, 0, 13, 35, 37, 24 * 400))


def _place(ground: Ground) -> Target:
    marks = frozenset(ground.random.sample(_MARKS, ground.random.choice([0, 0, 1, 2])))
    path = ground.random.choice([*_PATHS, ""] if marks else _PATHS)
    return Target(name=f"place {path}", path=path, marks=marks)


def _narrowed(ground: Ground, grant: Grant) -> Grant:
    """One step, which mostly asks for more than the grant has."""
    random = ground.random
    return grant.narrow(
        holder=random.choice([None, "alice", "worker", "root"]),
        tier=random.choice([None, *Tier]),
        targets=random.choice([None, [_place(ground) for _ in range(random.randint(0, 3))]]),
        ports=random.choice([None, random.sample([OPERATION, *MAKERS], random.randint(0, 8)), [OPERATION, *MAKERS]]),
        operations=random.choice([None, random.sample(OPERATIONS, random.randint(0, 8)), OPERATIONS]),
        expires=random.choice([None, *_TIMES]),
    )


def _authority(ground: Ground, grant: Grant) -> set[tuple[str, str, Target, int]]:
    """What the grant permits, of two actions at every place and time that is probed."""
    chosen = [(*action, place) for action in ground.random.sample(_ACTIONS, 2) for place in _PROBES]
    return {
        (port, action, place, hour)
        for port, action, place in chosen
        for hour, now in enumerate(_TIMES)
        if isinstance(HOUSE_POLICY.permits(grant, port, action, (place,), now=now), Permit)
    }


def _chain(ground: Ground) -> Attempt:
    """What comes of a chain permits nothing that its beginning did not."""
    targets = tuple(_place(ground) for _ in range(ground.random.randint(1, 3)))
    charter = a_charter(ground, targets=targets, tier=ground.random.choice(list(Tier)))
    first = a_wall(ground, a_ledger(ground), charter).grant()
    for place in targets:
        if first.narrow(targets=[place]).targets != (place,):
            raise AssertionError("a grant cannot be narrowed to one of its own targets")
    if ground.random.random() < 0.7:
        first = _narrowed(ground, first)
    last, steps = first, ground.random.randint(1, 6)
    for _ in range(steps):
        last = _narrowed(ground, last)
    more = [
        probe
        for probe in _authority(ground, last)
        if not isinstance(HOUSE_POLICY.permits(first, probe[0], probe[1], (probe[2],), now=_TIMES[probe[3]]), Permit)
    ]
    return Attempt(what="a chain of narrowing", succeeded=bool(more), answer=f"gained {more[:1]}" if more else "")


def _marked(ground: Ground) -> Attempt:
    """A grant for what bears a mark is narrowed to a folder that bears it: what lies below and bears it not is no part of it."""
    mark, path = frozenset({ground.random.choice(_MARKS)}), ground.random.choice(_PATHS)
    charter = a_charter(ground, targets=(Target(name="marked", path="", marks=mark),))
    first = a_wall(ground, a_ledger(ground), charter).grant()
    last = first.narrow(targets=[Target(name=path, path=path, marks=mark)])
    below = Target(name="below", path=f"{path.rstrip('/')}/etc/shadow")
    if not last.covers(replace(below, marks=mark)):
        raise AssertionError("what bears the mark is not covered")
    return Attempt(what="a mark exchanged for a path", succeeded=last.covers(below), answer="it does not bear the mark")


def _forged(ground: Ground) -> Attempt:
    """A grant that somebody made up, with all that there is: the wall asks the charter as well."""
    random = ground.random
    tier = random.choice([Tier.FIND, Tier.PROVE, Tier.FIX])
    place = Target(name="./bank", path="/srv/bank")
    wall = a_wall(ground, a_ledger(ground), a_charter(ground, targets=(place,), tier=tier))
    with wall.operation("scan", subject=(place,)):
        pass  # the control: what the charter allows is done
    forged = replace(
        wall.grant(), tier=Tier.RELEASE, targets=(Target(name="/", path="/"),), expires=NOON + timedelta(days=4000)
    )
    what = random.choice(["a forged grant for another place", "a forged grant for more", "a forged grant for longer"])
    name, subject = "scan", tuple[Target, ...]((place,))
    if what.endswith("place"):
        outside = Target(name="./bank", path=random.choice([p for p in _PATHS if not f"{p}/".startswith("/srv/bank/")]))
        subject = random.choice([(outside,), (place, outside), (outside, place)])
    elif what.endswith("more"):
        name = random.choice(["release", *(["fix", "apply"] if tier is not Tier.FIX else ["release"])])
    else:
        ground.clock.move(days=random.randint(2, 4000))
    try:
        with wall.operation(name, subject=subject, grant=forged):
            return Attempt(what=what, succeeded=True)
    except Denied as error:
        return Attempt(what=what, succeeded=False, answer=error.what)


def attempt(ground: Ground) -> Attempt:
    """A chain, a mark, or a forgery."""
    return ground.random.choice([_chain, _chain, _marked, _forged])(ground)


ATTACK = Attack(
    id="grant-widened",
    title="a narrowed grant that is to become wider again, or one that was made up",
    aim="a tier, place, port or time beyond what was handed down",
    attempt=attempt,
)
