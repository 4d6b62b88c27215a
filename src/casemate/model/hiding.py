"""What hides a finding, and what is amiss with it: every finding that does not count says who decided so and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from casemate.model.location import Location


class Hider(StrEnum):
    """Where it was decided that a finding is not to count."""

    CONFIGURATION = "configuration"  # the target's own `casemate.toml`
    COMMENT = "comment"  # a comment in the target, at the finding
    DECISION = "decision"  # a person refused the property that it rests on
    TRIAGE = "triage"  # a triage file that the operator named


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why a finding is hidden. state, who, until: of what a person decided, "" where there is none; until as YYYY-MM-DD."""

    by: Hider
    reason: str
    state: str = ""
    who: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if not self.reason:
            raise ValueError("what hides a finding gives a reason")

    @property
    def personal(self) -> bool:
        """Whether the operator's people decided so, and neither the target nor its settings."""
        return self.by in (Hider.TRIAGE, Hider.DECISION)


class Amiss(StrEnum):
    """What is amiss with something that is to hide findings."""

    INVALID_IGNORE = "invalid-ignore"  # a comment that hides nothing, because it is not as it must be
    STALE_IGNORE = "stale-ignore"  # a comment that finds nothing to hide
    EXPIRED_TRIAGE = "expired-triage"  # a decision whose last day is over: the finding counts again


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Remark:
    """One thing amiss, where it stands, and in words."""

    kind: Amiss
    location: Location
    text: str
