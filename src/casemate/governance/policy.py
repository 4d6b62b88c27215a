"""Policy: which tier may do which action at which port. What no rule names is denied, so an empty policy denies all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casemate.governance.charter import Target, Tier
from casemate.governance.grants import Grant

OPERATION = "Operation"
"""The port of operations as such: permission to start one is asked like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A grant of this tier may do these actions at this port. port: a Protocol's name. actions: names of its methods."""

    tier: Tier
    port: str
    actions: frozenset[str]

    def __post_init__(self) -> None:
        # A text would hold every part of itself as an action.
        if not isinstance(self.actions, frozenset) or not all(isinstance(name, str) and name for name in self.actions):
            raise ValueError(f"a rule for {self.port!r} has a set of names of actions, not {self.actions!r}")
        if not self.actions:
            raise ValueError(f"a rule for {self.port!r} names no action")
        if not isinstance(self.tier, Tier) or not isinstance(self.port, str):
            raise ValueError(f"a rule has a tier and the name of a port: {self.tier!r}, {self.port!r}")


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be done; which tier it takes."""

    tier: Tier


@dataclass(frozen=True, slots=True)
class Denial:
    """It may not be done, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A set of rules."""

    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.rules, tuple) or not all(isinstance(rule, Rule) for rule in self.rules):
            raise ValueError("a policy is a tuple of rules")

    def permits(
        self, grant: Grant, port: str, action: str, subject: Sequence[Target], *, now: datetime
    ) -> Permit | Denial:
        """Whether the grant's holder may do the action at the port, on all of the subject, at that time."""
        if not self.rules:
            return Denial("the policy is empty and permits nothing")
        rule = next((rule for rule in self.rules if rule.port == port and action in rule.actions), None)
        if rule is None:
            return Denial(f"no rule permits {port}.{action}")
        if not grant.tier.includes(rule.tier):
            return Denial(
                f"{port}.{action} takes a grant for {rule.tier.value!r}, this one is for {grant.tier.value!r}"
            )
        if port not in grant.ports:
            return Denial(f"the grant does not reach the port {port}")
        if port == OPERATION and not grant.begins(action):
            return Denial(f"the grant is not for the operation {action!r}")
        if now >= grant.expires:
            return Denial(f"the grant expired at {grant.expires.isoformat(timespec='seconds')}")
        if not subject:
            return Denial("it names nothing that it is about")
        for place in subject:
            if not grant.covers(place):
                return Denial(f"the grant does not cover {place.name!r}")
        return Permit(rule.tier)


def ports_up_to(tier: Tier) -> frozenset[str]:
    """The ports at which a grant of that tier can do anything under the house's policy."""
    return frozenset(rule.port for rule in HOUSE_POLICY.rules if tier.includes(rule.tier))


def _rule(tier: Tier, port: str, *actions: str) -> Rule:
    return Rule(tier=tier, port=port, actions=frozenset(actions))


RECORDS = (
    "import",
    "charter-new",
    "charter-add",
    "revocation-new",
    "revocation-add",
    "authorise",
    "release-approve",
    "witness",
    "witness-add",
    "timestamp",
    "register",
    "gate",
    "gate-add",
    "thresholds-add",
    "incident-open",
    "incident-close",
    "token",
)
"""Operations on the operator's own records, in which nothing of a target is looked at."""

PERSONAL = ("property-decide",)
"""What a person alone decides. It takes the widest tier: no agent and no client of the tool server is ever granted it."""

HOUSE_POLICY = Policy(
    rules=(
        _rule(Tier.FIND, OPERATION, "scan", "slice", "host", "export", "release-request"),
        _rule(Tier.PROVE, OPERATION, "verify", "evaluate"),
        _rule(Tier.RELEASE, OPERATION, "release", *PERSONAL),
        _rule(Tier.FIND, "SourceTree", "name", "walk", "read"),
        _rule(Tier.FIND, "RootFilesystem", "name", "nodes", "read"),
        _rule(Tier.FIND, "History", "base", "paths", "before"),
        _rule(Tier.FIND, "Store", "get", "put"),
        _rule(Tier.FIND, "Executor", "map"),
        _rule(Tier.FIND, "LanguageModel", "name", "endpoint", "reply"),
        _rule(Tier.FIND, OPERATION, "agents", "agent-scout", "agent-adversary"),
        _rule(Tier.PROVE, OPERATION, "prove", "agent-prover"),
        _rule(Tier.FIX, OPERATION, "agent-mender"),
        _rule(Tier.FIX, OPERATION, "fix", "apply", "undo", "confirm"),
        _rule(Tier.FIND, OPERATION, *RECORDS),
        _rule(Tier.FIND, "AdvisoryStore", "sources", "add", "about"),
        _rule(Tier.FIX, "WorkingTree", "prefix", "refusal", "write", "undo", "confirm"),
        _rule(Tier.PROVE, "Sandbox", "name", "examine", "run", "search"),
    )
)
"""What Casemate itself permits: finding looks, keeps derived facts, computes and asks the models that the
charter names, and does nothing else; proving runs, in a
sandbox alone; fixing may change the target's files; releasing hands out what a proof was made with, and touches nothing."""

WORK = frozenset(
    action
    for rule in HOUSE_POLICY.rules
    if rule.port == OPERATION
    for action in rule.actions
    if action not in (*RECORDS, *PERSONAL)
)
"""Operations that a target is looked at in, or what was found in it: those that authority can be handed on for."""
