"""What a person decided about a property: that it must hold, or that it need not. No oracle and no model decides this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"  # it must hold: where it is violated that is a weakness, and proven
    REFUSED = "refused"  # it need not hold: the finding does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that counts here. who: the person's name, for people. key: name of the key that signed it, which alone decides.
    until: the last day on which it holds (UTC), as "2026-12-31". id: of the signed statement, in hex."""

    stance: Stance
    who: str
    key: str
    reason: str
    until: str
    id: str
