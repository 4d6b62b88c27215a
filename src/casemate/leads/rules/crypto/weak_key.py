"""Key too short.

## What it is
A key pair is made that is shorter than is safe: RSA, DSA or Diffie-Hellman below 2048 bits, a curve below 224.

## Why it matters
Moduli of 768 bits have been factored in public, 1024 are in reach of who has money. Whoever finds the private key signs in our
name and reads what is recorded today.

## How to fix it
RSA of 3072 bits or more; better, a modern curve: Ed25519, X25519, P-256.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("weak-key"),
    title="Key too short",
    cwe=326,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.HIGH,
    acts=("weak-key",),
    message="{act} makes a key that is too short",
    examples=(
        Example(
            name="RSA by place and by name",
            code="""
from cryptography.hazmat.primitives.asymmetric import rsa

def pair():
    weak = rsa.generate_private_key(65537, 1024)  # finding
    return weak, rsa.generate_private_key(public_exponent=3, key_size=512)  # finding
""",
        ),
        Example(
            name="a size kept elsewhere",
            code="""
from Crypto.PublicKey import RSA

BITS = 1024

def pair():
    return RSA.generate(BITS)  # finding
""",
        ),
        Example(
            name="a small curve",
            code="""
from cryptography.hazmat.primitives.asymmetric import ec

def pair():
    return ec.generate_private_key(ec.SECP192R1())  # finding
""",
        ),
        Example(
            name="DSA, and a key for SSH",
            code="""
import paramiko
from cryptography.hazmat.primitives.asymmetric import dsa

def pairs():
    yield dsa.generate_private_key(key_size=1024)  # finding
    yield paramiko.RSAKey.generate(bits=1024)  # finding
""",
        ),
        Example(
            name="near-miss: long enough",
            code="""
from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives.asymmetric import rsa

def pairs():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048), RSA.generate(4096)
""",
        ),
        Example(
            name="near-miss: a good curve",
            code="""
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

def pairs():
    return ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
""",
        ),
        Example(
            name="near-miss: the caller says how long",
            code="""
from cryptography.hazmat.primitives.asymmetric import rsa

def pair(bits):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
""",
        ),
        Example(
            name="near-miss: another function's number",
            code="""
from Crypto.Random import get_random_bytes

def key():
    return get_random_bytes(32)
""",
        ),
    ),
)
