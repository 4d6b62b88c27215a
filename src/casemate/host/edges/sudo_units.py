"""Units that a rule of sudo or doas lets somebody start, whether or not they are started at boot: systemctl(1), service(8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.sudo_rights import Right, rights
from casemate.host.facts.units import Unit, units
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Fact, named

VERBS: Final = frozenset(
    ["start", "restart", "reload", "reload-or-restart", "try-restart", "condrestart", "stop", "enable", "isolate"]
)
MAX_UNITS: Final = 20  # of one rule


def edges(host: Host) -> Iterator[Trust]:
    """What such a unit runs. Those that run anyway are told of with the units."""
    system = host.once(units)
    running = {unit.name for unit in system.running()}
    for right in host.once(rights):
        if not right.root or not right.command.args:
            continue
        for name in _named(right)[:MAX_UNITS]:
            unit = system.named(name)
            if unit is not None and not unit.masked and unit.name not in running:
                yield from _started(host, right, unit)


def _named(right: Right) -> list[str]:
    """The units of a rule's arguments; none when it is no such rule."""
    tool = right.command.path.rpartition("/")[2]
    words = [word for word in (right.command.args or "").split() if not word.startswith("-")]
    if tool in ("service", "rc-service") and len(words) == 2 and words[1] in VERBS:
        words = [words[1], words[0]]
    elif tool != "systemctl":
        return []
    if len(words) < 2 or words[0] not in VERBS:
        return []
    return [name if "." in name else f"{name}.service" for name in words[1:]]


def _started(host: Host, right: Right, unit: Unit) -> Iterator[Trust]:
    allowed = Fact(right.line.path, f"lets {named(right.holder)} start {unit.name}", right.line.line)
    for command in service.commands(host, unit):
        runner = service.runs_as(host, unit, command)
        who = "root" if runner == ROOT else named(runner)
        value = command.value
        yield from ran(
            host,
            service.line_of(unit, command),
            runner=runner,
            via=(Fact(value.path, f"runs it as {who} ({value.key} of {unit.name})", value.line), allowed),
            kind="sudo-program",
            technique="T1548.003",
            says=f"is run as {who} by {unit.name}, which {right.tool} lets somebody start",
            path=service.search_path(unit),
            shell=False,
            cwd=service.working_folder(host, unit),
        )
