"""A proof, and every other way in which the attempt to prove a finding can end.

Proposers never judge: a proof is an oracle's own report, seen in fresh sandboxes in every one of its runs, while a benign
control input left the oracle quiet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ProofKind(StrEnum):
    """What was seen."""

    CANARY = "canary"  # something harmless that was injected took effect
    SANITIZER = "sanitizer"  # a sanitizer reported
    OBSERVATION = "observation"  # a weak primitive ran on data that matters
    PROPERTY = "property"  # what a person says must never happen did: no canary, and no oracle


class Fidelity(StrEnum):
    """How close to reality the target was driven, best first."""

    ENTRY_POINT = "entry point"  # by a request, a command line, a message
    PUBLIC_API = "public API"
    ISOLATED = "isolated function"  # with stand-ins for what it needs


class Observer(StrEnum):
    """From where the oracle saw it. Inside: in the target's own process, so it assumes that the target does not forge."""

    OUTSIDE = "outside the process"
    INSIDE = "inside the process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an oracle saw.

    oracle: its id. happened: one plain sentence, without the input. runs: in how many it was seen, all of them.
    stubs: imports and objects that were stand-ins; the tainted value passed through none of them. bundle: SHA-256 of the
    evidence bundle, in hex; "" before it is made.
    """

    oracle: str
    kind: ProofKind
    observer: Observer
    fidelity: Fidelity
    happened: str
    runs: int
    stubs: tuple[str, ...] = ()
    bundle: str = ""

    def __post_init__(self) -> None:
        if not self.oracle or not self.happened or self.runs < 1:
            raise ValueError(f"a proof has an oracle, what happened and runs: {self!r}")


class Result(StrEnum):
    """How the attempt to prove a finding ended."""

    PROVEN = "proven"
    NOT_TRIGGERED = "not triggered"  # the code was driven, and no oracle fired
    NOT_REACHED = "not reached"  # the code was driven, and never came to the finding's line
    BROKEN = "harness broken"  # the target could not be loaded or driven
    TIMED_OUT = "timeout"
    OUT_OF_MEMORY = "out of memory"
    MISSING = "dependency missing"
    UNSAFE = "unsafe to run"
    SPENT = "budget spent"
    BY_DESIGN = "by design"
    NOT_EXAMINED = "not examined"  # no oracle or no driver for it, or no sandbox

    @property
    def decided(self) -> bool:
        """Whether the finding's line was put to the test, or need not be: every other end leaves it unexamined."""
        return self in (Result.PROVEN, Result.NOT_TRIGGERED, Result.BY_DESIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the attempt ended. detail: why, in one line, "" for proven. executions: runs of the target that it took."""

    result: Result
    detail: str = ""
    executions: int = 0
    proof: Proof | None = field(default=None)

    def __post_init__(self) -> None:
        if (self.result is Result.PROVEN) is not (self.proof is not None):
            raise ValueError(f"what is proven has a proof, and nothing else: {self.result!r}, {self.proof!r}")
        if self.proof is None and not self.detail:
            raise ValueError(f"what is not proven says why: {self.result!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """All that it takes to see a proof again, beside the target and an interpreter for it.

    settings: what the harness is told once. cases: what it is told in each confirming run, each with a canary word of
    its own, and controls likewise; all as canonical JSON. reports: what was observed in each case, the canary words put back to
    their names, so that two campaigns give the same bytes. python: version of the target's interpreter, as "3.12.1". sandbox:
    what held the runs. sources: SHA-256 in hex of each file of the target that the trace passes, by path.
    """

    settings: bytes
    cases: tuple[bytes, ...]
    controls: tuple[bytes, ...]
    reports: tuple[bytes, ...]
    python: str
    sandbox: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A verdict, and what shows it again when it is proven."""

    verdict: Verdict
    exhibit: Exhibit | None = None
