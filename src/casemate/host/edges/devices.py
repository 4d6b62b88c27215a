"""Device nodes through which the whole host can be read or written: disks and memory (mem(4), sd(4)). ATT&CK T1006."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.relation import Secret, Trust
from casemate.model.host import ROOT, Confidence, Node, NodeKind

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


def edges(host: Host) -> Iterator[Trust | Secret]:
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
    group = host.accounts.of_gid(node.gid)
    usual = not node.mode & 0o060 or node.gid == 0 or (group is not None and group.name in GROUPS)
    return bool(node.mode & 0o006 or node.uid or node.acl or not usual)
