"""Somebody without the key changes the ledger's files."""

from __future__ import annotations

from casemate.governance.audit import audit
from casemate.governance.errors import LedgerDamaged, LedgerMissing
from casemate.governance.ledger import CHECKPOINT, Log, log_key
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.stores import MemoryStore, recorded


def attempt(ground: Ground) -> Attempt:
    """A file of a ledger is changed, cut, lengthened, removed, or replaced by another one of it or of another ledger."""
    random = ground.random
    filling = random.choice((0, 0, 3, 250, 255, 256, 300, 511))
    signer = ground.signer("owner")
    files = recorded(signer, ground.clock, random, random.randint(1, 4), filling).files
    log = Log(store=MemoryStore(files), key=log_key(signer.public_key))
    if audit(log).problems:
        raise AssertionError("a ledger that nobody touched is called damaged")
    name = random.choice(sorted(files))
    data, way = (
        files[name],
        random.choice(("a byte", "cut", "longer", "removed", "swapped", "another ledger's", "older")),
    )
    if way == "a byte":
        at = random.randrange(len(data))
        files[name] = data[:at] + bytes([data[at] ^ random.randint(1, 255)]) + data[at + 1 :]
    elif way == "cut":
        files[name] = data[: random.randrange(len(data))]
    elif way == "longer":
        files[name] = data + random.randbytes(random.randint(1, 64))
    elif way == "removed":
        name = random.choice([CHECKPOINT, *_needed(files)])
        del files[name]
    elif way == "swapped":
        others = [other for other in sorted(files) if files[other] != data]
        files[name] = files[random.choice(others)]
    else:
        stranger = ground.signer("owner" if way == "older" else "somebody else")
        theirs = recorded(stranger, ground.clock, random, random.randint(1, 4), filling).files
        same = sorted(
            other for other in theirs if other in files and theirs[other] != files[other] and other != CHECKPOINT
        )
        name = random.choice(same) if same else CHECKPOINT
        # A checkpoint of the owner's own other ledger is a fork, which only a witness can see: it is not put here.
        files[name] = theirs[name] if way != "older" or name != CHECKPOINT else b""
    kind = "checkpoint" if name == CHECKPOINT else name.split("/")[1].replace("0", "hashes")
    try:
        problems = audit(log).problems
    except (LedgerDamaged, LedgerMissing) as error:
        return Attempt(what=f"{way}: {kind}", succeeded=False, answer=error.what)
    return Attempt(what=f"{way}: {kind}", succeeded=not problems, answer="; ".join(problems))


def _needed(files: dict[str, bytes]) -> list[str]:
    """Tiles of the present size: those of earlier sizes may go once larger ones are there (tlog-tiles)."""
    widest: dict[str, int] = {}
    for name in files:
        place, _, width = name.partition(".p/")
        if name != CHECKPOINT:
            widest[place] = max(widest.get(place, 0), int(width or 256))
    return [f"{place}.p/{width}" if width < 256 else place for place, width in sorted(widest.items())]


ATTACK = Attack(
    id="ledger-edited",
    title="the ledger's files are edited",
    aim="a changed record that still verifies",
    attempt=attempt,
)
