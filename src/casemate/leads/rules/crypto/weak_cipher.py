"""Broken cipher or mode.

## What it is
DES, triple DES, RC2, RC4, Blowfish, CAST5 or IDEA is used, or a block cipher in ECB mode.

## Why it matters
Keys of DES can be searched, the key stream of RC4 shows what it hides, and blocks of 64 bits repeat within some gigabytes. In
ECB mode equal blocks of text are equal blocks of cipher text, and can be moved about.

## How to fix it
Use AES-GCM or ChaCha20-Poly1305, which also notice changes, or a finished recipe such as `cryptography.fernet`.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("weak-cipher"),
    title="Broken cipher or mode",
    cwe=327,
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.HIGH,
    acts=("weak-cipher",),
    prescribed=("decrypt", "decryptor", "decrypts"),
    asked=("ecb",),
    spared=("decrypt", "decryptor"),
    into=("Cipher",),
    message="{act}: this cipher or mode does not keep what it encrypts secret",
    examples=(
        Example(
            name="single and triple DES",
            code="""
from Crypto.Cipher import DES, DES3

def encrypt(key, text):
    return DES.new(key, DES.MODE_CBC).encrypt(text)  # finding

def encrypt_more(key, text):
    return DES3.new(key, DES3.MODE_EAX).encrypt(text)  # finding
""",
        ),
        Example(
            name="near-miss: what others encrypted has to be read as they did it",
            code="""
from Crypto.Cipher import ARC4

def decrypt(key, text):
    return ARC4.new(key).decrypt(text)
""",
        ),
        Example(
            name="near-miss: it is only read, whatever the function is called",
            code="""
from Crypto.Cipher import AES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def key_of(answer, key):
    cipher = AES.new(key, AES.MODE_ECB)
    return cipher.decrypt(answer)

def opened(answer, key):
    return Cipher(algorithms.AES(key), modes.ECB()).decryptor().update(answer)
""",
        ),
        Example(
            name="read and written, or kept",
            code="""
from Crypto.Cipher import AES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def turned(answer, key):
    cipher = AES.new(key, AES.MODE_ECB)  # finding
    return cipher.encrypt(cipher.decrypt(answer))

def made(key):
    return Cipher(algorithms.AES(key), modes.ECB())  # finding
""",
        ),
        Example(
            name="AES block by block",
            code="""
from Cryptodome.Cipher import AES

def encrypt(key, text):
    mode = AES.MODE_ECB
    return AES.new(key, mode).encrypt(text)  # finding
""",
        ),
        Example(
            name="a mode without memory",
            code="""
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def encryptor(key):
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # finding
""",
        ),
        Example(
            name="ciphers where they were, and where they are put away",
            code="""
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, RC2
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def encryptors(key, iv):
    yield Cipher(ARC4(key), mode=None).encryptor()  # finding
    yield Cipher(RC2(key), modes.CBC(iv)).encryptor()  # finding
    yield Cipher(algorithms.Blowfish(key), modes.CBC(iv)).encryptor()  # finding
""",
        ),
        Example(
            name="near-miss: modes that notice changes",
            code="""
from Crypto.Cipher import AES, ChaCha20_Poly1305

def encrypt(key, text):
    return AES.new(key, AES.MODE_GCM).encrypt_and_digest(text), ChaCha20_Poly1305.new(key=key).encrypt(text)
""",
        ),
        Example(
            name="near-miss: a counter",
            code="""
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def encryptor(key, nonce):
    return Cipher(algorithms.AES(key), modes.CTR(nonce)).encryptor()
""",
        ),
        Example(
            name="near-miss: which mode is up to the caller",
            code="""
from Crypto.Cipher import AES

def encrypt(key, text, mode):
    return AES.new(key, mode).encrypt(text)
""",
        ),
        Example(
            name="near-miss: asked after, not used",
            code="""
from cryptography.hazmat.primitives.ciphers import algorithms

def refuse(algorithm):
    if isinstance(algorithm, (algorithms.TripleDES, algorithms.ARC4)):
        raise ValueError("no such cipher here")
""",
        ),
    ),
)
