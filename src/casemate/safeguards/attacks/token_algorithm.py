"""Tokens that choose how they are checked, or that have a second spelling: what libraries for JOSE have fallen for."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

from casemate.governance.jws import Kind, encode64url
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import (
    ALICE,
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

_SMALL_ORDER = (0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18)


def _header(here: Scene, text: str) -> tuple[str, str]:
    """Another header. What stands below it says what the honest one says."""
    payload, issuer = spelled(payload_of(text)), here.ground.signer(ALICE)
    thief = here.ground.signer(THIEF)
    secret = here.key(ALICE).key
    what = here.random.choice(
        ("none", "HS256", "the thief's key named", "another algorithm", "another kind", "more", "spelling")
    )
    if what == "none":
        header = header_of(Kind.TOKEN, alg=here.random.choice(("none", "None", "NONE", "")))
        return "alg none", f"{encode64url(header)}.{encode64url(payload)}." + here.random.choice(("", "AA", text[-86:]))
    if what == "HS256":
        content = f"{encode64url(header_of(Kind.TOKEN, alg='HS256'))}.{encode64url(payload)}"
        mac = hmac.digest(here.random.choice((secret, str(here.key(ALICE)).encode())), content.encode(), sha256)
        return "HS256 under the public key", f"{content}.{encode64url(mac)}"
    if what == "the thief's key named":
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": encode64url(thief.public_key)}
        named: dict[str, object] = {"jwk": jwk, "jku": "https://keys.example", "kid": str(here.key(THIEF))}
        name = here.random.choice(tuple(named))
        return what, signed(header_of(Kind.TOKEN, **{name: named[name]}), payload, thief)
    if what == "another algorithm":
        header = header_of(Kind.TOKEN, alg=here.random.choice(("EdDSA", "ES256", "RS256", "ed25519", "Ed448")))
    elif what == "another kind":
        header = header_of(here.random.choice((Kind.BLOCK, Kind.PROOF)))
    elif what == "more":
        more = here.random.choice(({"crit": ["b64"], "b64": False}, {"zip": "DEF"}, {"cty": "JWT"}, {"kid": "1"}))
        header = header_of(Kind.TOKEN, **more)
    else:
        plain = header_of(Kind.TOKEN)
        header = here.random.choice((plain + b" ", plain.replace(b":", b": "), plain.replace(b"{", b'{"alg":"none",')))
    return f"header: {what}", signed(header, payload, issuer)


def _payload(here: Scene, text: str) -> tuple[str, str]:
    """Another spelling of what is said, signed by the rightful issuer; or something else altogether."""
    payload = payload_of(text)
    plain = spelled(payload).decode()
    tier = '"tier":"prove"'
    variants = {
        "a key twice": plain.replace(tier, f'"tier":"find",{tier}'),
        "a key twice, wider last": plain.replace(tier, f'{tier},"tier":"release"'),
        "white space": json.dumps(payload, sort_keys=True),
        "another order": "{" + ",".join(reversed([f'"{k}":{json.dumps(v)}' for k, v in payload.items()])) + "}",
        "escapes": plain.replace("prove", "\\u0070rove"),
        "a float": plain.replace('"v":1', '"v":1.0'),
        "true for a number": plain.replace('"v":1', '"v":true'),
        "a number as text": plain.replace('"v":1', '"v":"1"'),
        "no object": f"[{plain}]",
        "null": "null",
        "an unknown claim": plain.replace('"v":1', '"v":1,"w":1'),
        "a newer version": plain.replace('"v":1', '"v":2'),
        "a claim left out": plain.replace(f",{tier}", ""),
        "a byte order mark": "\ufeff" + plain,
        "not a number": plain.replace('"v":1', '"v":NaN'),
        "deep": "[" * 100_000,
    }
    what = here.random.choice(tuple(variants))
    assert variants[what] != plain
    return f"payload: {what}", signed(header_of(Kind.TOKEN), variants[what].encode(), here.ground.signer(ALICE))


def _encoding(here: Scene, text: str) -> tuple[str, str]:
    """Another spelling of base64url for the very same bytes."""
    head, body, signature = text.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = signature[:-1] + last[last.index(signature[-1]) + here.random.randint(1, 15)]
    variants = {
        "padding": f"{head}.{body}.{signature}==",
        "loose bits": f"{head}.{body}.{loose}",
        "line break": f"{head}.{body}\n.{signature}",
        "space": f"{head}.{body}. {signature}",
        "the other alphabet": f"{head}.{body}/.{signature}",
        "an empty part": f"{head}.{body}.{signature}.",
        "full-width dots": f"{head}．{body}．{signature}",
    }
    what = here.random.choice(tuple(variants))
    return f"base64url: {what}", variants[what]


def _key(here: Scene, text: str) -> tuple[str, str]:
    """A holder's key under which anybody can sign: the proof is the neutral point and zero."""
    y = here.random.choice(_SMALL_ORDER)
    weak = (y | here.random.choice((0, 1 << 255))).to_bytes(32, "little")
    payload = {**payload_of(text), "cnf": {"jwk": {"crv": "Ed25519", "kty": "OKP", "x": encode64url(weak)}}}
    return "a key of small order", signed(header_of(Kind.TOKEN), spelled(payload), here.ground.signer(ALICE))


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token()
    here.honest(text)
    what, made = here.random.choice((_header, _payload, _encoding, _key))(here, text)
    proof = here.proof(made, WORKER)
    if what == "a key of small order":
        head, body, _ = proof.split(".")
        proof = f"{head}.{body}.{encode64url((1).to_bytes(32, 'little') + bytes(32))}"
    return attempted(what, lambda: here.taken(made, proof))


ATTACK = Attack(
    id="token-algorithm",
    title="a token chooses how it is checked, or has a second spelling",
    aim="a token that nobody signed as it stands",
    attempt=_attempt,
)
