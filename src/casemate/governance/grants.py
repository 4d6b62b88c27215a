"""Grants: authority as a value, handed down and only ever made smaller.

`app` mints the first one from the charter; each worker and agent gets a narrower one. A grant that claims more than
the charter gains nothing by it: the wall asks both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from casemate.governance.charter import Charter, Target, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What its holder may do. ports: names of ports (`casemate.ports`). operations: names of those that may begin; None for all
    that tier and ports allow. expires: aware; from then on it permits nothing."""

    holder: str
    tier: Tier
    targets: tuple[Target, ...]
    ports: frozenset[str]
    expires: datetime
    operations: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.expires.tzinfo is None:
            raise ValueError(f"a grant expires at an aware time: {self.expires!r}")
        if isinstance(self.operations, str):  # it would hold every part of itself as an operation
            raise ValueError(f"a grant has a set of names of operations, not {self.operations!r}")

    @classmethod
    def of(cls, charter: Charter, *, ports: Iterable[str]) -> Grant:
        """The widest grant under a charter, for these ports."""
        return cls(
            holder=charter.who,
            tier=charter.tier,
            targets=charter.targets,
            ports=frozenset(ports),
            expires=charter.ends,
        )

    def narrow(
        self,
        *,
        holder: str | None = None,
        tier: Tier | None = None,
        targets: Iterable[Target] | None = None,
        ports: Iterable[str] | None = None,
        operations: Iterable[str] | None = None,
        expires: datetime | None = None,
    ) -> Grant:
        """A grant with at most this authority: what is asked for beyond it is left out, not refused."""
        return replace(
            self,
            holder=self.holder if holder is None else holder,
            tier=self.tier if tier is None or tier.includes(self.tier) else tier,
            targets=self.targets if targets is None else tuple(t for t in targets if self.covers(t)),
            ports=self.ports if ports is None else self.ports & frozenset(ports),
            operations=self.operations if operations is None else frozenset(filter(self.begins, operations)),
            expires=self.expires if expires is None else min(self.expires, expires),
        )

    def within(self, outer: Grant) -> Grant:
        """What both allow, for this one's holder."""
        targets: list[Target] = []
        for target in self.targets:
            parts = [target] if outer.covers(target) else [target.both(other) for other in outer.targets]
            targets += filter(None, parts)
        narrower = self.narrow(tier=outer.tier, ports=outer.ports, operations=outer.operations, expires=outer.expires)
        return replace(narrower, targets=tuple(dict.fromkeys(targets)))

    def begins(self, operation: str) -> bool:
        """Whether the operation is one of those that it is for."""
        return self.operations is None or operation in self.operations

    def covers(self, place: Target) -> bool:
        """Whether the place lies in one of the targets."""
        return any(target.covers(place) for target in self.targets)
