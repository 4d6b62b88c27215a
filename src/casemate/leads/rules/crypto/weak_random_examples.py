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
        name="near-miss: a salt, whatever is made with it",
        code="""
import hashlib
import random

def make_token(password):
    salt = "".join(random.choice("abcdef") for _ in range(6))
    salted_password = password + salt
    token = hashlib.sha256(salted_password.encode()).hexdigest()
    return token, salt
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
    Example(
        name="what it becomes, by way of texts and lists",
        code="""
import hashlib
import random

class Door:
    def enter(self, user, store):
        rnd = random.random()  # finding
        mixed = hashlib.sha256(repr(rnd).encode())
        user.session_key = mixed.hexdigest()
        parts = []
        for _ in range(3):
            parts.append(random.choice("abc"))  # finding
        store.keep(user, reset_code="-".join(parts))
        found = {"challenge": "<%d@door>" % random.getrandbits(31)}  # finding
        return found

    def nonce(self):
        value = str(random.random())  # finding
        return value
""",
    ),
    Example(
        name="a suffix of the secret itself, and a word that is asked for once",
        code="""
import random

def invite(user):
    token_suffix = str(random.randint(0, 9))  # finding
    user.token = "door-" + token_suffix
    nonce = random.random()  # finding
    return {"nonce": nonce}

def mixed():
    letters = list("abcdefghijklmnop")
    random.shuffle(letters)  # finding
    password = "".join(letters)
    return password
""",
    ),
    Example(
        name="near-miss: what it becomes is something else, whatever stands beside",
        code="""
import random
import time
from datetime import timedelta

def answer(token, cookie_needed):
    shade = random.choice(["red", "blue"])
    time.sleep(random.uniform(0, 1))
    time.sleep(timedelta(milliseconds=random.randint(100, 1000)).total_seconds())
    if random.random() < 0.1:
        token = None
    return {"cookie_needed": cookie_needed, "token": token, "shade": shade, "entropy": random.getrandbits(32)}
""",
    ),
    Example(
        name="near-miss: a salt, the name of a cookie, and what is used once in a signed request",
        code="""
import hashlib
import hmac
import random

def described(password):
    salt = "%08x" % random.getrandbits(32)
    return salt, hashlib.scrypt(password, salt=salt.encode(), n=2, r=8, p=1)

def other_cookie(answer, state):
    cookie_suffix = "".join(random.choice("abc") for _ in range(8))
    cookie_name = f"state-{cookie_suffix}"
    answer.set_cookie(cookie_name, state)

def headers(secret, stamp):
    nonce = str(random.randint(0, 10**9))
    signature = hmac.new(secret, (nonce + stamp).encode(), "sha256").hexdigest()
    return {"nonce": nonce, "stamp": stamp, "signature": signature}
""",
    ),
    Example(
        name="a quantity that is called a secret",
        code="""
import random

def kept(answer):
    answer.session_key = str(random.normalvariate(0, 1))[2:]  # finding
""",
    ),
    Example(
        name="near-miss: how many, a quantity that is measured, and the place of something that is kept",
        code="""
import random
import secrets

def token():
    return "".join(secrets.choice("abc") for _ in range(random.randint(20, 30)))

def sample_tokens(count):
    return [random.gauss(0, 1) for _ in range(count)]

def answered(api_keys, hosts):
    number = random.randrange(len(hosts))
    api_key = get_api_key(number, api_keys)
    return ask(hosts[number], api_key)
""",
    ),
    Example(
        name="what a function gives back that says what that is",
        code="""
import random

class Reset:
    def new_token(self):
        text = "".join(random.choice("abc") for _ in range(8))  # finding
        return text
""",
    ),
    Example(
        name="near-miss: where something else is cut, and a number in a request that is signed",
        code="""
import hashlib
import random

def device(answer):
    number = str(random.randint(1, 9))
    secret = answer["domain"][int(number[0]):]
    return secret

def question(stamp, key):
    params = {"nonce": str(random.randint(0, 10**9)), "stamp": stamp}
    params["sign"] = hashlib.sha256(repr(params).encode() + key).hexdigest()
    return params
""",
    ),
)
