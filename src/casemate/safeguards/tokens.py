"""What attacks on tokens stand on: an office that signed a charter, people with keys, tokens between them, and one honest way
to use a token, which is the one that the product takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from casemate.governance.charter import Target, Tier
from casemate.governance.charter_file import CHARTER, Installed, open_charter, person_body
from casemate.governance.errors import TokenRefused
from casemate.governance.jws import Kind, decode64url, encode64url
from casemate.governance.ledger import log_key
from casemate.governance.limits import Limits, path_target
from casemate.governance.note import VerifierKey
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Denial, ports_up_to
from casemate.governance.possession import Accepted, Act, accept, present, subject_digest
from casemate.governance.statement import person_key, sign_statement
from casemate.governance.token import attenuate, issue, open_token
from casemate.ports import Signer
from casemate.safeguards.attack import Attempt, Ground

OFFICE, ALICE, WORKER, THIEF = "office", "alice", "worker", "thief"
ENDPOINT, OTHER_ENDPOINT = "https://models.example/v1", "https://elsewhere.example/v1"
DAYS = (date(2026, 1, 1), date(2026, 1, 31))


@dataclass(slots=True, kw_only=True)
class Scene:
    """A charter over two places, of which tokens give one. inside, outside: of what a token gives, and of that alone. seen:
    nonces that were used at the verifier."""

    ground: Ground
    installed: Installed
    inside: str
    outside: str
    seen: set[str] = field(default_factory=set)
    revoked: frozenset[str] = frozenset()

    @property
    def random(self) -> Random:
        """The attempt's only source of chance."""
        return self.ground.random

    @property
    def now(self) -> datetime:
        """The verifier's time."""
        return self.ground.clock.now()

    @property
    def audience(self) -> VerifierKey:
        """The verifier."""
        return log_key(self.ground.signer("verifier").public_key)

    def key(self, name: str) -> VerifierKey:
        """Somebody's public key."""
        return person_key(self.ground.signer(name).public_key)

    def id(self) -> str:
        """A fresh identity, or nonce."""
        return f"{self.random.getrandbits(128):032x}"

    def limits(self, **changes: Any) -> Limits:
        """What a first block states: to prove in the inner place, for two hours around noon."""
        limits = Limits(
            tier=Tier.PROVE,
            targets=(path_target(self.inside),),
            ports=ports_up_to(Tier.PROVE),
            models=frozenset({ENDPOINT}),
            executions=100,
            releases=2,
            begins=self.now - timedelta(hours=1),
            ends=self.now + timedelta(hours=1),
        )
        return replace(limits, **changes)

    def token(self, holder: str = WORKER, *, blocks: int = 1, **changes: Any) -> str:
        """A token that alice issued, narrowed so often (each time for another holder), of which `holder` is the last."""
        between = [f"holder {number}" for number in range(1, blocks)]
        holders = [*between, holder]
        text = issue(
            charter=self.installed.charter.id,
            limits=self.limits(**changes),
            holder=self.key(holders[0]),
            id=self.id(),
            issuer=self.ground.signer(ALICE),
        )
        for mine, next_one in pairwise(holders):
            some = self.random.choice(
                (
                    Limits(),
                    Limits(executions=50),
                    Limits(ends=self.now + timedelta(minutes=50)),
                    Limits(models=frozenset()),
                )
            )
            text = attenuate(
                text, limits=some, holder=self.key(next_one), id=self.id(), signer=self.ground.signer(mine)
            )
        return text

    def proof(self, text: str, by: str, operation: str = "scan", path: str = "", **changes: Any) -> str:
        """The proof that somebody makes for a token, honest but for the changes (time, nonce, audience)."""
        made: dict[str, Any] = {"time": self.now, "nonce": self.id(), "audience": self.audience, **changes}
        act = Act(operation=operation, subject=digest_of(path or self.inside), audience=made["audience"])
        return present(text, act, time=made["time"], nonce=made["nonce"], holder=self.ground.signer(by))

    def taken(self, text: str, proof: str, operation: str = "scan", path: str = "") -> Accepted:
        """What the verifier makes of token and proof, for an operation on a place. Raises TokenRefused."""
        place = path or self.inside
        act = Act(operation=operation, subject=digest_of(place), audience=self.audience)
        token = open_token(text, installed=self.installed, revoked=self.revoked, now=self.now)
        accepted = accept(token, proof, act, now=self.now, take=self._take)
        subject = (Target(name=place, path=place),)
        permit = HOUSE_POLICY.permits(accepted.grant, OPERATION, operation, subject, now=self.now)
        why = (
            permit.reason
            if isinstance(permit, Denial)
            else accepted.charter.refusal(tier=permit.tier, subject=subject, now=self.now)
        )
        if why is not None:
            raise TokenRefused(why, "ask for a wider token")
        return accepted

    def honest(self, text: str, by: str = WORKER) -> None:
        """The control: the rightful holder scans the place that the token gives. Raises AssertionError when that is refused."""
        try:
            self.taken(text, self.proof(text, by))
        except TokenRefused as error:
            raise AssertionError(f"the honest act was refused: {error}") from error

    def _take(self, nonce: str, until: datetime) -> bool:
        new = nonce not in self.seen
        self.seen.add(nonce)
        return new


def scene(ground: Ground, base: str = "") -> Scene:
    """A charter of the office's for alice, for a folder, by default one chosen by chance."""
    random = ground.random
    base = base or "/srv/" + "".join(random.choice("abcdefgh") for _ in range(random.randint(2, 8)))
    body = {
        "issuer": "The office",
        "holders": [person_body("Alice", person_key(ground.signer(ALICE).public_key))],
        "targets": [{"path": base}],
        "tier": "fix",
        "models": [ENDPOINT, OTHER_ENDPOINT],
        "from": DAYS[0].isoformat(),
        "until": DAYS[1].isoformat(),
        "purpose": "an attempt",
        "quotas": {"executions": 1000, "releases": 5},
    }
    data = sign_statement(CHARTER, body, ground.signer(OFFICE))
    installed = open_charter(data, (person_key(ground.signer(OFFICE).public_key),))
    return Scene(ground=ground, installed=installed, inside=f"{base}/app", outside=f"{base}/other")


def attempted(what: str, act: Callable[[], object]) -> Attempt:
    """An attempt that succeeds unless the act is refused."""
    try:
        act()
    except TokenRefused as error:
        return Attempt(what=what, succeeded=False, answer=str(error))
    return Attempt(what=what, succeeded=True)


def digest_of(path: str) -> str:
    """The digest of one place."""
    return subject_digest((Target(name=path, path=path),))


def payload_of(block: str) -> dict[str, object]:
    """What a block says."""
    payload = json.loads(decode64url(block.split(".")[1]))
    assert isinstance(payload, dict)
    return payload


def spelled(payload: Mapping[str, object]) -> bytes:
    """A payload in the one spelling."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signed(header: bytes, payload: bytes, signer: Signer) -> str:
    """A JWS of any header and payload whatever, signed."""
    content = f"{encode64url(header)}.{encode64url(payload)}"
    return f"{content}.{encode64url(signer.sign(content.encode()))}"


def header_of(kind: Kind, **changes: object) -> bytes:
    """The header of a kind, with changes."""
    return spelled({"alg": "Ed25519", "typ": kind.value, **changes})
