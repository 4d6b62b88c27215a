"""What the kernel runs as root by itself, and the files that it and its boot loader are started from.

Sources: core(5), sysctl.d(5), modprobe.d(5), Linux Documentation/admin-guide/sysctl/kernel (modprobe, hotplug, poweroff_cmd),
binfmt.d(5), the GRUB manual, initramfs-tools(7), dracut(8), kernel-install(8), depmod(8).
ATT&CK T1546, T1547.006 (kernel modules), T1542 (what is started before the system).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from casemate.host.facts.loose import loose
from casemate.host.facts.overriding import counting
from casemate.host.facts.sysctl import FOLDERS, LAST, sysctl
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact

HELPERS = (  # keys whose value is a program that the kernel starts as root
    ("kernel/modprobe", "is run by the kernel as root whenever a module is missing"),
    ("kernel/hotplug", "is run by the kernel as root for every device"),
    ("kernel/poweroff_cmd", "is run by the kernel as root to power off"),
)
MODPROBE = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d")
SETTINGS = (
    *((folder, "sets which program the kernel runs as root for core files and modules") for folder in FOLDERS),
    (LAST, "sets which program the kernel runs as root for core files and modules"),
    *((folder, "says what modprobe runs as root in the place of a module") for folder in MODPROBE),
    ("/etc/modules-load.d", "says which modules are loaded at boot"),
    ("/etc/modules", "says which modules are loaded at boot"),
    ("/etc/depmod.d", "says where modules are looked for"),
)
BOOT = (  # path, whether root runs or starts it at every boot without more
    ("/boot", "is started at boot"),
    ("/efi", "is started at boot"),
    ("/etc/default/grub", "is run as a script of root when the boot menu is written"),
    ("/etc/default/grub.d", "is run as a script of root when the boot menu is written"),
    ("/etc/grub.d", "is run as root when the boot menu is written"),
    ("/etc/kernel", "is run as root, or started from, when a kernel is installed"),
    ("/etc/initramfs-tools", "goes into the initramfs, which runs as root at boot"),
    ("/usr/share/initramfs-tools", "goes into the initramfs, which runs as root at boot"),
    ("/etc/dracut.conf", "decides what goes into the initramfs, which runs as root at boot"),
    ("/etc/dracut.conf.d", "decides what goes into the initramfs, which runs as root at boot"),
    ("/usr/lib/dracut", "goes into the initramfs, which runs as root at boot"),
    ("/etc/mkinitcpio.conf", "decides what goes into the initramfs, which runs as root at boot"),
    ("/etc/mkinitcpio.d", "decides what goes into the initramfs, which runs as root at boot"),
    ("/usr/lib/initcpio", "goes into the initramfs, which runs as root at boot"),
    ("/lib/modules", "holds modules that become part of the kernel"),
    ("/lib/firmware", "holds firmware that the kernel loads into devices"),
    ("/usr/src", "holds sources that dkms builds into modules of the kernel"),
    ("/etc/dkms", "is run as root when modules are built"),
    ("/var/lib/dkms", "holds modules that become part of the kernel"),
)
LATER = ("when", "goes into", "decides", "sources", "firmware")


def edges(host: Host) -> Iterator[Trust]:
    """Helpers that settings name, the settings themselves, and the files of the boot."""
    yield from _helpers(host)
    yield from _modprobe(host)
    for path, says in SETTINGS:
        yield from _tree(host, path, says, "kernel-settings", "T1546", sure=False)
    for path, says in BOOT:
        technique = "T1547.006" if "module" in says else "T1542"
        yield from _tree(host, path, says, "boot-file", technique, sure=not any(word in says for word in LATER))


def _helpers(host: Host) -> Iterator[Trust]:
    found = host.once(sysctl)
    run = partial(ran, host, runner=ROOT, technique="T1546", shell=False)
    pattern = found.value("kernel/core_pattern")
    if pattern is not None and pattern.value.startswith("|"):
        via = (Fact(pattern.path, "makes the kernel hand it every core file", pattern.line),)
        says = "is run by the kernel as root when any program crashes"
        yield from run(pattern.value[1:].strip(), kind="core-pattern", via=via, says=says)
    for key, says in HELPERS:
        setting = found.value(key)
        if setting is not None and setting.value.startswith("/"):
            yield from run(
                setting.value,
                kind="core-pattern",
                via=(Fact(setting.path, f"names it as {setting.dotted}", setting.line),),
                says=says,
            )


def _modprobe(host: Host) -> Iterator[Trust]:
    """`install` and `remove` lines: a shell runs the rest of the line as root (modprobe.d(5))."""
    for path in counting(host, "modprobe.d", ".conf"):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            found = re.match(r"\s*(install|remove)\s+(\S+)\s+(.*)", line)
            if found and found[3].strip().rpartition("/")[2] not in ("true", "false"):
                yield from ran(
                    host,
                    found[3],
                    runner=ROOT,
                    via=(Fact(path, f"has it run in the place of module {found[2]}", number),),
                    kind="core-pattern",
                    technique="T1547.006",
                    says="is run by modprobe as root",
                )


def _tree(host: Host, path: str, says: str, kind: str, technique: str, *, sure: bool) -> Iterator[Trust]:
    """The path itself, and whatever below it is not plainly root's."""
    top = host.fs.node(path)
    if top is None:
        return
    for place in (top.path, *(node.path for node in loose(host, path))):
        yield Trust(
            runner=ROOT,
            path=place,
            kind=kind,
            technique=technique,
            via=_menu(host, place),
            says=says,
            folder=host.fs.is_folder(place),
            confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        )


def _menu(host: Host, path: str) -> tuple[Fact, ...]:
    """The line of GRUB's menu that sources a file beside it: custom.cfg, as 41_custom writes it."""
    folder, _, name = path.rpartition("/")
    menu = f"{folder}/grub.cfg"
    text = host.fs.text(menu) if path.startswith("/boot/") and name.endswith(".cfg") and path != menu else None
    for number, line in text.numbered() if text else ():
        if re.match(rf"\s*(?:source|configfile|\.)\s+\S*{re.escape(name)}", line[:500]):
            return (Fact(menu, f"has the boot menu read {name}", number),)
    return ()
