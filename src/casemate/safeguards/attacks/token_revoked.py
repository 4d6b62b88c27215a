"""Tokens that were revoked, and lists of revocations that are not the issuer's."""

from __future__ import annotations

from contextlib import suppress

from casemate.governance.charter_file import REVOCATION, open_revocations
from casemate.governance.fields import InvalidStatement
from casemate.governance.limits import Limits
from casemate.governance.statement import sign_statement
from casemate.governance.token import attenuate
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import OFFICE, THIEF, WORKER, attempted, payload_of, scene


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(1, 5))
    ids = [str(payload_of(block)["jti"]) for block in text.split("~")]
    office = (here.key(OFFICE),)

    def installed(gone: list[str], number: int, by: str) -> None:
        body = {"number": number, "revoked": sorted(gone)}
        here.revoked = open_revocations(sign_statement(REVOCATION, body, ground.signer(by)), office).ids

    installed([here.id() for _ in range(here.random.randint(0, 20))], 1, OFFICE)
    here.honest(text)
    what = here.random.choice(
        ("a block", "a block, narrowed again", "the charter", "all blocks", "a list of the thief's")
    )
    gone = [here.random.choice(ids)]
    if what == "the charter":
        gone = [here.installed.charter.id]
    elif what == "all blocks":
        gone = ids
    installed([*gone, here.id()], 2, OFFICE)
    if what == "a block, narrowed again":
        text = attenuate(text, limits=Limits(), holder=here.key(WORKER), id=here.id(), signer=ground.signer(WORKER))
    elif what == "a list of the thief's":
        with suppress(InvalidStatement):  # the list before it must still count
            installed([], 3, THIEF)
    return attempted(what, lambda: here.taken(text, here.proof(text, WORKER)))


ATTACK = Attack(
    id="token-revoked",
    title="a revoked token is used",
    aim="authority that its issuer took back",
    attempt=_attempt,
)
