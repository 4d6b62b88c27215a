"""Broken hash beside a secret.

## What it is
MD5, SHA-1 or an older hash is used in a function that speaks of passwords, tokens, signatures or credentials.

## Why it matters
Two texts with the same MD5 or SHA-1 can be made, so a signature over one counts for the other. And both are so fast that a
stolen table of hashed passwords is guessed through in hours.

## How to fix it
Passwords: `hashlib.scrypt`, argon2 or bcrypt, with a salt. Everything else: SHA-256 or BLAKE2. Where nothing rests on the hash,
say so with `usedforsecurity=False`. HMAC over them is not reported: it does not rest on collisions.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
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
    message="{act} is a broken hash, and {function} speaks of secrets",
    examples=(
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
            name="near-miss: an HMAC",
            code="""
import hashlib
import hmac

def sign(secret, message):
    return hmac.new(secret, message, hashlib.sha1).digest()
""",
        ),
    ),
)
