"""A token narrowed, for a holder of their choice, by somebody who does not hold it."""

from __future__ import annotations

from casemate.governance.jws import Kind, jwk
from casemate.governance.limits import Limits
from casemate.governance.token import attenuate, issue, text_digest
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import ALICE, OFFICE, THIEF, attempted, header_of, scene, signed, spelled


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(2, 4))
    here.honest(text)
    who = here.random.choice((THIEF, ALICE, OFFICE, "holder 1"))
    way = here.random.choice(("asked of the product", "made by hand", "issued anew"))
    what = f"{way}, by {'an earlier holder' if who == 'holder 1' else who}"
    signer = ground.signer(who)
    if way == "asked of the product":

        def narrow() -> None:
            attenuate(text, limits=Limits(), holder=here.key(THIEF), id=here.id(), signer=signer)

        return attempted(what, narrow)
    if way == "issued anew":
        who = here.random.choice((THIEF, "holder 1", "worker"))  # nobody whom the charter names
        charter = here.installed.charter.id
        made = issue(
            charter=charter, limits=here.limits(), holder=here.key(THIEF), id=here.id(), issuer=ground.signer(who)
        )
        return attempted(f"issued anew, by {who}", lambda: here.taken(made, here.proof(made, THIEF)))
    payload = {"cnf": {"jwk": jwk(here.key(THIEF))}, "jti": here.id(), "prev": text_digest(text), "v": 1}
    made = f"{text}~{signed(header_of(Kind.BLOCK), spelled(payload), signer)}"
    return attempted(what, lambda: here.taken(made, here.proof(made, THIEF)))


ATTACK = Attack(
    id="token-stranger",
    title="a token is narrowed, or issued, by somebody who may not",
    aim="a token of one's own out of somebody else's",
    attempt=_attempt,
)
