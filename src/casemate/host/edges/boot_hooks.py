"""What systemd itself runs or follows as root at boot, at sleep and at shutdown, beside its units.

Sources: systemd.generator(7), systemd.environment-generator(7), systemd-shutdown(8), systemd-sleep(8), tmpfiles.d(5),
sysusers.d(5), binfmt.d(5), environment.d(5), systemd-system.conf(5), systemd.nspawn(5). ATT&CK T1037, T1543.002.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from casemate.host.facts.job import quoted
from casemate.host.facts.overriding import counting
from casemate.host.facts.scripts import script
from casemate.host.facts.unit_file import assignments, words
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact


class _Hook(NamedTuple):
    folders: tuple[str, ...]
    pattern: str
    says: str
    sure: bool = True


BASES: Final = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")
CONFIGS: Final = ("/etc", "/run", "/usr/local/lib", "/usr/lib")


def _below(bases: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(f"{base}/{name}" for base in bases)


HOOKS: Final = (
    _Hook(_below(BASES, "system-generators"), "*", "is run by systemd as root when it starts"),
    _Hook(_below(BASES, "system-environment-generators"), "*", "is run by systemd as root when it starts"),
    _Hook(_below(BASES, "user-generators"), "*", "is run as root when root logs in", sure=False),
    _Hook(_below(BASES, "user-environment-generators"), "*", "is run as root when root logs in", sure=False),
    _Hook(
        ("/usr/lib/systemd/system-shutdown", "/etc/systemd/system-shutdown"),
        "*",
        "is run by systemd as root at shutdown",
    ),
    _Hook(("/usr/lib/systemd/system-sleep", "/etc/systemd/system-sleep"), "*", "is run by systemd as root at sleep"),
    _Hook(
        _below(CONFIGS, "tmpfiles.d"), "*.conf", "tells systemd-tmpfiles which files root makes, and with which content"
    ),
    _Hook(_below(CONFIGS, "sysusers.d"), "*.conf", "tells systemd-sysusers which accounts and memberships root makes"),
    _Hook(_below(CONFIGS, "binfmt.d"), "*.conf", "names interpreters that the kernel runs, also for SUID programs"),
    _Hook(
        _below(CONFIGS, "environment.d"),
        "*.conf",
        "sets the environment of whoever logs in, root among them",
        sure=False,
    ),
    _Hook(_below(BASES, "system.conf.d"), "*.conf", "sets the environment of every service of root"),
    _Hook(
        ("/etc/systemd/nspawn", "/run/systemd/nspawn"),
        "*.nspawn",
        "sets what a container of root may reach",
        sure=False,
    ),
)
MANAGER: Final = ("/etc/systemd/system.conf", "/etc/systemd/system.conf.d/*.conf", "/run/systemd/system.conf.d/*.conf")


def edges(host: Host) -> Iterator[Trust]:
    """Hooks, the folders that hold them, and what the manager's own settings name."""
    for hook in HOOKS:
        real: set[str] = set()
        for folder in hook.folders:
            found = host.fs.node(folder)
            if found is not None and found.path in real:
                continue
            real.add(found.path if found else folder)
            if found is not None:  # a missing one would be made in a folder that is no place of others' either
                yield _hook(folder, f"holds what {hook.says}", sure=hook.sure, folder=True)
            for path in host.fs.glob(f"{folder}/{hook.pattern}"):
                if host.fs.is_file(path):
                    yield _hook(path, hook.says, sure=hook.sure)
                    if hook.pattern == "*":
                        yield from _called(host, path, hook)
    if host.fs.is_file("/etc/systemd/system.conf"):
        yield _hook("/etc/systemd/system.conf", "sets the environment of every service of root")
    yield from _manager(host)
    yield from _interpreters(host)
    yield from _copied(host)


def _hook(path: str, says: str, *, sure: bool = True, folder: bool = False, via: tuple[Fact, ...] = ()) -> Trust:
    return Trust(
        runner=ROOT,
        path=path,
        folder=folder,
        kind="boot-hook",
        technique="T1037",
        via=via,
        says=says,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
    )


def _called(host: Host, path: str, hook: _Hook) -> Iterator[Trust]:
    """What a script among them calls and sources in its turn."""
    if script(host, path) is None:
        return
    for trust in ran(host, quoted(path), runner=ROOT, via=(), kind="boot-hook", technique="T1037", says=hook.says):
        if trust.path != path:
            sure = hook.sure or trust.confidence is not Confidence.PROVED
            yield trust if sure else replace(trust, confidence=Confidence.LIKELY)


def _manager(host: Host) -> Iterator[Trust]:
    """Variables that every service gets (systemd-system.conf(5), DefaultEnvironment=)."""
    for pattern in MANAGER:
        for path in host.fs.glob(pattern):
            for value in assignments(host, path):
                if value.key not in ("DefaultEnvironment", "ManagerEnvironment"):
                    continue
                for word in words(value.text):
                    name, _, text = word.partition("=")
                    via = (Fact(value.path, f"sets {name} for every service", value.line),)
                    for part in text.split(":"):
                        if not part.startswith("/"):
                            continue
                        if name in ("LD_PRELOAD", "LD_AUDIT"):
                            yield _hook(part, f"is loaded by every service of root ({name})", via=via)
                        elif name in ("LD_LIBRARY_PATH", "PYTHONPATH", "PERL5LIB", "PATH"):
                            says = f"is a folder of {name} of every service of root"
                            yield _hook(part, says, via=via, folder=True, sure=name == "LD_LIBRARY_PATH")


def _interpreters(host: Host) -> Iterator[Trust]:
    """Interpreters with the flag C run with the rights of the SUID program that is started (binfmt.d(5); kernel, binfmt-misc)."""
    for path in counting(host, "binfmt.d", ".conf"):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            bare = line.strip()
            if not bare or bare[0] in "#;":
                continue
            parts = bare[1:].split(bare[0])
            if len(parts) < 7:
                host.odd(path, number, "no entry of binfmt.d")
            elif "C" in parts[6] and parts[5].startswith("/"):
                via = (Fact(path, "gives it the rights of SUID programs (flag C)", number),)
                yield _hook(parts[5], "is run by the kernel with the rights of SUID programs", via=via)


def _copied(host: Host) -> Iterator[Trust]:
    """What systemd-tmpfiles copies to a place of root's (tmpfiles.d(5), C)."""
    for path in counting(host, "tmpfiles.d", ".conf"):
        text = host.fs.text(path) if not path.startswith("/usr/lib/") else None
        for number, line in text.numbered() if text else ():
            parts = line.split(None, 6)
            if len(parts) == 7 and parts[0][:1] == "C" and parts[6].startswith("/"):
                if parts[1].startswith(("/etc/", "/root/", "/usr/")):
                    via = (Fact(path, f"copies it to {parts[1]}", number),)
                    yield _hook(parts[6].strip(), f"is copied by root to {parts[1]} at boot", via=via, sure=False)
