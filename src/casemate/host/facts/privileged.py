"""Programs that give whoever runs them more than they have: SUID and SGID bits (inode(7)), file capabilities (capabilities(7)).

Where the kernel does not heed them they are none: file systems that fstab(5) mounts with `nosuid`, scripts, SGID without the
permission to execute for the group (which once meant mandatory locking), inheritable capabilities alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host import capabilities
from casemate.host.host import Host
from casemate.model.host import ROOT, Actor, Node, NodeKind, account, group

SUID: Final = 0o4000
SGID: Final = 0o2000
_STORES: Final = (
    "/var/lib/docker/",
    "/var/lib/containers/",
    "/var/lib/containerd/",
    "/var/lib/snapd/",
    "/proc/",
    "/sys/",
)
_IMPLY_NOSUID: Final = frozenset({"nosuid", "user", "users", "owner", "group"})  # mount(8)


@dataclass(frozen=True, slots=True)
class Privileged:
    """A program that runs as more than its caller. user, of_group: whom its bits make of the caller.

    capabilities: the permitted ones. effective: raised without its doing. script: the kernel heeds the bits of
    its interpreter.
    """

    node: Node
    user: Actor | None = None
    of_group: Actor | None = None
    capabilities: tuple[str, ...] = ()
    effective: bool = False
    script: bool = False

    @property
    def path(self) -> str:
        """Where it lies."""
        return self.node.path


def privileged(host: Host) -> tuple[Privileged, ...]:
    """All of a root, in the order of their paths: `host.once(privileged)`."""
    return tuple(_found(host))


def _found(host: Host) -> Iterator[Privileged]:
    calm = host.once(without_suid)
    for node in host.fs.nodes():
        if node.kind is not NodeKind.FILE or not (node.mode & 0o6000 or node.capabilities):
            continue
        if not node.mode & 0o111 or node.path.startswith(_STORES) or any(node.path.startswith(place) for place in calm):
            continue
        user = of_group = None
        if node.mode & SUID:
            known = host.accounts.of_uid(node.uid)
            user = ROOT if not node.uid else known.actor if known else account(str(node.uid))
        if node.mode & SGID and node.mode & 0o010:
            owning = host.accounts.of_gid(node.gid)
            of_group = group(owning.name if owning else str(node.gid))
        held = capabilities.names(node.capabilities.permitted) if node.capabilities else ()
        if user is None and of_group is None and not held:
            continue
        script = host.fs.head(node.path, 2) == b"#!"
        effective = bool(node.capabilities and node.capabilities.effective)
        yield Privileged(node, user, of_group, held, effective, script)


def written(node: Node) -> str:
    """The file capabilities of a node as getcap(8) writes them."""
    return capabilities.written(node.capabilities) if node.capabilities else ""


def without_suid(host: Host) -> tuple[str, ...]:
    """The folders, with a slash at the end, that fstab(5) mounts so that bits and capabilities are not heeded."""
    out: dict[str, bool] = {}
    text = host.fs.text("/etc/fstab")
    for line in text.lines if text else ():
        words = line.split()
        if len(words) < 4 or words[0].startswith("#"):
            continue
        place = words[1].replace("\\040", " ").rstrip("/") + "/"
        calm = False
        for option in words[3].split(","):
            calm = True if option in _IMPLY_NOSUID else False if option == "suid" else calm
        out[place] = calm
    return tuple(place for place, calm in out.items() if calm and place != "/")
