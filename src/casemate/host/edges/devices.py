"""Device nodes through which the whole host can be read or written: disks and memory (mem(4), sd(4)). ATT&CK T1006."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.facts.udev_modes import DeviceMode, device_modes
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Secret, Trust
from casemate.model.host import ANYONE, ROOT, Confidence, Fact, Node, NodeKind, group

WHOLE = re.compile(
    r"(?:[hsv]d[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+|boot\d+)?|(?:dm-|md|loop|nbd|zd|bcache|sg)\d+(?:p\d+)?"
    r"|k?mem|port)"
)
HARMLESS = re.compile(
    r"(?:null|zero|full|u?random|tty\w*|ptmx|console|log|fuse|kvm|tun|vhost-\w+|rtc\d*|hpet|snapshot|control|pts|net|shm|whiteout"
    r"|\.wh\..*)"
)
GROUPS = (
    "disk",
    "kmem",
    "root",
    "cdrom",
    "floppy",
    "tape",
    "optical",
)  # what these can do is said of the groups themselves


def edges(host: Host) -> Iterator[Relation]:
    """Nodes that others can open, and rules of udev that will make such nodes."""
    yield from _nodes(host)
    for rule in host.once(device_modes):
        yield from _by_rule(host, rule)


def _by_rule(host: Host, rule: DeviceMode) -> Iterator[Grant]:
    """Who opens the disk by what a rule says: everybody, a group that is not the usual one, an owner."""
    holders = []
    if rule.mode is not None and rule.mode & 0o006:
        holders.append(ANYONE)
    if rule.group and rule.group not in GROUPS and (rule.mode is None or rule.mode & 0o060):
        found = next((g for g in host.accounts.groups if g.name == rule.group), None)
        if found is not None and found.gid:
            holders.append(group(found.name))
    if rule.owner not in ("", "root", "0") and host.accounts.actor(rule.owner) != ROOT:
        holders.append(host.accounts.actor(rule.owner))
    for holder in holders:
        yield Grant(
            holders=(holder,),
            becomes=ROOT,
            kind="raw-device",
            technique="T1006",
            via=(Fact(rule.path, f"has udev open {rule.what}, with all files and secrets of the host", rule.line),),
            says="may open whole disks or memory of the host",
            confidence=Confidence.LIKELY,
        )


def _nodes(host: Host) -> Iterator[Trust | Secret]:
    """Each such node that others than root and its usual group can open."""
    for node in host.fs.nodes():
        if node.kind is NodeKind.DEVICE and _raw(node.path) and _open(host, node):
            says = "is a disk or memory of the host, with all of its files and secrets"
            yield Secret(
                path=node.path,
                kind="raw-device",
                technique="T1006",
                what="a whole disk or memory of the host, hashes and keys with it",
                opens=ROOT,
                confidence=Confidence.LIKELY,
            )
            yield Trust(
                runner=ROOT,
                path=node.path,
                kind="raw-device",
                technique="T1006",
                via=(),
                says=says,
                confidence=Confidence.LIKELY,
            )


def _raw(path: str) -> bool:
    """In /dev, what is known to be a disk or memory; elsewhere, what is not known to be harmless."""
    folder, _, name = path.rpartition("/")
    if path.startswith("/dev/"):
        return bool(WHOLE.fullmatch(name)) or (folder == "/dev/mapper" and name != "control")
    return not HARMLESS.fullmatch(name)


def _open(host: Host, node: Node) -> bool:
    owning = host.accounts.of_gid(node.gid)
    usual = not node.mode & 0o060 or node.gid == 0 or (owning is not None and owning.name in GROUPS)
    return bool(node.mode & 0o006 or node.uid or node.acl or not usual)
