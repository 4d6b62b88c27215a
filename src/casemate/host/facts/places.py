"""What kind of place a path is in, as hier(7) and the Filesystem Hierarchy Standard divide a system."""

from __future__ import annotations

from collections.abc import Container

from casemate.host.accounts import Account
from casemate.host.host import Host
from casemate.model.host import ANYONE, Node, NodeKind

PROGRAMS = (
    "/usr/bin",
    "/usr/sbin",
    "/bin",
    "/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/usr/local/libexec",
    "/boot",
    "/etc/init.d",
)
SYSTEM = (*PROGRAMS, "/etc", "/usr")
SHARED = ("/tmp", "/var/tmp", "/dev/shm")
VOLATILE = ("/proc", "/sys", "/dev", "/run", "/var/run")
GUESTS = (  # roots of containers and chroots that have accounts of their own
    "/var/lib/docker",
    "/var/lib/containers",
    "/var/lib/containerd",
    "/var/lib/lxc",
    "/var/lib/lxd",
    "/var/lib/incus",
    "/var/lib/machines",
    "/var/lib/schroot",
    "/var/lib/flatpak",
    "/var/snap",
    "/snap",
    "/var/lib/private",
    "/var/cache/private",
    "/var/log/private",
)
SUDO = ("/etc/sudoers", "/etc/sudoers.d")  # sudo refuses what others can change, and a rule of its own says so


def below(path: str, folders: tuple[str, ...]) -> bool:
    """Whether a path is one of the folders or lies in one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def under(path: str, told: Container[str]) -> bool:
    """Whether a folder on the way to a path is among those that were told."""
    while path.count("/") > 1:
        path = path.rpartition("/")[0]
        if path in told:
            return True
    return False


def loose_nodes(host: Host) -> tuple[Node, ...]:
    """Files and folders that are not plainly root's, without those of guests and of the kernel: read once, for all rules."""
    kinds = (NodeKind.FILE, NodeKind.FOLDER)
    return tuple(
        node
        for node in host.fs.nodes()
        if node.kind in kinds
        and (node.uid or node.gid or node.mode & 0o022 or node.acl is not None)
        and not below(node.path, (*GUESTS, *SUDO))
        and (not below(node.path, VOLATILE) or node.path == "/dev/shm")
    )


def open_to_all(host: Host, node: Node) -> bool:
    """Whether every local user can write there: by its mode, and by all folders on the way."""
    return bool(node.mode & 0o002) and host.access.writes(host.access.identity(ANYONE), node.path)


def in_home(node: Node, owner: Account | None) -> bool:
    """Whether it lies in its owner's own home, where the owner may do as they like."""
    return (
        owner is not None
        and owner.home.count("/") > 1
        and owner.home not in ("/usr/local", *PROGRAMS)
        and below(node.path, (owner.home.rstrip("/"),))
    )
