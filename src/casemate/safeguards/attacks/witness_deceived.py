"""A log's owner wants the cosignature of a witness for a history that is not the one the witness has seen."""

from __future__ import annotations

from dataclasses import replace

from casemate.governance.ledger import Ledger, Log
from casemate.governance.merkle import EMPTY_ROOT
from casemate.governance.note import Checkpoint, InvalidNote, sign_checkpoint
from casemate.governance.witness import Request, Witness, parse_request
from casemate.model.errors import CasemateError
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.stores import MemoryStore

WAYS = (
    "smaller tree",
    "same size, another root",
    "another branch, its own proof",
    "another branch, the true proof",
    "proof shortened",
    "proof lengthened",
    "proof reordered",
    "proof of other sizes",
    "no proof",
    "a root made up",
    "an old size made up",
    "another key for the known log",
    "unknown log without its key",
    "signed by somebody else",
    "a byte of the request",
    "memory set back",
    "memory removed",
    "memory of another witness",
)


def attempt(ground: Ground) -> Attempt:
    """A request that no witness may grant, by one of the ways."""
    random, owner, clock = ground.random, ground.signer("owner"), ground.clock
    first, second = random.randint(2, 300), random.randint(1, 300)
    log = _log(ground, first, "true")
    memory = MemoryStore()
    witness = Witness(store=memory, signer=ground.signer("witness"))
    before = dict(memory.files)
    recorded: tuple[int, str] | None = None
    for size in (random.randint(1, first - 1), first):
        older = dict(memory.files)
        proof = log.consistency(0 if recorded is None else recorded[0], size)
        note = sign_checkpoint(proof.second, owner)
        request = Request(old=proof.first.size, proof=proof.proof, note=note)
        found = witness.cosign(parse_request(request.encode()), log=log.key, recorded=recorded, now=clock.now())
        if found.checkpoint != proof.second or found.witness != witness.key:
            raise AssertionError("an honest request is not granted")
        recorded, before = (found.checkpoint.size, found.checkpoint.root.hex()), older
        clock.move(minutes=1)
    log.append_many([b"later %d" % number for number in range(second)])
    true, total = log.consistency(first), first + second
    other = _log(ground, total, "forged")
    branch = other.consistency(first)
    request = Request(old=first, proof=true.proof, note=sign_checkpoint(true.second, owner))
    key, way = log.key, random.choice(WAYS)
    if way == "smaller tree":
        smaller = log.consistency(0, random.randint(0, first - 1)).second
        request = Request(old=smaller.size, proof=(), note=sign_checkpoint(smaller, owner))
    elif way == "same size, another root":
        request = Request(old=first, proof=(), note=sign_checkpoint(branch.first, owner))
    elif way == "another branch, its own proof":
        request = Request(old=first, proof=branch.proof, note=sign_checkpoint(branch.second, owner))
    elif way == "another branch, the true proof":
        request = replace(request, note=sign_checkpoint(branch.second, owner))
    elif way == "proof shortened":
        cut = random.randrange(len(true.proof))
        request = replace(request, proof=true.proof[:cut] + true.proof[cut + 1 :])
    elif way == "proof lengthened":
        at = random.randint(0, len(true.proof))
        extra = random.choice((*true.proof, *branch.proof, true.first.root, true.second.root, random.randbytes(32)))
        request = replace(request, proof=(*true.proof[:at], extra, *true.proof[at:]))
    elif way == "proof reordered":
        nodes = random.sample(true.proof, len(true.proof))
        request = replace(request, proof=tuple(nodes if tuple(nodes) != true.proof else (*nodes, nodes[0])))
    elif way == "proof of other sizes":
        wrong = random.choice([size for size in range(1, total) if size != first])
        request = replace(request, proof=log.consistency(wrong).proof)
        if request.proof == true.proof:  # two sizes may share a proof; then nothing is forged
            request = replace(request, proof=(*true.proof, EMPTY_ROOT))
    elif way == "no proof":
        request = Request(old=random.choice((first, 0, total, None)), proof=(), note=request.note)
    elif way == "a root made up":
        head = Checkpoint(origin=key.name, size=total, root=random.randbytes(32))
        request = replace(request, note=sign_checkpoint(head, owner))
    elif way == "an old size made up":
        request = replace(request, old=random.choice([size for size in range(total + 2) if size != first]))
    elif way == "another key for the known log":
        key = other_key = Ledger(store=MemoryStore(), signer=ground.signer("somebody else")).key
        key = replace(other_key, name=log.key.name)
    elif way == "unknown log without its key":
        request = Request(old=0, proof=(), note=sign_checkpoint(_foreign(ground), ground.signer("somebody else")))
    elif way == "signed by somebody else":
        request = replace(request, note=sign_checkpoint(true.second, ground.signer("somebody else")))
    elif way == "memory set back":
        memory.files = dict(before)
        request = Request(old=log.consistency(0).first.size, proof=(), note=sign_checkpoint(branch.second, owner))
    elif way == "memory removed":
        memory.files = {}
        request = Request(old=0, proof=(), note=sign_checkpoint(branch.second, owner))
    elif way == "memory of another witness":
        elsewhere = MemoryStore()
        stranger = Witness(store=elsewhere, signer=ground.signer("somebody else"))
        stranger.cosign(
            Request(old=0, proof=(), note=sign_checkpoint(branch.second, owner)),
            log=key,
            recorded=None,
            now=clock.now(),
        )
        memory.files = elsewhere.files
        request = Request(old=total, proof=(), note=sign_checkpoint(branch.second, owner))
    data = request.encode() if request.old is not None else request.note
    if way == "a byte of the request":
        at = random.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ random.randint(1, 255)]) + data[at + 1 :]
    try:
        asked = None if way == "unknown log without its key" else key
        found = witness.cosign(parse_request(data), log=asked, recorded=recorded, now=clock.now())
    except (CasemateError, InvalidNote) as error:
        return Attempt(what=way, succeeded=False, answer=str(error))
    # A changed byte of a signature by an unknown key, and nothing else, may be ignored: the checkpoint is the true one then.
    return Attempt(what=way, succeeded=found.checkpoint != true.second or way != "a byte of the request")


def _log(ground: Ground, size: int, name: str) -> Ledger:
    ledger = Ledger(store=MemoryStore(), signer=ground.signer("owner"))
    ledger.append_many([f"{name} {number}".encode() for number in range(size)])
    return ledger


def _foreign(ground: Ground) -> Checkpoint:
    log = Ledger(store=MemoryStore(), signer=ground.signer("somebody else"))
    log.append(b"theirs")
    return Log.head(log)[0]


ATTACK = Attack(
    id="witness-deceived",
    title="a witness is asked for a second branch, a smaller tree, by a false proof, or with its memory set back",
    aim="its cosignature",
    attempt=attempt,
)
