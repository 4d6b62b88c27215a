"""What the jobs of every kind trust: their tables, the programs that they run, and all that these call."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.cron import cron
from casemate.host.facts.hooks import hooks
from casemate.host.facts.job import Entry, Job
from casemate.host.facts.mail import mail
from casemate.host.facts.rotation import rotation
from casemate.host.facts.startup import startup
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran


def entries(host: Host) -> Iterator[Entry]:
    """The jobs of a host, and the tables that hold them."""
    yield from host.once(cron)
    yield from host.once(rotation).entries
    yield from host.once(startup)
    yield from host.once(hooks)
    yield from host.once(mail)


def edges(host: Host) -> Iterator[Trust]:
    """All that these act on."""
    for entry in entries(host):
        if isinstance(entry, Job):
            yield from ran(
                host,
                entry.line,
                runner=entry.runner,
                via=entry.via,
                kind=entry.kind,
                technique=entry.technique,
                says=entry.says,
                path=entry.path,
                shell=entry.shell,
                cwd=entry.cwd,
                environment=entry.environment,
            )
        else:
            yield entry
