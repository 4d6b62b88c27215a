"""Groups whose members are as good as root: by a container engine's socket, by raw disks, by the password hashes.

The power is the group's by its nature; that somebody who administers nothing is in it, is what a rule reports. (The groups of
sudo are the sudo rules' own matter.) Sources: docker's "Docker daemon attack surface", the manuals of LXD, Incus and libvirt,
Debian's wiki page SystemGroups. ATT&CK T1078.003, T1611.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from casemate.host.accounts import Account, Group
from casemate.host.facts import service
from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.units import units
from casemate.host.host import Host
from casemate.host.relation import Grant
from casemate.model.host import ROOT, Confidence, Fact, account, group
from casemate.model.host_fix import Fix, SetLine


class _Power(NamedTuple):
    says: str
    technique: str
    confidence: Confidence = Confidence.PROVED


_CONTAINER: Final = "can start a container that has all of the host's files"
POWERS: Final = {
    "docker": _Power(_CONTAINER, "T1611"),
    "podman": _Power(_CONTAINER, "T1611"),
    "lxd": _Power(_CONTAINER, "T1611"),
    "incus-admin": _Power(_CONTAINER, "T1611"),
    "microk8s": _Power(_CONTAINER, "T1611"),
    "libvirt": _Power("can start a virtual machine that has the host's disks", "T1611"),
    "libvirtd": _Power("can start a virtual machine that has the host's disks", "T1611"),
    "disk": _Power("can write to the raw disks below every file system", "T1006"),
    "kmem": _Power("can read the kernel's memory", "T1003", Confidence.LIKELY),
    "shadow": _Power("can read the password hashes, root's among them", "T1003.008", Confidence.LIKELY),
}
ADMINISTRATORS: Final = ("sudo", "wheel", "admin", "root")


def edges(host: Host) -> Iterator[Grant]:
    """What these groups can do, and who is in one without being an administrator."""
    accounts = host.accounts
    administrators = {name for of in ADMINISTRATORS if (g := accounts.by_group.get(of)) for name in accounts.members(g)}
    for name, power in POWERS.items():
        for of in accounts.groups:
            if of.name != name:
                continue
            yield Grant(
                holders=(group(name),),
                becomes=ROOT,
                kind="group-power",
                technique=power.technique,
                via=(Fact("/etc/group", f"has the group {name}, which {power.says}", of.line),),
                says=power.says,
                natural=True,
                confidence=power.confidence,
            )
            yield from _members(host, of, power, administrators)
            for other in accounts.groups:  # the kernel knows only the number
                if other.gid == of.gid and other.name != of.name:
                    yield from _members(host, other, power, administrators)
    yield from _of_services(host)


def _of_services(host: Host) -> Iterator[Grant]:
    """Services with a user of their own that their unit puts into such a group."""
    for unit in host.once(units).running():
        user = service.service_user(host, unit)
        if user == ROOT or unit.type != "service":
            continue
        for value in (*unit.all("Group"), *unit.all("SupplementaryGroups")):
            for name in value.text.split():
                power = POWERS.get(name)
                if power is None or as_shipped(host, value.path):
                    continue
                yield Grant(
                    holders=(user,),
                    becomes=ROOT,
                    kind="group-power",
                    technique=power.technique,
                    via=(Fact(value.path, f"runs {unit.name} in the group {name}, which {power.says}", value.line),),
                    says=f"runs {unit.name} in the group {name}, which {power.says}",
                    confidence=Confidence.LIKELY,
                )


def _members(host: Host, of: Group, power: _Power, administrators: set[str]) -> Iterator[Grant]:
    named = [a for m in of.members if (a := host.accounts.by_name.get(m)) and _stranger(a, administrators)]
    yield from _granted(host, of, power, named, "/etc/group", of.line, _without(host, of, named))
    for who in host.accounts.accounts:
        if who.gid == of.gid and who.name not in of.members and _stranger(who, administrators):
            yield from _granted(host, of, power, [who], "/etc/passwd", who.line, ())


def _stranger(who: Account, administrators: set[str]) -> bool:
    return bool(who.uid) and who.name not in administrators


def _granted(
    host: Host, of: Group, power: _Power, who: list[Account], path: str, line: int, fixes: tuple[Fix, ...]
) -> Iterator[Grant]:
    names = ", ".join(a.name for a in who)
    for one in who:
        yield Grant(
            holders=(account(one.name),),
            becomes=ROOT,
            kind="group-power",
            technique=power.technique,
            via=(Fact(path, f"has {names} in the group {of.name}, which {power.says}", line),),
            says=f"is in the group {of.name}, which {power.says}",
            confidence=power.confidence,
            fixes=fixes,
        )


def _without(host: Host, of: Group, who: list[Account]) -> tuple[Fix, ...]:
    """The line without them."""
    text = host.fs.text("/etc/group")
    if text is None or not who:
        return ()
    was = text.lines[of.line - 1]
    gone = {a.name for a in who}
    head = was.rpartition(":")[0]
    return (SetLine("/etc/group", of.line, was, f"{head}:{','.join(m for m in of.members if m not in gone)}"),)
