"""A token in the hands of somebody who does not have its holder's key."""

from __future__ import annotations

from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import ALICE, OFFICE, THIEF, WORKER, attempted, scene

_SIGNERS = {"the thief": THIEF, "the token's issuer": ALICE, "the charter's issuer": OFFICE, "a holder": "holder 1"}


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(2, 5))
    here.honest(text)
    what = here.random.choice(
        (*_SIGNERS, "nobody", "a block", "a proof for another token", "a proof with a new signature")
    )
    if what in _SIGNERS:
        proof = here.proof(text, _SIGNERS[what])
        what = f"a proof signed by {what}"
    elif what == "nobody":
        what, proof = "no proof", ""
    elif what == "a block":
        what, proof = "a block of the token as the proof", here.random.choice(text.split("~"))
    elif what == "a proof for another token":
        proof = here.proof(here.token(), WORKER)
    else:
        theirs, mine = here.proof(text, WORKER), here.proof(text, THIEF)
        proof = ".".join((*theirs.split(".")[:2], mine.split(".")[2]))
    return attempted(what, lambda: here.taken(text, proof))


ATTACK = Attack(
    id="token-stolen",
    title="a stolen token is used without its holder's key",
    aim="the grant of a token that belongs to somebody else",
    attempt=_attempt,
)
