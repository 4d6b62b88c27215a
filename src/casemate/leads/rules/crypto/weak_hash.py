"""Broken hash beside a secret.

## What it is
MD5, SHA-1 or an older hash is used where a name a few lines away, the name of the function or one of its texts speaks of
passwords, tokens or credentials.

## Why it matters
Two texts with the same MD5 or SHA-1 can be made, so a signature over one counts for the other. And both are so fast that a
stolen table of hashed passwords is guessed through in hours.

## How to fix it
Passwords: `hashlib.scrypt`, argon2 or bcrypt, with a salt. Everything else: SHA-256 or BLAKE2. Where nothing rests on the hash,
say so with `usedforsecurity=False`. HMAC over them is not reported: it does not rest on collisions. Nor are functions whose name
says that a protocol prescribes the hash (a WebSocket's handshake, digest authentication), or that it only tells versions
apart (an ETag). Where what is stored, or who calls, names the hash (`stored.startswith("{SHA}")`), the code verifies what others
made; and a hash of nothing but random numbers gives them a form.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule
from casemate.leads.rules.crypto.weak_hash_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

WORDS = (
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "credentials",
    "sensitive",
    "authenticate",
    "authentication",
    "api_key",
    "session_id",
    "sign_in",
    "login",
)

RULE = ActRule(
    id=RuleId("weak-hash"),
    title="Broken hash beside a secret",
    cwe=328,
    also=(
        327,
        916,
    ),
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.MEDIUM,
    acts=("weak-hash",),
    where=WORDS,
    prescribed=(
        "ws",
        "websocket",
        "handshake",
        "digest_auth",
        "digest_authentication",
        "http_digest",
        "md_crypt",
        "ssha",
        "etag",
        "checksum",
        "nonce",
    ),
    schemes=("md4", "md5", "sha", "sha1", "ssha", "apr1"),
    hides=True,
    message="{act} is a broken hash, and {function} speaks of secrets",
    examples=EXAMPLES,
)
