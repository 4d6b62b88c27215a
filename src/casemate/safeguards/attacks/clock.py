"""The clock set back, against a charter or a grant that has expired, or to make an entry look older than it is."""

from __future__ import annotations

from datetime import date, timedelta

from casemate.governance.entries import After, Before, decode
from casemate.governance.errors import Denied
from casemate.governance.ledger import Ledger
from casemate.governance.wall import Wall
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.scene import MAKERS, PLACE, USES, Tripwire, a_charter, a_ledger, a_wall


def attempt(ground: Ground) -> Attempt:
    """The ledger has seen a later time than the clock now shows."""
    random = ground.random
    ledger, charter = a_ledger(ground), a_charter(ground)
    wall = a_wall(ground, ledger, charter)
    with wall.operation("scan", subject=(PLACE,)):
        pass  # the control: before its end the charter counts
    what = random.choice(
        [
            "after it has ended",
            "by a new process",
            "with a grant that has expired",
            "within one operation",
            "back-dating",
        ]
    )
    if what == "within one operation":
        return _within(ground, wall, what)
    if what == "back-dating":
        return _back_dated(ground, ledger, wall, what)
    grant = None
    if what == "with a grant that has expired":
        grant = wall.grant().narrow(expires=ground.clock.now() + timedelta(minutes=random.randint(1, 60)))
        ground.clock.move(hours=random.randint(1, 5), minutes=1)
    else:
        ground.clock.move(days=random.randint(2, 400))
    late = a_wall(ground, ledger, a_charter(ground))
    with late.operation("scan", subject=(PLACE,)):
        pass  # somebody's honest operation, which shows the ledger what time it is
    ground.clock.time -= timedelta(days=random.randint(1, 5000), seconds=random.randint(0, 86_400))
    again = a_wall(ground, ledger, charter) if what == "by a new process" or random.random() < 0.5 else wall
    try:
        with again.operation("scan", subject=(PLACE,), grant=grant):
            return Attempt(what=what, succeeded=True)
    except Denied as error:
        return Attempt(what=what, succeeded=False, answer=error.what)


def _within(ground: Ground, wall: Wall, what: str) -> Attempt:
    """The charter ends while an operation runs, a port has seen it, and then the clock goes back."""
    random, wire = ground.random, Tripwire()
    (port, first), (_, second) = random.choice(_PAIRS)
    with wall.operation("scan", subject=(PLACE,)) as operation:
        guarded = MAKERS[port](operation, wire)
        ground.clock.move(days=random.randint(2, 10))
        USES[port, first](guarded)
        ground.clock.move(days=-random.randint(10, 20))
        USES[port, second](guarded)
    return Attempt(what=what, succeeded=bool(wire.effects), answer="refused as not examined")


_PAIRS = tuple((one, other) for one in sorted(USES) for other in sorted(USES) if one[0] == other[0])


def _back_dated(ground: Ground, ledger: Ledger, wall: Wall, what: str) -> Attempt:
    """Each entry bears a time that is not before that of the one before it."""
    for _ in range(3):
        ground.clock.move(minutes=ground.random.randint(-5000, 2000))
        again = ground.random.choice([wall, a_wall(ground, ledger, a_charter(ground, until=_far(ground)))])
        try:
            with again.operation("scan", subject=(PLACE,)):
                ground.clock.move(minutes=ground.random.randint(-50, 20))
        except Denied:
            pass
    size = ledger.head()[0].size
    said = [decode(entry) for entry in ledger.bundle(0, size)]
    times = [one.time for one in said if isinstance(one, Before | After)]
    return Attempt(what=what, succeeded=times != sorted(times), answer="entries in the order of their times")


def _far(ground: Ground) -> date:
    return ground.clock.now().date() + timedelta(days=4000)


ATTACK = Attack(
    id="clock-set-back",
    title="the clock set back against what has expired",
    aim="an operation under a charter or grant that has ended, or an entry that looks older",
    attempt=attempt,
)
