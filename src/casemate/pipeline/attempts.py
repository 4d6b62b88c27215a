"""Attempts that are remembered, so that a hunt that was ended goes on where it stood.

What is remembered is keyed by everything that the attempt depended on and that can be known here: our version, every source of
the target, the interpreter, the question and what it may take. What a missing module or an unready machine decided is tried
again.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from casemate import __version__
from casemate.model.proof import Attempt, Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.ports import Store
from casemate.proofs.campaign import Bench
from casemate.proofs.question import Question
from casemate.proofs.replay import canonical

VERSION = 3
"""Raised when what drives, runs or judges a target changes: what was tried before that says nothing now."""

_LASTING = frozenset({Result.PROVEN, Result.NOT_TRIGGERED, Result.NOT_REACHED, Result.SPENT})
_BYTES = ("settings", "cases", "controls", "reports")


class Attempts:
    """What was tried before, in a store. target: a digest over all sources of the target."""

    def __init__(self, store: Store, bench: Bench, target: str) -> None:
        self._store = store
        self._bench = bench
        self._about = [__version__, VERSION, target, bench.profile.interpreter, str(bench.profile.limits), bench.budget]

    def get(self, question: Question) -> Attempt | None:
        """The attempt of an earlier hunt, None when there was none or it cannot be read."""
        data = self._store.get(self._key(question))
        if data is None:
            return None
        try:
            return _decode(json.loads(data))
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, question: Question, attempt: Attempt) -> None:
        """Remember it, when it is the target that decided it."""
        if attempt.verdict.result in _LASTING:
            self._store.put(self._key(question), json.dumps(_encode(attempt), sort_keys=True).encode())

    def _key(self, question: Question) -> str:
        about = canonical(
            {
                "about": self._about,
                "id": question.identity,
                "cwe": question.cwe,
                "case": question.told(question.drivers[0]),
            }
        )
        settings = self._bench.settings("")
        return "attempt-" + sha256(about + settings).hexdigest()


def _encode(attempt: Attempt) -> dict[str, Any]:
    told = asdict(attempt)
    exhibit = told["exhibit"]
    for name in _BYTES if exhibit is not None else ():
        value = exhibit[name]
        exhibit[name] = value.decode() if isinstance(value, bytes) else [part.decode() for part in value]
    return told


def _decode(told: dict[str, Any]) -> Attempt:
    verdict, exhibit = told["verdict"], told["exhibit"]
    proof = verdict["proof"]
    return Attempt(
        verdict=Verdict(
            result=Result(verdict["result"]),
            detail=verdict["detail"],
            executions=verdict["executions"],
            proof=proof
            and Proof(
                **{
                    **proof,
                    "kind": ProofKind(proof["kind"]),
                    "observer": Observer(proof["observer"]),
                    "fidelity": Fidelity(proof["fidelity"]),
                    "stubs": tuple(proof["stubs"]),
                }
            ),
        ),
        exhibit=exhibit
        and Exhibit(
            **{
                **exhibit,
                "settings": exhibit["settings"].encode(),
                **{name: tuple(part.encode() for part in exhibit[name]) for name in _BYTES[1:]},
                "sources": tuple((path, digest) for path, digest in exhibit["sources"]),
            }
        ),
    )
