"""What a token states about authority, and how one statement narrows another.

Authority is only ever made smaller: `narrowed` takes what both sides allow, and what a statement names beyond is without effect.
`beyond` says what that is, so that whoever makes a statement hears of it. Pure; paths are compared by their components, as they
are spelled: a subject's path arrives resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from casemate.governance.charter import Charter, Quotas, Target, Tier
from casemate.governance.fields import Fields, InvalidStatement, time_text

MAX_TARGETS = 50  # of one block
MAX_NAMES = 50  # ports of one block, endpoints, and operations

_EPOCH = datetime.fromtimestamp(0, UTC)
_LATEST = 253_402_300_799  # seconds since 1970 of the end of the year 9999
_PORT = re.compile(r"[A-Za-z]{1,40}", re.ASCII)
_OPERATION = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,2}", re.ASCII)
_ENDPOINT = re.compile(r"https?://[!-~]{1,400}", re.ASCII)
_IMAGE = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be done at most; None: nothing is said of it. ports, operations: as `Grant` has them. models: as `Charter` has
    them. executions, releases: of a day, as `Quotas` has them. begins, ends: aware, to the second; at `ends` it is over."""

    tier: Tier | None = None
    targets: tuple[Target, ...] | None = None
    ports: frozenset[str] | None = None
    models: frozenset[str] | None = None
    operations: frozenset[str] | None = None
    executions: int | None = None
    releases: int | None = None
    begins: datetime | None = None
    ends: datetime | None = None

    @classmethod
    def of(cls, charter: Charter) -> Limits:
        """What a charter allows. It says nothing of ports and operations."""
        return cls(
            tier=charter.tier,
            targets=charter.targets,
            models=charter.models,
            executions=charter.quotas.executions,
            releases=charter.quotas.releases,
            begins=charter.begins,
            ends=charter.ends,
        )

    @property
    def quotas(self) -> Quotas:
        """The limits of a day."""
        return Quotas(executions=self.executions, releases=self.releases)

    def narrowed(self, other: Limits) -> Limits:
        """What both allow."""
        return Limits(
            tier=min((t for t in (self.tier, other.tier) if t), key=lambda t: t.rank, default=None),
            targets=_both(self.targets, other.targets),
            ports=_common(self.ports, other.ports),
            models=_common(self.models, other.models),
            operations=_common(self.operations, other.operations),
            executions=_least(self.executions, other.executions),
            releases=_least(self.releases, other.releases),
            begins=max((t for t in (self.begins, other.begins) if t), default=None),
            ends=min((t for t in (self.ends, other.ends) if t), default=None),
        )

    def beyond(self, other: Limits) -> str | None:
        """What the other states that these limits do not allow, in a few words; None when it lies within."""
        if self.tier and other.tier and not self.tier.includes(other.tier):
            return f"the tier {other.tier.value!r}, where {self.tier.value!r} is the most"
        if self.targets is not None and other.targets is not None:
            for target in other.targets:
                if not any(mine.covers(target) for mine in self.targets):
                    return f"the target {target.name!a}"
        for what, mine, theirs in (
            ("the port", self.ports, other.ports),
            ("the model endpoint", self.models, other.models),
            ("the operation", self.operations, other.operations),
        ):
            if mine is not None and theirs is not None and theirs - mine:
                return f"{what} {sorted(theirs - mine)[0]!r}"
        for what, most, asked in (
            ("executions", self.executions, other.executions),
            ("releases", self.releases, other.releases),
        ):
            if most is not None and asked is not None and asked > most:
                return f"{asked} {what} a day, where {most} is the most"
        if self.begins and other.begins and other.begins < self.begins:
            return f"a time before {time_text(self.begins)}"
        if self.ends and other.ends and other.ends > self.ends:
            return f"a time after {time_text(self.ends)}"
        return None

    def claims(self) -> Mapping[str, object]:
        """As a token's payload states it: times in seconds since 1970 (RFC 7519 §2), lists sorted."""
        said: dict[str, object] = {}
        if self.tier is not None:
            said["tier"] = self.tier.value
        if self.targets is not None:
            said["targets"] = sorted((_stated(target) for target in self.targets), key=lambda t: sorted(t.items()))
        for name, texts in (("ports", self.ports), ("models", self.models), ("operations", self.operations)):
            if texts is not None:
                said[name] = sorted(texts)
        quotas = {n: v for n, v in (("executions", self.executions), ("releases", self.releases)) if v is not None}
        if quotas:
            said["quotas"] = quotas
        for name, time in (("nbf", self.begins), ("exp", self.ends)):
            if time is not None:
                said[name] = seconds(time)
        return said


def read_limits(fields: Fields, *, whole: bool) -> Limits:
    """The limits that a payload states. whole: all must be there, but operations and quotas. Raises InvalidStatement."""

    def there(name: str) -> bool:
        return whole or fields.has(name)

    executions = releases = None
    if fields.has("quotas"):
        quotas = fields.part("quotas")
        executions = quotas.integer("executions") if quotas.has("executions") else None
        releases = quotas.integer("releases") if quotas.has("releases") else None
        quotas.end()
    return Limits(
        tier=fields.choice("tier", Tier) if there("tier") else None,
        targets=tuple(_target(t) for t in fields.each("targets", MAX_TARGETS)) if there("targets") else None,
        ports=_names(fields, "ports", _PORT) if there("ports") else None,
        models=_names(fields, "models", _ENDPOINT) if there("models") else None,
        operations=_names(fields, "operations", _OPERATION) if fields.has("operations") else None,
        executions=executions,
        releases=releases,
        begins=read_seconds(fields, "nbf") if there("nbf") else None,
        ends=read_seconds(fields, "exp") if there("exp") else None,
    )


def path_target(path: str) -> Target:
    """The target at an absolute path in its one spelling. Raises InvalidStatement."""
    try:
        target = Target(name=path, path=path)
    except ValueError as error:
        raise InvalidStatement(f"the target {path[:80]!a} is no absolute path without '..'") from error
    if not path or str(PurePosixPath(path)) != path or path.startswith("//"):
        raise InvalidStatement(f"the target {path[:80]!a} is not spelled as {_spelled(path)[:80]!a}")
    return target


def marked_target(kind: str, value: str) -> Target:
    """The target that is a repository, an image or a host, as `Charter` names them. Raises InvalidStatement."""
    if kind == "image" and not _IMAGE.fullmatch(value):
        raise InvalidStatement(f"an image is named by sha256: and 64 hex digits, not {value[:80]!a}")
    name = {"image": value[:19], "host": f"host {value[:12]}"}.get(kind, value)
    return Target(name=name, path="", marks=frozenset((f"{kind}:{value}",)))


def seconds(time: datetime) -> int:
    """A moment as tokens state it: whole seconds since 1970."""
    return (time - _EPOCH) // timedelta(seconds=1)


def read_seconds(fields: Fields, name: str) -> datetime:
    """The moment that a field states in seconds since 1970. Raises InvalidStatement."""
    return _EPOCH + timedelta(seconds=fields.integer(name, 0, _LATEST))


def _target(fields: Fields) -> Target:
    kind = next((kind for kind in ("path", "repository", "image") if fields.has(kind)), "host")
    value = fields.digest(kind) if kind == "host" else fields.text(kind)
    fields.end()
    return path_target(value) if kind == "path" else marked_target(kind, value)


def _stated(target: Target) -> dict[str, str]:
    if target.path:
        return {"path": target.path}
    (mark,) = target.marks
    kind, _, value = mark.partition(":")
    return {kind: value}


def _names(fields: Fields, name: str, form: re.Pattern[str]) -> frozenset[str]:
    texts = fields.texts(name, MAX_NAMES)
    for text in texts:
        if not form.fullmatch(text):
            raise InvalidStatement(f"{name} holds {text[:80]!a}, which is none")
    return frozenset(texts)


def _both(ours: tuple[Target, ...] | None, theirs: tuple[Target, ...] | None) -> tuple[Target, ...] | None:
    """The places that lie in one of each: of two that lie in one another the inner one."""
    if ours is None or theirs is None:
        return theirs if ours is None else ours
    inner = [b for a in ours for b in theirs if a.covers(b)] + [a for a in ours for b in theirs if b.covers(a)]
    return tuple(sorted(dict.fromkeys(inner), key=lambda t: (t.path, sorted(t.marks))))


def _common(ours: Iterable[str] | None, theirs: Iterable[str] | None) -> frozenset[str] | None:
    if ours is None or theirs is None:
        either = theirs if ours is None else ours
        return None if either is None else frozenset(either)
    return frozenset(ours) & frozenset(theirs)


def _least(ours: int | None, theirs: int | None) -> int | None:
    return min((amount for amount in (ours, theirs) if amount is not None), default=None)


def _spelled(path: str) -> str:
    return "/" + str(PurePosixPath(path)).lstrip("/")
