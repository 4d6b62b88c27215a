"""More bundles or executions in a day than the charter's quota: at once, one after the other, by several processes, through
operations that fail, are refused or never end, and with the clock set back within the day."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import date
from hashlib import sha256
from typing import Any

from casemate.governance.charter import Quotas
from casemate.governance.errors import Denied
from casemate.governance.wall import Operation
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.scene import MAKERS, PLACE, USES, Tripwire, a_charter, a_ledger, a_wall


class _Broken(Exception):
    """How an operation may end."""


class _Day:
    """A day of several processes under one charter. handed: bundles that an operation let go, by the day of its beginning. ran:
    executions likewise."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.releases, self.executions = ground.random.randint(1, 6), ground.random.randint(1, 12)
        quotas = Quotas(releases=self.releases, executions=self.executions)
        until = ground.clock.now().date().replace(year=2030)
        self.ledger, self.charter = a_ledger(ground), a_charter(ground, quotas=quotas, until=until)
        self.walls = [a_wall(ground, self.ledger, self.charter) for _ in range(3)]
        self.handed: dict[date, set[str]] = {}
        self.ran: dict[date, int] = {}
        self.unended: list[tuple[AbstractContextManager[Operation], Any]] = []
        self.answers: list[str] = []

    def release(self, *, within: int = 0) -> None:
        """Hand out bundles: as many as were reserved, or more, or with nothing reserved; ended in any way."""
        random = self.ground.random
        wanted = random.choice([1, 2, self.releases, self.releases + 1])
        reserved = random.choice([wanted, wanted, wanted, 0, max(0, wanted - 1)])
        with suppress(_Broken, KeyboardInterrupt), ExitStack() as held:
            try:
                operation = held.enter_context(self._wall().operation("release", subject=(PLACE,), bundles=reserved))
                day = self._today()
                for _ in range(wanted):
                    bundle = sha256(random.randbytes(8)).hexdigest()
                    operation.keep(bundle)
                    self.handed.setdefault(day, set()).add(bundle)
                if within:
                    self.release(within=within - 1)
                self._end()
            except Denied as error:
                self.answers.append(error.what)
                if random.random() < 0.5:
                    raise _Broken from error

    def prove(self, *, within: int = 0) -> None:
        """Run the target until it is refused, with another operation beside it."""
        wire = Tripwire()
        with suppress(_Broken, KeyboardInterrupt, Denied), ExitStack() as held:
            operation = held.enter_context(self._wall().operation("prove", subject=(PLACE,)))
            day = self._today()
            sandbox = MAKERS["Sandbox"](operation, wire)
            for _ in range(self.ground.random.choice([1, self.executions, self.executions + 3])):
                before = len(wire.effects)
                USES["Sandbox", self.ground.random.choice(["run", "search"])](sandbox)
                self.ran[day] = self.ran.get(day, 0) + len(wire.effects) - before
                if within:
                    within = 0
                    self.prove()
            self._end()

    def refused_within(self) -> None:
        """Hand out all that was reserved, then have the operation end as denied."""
        with suppress(Denied), self._wall().operation("release", subject=(PLACE,), bundles=self.releases) as operation:
            day = self._today()
            for _ in range(self.releases):
                bundle = sha256(self.ground.random.randbytes(8)).hexdigest()
                operation.keep(bundle)
                self.handed.setdefault(day, set()).add(bundle)
            raise Denied("something else was refused", next_step="none")

    def abandon(self) -> None:
        """A process is killed with all of it reserved: it never says how it ended."""
        random = self.ground.random
        running = self._wall().operation(random.choice(["release", "prove"]), subject=(PLACE,), bundles=1)
        with suppress(Denied):
            operation = running.__enter__()
            self.unended.append((running, operation))
            with suppress(Denied):
                operation.keep("ab" * 32)

    def restart(self) -> None:
        """A new process, which knows nothing but the ledger."""
        self.walls[1] = a_wall(self.ground, self.ledger, self.charter)

    def set_back(self) -> None:
        """The clock goes back, by minutes or to the day before."""
        self.ground.clock.move(minutes=-self.ground.random.choice([1, 30, 24 * 60, 48 * 60]))

    def go_on(self) -> None:
        """Time passes, now and then to the next day."""
        self.ground.clock.move(minutes=self.ground.random.choice([1, 60, 700]))

    def beyond(self) -> str:
        """What was had beyond the quota."""
        for day, bundles in self.handed.items():
            if len(bundles) > self.releases:
                return f"{len(bundles)} bundles on {day}, of {self.releases}"
        for day, count in self.ran.items():
            if count > self.executions:
                return f"{count} executions on {day}, of {self.executions}"
        return ""

    def _today(self) -> date:
        """As the ledger has it, which does not go back."""
        return max(self.ground.clock.now(), *(wall.standing.latest for wall in self.walls)).date()

    def _wall(self) -> Any:
        wall = self.ground.random.choice(self.walls)
        self.walls.sort(key=lambda one: one is not wall)  # the one that acts stands first
        return wall

    def _end(self) -> None:
        if end := self.ground.random.choice([None, None, _Broken, KeyboardInterrupt]):
            raise end


def attempt(ground: Ground) -> Attempt:
    """A day of honest and of greedy operations, in any order."""
    day = _Day(ground)
    with day.walls[0].operation("release", subject=(PLACE,), bundles=1) as operation:
        operation.keep("cd" * 32)  # the control: within the quota it is handed out
    day.handed[ground.clock.now().date()] = {"cd" * 32}
    what = ground.random.choice(sorted(_WAYS))
    for _ in range(ground.random.randint(2, 5)):
        for step in _WAYS[what]:
            step(day)
    beyond = day.beyond()
    for running, _ in day.unended:
        with suppress(_Broken):
            running.__exit__(_Broken, _Broken(), None)
    return Attempt(what=what, succeeded=bool(beyond), answer=beyond or next(iter(day.answers), ""))


_WAYS: dict[str, tuple[Any, ...]] = {
    "one release after the other": (_Day.release,),
    "a release within a release": (lambda day: day.release(within=2),),
    "a release that ends as refused": (_Day.refused_within, _Day.release),
    "processes that are killed": (_Day.abandon, _Day.restart, _Day.release),
    "the clock set back": (_Day.release, _Day.set_back, _Day.restart, _Day.release, _Day.prove),
    "several days": (_Day.release, _Day.go_on, _Day.prove),
    "proofs beside proofs": (lambda day: day.prove(within=1),),
    "proofs one after the other": (_Day.prove, _Day.restart),
}

ATTACK = Attack(
    id="quota-exceeded",
    title="more bundles or executions in a day than the charter's quota",
    aim="bulk export, or runs of the target without end",
    attempt=attempt,
)
