"""Budgets: limits in counts, reserved before the effect.

Counts, not times: a limit that shapes a result shapes it the same way on every machine. What no longer fits is
refused and reported; nothing that was already done is lost.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Amounts of what an operation uses.

    files, bytes, lines: of the target, read. tasks: handed to the executor. cache_bytes: written to the store. executions: of
    the target, in a sandbox.
    """

    files: int = 0
    bytes: int = 0
    lines: int = 0
    tasks: int = 0
    cache_bytes: int = 0
    executions: int = 0

    def __post_init__(self) -> None:
        for name, amount in asdict(self).items():
            if amount < 0:
                raise ValueError(f"{name} is a count: {amount!r}")


HOUSE_LIMITS = Counts(
    files=5_000_000,
    bytes=64 << 30,
    lines=2_000_000_000,
    tasks=20_000_000,
    cache_bytes=16 << 30,
)
"""Far above what one machine examines in a day: a fuse against a tree that never ends. No execution: finding runs nothing."""

ROOT_LIMITS = replace(HOUSE_LIMITS, files=1_000_000, bytes=256 << 30)
"""For the audit of a host, which reads few of its hundreds of thousands of files, the larger ones not to their end."""

PROVING_LIMITS = replace(HOUSE_LIMITS, executions=10_000_000)
"""For operations that run the target in a sandbox, whose own budget is far smaller."""

_NAMES = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A reservation that did not fit; nothing of it was charged."""

    name: str
    limit: int

    def __str__(self) -> str:
        return f"the budget of {self.limit} {self.name.replace('_', ' ')} is used up"


class Meter:
    """What one operation has used of its limits. Belongs to one thread, like the operation.

    within: that of an operation which this one is a part of, and whose executions it takes from.
    """

    def __init__(self, limits: Counts, within: Meter | None = None) -> None:
        self._limits = {name: getattr(limits, name) for name in _NAMES}
        self._used = dict.fromkeys(_NAMES, 0)
        self._lent = 0
        self._within = within

    def reserve(self, **amounts: int) -> Exhausted | None:
        """Charge all of these amounts, or none of them when one does not fit."""
        used, limits = self._used, self._limits
        for name, amount in amounts.items():
            if amount < 0:
                raise ValueError(f"a reservation of {name} is a count: {amount!r}")
            if used[name] + amount + (self._lent if name == "executions" else 0) > limits[name]:
                return Exhausted(name, limits[name])
        if self._within is not None and (beyond := self._within.lend(amounts.get("executions", 0))):
            return beyond
        for name, amount in amounts.items():
            used[name] += amount
        return None

    def lend(self, executions: int) -> Exhausted | None:
        """Let a part of the operation use some executions; they count as used by that one."""
        limit = self._limits["executions"]
        if self._used["executions"] + self._lent + executions > limit:
            return Exhausted("executions", limit)
        if self._within is not None and (beyond := self._within.lend(executions)):
            return beyond
        self._lent += executions
        return None

    @property
    def used(self) -> Counts:
        """What has been charged so far."""
        return Counts(**self._used)
