"""Agreement to a release that nobody gave, that one gave oneself, or that was given to something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from casemate.governance.charter import Charter, Person, Target, Tier
from casemate.governance.note import parse_key
from casemate.governance.release import REQUEST, Request, release_refusal
from casemate.governance.statement import cosign, sign_statement
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground


def attempt(ground: Ground) -> Attempt:
    """Alice asks; Bob, whom the charter names, agrees; then the agreement is used for something else, or made up."""
    random = ground.random
    alice, bob = parse_key(ground.key("alice")), parse_key(ground.key("bob"))
    approvers = (Person(name="Bob", key=bob), *((Person(name="Alice", key=alice),) if random.random() < 0.5 else ()))
    charter = Charter(
        who="Alice",
        targets=(Target(name="/srv", path="/srv"),),
        tier=Tier.RELEASE,
        until=NOON.date() + timedelta(days=9),
        made_for="review",
        id=f"{random.getrandbits(256):064x}",
        approvers=approvers,
    )
    asked = Request(
        requester=alice,
        bundles=tuple(sorted(f"{random.getrandbits(256):064x}" for _ in range(random.randrange(1, 4)))),
        target="/srv/a",
        charter=charter.id,
        recipient="the maintainer",
        reason="to mend it",
        made=NOON - timedelta(hours=1),
        ends=NOON + timedelta(hours=random.randrange(1, 99)),
    )
    unsigned = sign_statement(REQUEST, asked.body(), ground.signer("alice"))
    agreed = cosign(unsigned, ground.signer("bob"))

    def refused(data: bytes | None = agreed, **changes: Any) -> str:
        given: dict[str, Any] = {
            "bundles": asked.bundles,
            "target": asked.target,
            "now": NOON,
            "requester": alice,
            **changes,
        }
        return release_refusal(charter, data=data, **given)

    assert refused() == "", refused()
    what = random.choice(
        [
            "nobody",
            "oneself",
            "a stranger",
            "a byte",
            "replayed",
            "other bundles",
            "more bundles",
            "fewer bundles",
            "another target",
            "too late",
            "too early",
            "another charter",
            "another's request",
            "no request",
        ]
    )
    line = agreed.rpartition(b"\n\n")[2].split(b"\n")[1] + b"\n"  # Bob's signature
    if what == "nobody":
        answer = refused(unsigned)
    elif what == "oneself":
        answer = refused(cosign(unsigned, ground.signer("alice")))
    elif what == "a stranger":
        answer = refused(cosign(unsigned, ground.signer(random.choice(("eve", "issuer")))))
    elif what == "a byte":
        at = random.randrange(len(agreed))
        answer = refused(agreed[:at] + bytes([agreed[at] ^ random.randrange(1, 256)]) + agreed[at + 1 :])
    elif what == "replayed":
        other = random.choice(
            (replace(asked, recipient="Eve"), replace(asked, reason="x"), replace(asked, target="/srv/b"))
        )
        answer = refused(sign_statement(REQUEST, other.body(), ground.signer("alice")) + line, target=other.target)
    elif what == "other bundles":
        answer = refused(bundles=tuple(f"{random.getrandbits(256):064x}" for _ in asked.bundles))
    elif what == "more bundles":
        answer = refused(bundles=(*asked.bundles, f"{random.getrandbits(256):064x}"))
    elif what == "fewer bundles":
        answer = refused(bundles=asked.bundles[1:])
    elif what == "another target":
        answer = refused(target=random.choice(("/srv", "/srv/A", "/srv/a/", "/srv/a/../b", "/")))
    elif what == "too late":
        answer = refused(now=asked.ends + timedelta(seconds=random.randrange(100)))
    elif what == "too early":
        answer = refused(now=asked.made - timedelta(seconds=random.randrange(1, 100)))
    elif what == "another charter":
        charter = replace(charter, id=f"{random.getrandbits(256):064x}")
        answer = refused()
    elif what == "another's request":
        answer = refused(requester=parse_key(ground.key("eve")))
    else:
        answer = refused(None)
    return Attempt(what=what, succeeded=not answer, answer=answer)


ATTACK = Attack(
    id="approval",
    title="a second person's agreement made up, one's own, or carried over",
    aim="proofs are handed out to which nobody else agreed, just so",
    attempt=attempt,
)
