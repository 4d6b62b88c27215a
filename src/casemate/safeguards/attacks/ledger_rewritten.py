"""The owner of machine and key writes the past anew: cut short, forked, back-dated, and signed. A witness holds a checkpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from casemate.app.ledger import verify_log
from casemate.governance.audit import audit
from casemate.governance.cosignature import Cosigned, cosign_checkpoint, open_cosigned, witness_key
from casemate.governance.entries import decode
from casemate.governance.errors import LedgerMissing
from casemate.governance.ledger import Ledger
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.stores import PLACE, MemoryStore, a_wall, recorded


def attempt(ground: Ground) -> Attempt:
    """The ledger is rewritten after a witness saw it, so that it verifies by itself, and compared with what the witness holds."""
    random, owner, witness = ground.random, ground.signer("owner"), ground.signer("witness")
    store = recorded(owner, ground.clock, random, random.randint(2, 4), random.choice((0, 0, 1, 250, 256)))
    ledger = Ledger(store=store, signer=owner)
    _, note = ledger.head()
    key = witness_key(witness.public_key)
    held = open_cosigned(cosign_checkpoint(note, witness, ground.clock.now()), ledger.key, key)
    for _ in range(random.randint(0, 2)):
        with a_wall(ledger, ground.clock).operation("scan", subject=(PLACE,)):
            ground.clock.move(seconds=9)
    if _problems(ledger, held):
        raise AssertionError("a ledger that honestly grew is called rewritten")
    entries = _entries(ledger)
    seen = held.checkpoint.size
    begin = max(0, seen - 4)  # of the operations, behind what fills the ledger up
    way = random.choice(
        ("cut short", "dropped", "inserted", "changed", "back-dated", "reordered", "begun anew", "empty")
    )
    if way == "cut short":
        entries = entries[: random.randrange(seen)]
    elif way == "dropped":
        del entries[random.randrange(seen)]
    elif way == "inserted":
        entries.insert(random.randrange(seen), b"never happened")
    elif way == "changed":
        at = random.randrange(begin, seen)
        entries[at] = json.dumps({**json.loads(entries[at]), "operation": "host"}, separators=(",", ":")).encode()
    elif way == "back-dated":
        at = random.randrange(begin, seen)
        said = decode(entries[at])
        assert said is not None
        entries[at] = replace(said, time=said.time - timedelta(days=random.randint(1, 400))).encode()
    elif way == "reordered":
        at = random.randrange(seen - 1)
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
    else:
        entries = [] if way == "empty" else [b"a new history %d" % number for number in range(len(entries))]
    forged = Ledger(store=MemoryStore(), signer=owner)
    forged.append_many(entries)
    try:
        problems = _problems(forged, held)
    except LedgerMissing as error:
        return Attempt(what=way, succeeded=False, answer=error.what)
    told = [line for line in problems if line.startswith(key.name)]
    return Attempt(what=way, succeeded=not told and not audit(forged).problems, answer="; ".join(told))


def _problems(ledger: Ledger, held: Cosigned) -> tuple[str, ...]:
    """What a reader is told who has the ledger and what the witness holds."""
    kept = MemoryStore({held.name: held.encode()})
    return verify_log(ledger, kept, MemoryStore(), (str(held.witness),)).problems


def _entries(ledger: Ledger) -> list[bytes]:
    size = ledger.head()[0].size
    return [entry for at in range(0, size, 256) for entry in ledger.bundle(at // 256, min(256, size - at))]


ATTACK = Attack(
    id="ledger-rewritten",
    title="the owner of the key rewrites, forks, cuts short or back-dates the ledger",
    aim="another past than the one that a witness has seen, unnoticed",
    attempt=attempt,
)
