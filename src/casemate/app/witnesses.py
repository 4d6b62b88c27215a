"""The composition root of witnesses: what this machine cosigns for others, and what others have cosigned of its own ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casemate.adapters.clock import SystemClock
from casemate.adapters.ledger_files import LedgerFolder
from casemate.app.authority import records
from casemate.app.ground import home, own_signer, recorded_ledger
from casemate.app.ledger import checkpoint, cosigned_files, log_key_of, witness_key_of
from casemate.governance.charter import Target
from casemate.governance.cosignature import (
    Cosigned,
    open_cosigned,
)
from casemate.governance.held import ADDED, accept, facts, holding
from casemate.governance.note import Checkpoint, InvalidNote, VerifierKey, open_checkpoint
from casemate.governance.standing import WITNESS
from casemate.governance.witness import Request, Witness, parse_request
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from casemate.governance.receipt import Receipt
    from casemate.governance.wall import Wall
    from casemate.ports import Clock


def add_cosigned(data: bytes, key: str, *, announce: Callable[[str], None]) -> Cosigned:
    """Keep a checkpoint that came back from a witness, and record who holds what since when.

    Raises UserError for one that is not of this ledger as it is, or not of this witness.
    """
    found = accept(data, recorded_ledger(), witness_key_of(key), SystemClock().now())
    subject = (Target(name=found.witness.name, path=str(home() / "cosigned")),)
    with records(announce, *subject).operation(ADDED, subject=subject) as operation:
        store = cosigned_files()
        with store.lock():
            store.write(found.name, found.encode())
        operation.state(**facts(holding(found)))
    return found


def memory() -> LedgerFolder:
    """Where this machine, as a witness, remembers what it cosigned."""
    return LedgerFolder(home() / "witness")


def witness() -> Witness:
    """This machine as a witness of others' ledgers; its key is made on first use. Raises LedgerUnavailable."""
    return Witness(store=memory(), signer=own_signer())


def run_witness(data: bytes, key: str, *, announce: Callable[[str], None]) -> Cosigned:
    """Cosign a checkpoint of somebody's ledger, if it continues what was cosigned of it before.

    Raises Refused when it does not, UserError for what is no request, LedgerDamaged when this witness's memory was set back.
    """
    try:
        request = parse_request(data)
    except InvalidNote as error:
        raise UserError(
            f"it is no checkpoint and no request for a witness ({error})",
            "ask for what `casemate ledger checkpoint --for-witness` printed",
        ) from error
    log = log_key_of(key) if key else None
    subject = (Target(name=request.origin, path=str(home() / "witness")),)
    return witnessing(witness(), records(announce, *subject), request, log, SystemClock(), subject)


def witnessing(
    witness: Witness, wall: Wall, request: Request, log: VerifierKey | None, clock: Clock, subject: tuple[Target, ...]
) -> Cosigned:
    """The operation within which a witness decides. What it cosigned stands in its own ledger as well, so that its memory cannot
    be set back alone. Its times are never less than what that ledger knows."""
    with wall.operation(WITNESS, subject=subject) as operation:
        recorded = wall.standing.witnessed.get(request.origin)
        found = witness.cosign(request, log=log, recorded=recorded, now=max(clock.now(), wall.standing.latest))
        seen = found.checkpoint
        operation.state(log=seen.origin, size=seen.size, root=seen.root.hex())
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a receipt shows to somebody who has keys alone. since: when the named witnesses had seen it, by their keys' names."""

    receipt: Receipt
    checkpoint: Checkpoint
    since: tuple[tuple[str, datetime], ...]


def renew_receipt(text: str) -> str:
    """The same receipt under the largest checkpoint that a witness holds. Raises UserError when none covers it."""
    from casemate.app.prove import check_receipt
    from casemate.governance.proof import encode_proof

    shown = check_receipt(text, "that was given", "")
    note = checkpoint(witnessed=True)
    try:
        inclusion = recorded_ledger().prove(shown.entry, under=note)
    except IndexError as error:
        raise UserError(
            f"no checkpoint that a witness holds covers entry {shown.entry} yet",
            "let a witness cosign the ledger as it is now",
        ) from error
    head, blank, _ = text.partition("\n\n")
    return head + blank + encode_proof(inclusion)


def show_receipt(text: str, *, key: str, witnesses: Sequence[str], bundle: str | None, held: bytes | None) -> Shown:
    """What a receipt shows under these keys. bundle: digest that it must be of. held: a witnessed checkpoint that the reader has
    from elsewhere; by default the one in the receipt. Raises UserError."""
    from casemate.app.prove import check_receipt

    found = check_receipt(text, "that was given", key)
    if bundle is not None and found.bundle != bundle:
        raise UserError(f"the receipt is of the bundle {found.bundle}, not of this one", "name the one beside it")
    log = log_key_of(key) if key else recorded_ledger().key
    keys = [witness_key_of(one) for one in witnesses]
    if any(one.key == log.key for one in keys):
        raise UserError("a ledger's own key is no witness of it", "name the key of another person or machine")
    inside = text.split("\n\n", 2)[2].encode()
    try:
        seen = open_checkpoint(inside, log)
        if held is not None and open_checkpoint(held, log) != seen:
            raise UserError(
                "the receipt stands under another checkpoint than the one that was given",
                "ask for `casemate ledger receipt --renew`, or for the checkpoint that the receipt is of",
            )
        since = tuple((one.name, open_cosigned(inside if held is None else held, log, one).time) for one in keys)
    except InvalidNote as error:
        raise UserError(
            f"the checkpoint is not one that the witness holds ({error})",
            "ask the ledger's owner for `casemate ledger receipt --renew`, and check --witness",
        ) from error
    return Shown(receipt=found, checkpoint=seen, since=since)
