"""Secret from a predictable generator.

## What it is
A function draws from `random` where a name a few lines away, its own name or one of its texts speaks of tokens, passwords,
sessions or salts.

## Why it matters
`random` is made for simulations: who has seen some of its numbers (624 for all of its state) computes those before and after.
A token to reset a password that others can compute is an account that others can take.

## How to fix it
Use `secrets`: `secrets.token_urlsafe()`, `secrets.choice()`, `secrets.randbelow()`; or `random.SystemRandom`, which has the same
methods and draws from the operating system.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule
from casemate.leads.rules.crypto.weak_random_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity

WORDS = (
    "token",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "session_id",
    "session_key",
    "sessionid",
    "cookie",
    "nonce",
    "salt",
    "otp",
    "csrf",
    "api_key",
    "secret_key",
    "private_key",
    "encryption_key",
    "captcha",
    "credential",
    "credentials",
    "remember",
    "remember_me",
    "invitation_code",
    "verification_code",
    "reset_code",
    "authenticator",
    "passcode",
    "challenge",
)

RULE = ActRule(
    id=RuleId("weak-random"),
    title="Secret from a predictable generator",
    cwe=330,
    also=(338,),
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.HIGH,
    acts=("weak-random",),
    where=WORDS,
    message="{act} can be predicted, and {function} speaks of secrets",
    examples=EXAMPLES,
)
