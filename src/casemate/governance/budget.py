"""Budgets: limits in counts, reserved before the effect.

Counts, not times: a limit that shapes a result shapes it the same way on every machine. What no longer fits is
refused and reported; nothing that was already done is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from threading import RLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Amounts of what an operation uses.

    files, bytes, lines: of the target, read. tasks: handed to the executor. cache_bytes: written to the store. executions: of
    the target, in a sandbox.

    Of exchanges with a model: requests: sent. tokens: both ways together. micros: millionths of the currency that prices are in.
    waited_ms: milliseconds of waiting for answers, of all workers together.
    """

    files: int = 0
    bytes: int = 0
    lines: int = 0
    tasks: int = 0
    cache_bytes: int = 0
    executions: int = 0
    requests: int = 0
    tokens: int = 0
    micros: int = 0
    waited_ms: int = 0

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

OF_MODELS = ("requests", "tokens", "micros", "waited_ms")
"""The counts of exchanges with a model."""

_SHARED = ("executions", *OF_MODELS)  # what a part of an operation takes from the whole
_WORDS = {"micros": "millionths of money", "waited_ms": "milliseconds of waiting for a model"}
_NAMES = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A reservation that did not fit; nothing of it was charged."""

    name: str
    limit: int

    def __str__(self) -> str:
        return f"the budget of {self.limit} {_WORDS.get(self.name, self.name.replace('_', ' '))} is used up"


class Meter:
    """What one operation has used of its limits, by whichever thread.

    within: that of an operation which this one is a part of, and whose executions and exchanges it takes from.
    """

    def __init__(self, limits: Counts, within: Meter | None = None) -> None:
        self._limits = {name: getattr(limits, name) for name in _NAMES}
        self._used = dict.fromkeys(_NAMES, 0)
        self._lent = dict.fromkeys(_SHARED, 0)
        self._within = within
        self._one = RLock()

    def reserve(self, **amounts: int) -> Exhausted | None:
        """Charge all of these amounts, or none of them when one does not fit."""
        for name, amount in amounts.items():
            if amount < 0:
                raise ValueError(f"a reservation of {name} is a count: {amount!r}")
        with self._one:
            return self._charge(amounts, self._used)

    def lend(self, amounts: Mapping[str, int]) -> Exhausted | None:
        """Let a part of the operation use some of what is shared; it counts as used by that one."""
        with self._one:
            return self._charge(amounts, self._lent)

    def _charge(self, amounts: Mapping[str, int], to: dict[str, int]) -> Exhausted | None:
        for name, amount in amounts.items():
            if self._used[name] + amount + self._lent.get(name, 0) > self._limits[name]:
                return Exhausted(name, self._limits[name])
        shared = {name: amount for name, amount in amounts.items() if name in _SHARED}
        if self._within is not None and shared and (beyond := self._within.lend(shared)):
            return beyond
        for name, amount in amounts.items():
            to[name] += amount
        return None

    def settle(self, reserved: Mapping[str, int], actual: Mapping[str, int]) -> None:
        """Put what was really used in the place of what was reserved for it; both name the same counts of an exchange.

        More than was reserved is charged as well, but a count never passes its limit by more than the one reservation: a provider
        that states absurd amounts uses the budget up, and no figure becomes absurd by it.
        """
        self._settle(reserved, actual, self._used)

    def _settle(self, reserved: Mapping[str, int], actual: Mapping[str, int], of: dict[str, int]) -> None:
        with self._one:
            for name, amount in reserved.items():
                total = self._used[name] + self._lent[name]
                settled = min(total - amount + actual[name], max(total, self._limits[name] + amount))
                of[name] += settled - total
        if self._within is not None:
            self._within._settle(reserved, actual, self._within._lent)

    @property
    def used(self) -> Counts:
        """What has been charged so far."""
        with self._one:
            return Counts(**self._used)
