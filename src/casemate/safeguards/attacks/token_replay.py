"""A proof of possession that was seen on its way, used for something else or once more."""

from __future__ import annotations

from casemate.governance.ledger import log_key
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import WORKER, attempted, scene


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(1, 3))
    nonce = here.id()
    proof = here.proof(text, WORKER, nonce=nonce)
    what = here.random.choice(
        (
            "once more",
            "another operation",
            "another target",
            "another verifier",
            "later",
            "another token",
            "the nonce",
            "ahead",
        )
    )
    used, operation, path = text, "scan", here.inside
    if what in ("once more", "the nonce"):
        here.taken(text, proof)
        ground.clock.move(seconds=here.random.randint(0, 200))
        proof = proof if what == "once more" else here.proof(text, WORKER, nonce=nonce)
        what = "once more" if what == "once more" else "the nonce of an earlier proof"
    elif what == "another operation":
        operation = here.random.choice(("prove", "host", "verify"))
    elif what == "another target":
        path = f"{here.inside}/{here.random.randint(1, 99)}"
    elif what == "another verifier":
        other = log_key(ground.signer("another verifier").public_key)
        proof = here.proof(text, WORKER, audience=other)
    elif what == "later":
        ground.clock.move(seconds=here.random.randint(301, 2900))
    elif what == "another token":
        used = here.token()
    else:
        what = "dated ahead"
        ground.clock.move(seconds=-here.random.randint(31, 3000))
    if what != "once more":
        here.honest(used)
    return attempted(what, lambda: here.taken(used, proof, operation, path))


ATTACK = Attack(
    id="token-replay",
    title="a proof of possession is used for another act, or twice",
    aim="an act that the holder did not ask for",
    attempt=_attempt,
)
