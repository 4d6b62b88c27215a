"""The system bus: activation files that others can change, what they start, and the policy (dbus-daemon(1)). ATT&CK T1543."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.host.facts.dbus import SERVICE_FOLDERS, STANDARD, bus_services
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact, named

TECHNIQUE: Final = "T1543"


def edges(host: Host) -> Iterator[Trust]:
    """Files and folders of the bus, and the programs that it starts."""
    real: set[str] = set()
    for folder in SERVICE_FOLDERS:
        node = host.fs.node(folder)
        if node is not None and node.path not in real:
            real.add(node.path)
            yield _trust(folder, "holds what the system bus starts, also as root", folder=True)
    for service in host.once(bus_services):
        yield _trust(service.path, f"tells the system bus what to start for {service.name}, and as whom")
        if service.exec and not service.unit:
            runner = host.accounts.actor(service.user)
            yield from ran(
                host,
                service.exec,
                runner=runner,
                via=(Fact(service.path, f"makes the system bus run it as {named(runner)}", service.exec_line),),
                kind="dbus-service",
                technique=TECHNIQUE,
                says=f"is run by the system bus as {named(runner)} for {service.name}",
                shell=False,
            )
    for pattern in STANDARD:
        for path in host.fs.glob(pattern):
            yield _trust(path, "says who may own names and send to services of root on the system bus", sure=False)
    for folder in ("/etc/dbus-1/system.d", "/usr/share/dbus-1/system.d"):
        if host.fs.is_folder(folder):
            says = "holds the rules of who may send to services of root on the system bus"
            yield _trust(folder, says, folder=True, sure=False)


def _trust(path: str, says: str, *, folder: bool = False, sure: bool = True) -> Trust:
    return Trust(
        runner=ROOT,
        path=path,
        folder=folder,
        kind="dbus-service",
        technique=TECHNIQUE,
        via=(),
        says=says,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
    )
