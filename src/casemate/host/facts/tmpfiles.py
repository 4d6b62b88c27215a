"""Lines of tmpfiles.d(5): what systemd-tmpfiles makes at boot, with which mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.unit_file import words
from casemate.host.host import Host

FOLDERS: Final = ("/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line. type: its first word, with its modifiers. mode: None when the default counts. argument: what is
    written, linked to or copied."""

    path: str
    line: int
    type: str
    target: str
    mode: int | None
    user: str
    group: str
    argument: str = ""


def tmpfiles(host: Host) -> tuple[Entry, ...]:
    """Every line that counts: of files of one name, the first folder's does."""
    chosen: dict[str, str] = {}
    for folder in FOLDERS:
        for path in host.fs.glob(f"{folder}/*.conf"):
            chosen.setdefault(path.rpartition("/")[2], path)
    return tuple(entry for name in sorted(chosen) for entry in _entries(host, chosen[name]))


def _entries(host: Host, path: str) -> Iterator[Entry]:
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = words(line)
        if len(parts) < 2 or not re.match(r"[a-zA-Z]", parts[0]):
            host.odd(path, number, "no line of tmpfiles.d")
            continue
        kind, target, mode, user, group = (*parts, "-", "-", "-")[:5]
        bits = mode.lstrip("~:")
        number_of = int(bits, 8) if re.fullmatch(r"[0-7]{1,5}", bits) else None
        argument = " ".join(parts[6:])
        yield Entry(path, number, kind, target, number_of, user.lstrip(":"), group.lstrip(":"), argument)
