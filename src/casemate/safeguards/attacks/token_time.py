"""Tokens before and after their time."""

from __future__ import annotations

from datetime import timedelta

from casemate.governance.jws import Kind
from casemate.governance.limits import Limits, seconds
from casemate.governance.token import attenuate, issue
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import ALICE, WORKER, Scene, attempted, header_of, payload_of, scene, signed, spelled


def _too_long(here: Scene) -> Attempt:
    """A first block for longer than any may be, which only a changed Casemate makes."""
    payload = payload_of(here.token())
    payload["exp"] = seconds(here.now + timedelta(days=here.random.randint(32, 4000)))
    text = signed(header_of(Kind.TOKEN), spelled(payload), here.ground.signer(ALICE))
    return attempted("for longer than any token may be", lambda: here.taken(text, here.proof(text, WORKER)))


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(1, 3))
    here.honest(text)
    what = here.random.choice(("expired", "not yet", "a block expired", "the charter ended", "too long", "at its end"))
    if what == "too long":
        return _too_long(here)
    if what == "a block expired":
        minutes = here.random.randint(1, 40)
        short = Limits(ends=here.now + timedelta(minutes=minutes))
        whole = here.token()
        text = attenuate(whole, limits=short, holder=here.key(WORKER), id=here.id(), signer=ground.signer(WORKER))
        ground.clock.move(minutes=minutes)
    elif what == "the charter ended":
        ground.clock.move(days=16)  # to the last day of the charter
        limits = here.limits(ends=here.now + timedelta(days=2))
        charter = here.installed.charter.id
        text = issue(charter=charter, limits=limits, holder=here.key(WORKER), id=here.id(), issuer=ground.signer(ALICE))
        here.honest(text)
        ground.clock.move(days=1)
    elif what == "at its end":
        text = here.token()
        ground.clock.move(hours=1)
    else:
        ground.clock.move(seconds=here.random.randint(3601, 10**6) * (1 if what == "expired" else -1))
    return attempted(what, lambda: here.taken(text, here.proof(text, WORKER)))


ATTACK = Attack(
    id="token-time",
    title="a token is used before or after its time",
    aim="authority that is over, or has not begun",
    attempt=_attempt,
)
