"""Sources of packages of yum, dnf, zypper, pacman, flatpak and ostree: where they are, and whether signatures are looked at.

Sources: dnf.conf(5), yum.conf(5), zypper(8), pacman.conf(5), ostree.repo-config(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.facts.sections import Entry, entries
from casemate.host.host import Host

RPM = (
    "/etc/yum.conf",
    "/etc/dnf/dnf.conf",
    "/etc/zypp/zypp.conf",
    "/etc/yum.repos.d/*.repo",
    "/etc/zypp/repos.d/*.repo",
)
OSTREE = ("/var/lib/flatpak/repo/config", "/etc/ostree/remotes.d/*.conf", "/ostree/repo/config")
NO = ("0", "no", "false", "off")


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A setting that leaves something of a source unchecked. uris: of the source, none when it is for all. what: the setting.

    signature: the packages' signatures are not looked at; else it is the server that nobody checks. wholly: not at all.
    """

    path: str
    line: int
    what: str
    source: str
    uris: tuple[str, ...]
    signature: bool = True
    wholly: bool = True


def unchecked(host: Host) -> tuple[Unchecked, ...]:
    """Every such setting of a source that is in use."""
    return (*_of_rpm(host), *_of_pacman(host), *_of_ostree(host))


def _sections(host: Host, pattern: str) -> Iterator[tuple[str, str, list[Entry]]]:
    for path in host.fs.glob(pattern):
        text = host.fs.text(path)
        by_name: dict[str, list[Entry]] = {}
        for entry in entries(text) if text else ():
            by_name.setdefault(entry.section, []).append(entry)
        for name, found in by_name.items():
            yield (text.path if text else path), name, found


def _of_rpm(host: Host) -> Iterator[Unchecked]:
    for pattern in RPM:
        for path, name, found in _sections(host, pattern):
            last = {entry.key: entry for entry in found}
            if "enabled" in last and last["enabled"].value.lower() in NO:
                continue
            uris = tuple(e.value for e in found if e.key in ("baseurl", "mirrorlist", "metalink"))
            for key in ("gpgcheck", "pkg_gpgcheck", "sslverify"):
                if key in last and last[key].value.lower() in NO:
                    entry = last[key]
                    yield Unchecked(path, entry.line, f"{key}={entry.value}", name, uris, signature=key != "sslverify")


def _of_pacman(host: Host) -> Iterator[Unchecked]:
    for path, name, found in _sections(host, "/etc/pacman.conf"):
        uris = tuple(entry.value for entry in found if entry.key == "server")
        for entry in found:
            if entry.key != "siglevel":
                continue
            words = [word.lower().removeprefix("package") for word in entry.value.split()]
            if "never" in words or "trustall" in words or "optional" in words:
                wholly = "never" in words or "trustall" in words
                yield Unchecked(path, entry.line, f"SigLevel = {entry.value}", name, uris, wholly=wholly)


def _of_ostree(host: Host) -> Iterator[Unchecked]:
    for pattern in OSTREE:
        for path, name, found in _sections(host, pattern):
            last = {entry.key: entry for entry in found}
            source = name.removeprefix("remote").strip(' "')
            uris = (last["url"].value,) if "url" in last else ()
            for key, bad in (("gpg-verify", NO), ("tls-permissive", ("1", "yes", "true"))):
                if key in last and last[key].value.lower() in bad and "xa.disable" not in last:
                    what = f"{key}={last[key].value}"
                    yield Unchecked(path, last[key].line, what, source, uris, signature=key == "gpg-verify")
