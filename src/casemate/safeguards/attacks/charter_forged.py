"""Charters and lists of revocations that nobody issued, or not so."""

from __future__ import annotations

import json
from datetime import date
from random import Random

from casemate.governance.charter_file import CHARTER, REVOCATION, Installed, open_charter, open_revocations
from casemate.governance.fields import InvalidStatement
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.statement import Body, cosign, sign_statement
from casemate.safeguards.attack import Attack, Attempt, Ground

ISSUER, HOLDER, EVE = "issuer", "holder", "eve"


def charter_body(ground: Ground, random: Random) -> dict[str, object]:
    """A charter that is well formed, and narrow."""
    return {
        "issuer": "Bank",
        "purpose": "review",
        "holders": [{"name": "Holder", "key": ground.key(HOLDER)}],
        "targets": [{"path": f"/srv/{random.choice(('a', 'b/c', 'd e'))}"}],
        "tier": random.choice(("find", "prove")),
        "from": "2026-01-01",
        "until": "2026-02-01",
        "quotas": {"executions": random.randrange(1000), "releases": 0},
    }


def attempt(ground: Ground) -> Attempt:
    """A charter is changed, exchanged or signed by somebody else; then it is opened under the issuer's key."""
    random, issuer = ground.random, ground.signer(ISSUER)
    body = charter_body(ground, random)
    signed = sign_statement(CHARTER, body, issuer)
    honest = _opened(signed, ground)
    assert isinstance(honest, Installed), honest
    if random.random() < 0.1:
        return _revoked_by_others(ground)
    what, data = random.choice(_VARIANTS)(ground, body, signed)
    assert data != signed, "nothing was changed"
    opened = _opened(data, ground)
    return Attempt(what=what, succeeded=isinstance(opened, Installed), answer=str(opened))


def _revoked_by_others(ground: Ground) -> Attempt:
    """A list of revocations that the issuer did not sign, however many others did."""
    body: Body = {"number": 9, "revoked": []}
    open_revocations(sign_statement(REVOCATION, body, ground.signer(ISSUER)), (_key(ground, ISSUER),))  # the control
    made = cosign(sign_statement(REVOCATION, body, ground.signer(EVE)), ground.signer(HOLDER))
    try:
        open_revocations(made, (_key(ground, ISSUER),))
    except InvalidStatement as error:
        return Attempt(what="revocations by others", succeeded=False, answer=str(error))
    return Attempt(what="revocations by others", succeeded=True)


def _opened(data: bytes, ground: Ground) -> Installed | str:
    try:
        return open_charter(data, (_key(ground, ISSUER),))
    except InvalidStatement as error:
        return str(error)


def _key(ground: Ground, name: str) -> VerifierKey:
    return parse_key(ground.key(name))


def _byte(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    at, random = ground.random.randrange(len(signed)), ground.random
    kind = random.choice(("changed", "left out", "put in"))
    byte = bytes([signed[at] ^ random.randrange(1, 256)])
    middle = {"changed": byte, "left out": b"", "put in": byte + signed[at : at + 1]}[kind]
    return f"a byte {kind}", signed[:at] + middle + signed[at + 1 :]


def _wider(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    """The text is written anew, wider; the signature stays."""
    name, value = ground.random.choice(
        (
            ("tier", "release"),
            ("targets", [{"path": "/"}]),
            ("until", date(2099, 1, 1).isoformat()),
            ("holders", [{"name": "Eve", "key": ground.key(EVE)}]),
            ("quotas", {}),
            ("models", ["https://eve.example/v1"]),
            ("issuer", "Bank AG"),
        )
    )
    wide = sign_statement(CHARTER, {**body, name: value}, ground.signer(EVE))
    text, _, _ = wide.rpartition(b"\n\n")
    return f"{name} written anew", text + b"\n\n" + signed.rpartition(b"\n\n")[2]


def _own(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    return "signed by somebody else", sign_statement(CHARTER, body, ground.signer(ground.random.choice((EVE, HOLDER))))


def _named(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    """Another's signature under the issuer's name, with and without the key's id."""
    own = sign_statement(CHARTER, {**body, "tier": "release"}, ground.signer(EVE))
    mine, theirs = _key(ground, EVE), _key(ground, ISSUER)
    data = own.replace(mine.name.encode(), theirs.name.encode())
    return "signed under the issuer's name", data


def _beside(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    """Somebody else's charter, to which the issuer's signature of another one is added."""
    own = sign_statement(CHARTER, {**body, "tier": "release"}, ground.signer(EVE))
    line = signed.rpartition(b"\n\n")[2]
    return "a signature spliced in", own + line


def _kind(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    """What the issuer signed as something else: a list of revocations, a later version."""
    kind = ground.random.choice(
        (REVOCATION, "casemate/charter@v2", "casemate/assessment@v1", "casemate/charter-draft@v1")
    )
    data = sign_statement(kind, body, ground.signer(ISSUER))
    if ground.random.random() < 0.5:
        data = data.replace(kind.encode(), CHARTER.encode(), 1)
    return "signed as something else", data


def _spelling(ground: Ground, body: Body, signed: bytes) -> tuple[str, bytes]:
    """The same, or twice the same field, in another spelling."""
    text, _, rest = signed.partition(b"\n}\n")
    twice = text + b',\n "tier": "release"\n}\n' + rest
    compact = signed.replace(json.dumps(body, sort_keys=True, indent=1).encode(), json.dumps(body).encode())
    return "another spelling", ground.random.choice(
        (twice, compact, b"\xef\xbb\xbf" + signed, signed.replace(b"\n", b"\r\n"))
    )


_VARIANTS = (_byte, _byte, _wider, _wider, _own, _named, _beside, _kind, _spelling)

ATTACK = Attack(
    id="charter-forged",
    title="charters that nobody issued, or issued otherwise",
    aim="a charter counts that the issuer did not sign as it stands",
    attempt=attempt,
)
