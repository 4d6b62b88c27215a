"""Examples of the rule `weak-random`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
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
)
