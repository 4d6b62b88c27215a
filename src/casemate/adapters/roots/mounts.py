"""Which mounts a walk over a root does not enter: what the kernel makes up, and what lies on other machines.

Read from the mount table of our own process (proc_pid_mountinfo(5)), since a mount over the network may hang at the first look.
"""

from __future__ import annotations

import os
import re
from typing import Final, NamedTuple

from casemate.adapters.filenames import shown

TABLE = "/proc/self/mountinfo"

NETWORK: Final = (
    " 9p afs autofs beegfs ceph cifs coda davfs glusterfs gpfs lustre moosefs ncpfs nfs nfs4 orangefs pvfs2 smb3 smbfs "
)
KERNEL: Final = (
    " binfmt_misc bpf cgroup cgroup2 configfs debugfs devfs devpts devtmpfs efivarfs functionfs fusectl hugetlbfs mqueue nsfs "
    "pipefs proc pstore resctrl rpc_pipefs securityfs selinuxfs sockfs sysfs tracefs usbfs "
)
CONTAINERS: Final = (
    "/var/lib/docker/",
    "/var/lib/containers/",
    "/var/lib/containerd/",
    "/run/containerd/",
    "/run/containers/",
    "/var/lib/kubelet/",
)
LIVE: Final = {
    "/proc": "the kernel's own view of processes",
    "/sys": "the kernel's own view of devices",
    "/dev": "devices of the running machine",
    "/run/user": "runtime folders of sessions",
}

ENTERED: Final = {"/dev": "shm"}
"""Of what is not entered, the one name below it that is: memory in which everybody makes files."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


class Skip(NamedTuple):
    """Why a folder is not entered. near: its own mode and owner can be asked for; a machine far away may not answer. foreign: the
    charter does not reach it, so that it counts as lost."""

    why: str
    near: bool
    foreign: bool = False


def mount_points(*, table: str = TABLE) -> frozenset[str]:
    """Where something is mounted, as absolute paths; nothing when there is no mount table to be read."""
    try:
        with open(table, "rb") as file:  # noqa: PTH123 a file of the kernel, read to its end
            lines = file.read().split(b"\n")
    except OSError:
        return frozenset()
    return frozenset(_plain(fields[4]) for line in lines if len(fields := line.split(b" ")) > 5)


def foreign(root: str, *, table: str = TABLE) -> dict[str, Skip]:
    """All that is mounted below a root, as `skipped`: what lies there is somebody else's."""
    prefix = root.rstrip("/") + "/"
    below = (place for place in mount_points(table=table) if place.startswith(prefix) and place != prefix)
    why = "another file system is mounted there"
    return {"/" + shown(place.removeprefix(prefix)): Skip(why, False, True) for place in below}


def skipped(root: str, *, table: str = TABLE) -> dict[str, Skip] | None:
    """The folders below a root that are not entered, each with why, by their paths inside the root.

    root: absolute, free of links. None when there is no mount table to be read.
    """
    out = {path: Skip(why, True) for path, why in LIVE.items()} if root == "/" else {}
    try:
        with open(table, "rb") as file:  # noqa: PTH123 a file of the kernel, read to its end
            lines = file.read().split(b"\n")
    except OSError:
        return None
    prefix = root.rstrip("/") + "/"
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields = before.split(b" ")
        if len(fields) < 6 or not after:
            continue
        place = _plain(fields[4])
        kind = os.fsdecode(after.split(b" ")[0])
        if place.startswith(prefix) and place != prefix and (why := _why(kind, place)):
            out["/" + shown(place.removeprefix(prefix))] = Skip(
                why, f" {kind} " in KERNEL or place.startswith(CONTAINERS)
            )
    return out


def _plain(field: bytes) -> str:
    """A path of the table, whose spaces and backslashes stand in octal."""
    return os.fsdecode(_OCTAL.sub(lambda m: bytes([int(m[1], 8) & 0xFF]), field))


def _why(kind: str, place: str) -> str:
    if f" {kind} " in NETWORK:
        return f"a file system of another machine ({kind})"
    if f" {kind} " in KERNEL:
        return f"a file system that the kernel makes up ({kind})"
    if kind.startswith("fuse.") and kind not in ("fuse.fuse-overlayfs", "fuse.ntfs-3g"):
        return f"a file system that a program makes up ({kind})"
    if place.startswith(CONTAINERS):
        return f"the file system of a container ({kind})"
    return ""
