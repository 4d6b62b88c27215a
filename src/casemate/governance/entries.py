"""What the ledger says of an operation: an entry before it, and one after it with the outcome.

An entry is JSON in the canonical form of RFC 8785 (sorted keys, no white space, integers and text only), so that the
same statement has one spelling and one hash. Each form is final, and a later version adds, under its own number: version 2 says
how often the target was, or may be, executed; version 3 what evidence an operation made or handed out; version 4 facts that later
operations are decided by, such as the charter that was installed; version 5 exchanges with a model. What runs nothing and asks no
model is said in version 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from casemate.governance.budget import OF_MODELS, Counts
from casemate.governance.charter import Tier
from casemate.governance.merkle import leaf_hash, tree_root

Value = TypeVar("Value")
Facts = Mapping[str, str | int]
"""What an operation states that later ones are decided by: names, identities, digests, amounts; never content."""

VERSIONS = (1, 2, 3, 4, 5)
MAX_FACTS = 16
MAX_NAMES = 16  # display names of the subject; its digest covers all of them
MAX_TEXT = 200  # code points of one display text


class Outcome(StrEnum):
    """How an operation ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DENIED = "denied"  # permission was refused: it never began


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The evidence of an operation: how many bundles, and in hex the root of the RFC 6962 tree over their SHA-256 digests, as
    raw bytes, sorted. `kept` makes it."""

    count: int
    root: str


def kept(bundles: Iterable[str]) -> Kept | None:
    """What an entry says of bundles, by their digests in hex; None when there are none."""
    leaves = evidence_leaves(bundles)
    return Kept(count=len(leaves), root=tree_root(leaves).hex()) if leaves else None


def evidence_leaves(bundles: Iterable[str]) -> tuple[bytes, ...]:
    """The leaf hashes of the tree over bundles, in their order."""
    return tuple(leaf_hash(bundle) for bundle in sorted({bytes.fromhex(one) for one in bundles}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Written before an operation's first effect.

    names: the subject as the operator wrote it, cut to a displayable size. count: how many places it has. subject,
    charter: keyed digests in hex. tier, actor: of the grant. tool: name and version. facts: what it reserves.
    """

    operation: str
    tier: Tier
    actor: str
    names: tuple[str, ...]
    count: int
    subject: str
    charter: str
    budget: Counts
    time: datetime
    tool: str
    facts: Facts = field(default_factory=dict)

    def encode(self) -> bytes:
        """The entry's bytes."""
        version = max(4 if self.facts else 1, _version(self.budget))
        return _canonical(
            {
                "actor": _displayable(self.actor),
                "budget": _amounts(self.budget, version),
                "charter": self.charter,
                "entry": "before",
                "operation": self.operation,
                "subject": {
                    "count": self.count,
                    "digest": self.subject,
                    "names": [_displayable(name) for name in self.names[:MAX_NAMES]],
                },
                "tier": self.tier.value,
                "time": _timestamp(self.time),
                "tool": self.tool,
                "v": version,
                **_stated(self.facts),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Written when an operation has ended, in whatever way.

    before: index of its first entry. reason: why it was denied, or the type of what made it fail; never a message, which
    may hold anything. read: keyed digest in hex of what was read. refused, not_examined: calls that permission or budget
    refused, and reads and looks that gave no content. elapsed_ms: milliseconds. evidence: of the bundles that it made, or
    handed out. facts: what holds since then.
    """

    before: int
    operation: str
    outcome: Outcome
    reason: str
    read: str
    used: Counts
    refused: int
    not_examined: int
    elapsed_ms: int
    time: datetime
    evidence: Kept | None = None
    facts: Facts = field(default_factory=dict)

    def encode(self) -> bytes:
        """The entry's bytes."""
        version = max(4 if self.facts else 3 if self.evidence is not None else 1, _version(self.used))
        evidence = {} if self.evidence is None else {"evidence": asdict(self.evidence)}
        return _canonical(
            {
                "before": self.before,
                "counts": {**_amounts(self.used, version), "not_examined": self.not_examined, "refused": self.refused},
                "elapsed_ms": self.elapsed_ms,
                "entry": "after",
                "operation": self.operation,
                "outcome": self.outcome.value,
                "read": self.read,
                "reason": _displayable(self.reason),
                "time": _timestamp(self.time),
                "v": version,
                **evidence,
                **_stated(self.facts),
            }
        )


def decode(entry: bytes) -> Before | After | None:
    """The statement that an entry makes, or None when it is of no form known here."""
    try:
        fields = json.loads(entry)
        if fields["v"] not in VERSIONS:
            return None
        statement = _before(fields) if fields["entry"] == "before" else _after(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return statement if statement.encode() == entry else None


def _before(fields: dict[str, Any]) -> Before:
    subject = fields["subject"]
    return Before(
        operation=_typed(str, fields["operation"]),
        tier=Tier(fields["tier"]),
        actor=_typed(str, fields["actor"]),
        names=tuple(_typed(str, name) for name in _typed(list, subject["names"])),
        count=_typed(int, subject["count"]),
        subject=_typed(str, subject["digest"]),
        charter=_typed(str, fields["charter"]),
        budget=_counts(fields["budget"]),
        time=datetime.fromisoformat(fields["time"]),
        tool=_typed(str, fields["tool"]),
        facts=_facts(fields),
    )


def _after(fields: dict[str, Any]) -> After:
    counts = dict(fields["counts"])
    return After(
        before=_typed(int, fields["before"]),
        operation=_typed(str, fields["operation"]),
        outcome=Outcome(fields["outcome"]),
        reason=_typed(str, fields["reason"]),
        read=_typed(str, fields["read"]),
        refused=_typed(int, counts.pop("refused")),
        not_examined=_typed(int, counts.pop("not_examined")),
        used=_counts(counts),
        elapsed_ms=_typed(int, fields["elapsed_ms"]),
        time=datetime.fromisoformat(fields["time"]),
        evidence=_kept(fields["evidence"]) if "evidence" in fields else None,
        facts=_facts(fields),
    )


def _kept(fields: dict[str, Any]) -> Kept:
    return Kept(count=_typed(int, fields["count"]), root=_typed(str, fields["root"]))


def _stated(facts: Facts) -> dict[str, dict[str, str | int]]:
    if len(facts) > MAX_FACTS:
        raise ValueError(f"an entry states at most {MAX_FACTS} facts: {facts!r}")
    shown = {name: _displayable(value) if isinstance(value, str) else value for name, value in facts.items()}
    return {"facts": shown} if facts else {}


def _facts(fields: dict[str, Any]) -> Facts:
    facts = fields.get("facts", {})
    for name, value in _typed(dict, facts).items():
        _typed(str, name)
        _typed(int if isinstance(value, int) else str, value)
    return dict(facts)


def _version(counts: Counts) -> int:
    return 5 if any(getattr(counts, name) for name in OF_MODELS) else 2 if counts.executions else 1


def _amounts(counts: Counts, version: int) -> dict[str, int]:
    amounts = asdict(counts)
    later = (*(OF_MODELS if version < 5 else ()), *(("executions",) if version == 1 else ()))
    return {name: amount for name, amount in amounts.items() if name not in later}


def _counts(fields: dict[str, Any]) -> Counts:
    return Counts(**{name: _typed(int, amount) for name, amount in fields.items()})


def _typed(kind: type[Value], value: object) -> Value:
    """The value when it is exactly of that type (JSON's true is no integer)."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected: {value!r}")
    return value


def _canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785 for what entries hold: text without surrogates, ASCII keys, integers that a double carries exactly."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _timestamp(time: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _displayable(text: str) -> str:
    """Text that UTF-8 can carry, of bounded length: undecodable bytes of a file name stand escaped."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 1] + "…"
