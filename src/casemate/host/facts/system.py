"""Which system a root is: its release, the kernels that it can start, its processor and its init.

Sources: os-release(5), hier(7), kernel-install(8), init(1) of systemd and of busybox, and the manuals of sysvinit, OpenRC, runit,
s6-linux-init and dinit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casemate.host.facts.elf import MACHINES, MAGIC
from casemate.host.host import Host
from casemate.host.packages.inventory import Release, release
from casemate.model.host import NodeKind

IMAGES: Final = ("vmlinuz-", "vmlinux-", "kernel-", "Image-", "bzImage-", "kernel-genkernel-")
MODULES: Final = ("/usr/lib/modules", "/lib/modules")
SHELLS: Final = ("/bin/sh", "/usr/bin/sh", "/bin/busybox", "/usr/bin/env", "/sbin/init")
INITS: Final = {
    "systemd": "systemd",
    "busybox": "busybox",
    "openrc-init": "openrc",
    "runit-init": "runit",
    "runit": "runit",
    "s6-linux-init": "s6",
    "dinit": "dinit",
    "upstart": "upstart",
    "init": "sysvinit",
}
_DPKG: Final = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "i386": "i686",
    "armhf": "arm",
    "armel": "arm",
    "ppc64el": "powerpc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
_ODD: Final = ("rescue", "old", "fallback")


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel that lies on the root. image, modules: its file and its modules' folder, "" for the one that is missing."""

    version: str
    image: str = ""
    modules: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """What a root says of itself, each "" where nothing does.

    kernels: by the text of their versions. architecture: as `facts/elf.py` names it, such as "x86_64". init: "systemd", "openrc",
    "sysvinit", "busybox", "runit", "s6", "dinit" or "upstart"; "" in most images of containers.
    """

    release: Release
    kernels: tuple[Kernel, ...] = ()
    architecture: str = ""
    init: str = ""


def system(host: Host) -> System:
    """All of it: `host.once(system)`."""
    return System(host.once(release), _kernels(host), _architecture(host), _init(host))


def _kernels(host: Host) -> tuple[Kernel, ...]:
    fs = host.fs
    images: dict[str, str] = {}
    for name in fs.names("/boot"):
        version = next((name[len(start) :] for start in IMAGES if name.startswith(start)), "")
        node = fs.at(f"/boot/{name}")
        if version[:1].isdigit() and node and node.kind is NodeKind.FILE and not version.endswith(_ODD):
            images[version.removesuffix(".gz").removesuffix(".efi")] = node.path
    modules: dict[str, str] = {}
    for above in MODULES:
        for name in fs.names(above):
            node = fs.node(f"{above}/{name}")
            if name[:1].isdigit() and node and node.kind is NodeKind.FOLDER:
                modules.setdefault(name, node.path)
                if fs.is_file(f"{node.path}/vmlinuz"):  # Fedora, Arch Linux
                    images.setdefault(name, f"{node.path}/vmlinuz")
    versions = sorted(images.keys() | modules.keys())
    return tuple(Kernel(version, images.get(version, ""), modules.get(version, "")) for version in versions)


def _architecture(host: Host) -> str:
    for path in SHELLS:
        head = host.fs.head(path, 20) if host.fs.is_file(path) else None
        if head is not None and len(head) == 20 and head.startswith(MAGIC) and head[5] in (1, 2):
            machine = int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")
            if machine in MACHINES:
                return MACHINES[machine]
    for path in ("/var/lib/dpkg/arch", "/etc/apk/arch"):
        text = host.fs.text(path) if host.fs.is_file(path) else None
        if text is not None and text.lines:
            said = text.lines[0].strip()
            return _DPKG.get(said, said) if said.isidentifier() else ""
    return ""


def _init(host: Host) -> str:
    found = host.fs.resolve("/sbin/init") or host.fs.resolve("/usr/sbin/init")
    if found is None or found.node.kind is not NodeKind.FILE:
        return ""
    name = INITS.get(found.node.path.rpartition("/")[2], "")
    starts_others = name in ("busybox", "sysvinit") and host.fs.is_file("/etc/inittab")
    if starts_others and (host.fs.is_file("/sbin/openrc") or host.fs.is_file("/usr/sbin/openrc")):
        return "openrc"
    return name
