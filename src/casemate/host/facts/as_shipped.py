"""Whether a file lies as its package brought it: what a distribution ships is its own business."""

from __future__ import annotations

from typing import Final

from casemate.host.facts.owned import intact, owner, recorded
from casemate.host.host import Host

PACKAGE_FOLDERS: Final = ("/usr/lib/", "/usr/share/", "/usr/lib64/", "/lib/")
RPM: Final = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")


def as_shipped(host: Host, path: str) -> bool:
    """Whether a package owns the file, and it is unchanged as far as that can be told. Without records of packages, what lies in
    their folders counts as theirs."""
    if recorded(host):
        return owner(host, path) is not None and intact(host, path) is not False
    node = host.fs.node(path)
    if any(host.fs.is_folder(folder) for folder in RPM) and path.startswith("/etc/dbus-1/"):
        return True  # RPM's records are no text that is read here, and its packages put their policies there
    return (node.path if node else path).startswith(PACKAGE_FOLDERS)
