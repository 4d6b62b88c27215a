"""A cosignature that no witness gave: of another log, of an earlier size, by another key, at another time."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

from casemate.governance.cosignature import cosign_checkpoint, joined, only, open_cosigned, witness_key
from casemate.governance.held import accept
from casemate.governance.ledger import Ledger
from casemate.governance.note import InvalidNote, VerifierKey, note_parts, sign_checkpoint, sign_note
from casemate.model.errors import CasemateError
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.stores import MemoryStore

WAYS = (
    "of another log",
    "of an earlier size",
    "of another history",
    "by another key",
    "another key under the witness's name",
    "the ledger's own key",
    "a plain signature of the witness",
    "another time",
    "a byte of the note",
    "from the future",
    "none",
)


def attempt(ground: Ground) -> Attempt:
    """A note is handed to the ledger's owner, or to a reader, as cosigned by the witness."""
    random, owner, witness = ground.random, ground.signer("owner"), ground.signer("witness")
    key, now = witness_key(witness.public_key), ground.clock.now()
    log = Ledger(store=MemoryStore(), signer=owner)
    size = random.randint(1, 300)
    log.append_many([b"%d" % number for number in range(size)])
    _, early = log.head()
    log.append_many([b"more %d" % number for number in range(random.randint(1, 300))])
    head, note = log.head()
    honest = cosign_checkpoint(note, witness, now)
    if accept(honest, log, key, now).checkpoint != head:
        raise AssertionError("an honest cosignature is not accepted")
    line, way = honest.removeprefix(note), random.choice(WAYS)
    forged, expected = honest, key
    if way == "of another log":
        other = Ledger(store=MemoryStore(), signer=ground.signer("somebody else"))
        other.append(b"theirs")
        theirs = cosign_checkpoint(other.head()[1], witness, now)
        forged = random.choice((theirs, note + only(theirs, (key,)).rpartition(b"\n\n")[2]))
    elif way == "of an earlier size":
        forged = note + cosign_checkpoint(early, witness, now).removeprefix(early)
    elif way == "of another history":
        fork = Ledger(store=MemoryStore(), signer=owner)
        fork.append_many([b"forged %d" % number for number in range(random.randint(1, 2 * head.size))])
        forged = cosign_checkpoint(fork.head()[1], witness, now)
    elif way == "by another key":
        forged = cosign_checkpoint(note, ground.signer("somebody else"), now)
    elif way == "another key under the witness's name":
        stranger = cosign_checkpoint(note, ground.signer("somebody else"), now)
        blob = note_parts(stranger)[1][-1][1]
        forged = note + f"— {key.name} {b64encode(key.id + blob[4:]).decode()}\n".encode()
    elif way == "the ledger's own key":
        forged, expected = cosign_checkpoint(note, owner, now), witness_key(owner.public_key)
    elif way == "a plain signature of the witness":
        # As if a statement or a ledger of the witness's own were one: the same private key, without the time before the text.
        plain = sign_note(head.text, key.name, witness)
        blob = note_parts(plain)[1][0][1]
        stamp = int(now.timestamp()).to_bytes(8, "big")
        forged = note + f"— {key.name} {b64encode(key.id + stamp + blob[4:]).decode()}\n".encode()
    elif way == "another time":
        blob = note_parts(honest)[1][-1][1]
        moved = (int.from_bytes(blob[4:12], "big") + random.choice((-1, 1)) * random.randint(1, 10**9)) % (1 << 64)
        forged = note + f"— {key.name} {b64encode(key.id + moved.to_bytes(8, 'big') + blob[12:]).decode()}\n".encode()
    elif way == "a byte of the note":
        at = random.randrange(len(honest))
        forged = honest[:at] + bytes([honest[at] ^ random.randint(1, 255)]) + honest[at + 1 :]
    elif way == "from the future":
        forged = cosign_checkpoint(note, witness, now + timedelta(hours=2, days=random.randint(0, 4000)))
    else:
        forged = random.choice((note, joined((note, note)), sign_checkpoint(head, owner), line))
    try:
        found = accept(forged, log, expected, now)
        open_cosigned(found.note, VerifierKey(name=log.key.name, key=log.key.key), key)
    except (CasemateError, InvalidNote) as error:
        return Attempt(what=way, succeeded=False, answer=str(error))
    return Attempt(what=way, succeeded=True, answer=f"accepted at {found.checkpoint.size}")


ATTACK = Attack(
    id="cosignature-forged",
    title="a cosignature is forged, stale, of another log or of one's own",
    aim="a checkpoint that passes for witnessed",
    attempt=attempt,
)
