"""Whether a file lies as its package brought it: for settings of a distribution that are its own business.

Sources: dpkg(1) and deb-md5sums(5) for `/var/lib/dpkg/info`, dpkg-query(1) for Conffiles; apk's installed database. RPM's is
no text: there, what lies in folders of packages counts as theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from casemate.host.host import Host

INFO: Final = "/var/lib/dpkg/info"
PACKAGE_FOLDERS: Final = ("/usr/lib/", "/usr/share/", "/usr/lib64/", "/lib/")
LIMIT: Final = 8 << 20


def as_shipped(host: Host, path: str) -> bool:
    """Whether a package owns the file, and it is unchanged as far as that can be told."""
    node = host.fs.node(path)
    real = node.path if node else path
    owned = host.once(_owned)
    if owned is None:
        return real.startswith(PACKAGE_FOLDERS)
    for name in (path, real, real.removeprefix("/usr"), f"/usr{real}"):
        if name in owned:
            return _unchanged(host, real, name, owned[name])
    return False


def _owned(host: Host) -> Mapping[str, str] | None:
    """Every file with its package; None when no list can be read."""
    out: dict[str, str] = {}
    for path in host.fs.glob(f"{INFO}/*.list"):
        text = host.fs.text(path)
        package = path.rpartition("/")[2].removesuffix(".list")
        for line in text.lines if text else ():
            out[line] = package
    text = host.fs.text("/lib/apk/db/installed")
    folder = package = ""
    for line in text.lines if text else ():
        letter, _, rest = line.partition(":")
        if letter == "P":
            package = rest
        elif letter == "F":
            folder = rest
        elif letter == "R":
            out[f"/{folder}/{rest}".replace("//", "/")] = package
    return out or None


def _conffiles(host: Host) -> Mapping[str, str]:
    """The settings files of packages, each with the checksum that its package brought it with."""
    out: dict[str, str] = {}
    text = host.fs.text("/var/lib/dpkg/status")
    inside = False
    for line in text.lines if text else ():
        inside = line.startswith("Conffiles:") or (inside and line.startswith(" "))
        if inside and line.startswith(" "):
            path, _, rest = line.strip().partition(" ")
            out[path] = rest.split(" ")[0]
    return out


def _unchanged(host: Host, real: str, name: str, package: str) -> bool:
    wanted = host.once(_conffiles).get(name)
    if wanted is None:
        sums = host.fs.text(f"{INFO}/{package}.md5sums")
        ends = f"  {name.lstrip('/')}"
        wanted = next((line.split(" ")[0] for line in sums.lines if line.endswith(ends)), None) if sums else None
    if wanted is None or len(wanted) != 32:
        return True
    data = host.fs.data(real, LIMIT)
    return data is None or hashlib.md5(data, usedforsecurity=False).hexdigest() == wanted
