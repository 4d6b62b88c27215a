"""Hashes, ciphers and generators: which function ran, and on what."""

import pytest

from casemate.model.proof import ProofKind
from casemate.proofs.oracles.cipher import ORACLE as CIPHER
from casemate.proofs.oracles.hashing import ORACLE as HASH
from casemate.proofs.oracles.random import ORACLE as RANDOM
from proofs.oracles.table import NOTHING, WORDS, apart, judged, page, seen, sink

C, K = WORDS.canary, WORDS.calm
MD5 = "9e107d9d372bb6826bd81d3542a419d6"
MADE = sink("hash.made", 1, "md5", "")
_BYTES = [sink("random.drawn", "randrange", number) for number in b"ABCDEFGH"]

QUIET = {
    "made, and fed with what does not matter": (HASH, seen(MADE, sink("hash.fed", 1, "md5", K))),
    "fed elsewhere, by another object": (HASH, seen(MADE, apart("hash.fed", 2, "md5", C))),
    "nothing of it on the finding's line": (
        HASH,
        seen(apart("hash.made", 1, "md5", ""), apart("hash.fed", 1, "md5", C)),
    ),
    "its result does not come out": (HASH, seen(MADE, sink("hash.out", 1, "md5", MD5), body="ok")),
    "another text was written to a file": (
        HASH,
        seen(MADE, sink("hash.out", 1, "md5", MD5), apart("file.kept", "passwords.txt", "user=1")),
    ),
    "another hash comes out": (HASH, page(MD5)),
    "the line did not run": (HASH, seen(MADE, apart("hash.fed", 1, "md5", C), passed=0)),
    "a cipher that encrypted something else": (
        CIPHER,
        seen(sink("cipher.made", 1, "DES", ""), apart("cipher.fed", 1, "DES", K)),
    ),
    "another cipher encrypted the input": (
        CIPHER,
        seen(sink("cipher.made", 1, "DES", ""), apart("cipher.fed", 2, "DES", C)),
    ),
    "a cipher made elsewhere": (CIPHER, seen(apart("cipher.made", 1, "DES", ""), apart("cipher.fed", 1, "DES", C))),
    "a cipher that encrypted nothing": (CIPHER, seen(sink("cipher.made", 1, "DES", ""))),
    "drawn, and it did not come out": (RANDOM, seen(sink("random.drawn", "random", 0.8444218515), returned="0.75")),
    "numbers of one byte that do not come out": (RANDOM, seen(*_BYTES, returned="0123456789abcdef")),
    "too few numbers of one byte": (RANDOM, seen(*_BYTES[:7], returned="ABCDEFG")),
    "drawn elsewhere": (RANDOM, seen(apart("random.drawn", "random", 0.8444218515), returned="0.8444218515")),
    "a small number that may stand anywhere": (RANDOM, seen(sink("random.drawn", "randint", 7), body="7 of 17")),
    "from the operating system, so nothing was told": (RANDOM, seen(returned="0.8444218515")),
    "the generator's line did not run": (
        RANDOM,
        seen(sink("random.drawn", "random", 0.8444218515), returned="0.8444218515", passed=0),
    ),
}
FIRES = {
    "numbers of one byte that come out put together": (
        RANDOM,
        seen(*_BYTES, returned="<ABCDEFGH>"),
        "a predictable generator made a value that came out",
    ),
    "fed with the input": (
        HASH,
        seen(MADE, apart("hash.fed", 1, "md5", f"salt{C}")),
        "MD5, which is broken, was used on data that matters",
    ),
    "fed on the line": (
        HASH,
        seen(sink("hash.fed", 3, "sha1", C)),
        "SHA1, which is broken, was used on data that matters",
    ),
    "its result comes out": (
        HASH,
        seen(MADE, apart("hash.out", 1, "md5", MD5), body=f"id={MD5}"),
        "MD5, which is broken, was used on data that matters",
    ),
    "its result is kept in the session": (
        HASH,
        seen(MADE, sink("hash.out", 1, "md5", MD5), session={"t": MD5}),
        "MD5, which is broken, was used on data that matters",
    ),
    "its result comes out in base64": (
        HASH,
        seen(MADE, sink("hash.out", 1, "md5", MD5), body="nhB9nTcrtoJr2B01QqQZ1g=="),
        "MD5, which is broken, was used on data that matters",
    ),
    "its result was written to a file": (
        HASH,
        seen(MADE, sink("hash.out", 1, "md5", MD5), apart("file.kept", "passwords.txt", f"user={MD5}")),
        "MD5, which is broken, was used on data that matters",
    ),
    "bytes came out in base64": (
        RANDOM,
        seen(sink("random.drawn", "randbytes", "00ff" * 8), returned="b'AP8A/wD/AP8A/wD/AP8A/w=='"),
        "a predictable generator made a value that came out",
    ),
    "a cipher encrypted it": (
        CIPHER,
        seen(sink("cipher.made", 1, "AES-ECB", ""), apart("cipher.fed", 1, "AES-ECB", C)),
        "AES-ECB, which is broken, encrypted the input",
    ),
    "a number came back": (
        RANDOM,
        seen(sink("random.drawn", "random", 0.8444218515), returned="'0.8444218515'"),
        "a predictable generator made a value that came out",
    ),
    "its digits are a token": (
        RANDOM,
        seen(sink("random.drawn", "random", 0.8444218515), body="token-8444218515"),
        "a predictable generator made a value that came out",
    ),
    "a number without what is in front of its point": (
        RANDOM,
        seen(sink("random.drawn", "random", -1.8444218515), body="token .8444218515"),
        "a predictable generator made a value that came out",
    ),
    "letters became a word": (
        RANDOM,
        seen(*(sink("random.drawn", "choice", letter) for letter in "qwertz"), returned="'qwertz'"),
        "a predictable generator made a value that came out",
    ),
    "a list became a word": (
        RANDOM,
        seen(sink("random.drawn", "choices", list("qwertz")), returned="qwertz"),
        "a predictable generator made a value that came out",
    ),
    "a number is the value of a cookie": (
        RANDOM,
        seen(sink("random.drawn", "randint", 42), headers=(("set-cookie", "id=u42; Path=/"),)),
        "a predictable generator made the value of a cookie",
    ),
    "a number is what came back": (
        RANDOM,
        seen(sink("random.drawn", "randint", 7), returned="7"),
        "a predictable generator made a value that came out",
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    oracle, observation = QUIET[name]
    assert judged(oracle, observation) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    oracle, observation, said = FIRES[name]
    assert judged(oracle, observation) == said
    if oracle.kind is ProofKind.OBSERVATION:
        assert judged(oracle, observation, None) == ""  # the control itself, on which the same primitive runs
    assert judged(oracle, NOTHING) == ""
