"""Keyed digests: the same for the same, different for anything else, and of no use without the key."""

import time
from collections.abc import Callable
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.digests import KeyedDigests

DIGESTS = KeyedDigests(bytes(range(32)))
files = st.lists(st.tuples(st.sampled_from(["t", "u"]), st.text("ab/", max_size=3), st.binary(max_size=3)), max_size=6)


def digest(*parts: tuple[str, str, bytes]) -> str:
    reading = DIGESTS.reading()
    for part in parts:
        reading.fold(*part)
    return reading.hexdigest()


def test_the_form_is_final():
    """Recomputed here from the documented form, with nothing of the implementation."""

    def keyed(use: bytes, data: bytes) -> bytes:
        return blake2b(data, key=bytes(range(32)), digest_size=32, person=use).digest()

    one = keyed(b"casemate/file", b"\0\0\0\x03src\0\0\0\x04a.py" + b"x = 1\n")
    two = keyed(b"casemate/file", b"\0\0\0\x03src\0\0\0\x06b/c.py" + b"")
    expected = keyed(b"casemate/files", b"".join(sorted([one, two]))).hex()
    assert digest(("src", "a.py", b"x = 1\n"), ("src", "b/c.py", b"")) == expected
    assert DIGESTS.texts("casemate/subject", ["/a", "é"]) == (
        keyed(b"casemate/subject", b"\0\0\0\x02/a\0\0\0\x02\xc3\xa9").hex()
    )


@given(files, st.randoms())
def test_order_and_repetition_do_not_matter(parts, random):
    """What was read is a set: scheduling does not show in the digest."""
    shuffled = parts + parts[:2]
    random.shuffle(shuffled)
    assert digest(*shuffled) == digest(*parts)


@given(files, files)
def test_different_readings_differ(one, two):
    """Other files, paths, trees or contents, or the same text cut elsewhere, give another digest."""
    assert (digest(*one) == digest(*two)) == (set(one) == set(two))


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_different_texts_differ(one, two):
    """A sequence of texts is not its concatenation."""
    assert (DIGESTS.texts("a", one) == DIGESTS.texts("a", two)) == (one == two)


def test_uses_and_keys_are_separate():
    """The same text for another use, or under another key, gives another digest."""
    assert len({d.texts(use, ["x"]) for d in (DIGESTS, KeyedDigests(bytes(32))) for use in ("a", "b")}) == 4


def test_undecodable_names():
    """A file name that is no UTF-8 has a digest of its own."""
    assert digest(("src", "caf\udce9", b"")) != digest(("src", "caf\\udce9", b""))


def test_key_length():
    """The key has 32 bytes."""
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        KeyedDigests(bytes(16))


def test_cost():
    """Ten megabytes in a thousand files cost less than twice what their bytes cost alone, at best of five."""
    content = bytes(10_000)

    def cost(act: Callable[[], object]) -> float:
        start = time.process_time()
        act()
        return time.process_time() - start

    def folded() -> str:
        reading = DIGESTS.reading()
        for i in range(1000):
            reading.fold("src", f"module{i}.py", content)
        return reading.hexdigest()

    def plain() -> list[bytes]:
        return [blake2b(content).digest() for _ in range(1000)]

    assert min(cost(folded) for _ in range(5)) < 2 * min(cost(plain) for _ in range(5))
