"""Secret from a predictable generator.

## What it is
A function that speaks of tokens, passwords, sessions or salts draws from `random`.

## Why it matters
`random` is made for simulations: who has seen some of its numbers (624 for all of its state) computes those before and after.
A token to reset a password that others can compute is an account that others can take.

## How to fix it
Use `secrets`: `secrets.token_urlsafe()`, `secrets.choice()`, `secrets.randbelow()`; or `random.SystemRandom`, which has the same
methods and draws from the operating system.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
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
    examples=(
        Example(
            name="a token",
            code="""
import random

def reset_token():
    return "%032x" % random.getrandbits(128)  # finding
""",
        ),
        Example(
            name="a password, letter by letter",
            code="""
import random
import string

def new_password(length=12):
    return "".join(random.choice(string.ascii_letters) for _ in range(length))  # finding
""",
        ),
        Example(
            name="a generator of one's own",
            code="""
from random import Random

class Sessions:
    def __init__(self):
        self.rng = Random()

    def open(self, user):
        user.session_id = self.rng.randint(0, 2**64)  # finding
""",
        ),
        Example(
            name="a cookie to be remembered by",
            code="""
import random

def greet(response):
    response.set_cookie("rememberMe", str(random.random()), secure=True)  # finding
""",
        ),
        Example(
            name="near-miss: the operating system's generator",
            code="""
import random
import secrets

def reset_token():
    return secrets.token_hex(16) + str(random.SystemRandom().getrandbits(64))

class Sessions:
    rng = random.SystemRandom()

    def open(self):
        return self.rng.choice("abcdef")
""",
        ),
        Example(
            name="near-miss: a game, a sample, a key of a dict",
            code="""
import random

def roll():
    return random.randint(1, 6)

def some(table):
    key = random.choice(list(table))
    return table[key]
""",
        ),
        Example(
            name="near-miss: time to wait before the next try",
            code="""
import random
import time

def retry(call):
    for attempt in range(5):
        time.sleep(2**attempt + random.uniform(0, 1))
        call()
""",
        ),
        Example(
            name="near-miss: a seed that is set for experiments",
            code="""
import random

def shuffled(password_list, seed):
    random.seed(seed)
    return sorted(password_list)
""",
        ),
    ),
)
