"""The ledger as a client sees it: what was done, whether it is intact, and proofs; no name of a place outside of the roots."""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.governance.audit import Operation
    from casemate.mcp.roots import Roots

ELSEWHERE = "(not within the roots of this server)"


def show(roots: Roots, limit: int) -> dict[str, Any]:
    """The operations that ended last, the newest first, and those that have not. Raises LedgerMissing."""
    from casemate.app.ground import recorded_ledger
    from casemate.governance.audit import audit

    last: deque[Operation] = deque(maxlen=limit)
    result = audit(recorded_ledger(), last.append)
    newest = sorted(last, key=lambda operation: operation.index, reverse=True)
    return {
        "total": result.begun,
        "operations": [_operation(one, roots) for one in newest],
        "damaged": bool(result.problems),
    }


def verify() -> dict[str, Any]:
    """Whether it is intact. Raises LedgerMissing, LedgerDamaged."""
    from casemate.app.ground import recorded_ledger
    from casemate.evidence.escape import visible
    from casemate.governance.audit import audit

    ledger = recorded_ledger()
    result = audit(ledger, lambda operation: None)
    return {
        "intact": not result.problems,
        "entries": result.head.size,
        "operations": result.begun,
        "unfinished": result.unfinished,
        "root": b64encode(result.head.root).decode(),
        "key": str(ledger.key),
        "problems": [visible(problem) for problem in result.problems[:100]],
    }


def prove(index: int) -> dict[str, Any]:
    """That an entry stands in the ledger. The entry itself names places, and is left out. Raises UserError, LedgerMissing."""
    from casemate.app.ground import recorded_ledger
    from casemate.governance.merkle import leaf_hash

    ledger = recorded_ledger()
    try:
        found = ledger.prove(index)
    except IndexError as error:
        size = ledger.head()[0].size
        raise UserError(f"entry {index} is not below the ledger's {size} entries", "name one that is") from error
    return {
        "index": index,
        "size": found.checkpoint.size,
        "leaf_hash": b64encode(leaf_hash(found.entry)).decode(),
        "inclusion_proof": [b64encode(node).decode() for node in found.proof],
        "checkpoint": found.note.decode(),
        "key": str(ledger.key),
    }


def _operation(operation: Operation, roots: Roots) -> dict[str, Any]:
    before, after = operation.before, operation.after
    return {
        "index": operation.index,
        "end": operation.end,
        "time": f"{before.time:%Y-%m-%dT%H:%M:%SZ}",
        "operation": before.operation,
        "tier": before.tier.value,
        "subject": [name if _within(name, roots) else ELSEWHERE for name in before.names],
        "outcome": "unfinished" if after is None else after.outcome.value,
    }


def _within(name: str, roots: Roots) -> bool:
    """Whether a name is a path inside, as this server writes them. A relative one may have been anywhere."""
    path = Path(name)
    return path.is_absolute() and ".." not in path.parts and roots.holds(path)
