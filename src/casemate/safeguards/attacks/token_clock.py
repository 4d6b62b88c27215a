"""An expired token, and a machine's clock that is set back to when it held."""

from __future__ import annotations

from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.budget import HOUSE_LIMITS
from casemate.governance.charter import Target
from casemate.governance.digests import KeyedDigests
from casemate.governance.errors import Denied
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.standing import Standing, fold
from casemate.governance.wall import Wall
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import WORKER, attempted, scene


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token()
    ledger = Ledger(store=LedgerFolder(ground.folder / "ledger"), signer=ground.signer("verifier"))
    subject = (Target(name=here.inside, path=here.inside),)

    def wall() -> Wall:
        accepted = here.taken(text, here.proof(text, WORKER))
        return Wall(
            charter=accepted.charter,
            policy=HOUSE_POLICY,
            ledger=ledger,
            digests=KeyedDigests(bytes(32)),
            clock=ground.clock,
            budget=HOUSE_LIMITS,
            grant=accepted.grant,
        )

    one = wall()
    with one.operation("scan", subject=subject):
        pass  # the control: while it holds it is used
    ground.clock.move(seconds=here.random.randint(3600, 10**6))
    try:
        with one.operation("scan", subject=subject):
            return Attempt(what="a run after the end", succeeded=True)
    except Denied:
        pass  # recorded: from here on the ledger knows the time
    ground.clock.time = here.ground.clock.time.replace(day=15, hour=12, minute=here.random.randrange(60))
    if here.random.random() < 0.5:
        # Another process, which knows only the ledger: `Ground.now` is the later of the clock and this.
        latest = fold(ledger, Standing()).latest
        ground.clock.time = max(ground.clock.time, latest)
        return attempted("the clock set back, in another process", wall)
    try:
        with one.operation("scan", subject=subject):
            return Attempt(what="the clock set back, in the same process", succeeded=True)
    except Denied as error:
        return Attempt(what="the clock set back, in the same process", succeeded=False, answer=str(error))


ATTACK = Attack(
    id="token-clock",
    title="the clock is set back to revive an expired token",
    aim="authority that the ledger knows to be over",
    attempt=_attempt,
    files=True,
)
