"""A port that somebody kept, used after its operation has ended."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from casemate.governance.audit import audit
from casemate.governance.wall import Operation
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.scene import MAKERS, PLACE, USES, Tripwire, a_charter, a_ledger, a_wall


class _Broken(Exception):
    """How an operation may end."""


_GENERATORS: dict[str, Callable[[Any], Any]] = {
    "SourceTree": lambda tree: tree.walk(),
    "RootFilesystem": lambda root: root.nodes(),
    "Executor": lambda executor: executor.map(str, [1, 2, 3], label=str),
}


def attempt(ground: Ground) -> Attempt:
    """End an operation in some way, then use what it gave."""
    random = ground.random
    port, action = random.choice(sorted(USES))
    ledger = a_ledger(ground)
    wall, wire = a_wall(ground, ledger, a_charter(ground)), Tripwire()
    kept: dict[str, Any] = {}
    with suppress(_Broken, KeyboardInterrupt), wall.operation("scan", subject=(PLACE,)) as operation:
        kept = {"operation": operation, "port": MAKERS[port](operation, wire)}
        if port in _GENERATORS:
            kept["begun"] = _GENERATORS[port](kept["port"])
            if random.random() < 0.5:
                next(kept["begun"])
        USES[port, action](kept["port"])
        if action not in wire.effects:
            raise AssertionError(f"{port}.{action} is refused while its operation runs")
        if end := random.choice([None, _Broken, KeyboardInterrupt]):
            raise end
    before, entries = len(wire.effects), audit(ledger).head.size
    what, act = random.choice(sorted(_WAYS.items()))
    try:
        act(kept, wire, port, action)
        answer = "nothing came of it"
    except RuntimeError as error:  # OperationEnded, and what a dead generator raises
        answer = str(error)
    except StopIteration:
        answer = "there was nothing more"
    grown = audit(ledger).head.size - entries
    return Attempt(what=what, succeeded=len(wire.effects) > before or bool(grown), answer=answer)


def _use(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    USES[port, action](kept["port"])


def _copied(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    USES[port, action](copy.copy(kept["port"]))


def _another(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    """From the ended operation, another port: to make one asks for permission, or its use does."""
    USES[port, action](MAKERS[port](kept["operation"], wire))


def _begun(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    """What was begun to be listed is listed to its end."""
    if "begun" in kept:
        list(kept["begun"])
    else:
        _use(kept, wire, port, action)


def _stated(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    """A fact for the ledger, after the end: later operations would be decided by it."""
    operation: Operation = kept["operation"]
    operation.state(charter="a" * 64, issuer="nobody")
    wire.effects.append("state")


def _handed_out(kept: dict[str, Any], wire: Tripwire, port: str, action: str) -> None:
    """A bundle that no entry would cover."""
    kept["operation"].keep("ab" * 32)
    wire.effects.append("keep")


_WAYS: dict[str, Callable[[dict[str, Any], Tripwire, str, str], None]] = {
    "a port that was kept": _use,
    "a copy of a port": _copied,
    "another port of the ended operation": _another,
    "a list that was begun before the end": _begun,
    "a fact for the ledger": _stated,
    "a bundle to hand out": _handed_out,
}

ATTACK = Attack(
    id="operation-ended",
    title="a port used after its operation has ended, failed or was interrupted",
    aim="an effect that no entry of the ledger covers",
    attempt=attempt,
)
