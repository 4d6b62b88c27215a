"""Examples of the rule `weak-hash`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a password",
        code="""
import hashlib

def store(users, name, password):
    users[name] = hashlib.md5(password.encode()).hexdigest()  # finding
""",
    ),
    Example(
        name="far down in a file",
        code="""
import hashlib

def other(users):
    return [name for name, kept in users.items() if kept]

def more(users):
    return [name for name, kept in users.items() if not kept]

def keep(users, name, password):
    users[name] = hashlib.md5(password.encode()).hexdigest()  # finding

def tidy(users):
    return sorted(users)
""",
    ),
    Example(
        name="a hash named by a text, in any case",
        code="""
import hashlib

class Token:
    def digest(self, value):
        return hashlib.new("SHA1", value).hexdigest()  # finding
""",
    ),
    Example(
        name="two libraries",
        code="""
from cryptography.hazmat.primitives import hashes
from Cryptodome.Hash import MD5

def sign_in(credential):
    digest = hashes.Hash(hashes.SHA1())  # finding
    digest.update(credential)
    return digest.finalize() == MD5.new(credential).digest()  # finding
""",
    ),
    Example(
        name="the texts tell what it is for",
        code="""
import hashlib

def append(line, value):
    line.write("password=" + hashlib.sha1(value).hexdigest())  # finding
""",
    ),
    Example(
        name="near-miss: nothing rests on it",
        code="""
import hashlib

def bucket(password_file, count):
    return int(hashlib.md5(password_file, usedforsecurity=False).hexdigest(), 16) % count
""",
    ),
    Example(
        name="near-miss: a key of a cache and an etag",
        code="""
import hashlib

def cache_key(url):
    return "page:" + hashlib.md5(url.encode()).hexdigest()

def etag(body):
    return '"' + hashlib.sha1(body).hexdigest() + '"'
""",
    ),
    Example(
        name="near-miss: a hash that is not broken",
        code="""
import hashlib

def fingerprint(token):
    return hashlib.new("sha256", token).hexdigest() + hashlib.sha3_256(token).hexdigest()
""",
    ),
    Example(
        name="near-miss: which hash is up to the caller",
        code="""
import hashlib

def check(password, algorithm, **options):
    return hashlib.new(algorithm, password).digest() + hashlib.md5(password, **options).digest()
""",
    ),
    Example(
        name="near-miss: a hash that a protocol prescribes",
        code="""
import hashlib

class Peer:
    def accept_websocket(self, token, magic):
        return hashlib.sha1(token + magic).digest()

def md5crypt(password, salt):
    return hashlib.md5(password + b"$1$" + salt).digest()

class DigestAuth:
    def answer(self, user, realm, password):
        return hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()
""",
    ),
    Example(
        name="near-miss: a password that is set further down",
        code="""
import hashlib

class Worker:
    def configured(self, name, master, image, settings):
        self.name = name
        self.image = image
        self.mark = hashlib.sha1(master.encode()).hexdigest()[:6]
        self.folder = settings["folder"]
        self.limit = settings["limit"]
        self.started = None
        if self.limit:
            self.password = settings["access"]
""",
    ),
    Example(
        name="near-miss: an HMAC",
        code="""
import hashlib
import hmac

def sign(secret, message):
    return hmac.new(secret, message, hashlib.sha1).digest()
""",
    ),
    Example(
        name="near-miss: what is stored names the hash",
        code="""
import hashlib
from base64 import b64encode

def verify(password, stored, made):
    if stored.startswith("{SHA}"):
        return made(b64encode(hashlib.sha1(password).digest()), stored[5:])
    scheme, _, rest = stored.partition("$")
    if scheme == "scrypt":
        return made(hashlib.scrypt(password, salt=b"", n=2, r=8, p=1), rest)
    elif scheme == "MD5":
        return made(hashlib.md5(password).hexdigest(), rest)
    return False
""",
    ),
    Example(
        name="a condition that names no hash, or does not decide",
        code="""
import hashlib

def kept(password, stored, mode):
    if stored.startswith("user:"):
        return hashlib.sha1(password).digest()  # finding
    if mode == "md5":
        print("old")
    return hashlib.md5(password).hexdigest()  # finding
""",
    ),
    Example(
        name="near-miss: random numbers are given a form",
        code="""
import hashlib
import os
import random
import time

def new_token():
    return hashlib.sha1(os.urandom(64)).hexdigest()

def other_token():
    now = time.time()
    mixed = random.SystemRandom().random() + now % 1.0
    return hashlib.sha1(repr(mixed).encode("ascii")).hexdigest()
""",
    ),
    Example(
        name="random numbers and something else",
        code="""
import hashlib
import os
import time

def token(user):
    return hashlib.sha1(os.urandom(8) + user.password).hexdigest()  # finding

def reset_token():
    return hashlib.md5(str(time.time()).encode()).hexdigest()  # finding

def kept(secret):
    mixed = os.urandom(8)
    if secret:
        mixed = secret
    return hashlib.md5(mixed).digest()  # finding
""",
    ),
)
