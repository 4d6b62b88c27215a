"""The charter: what may be examined, how far, by whom, until when. The widest authority that any operation can have.

Pure: paths arrive resolved (absolute, no links left in them); containment is decided on path components.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import PurePosixPath

from casemate.governance.note import VerifierKey


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
    """A place that may be examined. name: as the operator wrote it. path: absolute and resolved.

    marks: what code of ours has established about the place, such as "image:sha256:…", "host:…" or "repository:…". In a charter a
    target may have a mark instead of a path: then it is whatever bears that mark.
    """

    name: str
    path: str
    marks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if (not path.is_absolute() or ".." in path.parts) and (self.path or not self.marks):
            raise ValueError(f"a target's path is absolute and resolved: {self.path!r}")

    def covers(self, other: Target) -> bool:
        """Whether the other place is this one, or lies below it, or bears its mark. A target that has both covers what has both,
        so that what it covers is covered by whatever covers it."""
        if not self.marks <= other.marks:
            return False
        return not self.path or (
            bool(other.path) and PurePosixPath(other.path).is_relative_to(PurePosixPath(self.path))
        )

    def both(self, other: Target) -> Target | None:
        """What covers just what this one and the other cover; None where there is no such place."""
        marks = self.marks | other.marks
        for one, inner in ((self, other), (other, self)):
            if replace(one, marks=marks).covers(replace(inner, marks=marks)):
                return replace(inner, marks=marks)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Limits of a day (UTC), of all operations under a charter together. executions: of targets in a sandbox. releases: bundles
    that are handed out. None: no limit."""

    executions: int | None = None
    releases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, by key. name: for people; it decides nothing."""

    name: str
    key: VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """Who may examine what, up to which tier, from the beginning of a day until the end of another (UTC).

    made_for: why it exists. id: of the signed statement that it was read from, "" for one made for the operator's own use.
    models: addresses of model endpoints that may see the targets' content. approvers: people of whom one, other than who asks,
    must agree before proofs are released; none: nobody must.
    """

    who: str
    targets: tuple[Target, ...]
    tier: Tier
    until: date
    made_for: str
    id: str = ""
    since: date = date.min
    models: frozenset[str] = frozenset()
    quotas: Quotas = Quotas()
    approvers: tuple[Person, ...] = ()

    @property
    def begins(self) -> datetime:
        """The first moment at which it holds."""
        return datetime.combine(self.since, time(), UTC)

    @property
    def ends(self) -> datetime:
        """The first moment at which it no longer holds."""
        return datetime.combine(self.until, time(), UTC) + timedelta(days=1) if self.until < date.max else _NEVER

    def refusal(self, *, tier: Tier, subject: Iterable[Target], now: datetime) -> str | None:
        """Why this charter does not allow that, or None."""
        if now < self.begins:
            return f"the charter begins on {self.since.isoformat()}"
        if now >= self.ends:
            return f"the charter ended on {self.until.isoformat()}"
        if not self.tier.includes(tier):
            return f"the charter allows {self.tier.value!r}, not {tier.value!r}"
        for place in subject:
            if not any(target.covers(place) for target in self.targets):
                return f"the charter does not cover {place.name!r}"
        return None

    def model_refusal(self, endpoint: str) -> str | None:
        """Why a model at that address may not see the targets' content, or None. An address is compared as a whole."""
        return None if endpoint in self.models else "the charter names no such model endpoint"

    def statement(self) -> tuple[str, ...]:
        """All that the charter says, as texts for a digest."""
        if self.id:
            return ("casemate/charter", self.id)
        places = (text for target in self.targets for text in (target.name, target.path))
        models = (f"model {address}" for address in sorted(self.models))
        return (self.who, self.tier.value, self.until.isoformat(), self.made_for, *places, *models)

    def line(self) -> str:
        """The charter in one visible line."""
        places = ", ".join(target.name for target in self.targets) or "nothing"
        end = f"until {self.until.isoformat()}"
        if self.id:
            return f"charter {self.id[:12]}: {self.tier} under {places}, for {self.who}, {end} (installed)"
        asking = "".join(f", asking the model at {address}" for address in sorted(self.models))
        return f"charter: {self.tier} under {places}{asking}, for {self.who}, {end} ({self.made_for})"


_NEVER = datetime.max.replace(tzinfo=UTC)


def single_operator(
    paths: Iterable[Target], now: datetime, *, who: str, tier: Tier = Tier.FIND, endpoint: str = ""
) -> Charter:
    """The narrow charter of somebody who examines what they named, on their own machine, until tomorrow. tier: what they ask
    for, and no more. endpoint: address of the model that they name, "" for none."""
    targets = tuple(paths)
    return Charter(
        who=who,
        targets=targets,
        tier=tier,
        until=now.date() + timedelta(days=1),
        made_for="made for this path" if len(targets) == 1 else "made for these paths",
        models=frozenset((endpoint,)) if endpoint else frozenset(),
    )
