"""All that the jobs of a host act on and write to, walked through once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from casemate.host.facts.cron import cron
from casemate.host.facts.daemons import daemons
from casemate.host.facts.hooks import hooks
from casemate.host.facts.job import Entry, Job
from casemate.host.facts.mail import mail
from casemate.host.facts.rotation import rotation
from casemate.host.facts.startup import startup
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.steps import At
from casemate.host.walk import Walk
from casemate.model.host import Actor, Confidence, Fact


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a fixed name that a job writes to by a redirection. via: as in `Trust`, the script or table first."""

    runner: Actor
    path: str
    via: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """What they trust, and what they write to."""

    trusts: tuple[Trust, ...]
    writes: tuple[Written, ...]


def entries(host: Host) -> Iterator[Entry]:
    """The jobs of a host, and the tables that hold them."""
    yield from host.once(cron)
    yield from host.once(rotation).entries
    yield from host.once(startup)
    yield from host.once(hooks)
    yield from daemons(host)
    yield from host.once(mail)


def acts(host: Host) -> Acts:
    """All of it."""
    trusts: list[Trust] = []
    writes: dict[tuple[Actor, str], Written] = {}
    for entry in entries(host):
        if not isinstance(entry, Job):
            trusts.append(entry)
            continue
        walk = Walk(host, entry.kind, entry.technique, entry.says)
        at = At(entry.runner, entry.via, entry.path, entry.cwd, environment=entry.environment)
        for trust in walk.line(entry.line, at, shell=entry.shell):
            proved = entry.sure or trust.confidence is not Confidence.PROVED
            trusts.append(trust if proved else replace(trust, confidence=Confidence.LIKELY))
        for runner, path, via in walk.writes:
            if via:
                writes.setdefault((runner, path), Written(runner, path, via))
    return Acts(tuple(trusts), tuple(writes.values()))
