"""Folders of settings in which a file hides those of its name in the folders behind: systemd's, udev's, modprobe's.

Sources: udev(7), RULES FILES; modprobe.d(5); binfmt.d(5); tmpfiles.d(5). A link to /dev/null hides them and says nothing itself.
"""

from __future__ import annotations

import posixpath
from typing import Final

from casemate.host.host import Host

ABOVE: Final = ("/etc", "/run", "/usr/local/lib", "/usr/lib")


def counting(host: Host, name: str, ending: str) -> tuple[str, ...]:
    """The files that count, in the order of their names, such as those of "udev/rules.d" that end with ".rules"."""
    chosen: dict[str, str] = {}
    for above in ABOVE:
        folder = posixpath.join(above, name)
        for file in host.fs.names(folder):
            if file.endswith(ending) and not file.startswith("."):
                chosen.setdefault(file, posixpath.join(folder, file))
    return tuple(path for _, path in sorted(chosen.items()) if host.fs.is_file(path))
