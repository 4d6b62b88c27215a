"""The composition root of times that authorities outside give the ledger's checkpoints (RFC 3161)."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.adapters.ledger_files import LedgerFolder
from casemate.app.authority import records
from casemate.app.ground import home, recorded_ledger
from casemate.governance.charter import Target
from casemate.governance.held import STAMPED, Holding, contradictions, facts
from casemate.governance.note import InvalidNote, VerifierKey, open_checkpoint
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.adapters.timestamps import Stamp
    from casemate.ports import LedgerStore

MAX_FILE = 1 << 20  # bytes of an answer, and of a certificate


def stamp_files() -> LedgerFolder:
    """Where the times are that authorities have given: of each checkpoint, by its SHA-256, `.note`, `.tsr` and `.pem`."""
    return LedgerFolder(home() / "timestamps")


def stamp_request() -> bytes:
    """The request for a time of the ledger's head, which is kept until the answer comes. Raises EnvironmentFault."""
    from casemate.adapters.timestamps import make_request

    _, note = recorded_ledger().head()
    made = make_request(note)
    store = stamp_files()
    with store.lock():
        store.write(f"{sha256(note).hexdigest()}.note", note)
    return made


def add_stamp(answer: bytes, root: bytes, *, announce: Callable[[str], None]) -> Stamp:
    """Keep the answer of an authority, if it holds under that root certificate (PEM). Raises UserError, EnvironmentFault."""
    from casemate.adapters.timestamps import check, imprint

    log, store = recorded_ledger(), stamp_files()
    digest = imprint(answer)
    note = store.read(f"{digest}.note")
    if note is None:
        raise UserError("it answers no request of this ledger", "make one by `casemate ledger timestamp request`")
    stamp = check(answer, note, root)
    one = Holding(who=stamp.who, checkpoint=open_checkpoint(note, log.key), time=stamp.time)
    for line in contradictions(log, (one,)):
        raise UserError(line, "run `casemate ledger verify`")
    subject = (Target(name=stamp.who, path=str(home() / "timestamps")),)
    with records(announce, *subject).operation(STAMPED, subject=subject) as operation:
        with store.lock():
            store.write(f"{digest}.pem", root)
            store.write(f"{digest}.tsr", answer)
        operation.state(**facts(one))
    return stamp


def stamped(store: LedgerStore, log: VerifierKey) -> tuple[tuple[Holding, ...], int, tuple[str, ...]]:
    """The times in a store that hold of a log's checkpoints; how many cannot be checked, for want of the library; what is wrong
    with others, one line each."""
    from casemate.adapters.timestamps import available, check

    names = sorted(name for name in store.names() if name.endswith(".tsr"))
    if names and not available():
        return (), len(names), ()
    found: list[Holding] = []
    problems: list[str] = []
    for name in names:
        stem = name.removesuffix(".tsr")
        note, answer, root = (store.read(f"{stem}.{kind}") or b"" for kind in ("note", "tsr", "pem"))
        try:
            seen = open_checkpoint(note, log)
            stamp = check(answer, note, root)
        except (UserError, InvalidNote) as error:
            problems.append(f"timestamps/{name}: {error}")
        else:
            found.append(Holding(who=stamp.who, checkpoint=seen, time=stamp.time))
    return tuple(found), 0, tuple(problems)
