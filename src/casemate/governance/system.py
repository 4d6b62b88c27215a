"""What is assessed and let through: a configuration of Casemate, described whole, with one hash.

The engine without a model is a system too: its model is "", and it has neither prompts nor tools. A part that changes gives
another hash, and so a system that nobody has assessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.policy import Policy
from casemate.governance.statement import Body, statement_id, statement_text
from casemate.model.sandbox import Examination

SYSTEM = "casemate/system@v1"

_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}:[!-~]{1,200}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class System:
    """A configuration. Digests are SHA-256 in hex.

    model: provider:name, "" for the engine alone. weights: digest of the model's weights, "" where only its provider could know
    it. prompts, tools: name and digest of each. policy: digest of the rules, by `policy_digest`. sandbox: digest of the
    self-test, by `sandbox_digest`. version: of Casemate.
    """

    model: str
    weights: str
    prompts: tuple[tuple[str, str], ...]
    tools: tuple[tuple[str, str], ...]
    policy: str
    sandbox: str
    version: str

    def __post_init__(self) -> None:
        for part in ("prompts", "tools"):
            named = tuple(sorted(getattr(self, part)))
            if len({name for name, _ in named}) != len(named):
                raise ValueError(f"two {part} have the same name: {named!r}")
            object.__setattr__(self, part, named)  # their order says nothing

    @cached_property
    def id(self) -> str:
        """Its hash."""
        return statement_id(statement_text(SYSTEM, self.body()))

    @property
    def name(self) -> str:
        """What people call it."""
        return self.model or "the engine without a model"

    def body(self) -> Body:
        """All of it, as statements have it."""
        return {
            "model": self.model,
            "weights": self.weights,
            "prompts": dict(self.prompts),
            "tools": dict(self.tools),
            "policy": self.policy,
            "sandbox": self.sandbox,
            "version": self.version,
        }

    def changes(self, other: System) -> tuple[str, ...]:
        """The parts in which another one differs, in words."""
        mine, theirs = self.body(), other.body()
        changed: list[str] = []
        for part, value in mine.items():
            now = theirs[part]
            if value == now:
                continue
            if isinstance(value, Mapping) and isinstance(now, Mapping):
                names = sorted(name for name in {*value, *now} if value.get(name) != now.get(name))
                changed.append(f"{part} ({', '.join(names)})")
            else:
                changed.append(part)
        return tuple(changed)


def read_system(fields: Fields) -> System:
    """The system that a statement describes. Raises InvalidStatement."""
    system = System(
        model=fields.text("model"),
        weights=fields.text("weights"),
        prompts=_digests(fields.part("prompts"), "prompts"),
        tools=_digests(fields.part("tools"), "tools"),
        policy=fields.digest("policy"),
        sandbox=fields.digest("sandbox"),
        version=fields.text("version"),
    )
    fields.end()
    if system.model and not _MODEL.fullmatch(system.model):
        raise InvalidStatement(f"a model is named provider:name in ASCII, not {system.model[:80]!r}")
    if system.weights and not _DIGEST.fullmatch(system.weights):
        raise InvalidStatement("weights is neither a SHA-256 digest in hex nor empty")
    if not system.version:
        raise InvalidStatement("the system has no version")
    if not system.model and (system.weights or system.prompts or system.tools):
        raise InvalidStatement("a system without a model has neither weights nor prompts nor tools")
    return system


def policy_digest(policy: Policy) -> str:
    """The digest of what a policy permits; the order of its rules, of which the first that names an action counts, is part of
    it."""
    rules = [{"tier": rule.tier.value, "port": rule.port, "actions": sorted(rule.actions)} for rule in policy.rules]
    return statement_id(statement_text("casemate/policy@v1", {"rules": rules}))


def sandbox_digest(examination: Examination) -> str:
    """The digest of what a sandbox's self-test found: which sandbox, which walls, and which of them failed. Why one failed is
    left out, because it may hold paths of the machine."""
    walls = {wall.name: not wall.failed for wall in examination.walls}
    return statement_id(statement_text("casemate/sandbox@v1", {"sandbox": examination.sandbox, "walls": walls}))


def text_digest(text: str) -> str:
    """The digest of a prompt, or of a tool's description."""
    return sha256(text.encode()).hexdigest()


def _digests(fields: Fields, where: str) -> tuple[tuple[str, str], ...]:
    names = fields.names()
    if len(names) > 1000:
        raise InvalidStatement(f"{where} has {len(names)} items, of at most 1000")
    found = tuple((name, fields.digest(name)) for name in names)
    fields.end()
    return found
