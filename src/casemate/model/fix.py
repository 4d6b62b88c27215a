"""A fix: a patch, and how far it came up the ladder of what it was put to.

Whoever proposes a patch does not judge it. A patch is offered only when every rung that applies holds; anything less is an
attempt, kept and labelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file, before and after. path: relative to the target's root."""

    path: str
    before: bytes
    after: bytes

    def __post_init__(self) -> None:
        if not self.path or self.before == self.after:
            raise ValueError(f"a change changes a file: {self.path!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What somebody proposes. proposer: who, as `rewrite:command` or `agent:…`. what: it does, in one sentence. changes: at most
    one for each file. answers_differ: an answer to a benign input is meant to be another one, as a digest by a better hash is."""

    proposer: str
    what: str
    changes: tuple[Change, ...]
    answers_differ: bool = False

    def __post_init__(self) -> None:
        if not self.proposer or not self.what or not self.changes:
            raise ValueError(f"a patch has a proposer, says what it does, and changes something: {self!r}")
        if len({change.path for change in self.changes}) < len(self.changes):
            raise ValueError(f"a patch changes each file once: {self!r}")


class Rung(StrEnum):
    """What a patch is put to, in the order of the ladder."""

    APPLIES = "applies"  # the files are those that it was made for
    LOADS = "loads"  # the changed files parse, and the target is driven as before
    TESTS = "the target's tests"  # give the same results as before
    DEAD = "the proof is dead"
    VARIANTS = "its variants are dead"
    BENIGN = "benign inputs"  # give the same answers as before
    CONTROL = "negative control"  # the oracle still fires on the unpatched copy
    RESCAN = "re-scan"  # shows no new finding


class Step(StrEnum):
    """How one rung ended."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "does not apply"  # there is nothing to put it to, as without tests
    UNTRIED = "not tried"  # it could not be tried, or an earlier rung failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One rung, how it ended, and what was seen, in one line."""

    rung: Rung
    step: Step
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A patch and its ladder. executions: runs of the target that it took."""

    patch: Patch
    ladder: tuple[Climb, ...]
    executions: int = 0

    @property
    def offered(self) -> bool:
        """Whether every rung that applies holds; what could not be tried holds nothing."""
        return bool(self.ladder) and all(climb.step in (Step.HOLDS, Step.NOT_APPLICABLE) for climb in self.ladder)

    @property
    def tested(self) -> bool:
        """Whether the target's own tests were among what holds."""
        return any(climb.rung is Rung.TESTS and climb.step is Step.HOLDS for climb in self.ladder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What became of the attempt to fix a finding. fix: what is offered. attempts: what was not good enough, in order. why: there
    is nothing to offer, "" when there is."""

    fix: Fix | None = None
    attempts: tuple[Fix, ...] = ()
    why: str = ""

    def __post_init__(self) -> None:
        if (self.fix is None) is not bool(self.why):
            raise ValueError(f"either a fix is offered, or it is said why not: {self!r}")
        if self.fix is not None and not self.fix.offered:
            raise ValueError(f"a fix that does not hold is not offered: {self.fix!r}")
