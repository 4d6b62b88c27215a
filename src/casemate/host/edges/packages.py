"""Who decides what root installs: sources of packages, the keys that sign them, and scripts of packages that are installed.

Sources: sources.list(5), apt-secure(8), deb-postinst(5), dnf.conf(5), apk-keys(5), pacman-key(8). A change waits for the next
upgrade, so all of it is likely rather than sure.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.apt import apt_sources
from casemate.host.facts.loose import loose
from casemate.host.facts.repositories import unchecked
from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.model.host import ROOT, Confidence, Fact

SOURCES = (
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d",
    "/etc/yum.conf",
    "/etc/yum.repos.d",
    "/etc/dnf",
    "/etc/zypp",
    "/etc/apk/repositories",
    "/etc/pacman.conf",
    "/etc/pacman.d",
    "/etc/ostree/remotes.d",
    "/var/lib/flatpak/repo/config",
)
SETTINGS = (
    "/etc/apt/apt.conf",
    "/etc/apt/apt.conf.d",
    "/etc/apt/preferences",
    "/etc/apt/preferences.d",
    "/etc/dpkg/dpkg.cfg.d",
)
KEYS = (
    "/etc/apt/trusted.gpg",
    "/etc/apt/trusted.gpg.d",
    "/etc/apt/keyrings",
    "/usr/share/keyrings",
    "/etc/pki/rpm-gpg",
    "/etc/apk/keys",
    "/etc/pacman.d/gnupg",
    "/usr/share/pacman/keyrings",
    "/usr/share/debsig/keyrings",
)
SCRIPTS = ("/var/lib/dpkg/info", "/var/lib/dpkg/status", "/var/lib/dpkg/triggers", "/lib/apk/db/scripts.tar", "/var/lib/rpm",
           "/var/lib/pacman/local")  # fmt: skip
ABOUT = (
    (SOURCES, "decides where root installs packages from"),
    (SETTINGS, "decides how root installs packages"),
    (KEYS, "holds keys whose packages root installs"),
    (SCRIPTS, "holds scripts of packages that root runs at upgrades"),
)


def edges(host: Host) -> Iterator[Trust]:
    """All that somebody besides root might change, and each folder that takes new files."""
    for paths, says in ABOUT:
        for path in paths:
            yield from _trusted(host, path, says)
    for source in host.once(apt_sources):
        at = source.lines.get("signed-by", source.line)
        keys = [word for word in source.options.get("signed-by", "").replace(",", " ").split() if word.startswith("/")]
        for key in keys[:16]:
            if not key.startswith(tuple(f"{folder}/" for folder in KEYS)):
                yield _trust(key, "signs packages that root installs", (Fact(source.path, "trusts this key", at),))
        if source.is_on("trusted") or source.is_on("allow-insecure"):
            yield from _local(source.uris, Fact(source.path, "takes its packages without a signature", source.line))
    for seen in host.once(unchecked):
        if seen.signature:
            yield from _local(seen.uris, Fact(seen.path, f"has {seen.what}", seen.line))


def _trusted(host: Host, path: str, says: str) -> Iterator[Trust]:
    node = host.fs.node(path)
    if node is None:
        return
    folder = host.fs.is_folder(path)
    yield _trust(path, says, folder=folder)
    for below in loose(host, path) if folder else ():
        yield _trust(below.path, says, folder=host.fs.is_folder(below.path))


def _local(uris: tuple[str, ...], via: Fact) -> Iterator[Trust]:
    for uri in uris[:16]:
        scheme, _, path = uri.partition(":")
        if scheme in ("file", "copy", "dir") and path.startswith("/"):
            path = "/" + path.lstrip("/").rstrip("/")
            yield _trust(path, "holds packages that root installs unchecked", (via,), folder=True)


def _trust(path: str, says: str, via: tuple[Fact, ...] = (), *, folder: bool = False) -> Trust:
    return Trust(
        runner=ROOT,
        path=path,
        kind="package-source",
        technique="T1195.002",
        via=via,
        says=says,
        folder=folder,
        confidence=Confidence.LIKELY,
    )
