"""An entry's proof in a form that outsiders check with public standards (c2sp.org/tlog-proof).

The entry itself travels in the `extra` line: the leaf hash is RFC 6962's over exactly those bytes. All that is needed
besides is the log's verifier key, from a place that the reader trusts.
"""

from __future__ import annotations

from base64 import b64encode

from casemate.governance.ledger import Inclusion

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
