"""A witness's decision: whether a log's new checkpoint continues the last one that it cosigned.

The request has the form of c2sp.org/tlog-witness's `add-checkpoint`, and the decision follows that page; it is handed over as a
file instead of over HTTP. A witness never cosigns a smaller tree, nor a second branch: of two branches of one log only the one
that came first can have its cosignature.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.governance.cosignature import (
    Cosigned,
    WitnessKey,
    cosign_checkpoint,
    decode_cosigned,
    only,
    open_cosigned,
    witness_key,
)
from casemate.governance.errors import Denied, LedgerDamaged
from casemate.governance.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from casemate.governance.note import Checkpoint, InvalidNote, VerifierKey, decode64, note_parts, open_checkpoint

if TYPE_CHECKING:
    from casemate.ports import LedgerStore, Signer

MAX_ORIGIN = 200  # characters of a log's name: what an entry of the witness's own ledger can hold
MAX_REQUEST = 1 << 16  # bytes
MAX_PROOF = 63  # hashes, as the specification has it

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


class Refused(Denied):
    """A checkpoint that a witness does not cosign. branch: two checkpoints that the log signed contradict one another."""

    def __init__(self, what: str, next_step: str, *, branch: bool = False) -> None:
        super().__init__(what, next_step)
        self.branch = branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a witness is asked to cosign. old: the size that the proof begins at; None when only a checkpoint was handed over."""

    old: int | None
    proof: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The request's bytes."""
        lines = (f"old {self.old}", *(b64encode(node).decode() for node in self.proof))
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note

    @property
    def origin(self) -> str:
        """The log that it says to be of: not verified."""
        return self.note.decode("utf-8", "replace").partition("\n")[0]


def parse_request(data: bytes) -> Request:
    """A request, or a checkpoint alone. Raises InvalidNote for what is neither."""
    if len(data) > MAX_REQUEST:
        raise InvalidNote(f"it has {len(data)} bytes, of at most {MAX_REQUEST}")
    if not data.startswith(b"old "):
        note_parts(data)
        return Request(old=None, proof=(), note=data)
    head, blank, note = data.partition(b"\n\n")
    first, *lines = head.decode("utf-8", "replace").split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not blank:
        raise InvalidNote("a request is an old size, a proof, an empty line and a checkpoint")
    if len(lines) > MAX_PROOF:
        raise InvalidNote(f"a proof has at most {MAX_PROOF} hashes, this one {len(lines)}")
    try:
        proof = tuple(decode64(line) for line in lines)
    except ValueError as error:
        raise InvalidNote("a line of its proof is not base64") from error
    if any(len(node) != HASH_SIZE for node in proof):
        raise InvalidNote(f"a line of its proof is no hash of {HASH_SIZE} bytes")
    note_parts(note)
    return Request(old=int(old[1]), proof=proof, note=note)


def examine(request: Request, log: VerifierKey, held: Checkpoint | None) -> Checkpoint:
    """The checkpoint that may be cosigned. held: the last that was cosigned of that log. Raises Refused."""
    try:
        new = open_checkpoint(request.note, log)
    except InvalidNote as error:
        raise Refused(f"the checkpoint is not one that the log signed ({error})", _ASK) from error
    size, root = (0, EMPTY_ROOT) if held is None else (held.size, held.root)
    if new.size < size:
        raise Refused(f"the checkpoint has {new.size} entries, and {size} were cosigned before", _BRANCHED)
    if new.size == size and new.root != root:
        raise Refused(
            f"the log signed two different histories of {size} entries: this is a second branch", _BRANCHED, branch=True
        )
    if new.size == size and not request.proof:
        return new  # the same once more: a new cosignature says that it still is the largest
    old = 0 if request.old is None and held is None else request.old
    if old != size:
        begins = "has no proof" if request.old is None else f"has a proof that begins at {request.old} entries"
        raise Refused(
            f"the request {begins}, and what was cosigned last has {size}",
            f"ask the log's operator for `casemate ledger checkpoint --for-witness {size}`",
        )
    if not verify_consistency(first=size, first_root=root, second=new.size, second_root=new.root, proof=request.proof):
        raise Refused(
            f"nothing shows that the {new.size} entries of the checkpoint continue the {size} that were cosigned before",
            _BRANCHED,
        )
    return new


class Witness:
    """What a witness remembers of logs, and decides by it. store: of its own memory, one file a log. signer: its own key."""

    def __init__(self, *, store: LedgerStore, signer: Signer) -> None:
        self._store = store
        self._signer = signer

    @property
    def key(self) -> WitnessKey:
        """The key that its cosignatures are verified with."""
        return witness_key(self._signer.public_key)

    def logs(self) -> Iterator[Cosigned]:
        """The last checkpoint that was cosigned of each log, by name. Raises LedgerDamaged."""
        found = [self._read(name) for name in self._store.names() if not name.startswith(_BRANCHES)]
        return iter(sorted((one for one in found if one is not None), key=lambda one: one.log.name))

    def cosign(
        self, request: Request, *, log: VerifierKey | None, recorded: tuple[int, str] | None, now: datetime
    ) -> Cosigned:
        """The checkpoint, cosigned; and remembered before it is handed out.

        log: its key, needed the first time. recorded: size and root (hex) that the witness's own ledger says it cosigned last; a
        memory that is older than that was set back. Raises Refused, LedgerDamaged, and what the store raises.
        """
        with self._store.lock():
            name = _file(request.origin)
            held = self._read(name)
            self._trust(request.origin, held, recorded)
            log = self._log(request.origin, held, log)
            try:
                examine(request, log, None if held is None else held.checkpoint)
            except Refused as error:
                if error.branch:  # signed by the log itself, so it is evidence against whoever holds its key
                    kept = only(request.note, (log,))
                    self._store.write(f"{_BRANCHES}{name}-{sha256(kept).hexdigest()[:16]}", kept)
                raise
            time = now if held is None else max(now, held.time)  # as of its time a cosignature states the largest tree
            found = open_cosigned(cosign_checkpoint(only(request.note, (log,)), self._signer, time), log, self.key)
            self._store.write(name, found.encode())
        return found

    def _read(self, name: str) -> Cosigned | None:
        data = self._store.read(name)
        if data is None:
            return None
        try:
            found = decode_cosigned(data)
        except InvalidNote as error:
            raise LedgerDamaged(f"what this witness remembers of a log is damaged ({error})", _RESTORE) from error
        if found.witness != self.key or _file(found.log.name) != name:
            raise LedgerDamaged("what this witness remembers of a log is of another witness or log", _RESTORE)
        return found

    def _trust(self, origin: str, held: Cosigned | None, recorded: tuple[int, str] | None) -> None:
        """Refuse to decide by a memory that was set back."""
        if recorded is None:
            return
        size, root = recorded
        seen = None if held is None else held.checkpoint
        if seen is None or seen.size < size or (seen.size == size and seen.root.hex() != root):
            remembered = "nothing" if seen is None else f"{seen.size} entries"
            raise LedgerDamaged(
                f"this witness's ledger says that it cosigned {size} entries of {origin}, its memory holds {remembered}",
                _RESTORE,
            )

    def _log(self, origin: str, held: Cosigned | None, log: VerifierKey | None) -> VerifierKey:
        if held is not None:
            if log is not None and log != held.log:
                raise Refused("the key is not the one that this witness knows the log by", "leave --key away")
            return held.log
        if log is None:
            raise Refused(
                f"this witness does not know the log {origin[:MAX_ORIGIN]!r}",
                "the first time, give its key by --key VKEY, from a place that you trust",
            )
        if log.key == self._signer.public_key:
            raise Refused("a log cannot be witnessed by its own key", "let another person or machine witness it")
        if len(log.name) > MAX_ORIGIN:
            raise Refused(f"the log's name has more than {MAX_ORIGIN} characters", "witness logs of shorter names")
        return log


def _file(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


_BRANCHES = "branches/"
_RESTORE = "restore the folder `witness` of CASEMATE_HOME from its latest backup; until then nothing is cosigned"
_ASK = "ask the log's operator for the checkpoint again"
_BRANCHED = "keep both checkpoints, and ask the log's operator: unless it was damaged on its way, history was rewritten"
