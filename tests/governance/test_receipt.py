"""A receipt shows that the ledger recorded a bundle, and nothing else; any change to it is refused."""

import re
from hashlib import sha256

import pytest

from casemate.adapters.keys import FileSigner
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import After, Kept, Outcome, decode
from casemate.governance.gate import OperationEnded
from casemate.governance.ledger import Ledger
from casemate.governance.merkle import leaf_hash, node_hash
from casemate.governance.proof import InvalidProof, encode_proof
from casemate.governance.receipt import make_receipt, open_receipt, origin
from governance.support import SOURCE, MemoryStore, a_charter, a_ledger, a_wall

BUNDLES = [sha256(b"bundle %d" % number).hexdigest() for number in range(5)]


def recorded(bundles, ledger=None, name="verify", reserved=0):
    """A ledger in which an operation kept these bundles, and the index of its last entry."""
    ledger = ledger or a_ledger()
    tier = Tier.RELEASE if name == "release" else Tier.PROVE
    with a_wall(ledger=ledger, charter=a_charter(tier=tier)).operation(
        name, subject=(SOURCE,), bundles=reserved
    ) as operation:
        for bundle in bundles:
            operation.keep(bundle)
    return ledger, operation.entry


@pytest.fixture(scope="module")
def log():
    ledger = a_ledger()
    recorded([], ledger)
    return recorded(BUNDLES, ledger)


def test_what_an_entry_says_of_evidence():
    """How many bundles, and the root of the tree over their digests, in whatever order they came: version 3."""
    ledger, entry = recorded([BUNDLES[1], BUNDLES[0], BUNDLES[1]])
    first, second = (leaf_hash(bytes.fromhex(one)) for one in sorted(BUNDLES[:2]))
    said = decode(ledger.prove(entry).entry)
    assert said.evidence == Kept(count=2, root=node_hash(first, second).hex())
    assert b'"v":3}' in ledger.prove(entry).entry
    assert audit(ledger).problems == ()


def test_an_operation_without_evidence_says_nothing_of_it():
    """Its entry is what it was before there was any."""
    ledger, entry = recorded([])
    assert b"evidence" not in ledger.prove(entry).entry
    assert ledger.prove(entry).entry.endswith(b'"v":1}')


def test_nothing_is_kept_after_the_end():
    """What is not covered is not kept."""
    with a_wall(charter=a_charter(tier=Tier.PROVE)).operation("verify", subject=(SOURCE,)) as operation:
        pass
    with pytest.raises(OperationEnded):
        operation.keep(BUNDLES[0])


def test_a_release_is_an_operation_of_its_own():
    """Of the highest tier, with what was released."""
    ledger, _ = recorded(BUNDLES[:1], name="release", reserved=1)
    (operation,) = audit(ledger).operations
    assert (operation.before.operation, operation.before.tier) == ("release", Tier.RELEASE)
    assert (operation.after.outcome, operation.after.evidence.count) == (Outcome.COMPLETED, 1)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_receipt_holds(log, bundle):
    """For each of the bundles, whatever its place among them."""
    ledger, entry = log
    text = make_receipt(ledger, entry, BUNDLES, bundle)
    found = open_receipt(text, ledger.key)
    assert (found.bundle, found.entry) == (bundle, entry)
    assert isinstance(found.said, After)
    assert (found.said.operation, found.said.outcome) == ("verify", Outcome.COMPLETED)
    assert origin(text) == ledger.key.name


def test_one_bundle_alone():
    """Its tree is its leaf."""
    ledger, entry = recorded(BUNDLES[:1])
    assert open_receipt(make_receipt(ledger, entry, BUNDLES[:1], BUNDLES[0]), ledger.key).bundle == BUNDLES[0]


def test_a_receipt_of_other_bundles_is_not_made(log):
    """Nor of an entry that does not speak of them."""
    ledger, entry = log
    with pytest.raises(ValueError, match="does not cover these bundles"):
        make_receipt(ledger, entry, BUNDLES[:2], BUNDLES[0])
    with pytest.raises(ValueError, match="does not cover these bundles"):
        make_receipt(ledger, entry - 1, BUNDLES, BUNDLES[0])
    with pytest.raises(ValueError, match="not in tuple"):
        make_receipt(ledger, entry, BUNDLES, "00" * 32)


def test_any_changed_character_is_refused(log):
    """Wherever it stands."""
    ledger, entry = log
    text = make_receipt(ledger, entry, BUNDLES, BUNDLES[2])
    for position, character in enumerate(text):
        changed = text[:position] + ("b" if character == "a" else "a") + text[position + 1 :]
        with pytest.raises(InvalidProof):
            open_receipt(changed, ledger.key)


def test_a_receipt_cut_short_is_refused(log):
    """Also where a whole line is missing, or stands twice; but for a signature, beside which others may stand."""
    ledger, entry = log
    text = make_receipt(ledger, entry, BUNDLES, BUNDLES[2])
    for length in range(len(text)):
        with pytest.raises(InvalidProof):
            open_receipt(text[:length], ledger.key)
    lines = text.splitlines(keepends=True)
    for number in range(len(lines)):
        twice = lines[: number + 1] + lines[number:]
        for changed in (lines[:number] + lines[number + 1 :], *([twice] if number + 1 < len(lines) else [])):
            with pytest.raises(InvalidProof):
                open_receipt("".join(changed), ledger.key)


def test_the_key_of_another_ledger(log):
    """Shows nothing."""
    ledger, entry = log
    text = make_receipt(ledger, entry, BUNDLES, BUNDLES[0])
    other = Ledger(store=MemoryStore(), signer=FileSigner(bytes(32)))
    with pytest.raises(InvalidProof, match="no signature of"):
        open_receipt(text, other.key)


def test_an_entry_without_evidence_is_no_receipt(log):
    """An entry of a scan cannot be passed off as one."""
    ledger, entry = log
    text = make_receipt(ledger, entry, BUNDLES, BUNDLES[0])
    head = re.match(r"(.*?\n\n)", text, re.DOTALL)[1]
    with pytest.raises(InvalidProof, match="speaks of no evidence"):
        open_receipt(head + encode_proof(ledger.prove(1)), ledger.key)


@pytest.mark.parametrize("text", ["", "\n\n\n", "casemate/receipt@v1\n", "a" * 1000])
def test_anything_else_is_no_receipt(text, log):
    """Total."""
    with pytest.raises(InvalidProof):
        open_receipt(text, log[0].key)
    assert isinstance(origin(text), str)
