"""A proof is checked by somebody who has nothing of ours: public standards, and the log's key."""

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from casemate.governance.proof import encode_proof
from governance.support import a_ledger, a_log_of

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
ENTRIES = [b"entry %d" % i for i in range(300)]


@pytest.fixture(scope="module")
def log():
    return a_ledger(a_log_of(*ENTRIES))


def outsider(proof: str, vkey: str) -> bytes:
    """The proven entry, by the program that docs/ledger.md shows."""
    program: dict[str, Any] = {}
    exec(PROGRAM, program)
    return program["check"](proof, vkey)


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
    small = a_ledger(a_log_of(b"zero", b"one", b"two"))
    note = small.head()[1].decode()
    assert encode_proof(small.prove(2)) == (
        "c2sp.org/tlog-proof@v1\nextra dHdv\nindex 2\niiq+yu+Pz0GJ9OZMFdfUJhwUJRvf4oYcY90ek68bmUs=\n\n" + note
    )
