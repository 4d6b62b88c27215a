"""A policy that is empty, has lost a rule, or is not what a policy should be: it must deny what it does not name."""

from __future__ import annotations

from typing import Any

from casemate.governance.charter import Tier
from casemate.governance.errors import Denied
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Policy, Rule
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.scene import (
    MAKERS,
    OPERATIONS,
    PLACE,
    USES,
    Tripwire,
    a_charter,
    a_ledger,
    a_wall,
    without,
)


def _empty(ground: Ground, port: str, action: str) -> Policy:
    return Policy()


def _lost(ground: Ground, port: str, action: str) -> Policy:
    return without(HOUSE_POLICY, port, action)


def _renamed(ground: Ground, port: str, action: str) -> Policy:
    """A rule for something that looks much like the action, or contains it."""
    spelled = ground.random.choice(
        [
            action.upper(),
            action.title(),
            f"{action} ",
            f" {action}",
            f"{action}\u200b",
            f"{action}s",
            action[:-1],
            f"{action}*",
            "*",
            ".*",
            f"{port}.{action}",
            action.replace("e", "е", 1) + "︀",
        ]
    )
    rule = Rule(tier=Tier.FIND, port=port, actions=frozenset({spelled}))
    return Policy(rules=(*without(HOUSE_POLICY, port, action).rules, rule))


def _elsewhere(ground: Ground, port: str, action: str) -> Policy:
    """The action is permitted at another port only, or at one whose name looks like it."""
    other = ground.random.choice([*(name for name in MAKERS if name != port), port.lower(), f"{port} ", "*", ""])
    rule = Rule(tier=Tier.FIND, port=other, actions=frozenset({action}))
    return Policy(rules=(*without(HOUSE_POLICY, port, action).rules, rule))


def _above(ground: Ground, port: str, action: str) -> Policy:
    """The action takes a tier that the charter does not give: the charter here is made for the tier below it."""
    rule = Rule(tier=Tier.RELEASE, port=port, actions=frozenset({action}))
    return Policy(rules=(*without(HOUSE_POLICY, port, action).rules, rule))


def _malformed(ground: Ground, port: str, action: str) -> Policy:
    """What a faulty loader could make: text where a set should be, a text for a tier, no tuple."""
    kept: Any = list(without(HOUSE_POLICY, port, action).rules)
    sound = {"tier": Tier.FIND, "port": port, "actions": frozenset({action})}
    bad: dict[str, Any] = ground.random.choice(
        (
            {"actions": f"un{action}ed"},
            {"actions": [f"un{action}ed", None]},
            {"tier": "find"},
            {"tier": None},
            {"port": None},
            {"actions": frozenset()},
        )
    )
    rule = Rule(**(sound | bad))
    rules: list[Any] = [(*kept, rule), (rule, *kept), [*kept, rule], {rule}, None]
    return Policy(rules=ground.random.choice(rules))


_VARIANTS = {
    "it is empty": _empty,
    "the rule is missing": _lost,
    "the rule names something like it": _renamed,
    "the rule is for another port": _elsewhere,
    "the rule takes a higher tier": _above,
    "it is malformed": _malformed,
}


def _reached(ground: Ground, policy: Policy, port: str, action: str, tier: Tier) -> tuple[bool, str]:
    """Whether the effect happened under the policy, and the refusal."""
    wire = Tripwire()
    wall = a_wall(ground, a_ledger(ground), a_charter(ground, tier=tier), policy=policy)
    name = action if port == OPERATION else "scan"
    try:
        with wall.operation(name, subject=(PLACE,)) as operation:
            if port == OPERATION:
                return True, ""
            USES[port, action](MAKERS[port](operation, wire))
    except Denied as error:
        return False, error.what
    return action in wire.effects, "refused as not examined"


def attempt(ground: Ground) -> Attempt:
    """One action, under one policy that does not permit it."""
    port, action = ground.random.choice([*USES, *((OPERATION, name) for name in OPERATIONS)])
    if not _reached(ground, HOUSE_POLICY, port, action, Tier.RELEASE)[0]:
        raise AssertionError(f"the house's own policy does not permit {port}.{action}")
    what = ground.random.choice(sorted(_VARIANTS))
    tier = Tier.FIX if what == "the rule takes a higher tier" else Tier.RELEASE
    try:
        policy = _VARIANTS[what](ground, port, action)
    except ValueError as error:
        return Attempt(what=what, succeeded=False, answer=str(error))
    succeeded, answer = _reached(ground, policy, port, action, tier)
    return Attempt(what=what, succeeded=succeeded, answer=answer)


ATTACK = Attack(
    id="policy-emptied",
    title="a policy that is empty, has lost a rule or is malformed",
    aim="an action that no rule permits",
    attempt=attempt,
)
