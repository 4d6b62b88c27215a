"""A receipt: that the ledger recorded an evidence bundle, as a text of its own beside the bundle.

An operation's last entry holds the root of a tree over its bundles (`entries.Kept`). The receipt shows that the bundle stands
in that tree, and, in the form of c2sp.org/tlog-proof, that the entry stands in the ledger. It is checked with the ledger's
verifier key, from a place that the reader trusts. It says when, and by what operation; not whether the proof holds.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from casemate.governance.entries import After, decode, evidence_leaves, kept
from casemate.governance.ledger import Log
from casemate.governance.merkle import HASH_SIZE, inclusion_proof, leaf_hash, tree_root, verify_inclusion
from casemate.governance.note import VerifierKey, decode64
from casemate.governance.proof import InvalidProof, encode_proof, open_proof

HEADER = "casemate/receipt@v1"
MAX_RECEIPT = 1 << 18  # bytes

_FORM = re.compile(
    rf"{HEADER}\nbundle (?P<bundle>[0-9a-f]{{64}})\nindex (?P<index>0|[1-9][0-9]{{0,9}})\n(?P<path>(?:[A-Za-z0-9+/]{{43}}=\n)*)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receipt shows. entry: index of the entry in the ledger. said: the entry."""

    bundle: str
    entry: int
    said: After


def make_receipt(ledger: Log, entry: int, bundles: Sequence[str], bundle: str) -> str:
    """The receipt of one of the bundles that an operation kept. entry: of its last entry. Digests in hex."""
    leaves = evidence_leaves(bundles)
    inclusion = ledger.prove(entry)
    said = decode(inclusion.entry)
    if not isinstance(said, After) or said.evidence != kept(bundles):
        raise ValueError(f"entry {entry} does not cover these bundles")
    index = leaves.index(leaf_hash(bytes.fromhex(bundle)))
    path = inclusion_proof(index, len(leaves), lambda level, at: tree_root(leaves[at << level : (at + 1) << level]))
    nodes = "".join(f"{b64encode(node).decode()}\n" for node in path)
    return f"{HEADER}\nbundle {bundle}\nindex {index}\n{nodes}\n{encode_proof(inclusion)}"


def origin(text: str) -> str:
    """The name of the ledger that a receipt says to be of, "" when it says none. Nothing is checked."""
    note = text.split("\n\n")[2:3]
    return note[0].split("\n")[0] if note else ""


def open_receipt(text: str, key: VerifierKey) -> Receipt:
    """What a receipt shows under the key of a ledger; InvalidProof otherwise."""
    form = _FORM.match(text)
    if form is None:
        raise InvalidProof(f"it does not begin as {HEADER} does")
    entry, statement = open_proof(text[form.end() :], key)
    said = decode(statement)
    if not isinstance(said, After) or said.evidence is None:
        raise InvalidProof("its entry speaks of no evidence")
    try:
        path, root = [decode64(line) for line in form["path"].split()], bytes.fromhex(said.evidence.root)
    except ValueError as error:
        raise InvalidProof("it is not base64 where it must be") from error
    leaf = leaf_hash(bytes.fromhex(form["bundle"]))
    if len(root) != HASH_SIZE or not verify_inclusion(
        leaf=leaf, index=int(form["index"]), size=said.evidence.count, proof=path, root=root
    ):
        raise InvalidProof("its bundle is not what the entry covers")
    return Receipt(bundle=form["bundle"], entry=entry, said=said)
