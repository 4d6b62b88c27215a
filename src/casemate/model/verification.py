"""What it gives to see a proof again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from casemate.model.fix import Climb


class Answer(StrEnum):
    """What verifying gave."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNCHECKED = "cannot be checked here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer. why: "" when it holds. notes: what is another way here than where the bundle was made. python: version of
    the interpreter here, sandbox: what held the runs; "" where it did not come to that. seen, quiet: cases in which the oracle
    fired, controls in which it did not. same: files of the trace that are as they were. ladder: rungs that the
    bundle's patch was put to here, when it has one. decision: what a person decided about the property that it is of, in
    words, and whether that counts here; "" for a proof by an oracle."""

    answer: Answer
    why: str = ""
    notes: tuple[str, ...] = ()
    python: str = ""
    sandbox: str = ""
    seen: int = 0
    quiet: int = 0
    same: int = 0
    ladder: tuple[Climb, ...] = ()
    decision: str = ""

    def __post_init__(self) -> None:
        if (self.answer is Answer.HOLDS) is bool(self.why):
            raise ValueError(f"what does not hold says why: {self.answer!r}, {self.why!r}")
