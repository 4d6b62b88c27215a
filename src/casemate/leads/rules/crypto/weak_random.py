"""Secret from a predictable generator.

## What it is
A function draws from `random`, and what it becomes is called a token, a password, a session or the like: by the variable,
attribute or key that it is kept in, by the function's own name, or by the texts that it is put beside.

## Why it matters
`random` is made for simulations: who has seen some of its numbers (624 for all of its state) computes those before and after.
A token to reset a password that others can compute is an account that others can take.

## How to fix it
Use `secrets`: `secrets.token_urlsafe()`, `secrets.choice()`, `secrets.randbelow()`; or `random.SystemRandom`, which has the same
methods and draws from the operating system. A salt, and a number that is used once in a request that is signed, must only be new
each time; they are not reported.
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
    acts=("weak-random", "random-quantity"),
    quantities=("random-quantity",),
    where=WORDS,
    becomes=True,
    signed=("nonce",),
    message="{act} can be predicted, and {function} speaks of secrets",
    examples=EXAMPLES,
)
