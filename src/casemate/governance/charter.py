"""The charter: what may be examined, how far, by whom, until when. The widest authority that any operation can have.

Pure: paths arrive resolved (absolute, no links left in them); containment is decided on path components.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import PurePosixPath


class Tier(StrEnum):
    """How far: each tier includes those before it."""

    FIND = "find"
    PROVE = "prove"
    FIX = "fix"
    RELEASE = "release"

    @property
    def rank(self) -> int:
        """Height, for comparison."""
        return tuple(Tier).index(self)

    def includes(self, other: Tier) -> bool:
        """Whether who may do this may do the other."""
        return other.rank <= self.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place that may be examined. name: as the operator wrote it. path: absolute and resolved."""

    name: str
    path: str

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if not path.is_absolute() or ".." in path.parts:
            raise ValueError(f"a target's path is absolute and resolved: {self.path!r}")

    def covers(self, other: Target) -> bool:
        """Whether the other place is this one or lies below it."""
        return PurePosixPath(other.path).is_relative_to(PurePosixPath(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """Who may examine what, up to which tier, until the end of which day (UTC). made_for: why it exists."""

    who: str
    targets: tuple[Target, ...]
    tier: Tier
    until: date
    made_for: str

    @property
    def ends(self) -> datetime:
        """The first moment at which it no longer holds."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    def refusal(self, *, tier: Tier, subject: Iterable[Target], now: datetime) -> str | None:
        """Why this charter does not allow that, or None."""
        if now >= self.ends:
            return f"the charter ended on {self.until.isoformat()}"
        if not self.tier.includes(tier):
            return f"the charter allows {self.tier.value!r}, not {tier.value!r}"
        for place in subject:
            if not any(target.covers(place) for target in self.targets):
                return f"the charter does not cover {place.name!r}"
        return None

    def statement(self) -> tuple[str, ...]:
        """All that the charter says, as texts for a digest."""
        places = (text for target in self.targets for text in (target.name, target.path))
        return (self.who, self.tier.value, self.until.isoformat(), self.made_for, *places)

    def line(self) -> str:
        """The charter in one visible line."""
        places = ", ".join(target.name for target in self.targets) or "nothing"
        return f"charter: {self.tier} under {places}, for {self.who}, until {self.until.isoformat()} ({self.made_for})"


def single_operator(paths: Iterable[Target], now: datetime, *, who: str, tier: Tier = Tier.FIND) -> Charter:
    """The narrow charter of somebody who examines what they named, on their own machine, until tomorrow. tier: what they ask
    for, and no more."""
    targets = tuple(paths)
    return Charter(
        who=who,
        targets=targets,
        tier=tier,
        until=now.date() + timedelta(days=1),
        made_for="made for this path" if len(targets) == 1 else "made for these paths",
    )
