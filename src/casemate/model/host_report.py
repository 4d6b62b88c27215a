"""What an audit of a host says beside its findings: who reaches root by which way, and the cheapest set of fixes that ends it."""

from __future__ import annotations

from dataclasses import dataclass

from casemate.model.host import Actor, Confidence, Fact
from casemate.model.host_fix import Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """One edge of the privilege graph, as it is shown. says: a whole sentence. cut: a fix of the proposed cut ends it.

    natural: what a group or administrator has by its nature.
    """

    premises: tuple[Actor, ...]
    conclusion: Actor
    kind: str
    technique: str
    confidence: Confidence
    says: str
    places: tuple[Fact, ...]
    natural: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A way from a source to a goal, in the order in which it is gone."""

    source: Actor
    goal: Actor
    strides: tuple[Stride, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one source reaches, beyond what anyone does. stories: the shortest ways to root, else to what it reaches.

    others: accounts and secrets that it reaches. more: whether there are further ways that are not told.
    """

    source: Actor
    root: bool
    others: tuple[Actor, ...]
    stories: tuple[Story, ...]
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The cheapest set of fixes after which no source reaches root.

    proved: the host was analysed again with them, and nobody does. minimal: no cheaper set does it, by the costs of
    `host/cut.py`; False when the search was given up. uncut: ways that no fix of ours ends.
    """

    fixes: tuple[Fix, ...]
    proved: bool
    minimal: bool
    uncut: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReport:
    """system: what the root says that it is. powers: what groups and administrators have by their nature, one sentence each.

    picture: every edge on a way that somebody can go. imagined: the fixes that the audit was asked to suppose. packages: how
    many were found. advisories: what they were compared with, "" for nothing.
    """

    system: str
    nodes: int
    accounts: int
    standings: tuple[Standing, ...]
    powers: tuple[str, ...]
    picture: tuple[Stride, ...]
    cut: Cut
    imagined: tuple[Fix, ...] = ()
    packages: int = 0
    advisories: str = ""

    @property
    def ways_to_root(self) -> int:
        """How many sources reach root."""
        return sum(standing.root for standing in self.standings)
