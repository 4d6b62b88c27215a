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
)
