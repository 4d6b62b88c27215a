"""A token that is made to say more than its issuer or its last holder said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from casemate.governance.errors import TokenRefused
from casemate.governance.jws import Kind, encode64url, jwk
from casemate.governance.limits import seconds
from casemate.governance.token import text_digest
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import (
    OTHER_ENDPOINT,
    THIEF,
    WORKER,
    Scene,
    attempted,
    header_of,
    payload_of,
    scene,
    signed,
    spelled,
)

_CLAIMS = (
    *("tier", "targets", "ports", "models", "operations", "quotas", "nbf", "exp"),
    *("charter", "cnf", "iss", "jti", "none"),
)
_LIMITS = _CLAIMS[:8]


def _more(here: Scene, claim: str) -> Mapping[str, object]:
    values: dict[str, object] = {
        "tier": "release",
        "targets": [{"path": here.random.choice((here.outside, "/", here.inside.rsplit("/", 1)[0]))}],
        "ports": ["Operation", "WorkingTree"],
        "models": [OTHER_ENDPOINT],
        "operations": ["host", "revocation-add", "scan"],
        "quotas": {"executions": 999, "releases": 4},
        "nbf": seconds(here.now - timedelta(days=2)),
        "exp": seconds(here.now + timedelta(days=20)),
        "charter": "f" * 64,
        "cnf": {"jwk": jwk(here.key(THIEF))},
        "iss": str(here.key(THIEF)),
        "jti": here.id(),
    }
    return {claim: values[claim]} if claim in values else {}


def _altered(here: Scene, claim: str) -> Attempt:
    """A payload is changed, and the old signature or one of the thief's put to it."""
    text = here.token(blocks=here.random.randint(1, 3))
    here.honest(text)
    blocks = text.split("~")
    index = here.random.randrange(len(blocks)) if claim not in ("charter", "iss") else 0
    head, _, signature = blocks[index].split(".")
    claim = "jti" if claim == "none" else claim
    payload = spelled({**payload_of(blocks[index]), **_more(here, claim)})
    kept = here.random.random() < 0.5
    if kept:
        blocks[index] = f"{head}.{encode64url(payload)}.{signature}"
    else:
        blocks[index] = signed(header_of(Kind.BLOCK if index else Kind.TOKEN), payload, here.ground.signer(THIEF))
    altered = "~".join(blocks)
    who = THIEF if claim == "cnf" else WORKER
    what = f"{claim} changed, {'the signature kept' if kept else 'signed by the thief'}"
    return attempted(what, lambda: here.taken(altered, here.proof(altered, who)))


def _stated(here: Scene, claim: str) -> Attempt:
    """The rightful holder signs a block of their own that states more than they have."""
    text = here.token(operations=frozenset({"scan"})) if claim == "operations" else here.token()
    here.honest(text)
    claim = claim if claim in _LIMITS else "all"
    more = _more(here, claim)
    if claim == "all":
        more = {
            name: value for one in ("tier", "targets", "ports", "models") for name, value in _more(here, one).items()
        }
    payload = {
        **more,
        "cnf": {"jwk": jwk(here.key(WORKER))},
        "jti": here.id(),
        "prev": text_digest(text),
        "v": 1,
    }
    wider = f"{text}~{signed(header_of(Kind.BLOCK), spelled(payload), here.ground.signer(WORKER))}"
    what = f"a holder's own block that states a wider {claim}"
    if claim == "nbf":
        here.ground.clock.move(hours=-2)
    elif claim == "exp":
        here.ground.clock.move(hours=2)
    operation = "fix" if claim in ("tier", "all") else "scan"
    path = here.outside if claim in ("targets", "all") else here.inside
    if claim not in ("ports", "models", "operations", "quotas"):
        return attempted(what, lambda: here.taken(wider, here.proof(wider, WORKER, operation, path), operation, path))
    try:
        accepted = here.taken(wider, here.proof(wider, WORKER))
    except TokenRefused as error:
        return Attempt(what=what, succeeded=False, answer=str(error))
    quotas = accepted.charter.quotas
    got = (
        "WorkingTree" in accepted.grant.ports
        or OTHER_ENDPOINT in accepted.charter.models
        or quotas.executions != 100
        or quotas.releases != 2
        or (claim == "operations" and any(accepted.grant.begins(name) for name in ("host", "revocation-add")))
    )
    return Attempt(what=what, succeeded=got, answer="without effect")


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    claim = here.random.choice(_CLAIMS)
    return (_altered if here.random.random() < 0.5 else _stated)(here, claim)


ATTACK = Attack(
    id="token-widened",
    title="a token is made to allow more than it was issued for",
    aim="a tier, a target, a port, a model, a quota or a time beyond the token",
    attempt=_attempt,
)
