"""Signed notes, verifier keys and checkpoints, against the examples of their specifications."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.merkle import EMPTY_ROOT
from casemate.governance.note import (
    Checkpoint,
    InvalidNote,
    VerifierKey,
    decode64,
    open_checkpoint,
    open_note,
    sign_checkpoint,
    sign_note,
)
from governance.support import SIGNER

# The example of c2sp.org/signed-note.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONnc"
    "AlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
SPEC_KEY = VerifierKey(name="example.com/foo", key=decode64(SPEC_VKEY.split("+", 2)[2])[1:])

NAME = "casemate.alt/ledger/0123"
KEY = VerifierKey(name=NAME, key=SIGNER.public_key)
HEAD = Checkpoint(origin=NAME, size=20852163, root=bytes(range(32)))
SIGNED = sign_checkpoint(HEAD, SIGNER)


def test_the_specifications_key():
    """The key id and the text form of a verifier key are those of the specification's example."""
    assert str(SPEC_KEY) == SPEC_VKEY
    assert SPEC_KEY.id.hex() == "530d903a"


def test_the_specifications_note():
    """The specification's example opens under its key, and not when its text is changed."""
    assert open_note(SPEC_NOTE, SPEC_KEY) == "This is an example message.\n"
    with pytest.raises(InvalidNote, match="does not verify"):
        open_note(SPEC_NOTE.replace(b"example message", b"Example message"), SPEC_KEY)


def test_note_round_trip():
    """What is signed opens; the text may have empty lines."""
    text = "one\n\n\ntwo — ünïcode\n"
    assert open_note(sign_note(text, NAME, SIGNER), KEY) == text


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "nul\0\n", "return\r\n", ""])
def test_text_that_cannot_be_signed(text):
    """A note's text ends in a newline and has no control characters."""
    with pytest.raises(ValueError, match="ends in a newline"):
        sign_note(text, NAME, SIGNER)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00b"])
def test_key_names(name):
    """A key name is not empty and has no space, plus or control character."""
    with pytest.raises(ValueError, match="a key name has"):
        VerifierKey(name=name, key=bytes(32))


def test_key_length():
    """An Ed25519 key has 32 bytes."""
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        VerifierKey(name=NAME, key=bytes(31))


def test_every_flipped_bit_is_seen():
    """No bit of a signed checkpoint can change, not even the unused ones of its base64."""
    for position in range(len(SIGNED) * 8):
        flipped = bytearray(SIGNED)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(InvalidNote):
            open_checkpoint(bytes(flipped), KEY)


@given(st.integers(0, len(SIGNED) - 1))
def test_every_truncation_is_seen(length):
    """No beginning of a signed checkpoint opens."""
    with pytest.raises(InvalidNote):
        open_checkpoint(SIGNED[:length], KEY)


def test_unknown_signatures_are_ignored():
    """Cosignatures of others may stand beside ours, also under the same name; they do not replace it."""
    other = b"\xe2\x80\x94 witness.example " + b64encode(bytes(76)) + b"\n"
    same_name = f"— {NAME} ".encode() + b64encode(bytes(68)) + b"\n"
    assert open_checkpoint(SIGNED + other + same_name, KEY) == HEAD
    text = HEAD.text.encode()
    with pytest.raises(InvalidNote, match="no signature of"):
        open_checkpoint(text + b"\n" + other + same_name, KEY)


def test_a_wrong_signature_of_ours_spoils_the_note():
    """One signature under our name and id that does not verify rejects the whole."""
    wrong = f"— {NAME} ".encode() + b64encode(KEY.id + bytes(64)) + b"\n"
    with pytest.raises(InvalidNote, match="does not verify"):
        open_checkpoint(SIGNED + wrong, KEY)


def test_many_signatures():
    """At least 16 signatures are read; there is an end to it."""
    line = b"\xe2\x80\x94 witness.example " + b64encode(bytes(76)) + b"\n"
    assert open_checkpoint(SIGNED + line * 20, KEY) == HEAD
    with pytest.raises(InvalidNote, match="at most 64 signatures, not 65"):
        open_checkpoint(SIGNED + line * 64, KEY)


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n", b"text\n\n", b"\xff\n\n", b"text\n\nno signature\n"])
def test_no_notes(data):
    """Anything else is no note."""
    with pytest.raises(InvalidNote):
        open_note(data, KEY)


def test_checkpoint_text():
    """Origin, size, root hash, and nothing more."""
    assert HEAD.text == f"{NAME}\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint.parse(HEAD.text) == HEAD
    empty = Checkpoint(origin=NAME, size=0, root=EMPTY_ROOT)
    assert Checkpoint.parse(empty.text) == empty


@pytest.mark.parametrize(
    "text",
    [
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "origin\n1\nAAEC\n",
        "origin\n1\n\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nextension\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ],
)
def test_texts_that_are_no_checkpoint(text):
    """One spelling for each value; no extension lines."""
    with pytest.raises(InvalidNote):
        Checkpoint.parse(text)


def test_checkpoint_of_another_log():
    """A checkpoint that our key signed for another origin is not ours."""
    note = sign_note(Checkpoint(origin="other", size=1, root=bytes(32)).text, NAME, SIGNER)
    with pytest.raises(InvalidNote, match="is of 'other', not of"):
        open_checkpoint(note, KEY)
