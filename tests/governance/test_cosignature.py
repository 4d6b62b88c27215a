"""Cosignatures: the bytes that c2sp.org/tlog-cosignature demands, and no others."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casemate.adapters.keys import FileSigner
from casemate.governance.cosignature import (
    WitnessKey,
    cosign_checkpoint,
    cosigned_at,
    decode_cosigned,
    joined,
    open_cosigned,
    parse_witness,
    witness_key,
)
from casemate.governance.ledger import log_key
from casemate.governance.note import Checkpoint, InvalidNote, note_signers, parse_key, sign_checkpoint
from governance.support import NOON, SIGNER

LOG = log_key(SIGNER.public_key)
OTHER = FileSigner(bytes(32))
WITNESS = witness_key(OTHER.public_key)
NOTE = sign_checkpoint(Checkpoint(origin=LOG.name, size=7, root=bytes(32)), SIGNER)
COSIGNED = cosign_checkpoint(NOTE, OTHER, NOON)


def outsider(note: str, name: str, public: bytes) -> int:
    """The time of a cosignature, checked by the specification alone; an exception when there is none."""
    key_id = sha256(name.encode() + b"\n\x04" + public).digest()[:4]
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        dash, who, encoded = line.split(" ")
        blob = b64decode(encoded)
        if (dash, who, blob[:4]) == ("—", name, key_id):
            time = int.from_bytes(blob[4:12], "big")
            message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
            Ed25519PublicKey.from_public_bytes(public).verify(blob[12:], message)
            assert len(blob) == 4 + 8 + 64
            return time
    raise InvalidSignature


def test_an_outsider_reads_it():
    """By the specification and a library for Ed25519."""
    assert outsider(COSIGNED.decode(), WITNESS.name, OTHER.public_key) == int(NOON.timestamp())
    with pytest.raises(InvalidSignature):
        outsider(COSIGNED.decode().replace("\n7\n", "\n8\n"), WITNESS.name, OTHER.public_key)


def test_what_an_outsider_writes_is_read():
    """A cosignature made by the specification alone, under a name of its own."""
    text = "example.com/log\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    key = WitnessKey(name="witness.example.com/w1", key=OTHER.public_key)
    signature = OTHER.sign(f"cosignature/v1\ntime 1679315147\n{text}".encode())
    line = b64encode(key.id + (1679315147).to_bytes(8, "big") + signature).decode()
    note = f"{text}\n— witness.example.com/w1 {line}\n".encode()
    assert note_signers(note, (key,))[1] == (key,)
    assert cosigned_at(note, key) == datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC)


def test_the_keys_text_is_a_vkey_of_type_4():
    """It is read back, and is no key of a log."""
    assert parse_witness(str(WITNESS)) == WITNESS
    assert b64decode(str(WITNESS).split("+", 2)[2])[:1] == b"\x04"
    with pytest.raises(ValueError, match="not of an Ed25519 key"):
        parse_key(str(WITNESS))
    with pytest.raises(ValueError, match="not of a witness's Ed25519 key"):
        parse_witness(str(LOG))
    assert log_key(OTHER.public_key) != WITNESS


def test_both_signatures_are_needed():
    """A checkpoint that only one of them signed is no cosigned one."""
    found = open_cosigned(COSIGNED, LOG, WITNESS)
    assert (found.checkpoint.size, found.time, found.note) == (7, NOON, COSIGNED)
    text = NOTE.rpartition(b"\n\n")[0] + b"\n\n"
    for note in (NOTE, text + COSIGNED.removeprefix(NOTE)):
        with pytest.raises(InvalidNote, match="signature of"):
            open_cosigned(note, LOG, WITNESS)


def test_the_last_of_several_counts():
    """Lines of others are left out."""
    stranger = cosign_checkpoint(NOTE, FileSigner(b"\x07" * 32), NOON)
    later = cosign_checkpoint(NOTE, OTHER, NOON + timedelta(hours=1))
    note = joined((stranger, COSIGNED, later))
    found = open_cosigned(note, LOG, WITNESS)
    assert found.time == NOON + timedelta(hours=1)
    assert found.note == joined((COSIGNED, later))


@pytest.mark.parametrize("seconds", [0, 1 << 63, (1 << 64) - 1, 253_402_300_800])
def test_times_that_are_none(seconds):
    """The specification's bound, and what no calendar holds: refused, however well it is signed."""
    text = NOTE.rpartition(b"\n\n")[0] + b"\n"
    signature = seconds.to_bytes(8, "big") + OTHER.sign(b"cosignature/v1\ntime %d\n" % seconds + text)
    note = NOTE + f"— {WITNESS.name} {b64encode(WITNESS.id + signature).decode()}\n".encode()
    with pytest.raises(InvalidNote):
        open_cosigned(note, LOG, WITNESS)


def test_a_file_of_it():
    """It is read back with its keys; a newer form and another spelling are refused, each with its word."""
    data = open_cosigned(COSIGNED, LOG, WITNESS).encode()
    assert decode_cosigned(data).note == COSIGNED
    for wrong, said in (
        (data.replace(b"cosigned@v1", b"cosigned@v2"), "newer version"),
        (data.replace(b"casemate/cosigned", b"casemate/receipt"), "does not begin"),
        (data.replace(b"log ", b"log  "), "one spelling"),
        (data.replace(b"\nwitness ", b"\nwitness ?"), "keys is none"),
        (data + COSIGNED.removeprefix(NOTE)[:-1], "signature lines"),
        (data + cosign_checkpoint(NOTE, FileSigner(b"\x07" * 32), NOON).removeprefix(NOTE), "one spelling"),
        (b"", "does not begin"),
    ):
        with pytest.raises(InvalidNote, match=said):
            decode_cosigned(wrong)


def test_notes_of_different_checkpoints_are_not_joined():
    """A cosignature stays with its checkpoint."""
    other = sign_checkpoint(Checkpoint(origin=LOG.name, size=8, root=bytes(32)), SIGNER)
    with pytest.raises(InvalidNote, match="not of one checkpoint"):
        joined((other, COSIGNED))
