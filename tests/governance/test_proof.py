"""A proof is checked by somebody who has nothing of ours: public standards, and the log's key."""

from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casemate.governance.proof import encode_proof
from governance.support import a_ledger

ENTRIES = [b"entry %d" % i for i in range(300)]


@pytest.fixture(scope="module")
def log():
    ledger = a_ledger()
    ledger.append(ENTRIES)
    return ledger


def outsider(proof: str, vkey: str) -> bytes:
    """c2sp.org/tlog-proof, signed-note, tlog-checkpoint and RFC 6962, read from the specifications: the proven entry."""
    name, key_id, key = vkey.split("+", 2)
    body, _, note = proof.partition("\n\n")
    header, extra, index, *path = body.split("\n")
    assert header == "c2sp.org/tlog-proof@v1"
    entry, position = b64decode(extra.removeprefix("extra ")), int(index.removeprefix("index "))
    text, _, signatures = note.rpartition("\n\n")
    dash, signer, signature = signatures.rstrip("\n").split(" ")
    assert (dash, signer) == ("—", name)
    assert b64decode(signature)[:4].hex() == key_id
    assert b64decode(key)[0] == 1
    Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(b64decode(signature)[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name
    computed = sha256(b"\0" + entry).digest()
    last = int(size) - 1
    for node in map(b64decode, path):
        while position == last and position % 2 == 0 and last:
            position, last = position // 2, last // 2  # no sibling at this height
        pair = node + computed if position % 2 else computed + node
        computed = sha256(b"\1" + pair).digest()
        position, last = position // 2, last // 2
    assert computed == b64decode(root)
    return entry


@pytest.mark.parametrize("index", [0, 1, 17, 255, 256, 298, 299])
def test_an_outsider_can_check_it(log, index):
    """The proof of an entry holds, and shows that entry."""
    assert outsider(encode_proof(log.prove(index)), str(log.key)) == ENTRIES[index]


def test_a_changed_proof_does_not_hold(log):
    """Another entry, index or size under the same proof is refused by the same check."""
    proof = encode_proof(log.prove(17))
    for old, new in (("index 17", "index 18"), ("extra ZW50", "extra ZW51")):
        assert old in proof
        with pytest.raises(AssertionError):
            outsider(proof.replace(old, new), str(log.key))
    with pytest.raises(InvalidSignature):
        outsider(proof.replace("\n300\n", "\n301\n"), str(log.key))


def test_the_text():
    """Header, entry, index, path from the leaf up, a blank line, the checkpoint as signed."""
    small = a_ledger()
    small.append([b"zero", b"one", b"two"])
    note = small.head()[1].decode()
    assert encode_proof(small.prove(2)) == (
        "c2sp.org/tlog-proof@v1\nextra dHdv\nindex 2\niiq+yu+Pz0GJ9OZMFdfUJhwUJRvf4oYcY90ek68bmUs=\n\n" + note
    )
