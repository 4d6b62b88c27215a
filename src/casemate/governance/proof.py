"""An entry's proof in a form that outsiders check with public standards (c2sp.org/tlog-proof).

The entry itself travels in the `extra` line: the leaf hash is RFC 6962's over exactly those bytes. All that is needed
besides is the log's verifier key, from a place that the reader trusts.
"""

from __future__ import annotations

import re
from base64 import b64encode

from casemate.governance.ledger import Inclusion
from casemate.governance.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from casemate.governance.note import InvalidNote, VerifierKey, decode64, open_checkpoint

HEADER = "c2sp.org/tlog-proof@v1"


def encode_proof(inclusion: Inclusion) -> str:
    """The proof's text (a `.tlog-proof` file)."""
    lines = [
        HEADER,
        f"extra {b64encode(inclusion.entry).decode()}",
        f"index {inclusion.index}",
        *(b64encode(node).decode() for node in inclusion.proof),
    ]
    return "\n".join(lines) + "\n\n" + inclusion.note.decode()


class InvalidProof(ValueError):
    """A text that is no such proof, or one that shows nothing under the key."""


def open_proof(text: str, key: VerifierKey) -> tuple[int, bytes]:
    """The entry that the proof shows to stand in the log of that key, and where; InvalidProof otherwise."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[2]) if len(lines) > 2 else None
    if not blank or lines[0] != HEADER or not lines[1].startswith("extra ") or index is None:
        raise InvalidProof(f"it does not begin as {HEADER} does")
    try:
        entry = decode64(lines[1].removeprefix("extra "))
        path = [decode64(line) for line in lines[3:]]
        checkpoint = open_checkpoint(note.encode(), key)
    except InvalidNote as error:
        raise InvalidProof(str(error)) from error
    except ValueError as error:
        raise InvalidProof("it is not base64 where it must be") from error
    position = int(index[1])
    sound = all(len(node) == HASH_SIZE for node in path) and verify_inclusion(
        leaf=leaf_hash(entry), index=position, size=checkpoint.size, proof=path, root=checkpoint.root
    )
    if not sound:
        raise InvalidProof("its entry is not what the checkpoint covers")
    return position, entry
