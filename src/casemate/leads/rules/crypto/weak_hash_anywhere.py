"""Broken hash.

## What it is
MD5, SHA-1 or an older hash is used anywhere, without `usedforsecurity=False`. For reviews (`pedantic`): most of them name a
cache's entry or a file's version, where nobody gains by a collision.

## Why it matters
Code for harmless hashes is copied to where it is not harmless, and systems in FIPS mode refuse these functions.

## How to fix it
SHA-256 or BLAKE2 cost nothing more. Where the format of others demands the old hash, say `usedforsecurity=False`.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example, Persona
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("weak-hash-anywhere"),
    title="Broken hash",
    cwe=328,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.LOW,
    acts=("weak-hash",),
    persona=Persona.PEDANTIC,
    message="{act} is a broken hash",
    examples=(
        Example(
            name="an etag",
            code="""
import hashlib

def etag(body):
    return hashlib.md5(body).hexdigest()  # finding
""",
        ),
        Example(
            name="a hash named by a text",
            code="""
import hashlib

def version(body):
    return hashlib.new("Md5", body).hexdigest()  # finding
""",
        ),
        Example(
            name="for security, said outright",
            code="""
import hashlib

def version(body):
    return hashlib.sha1(body, usedforsecurity=True).hexdigest()  # finding
""",
        ),
        Example(
            name="near-miss: nothing rests on it",
            code="""
import hashlib

def etag(body):
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()
""",
        ),
        Example(
            name="near-miss: another hash",
            code="""
import hashlib

def etag(body):
    return hashlib.blake2b(body).hexdigest()
""",
        ),
        Example(
            name="near-miss: which hash is not known",
            code="""
import hashlib

def digest(name, body):
    return hashlib.new(name, body).hexdigest()
""",
        ),
        Example(
            name="near-miss: named, not called",
            code="""
import hashlib

KNOWN = {"md5": hashlib.md5, "sha1": hashlib.sha1}
""",
        ),
    ),
)
