"""Attempts to fix that are remembered, so that a hunt that was ended goes on where it stood, and a second one shows its patches
at once.

Keyed by everything that they depended on and that can be known here: our version, every source of the target, the interpreter,
and what showed the proof.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from casemate import __version__
from casemate.model.finding import FindingId
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.proof import Exhibit
from casemate.ports import Store
from casemate.proofs.replay import canonical

VERSION = 4
"""Raised when rewrites or the ladder change: what was tried before that says nothing now."""


class Mendings:
    """What was tried before, in a store. target: a digest over all sources of the target. interpreter: the target's."""

    def __init__(self, store: Store, target: str, interpreter: str) -> None:
        self._store = store
        self._about = [__version__, VERSION, target, interpreter]

    def get(self, identity: FindingId, exhibit: Exhibit) -> Mending | None:
        """The attempt of an earlier hunt, None when there was none or it cannot be read."""
        data = self._store.get(self._key(identity, exhibit))
        try:
            return None if data is None else _decode(json.loads(data))
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, identity: FindingId, exhibit: Exhibit, mending: Mending) -> None:
        """Remember it."""
        self._store.put(self._key(identity, exhibit), json.dumps(_encode(mending), sort_keys=True).encode())

    def _key(self, identity: FindingId, exhibit: Exhibit) -> str:
        about = canonical({"about": self._about, "id": identity, "sources": exhibit.sources})
        return "mending-" + sha256(about + exhibit.settings + b"".join(exhibit.cases)).hexdigest()


def _encode(mending: Mending) -> dict[str, Any]:
    return {
        "fix": mending.fix and _of_fix(mending.fix),
        "attempts": [_of_fix(fix) for fix in mending.attempts],
        "why": mending.why,
    }


def _of_fix(fix: Fix) -> dict[str, Any]:
    patch = fix.patch
    return {
        "proposer": patch.proposer,
        "what": patch.what,
        "answers_differ": patch.answers_differ,
        "changes": [[c.path, c.before.decode("latin-1"), c.after.decode("latin-1")] for c in patch.changes],
        "ladder": [[climb.rung, climb.step, climb.detail] for climb in fix.ladder],
        "executions": fix.executions,
    }


def _decode(told: Mapping[str, Any]) -> Mending:
    return Mending(
        fix=told["fix"] and _fix(told["fix"]),
        attempts=tuple(_fix(one) for one in told["attempts"]),
        why=told["why"],
    )


def _fix(told: Mapping[str, Any]) -> Fix:
    return Fix(
        patch=Patch(
            proposer=told["proposer"],
            what=told["what"],
            answers_differ=told["answers_differ"],
            changes=tuple(
                Change(path=path, before=before.encode("latin-1"), after=after.encode("latin-1"))
                for path, before, after in told["changes"]
            ),
        ),
        ladder=tuple(Climb(rung=Rung(rung), step=Step(step), detail=said) for rung, step, said in told["ladder"]),
        executions=told["executions"],
    )
