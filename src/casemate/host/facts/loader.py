"""How the dynamic loader of a root is set up: ld.so(8), ldconfig(8), musl's path files.

ldconfig reads ld.so.conf line by line, and the files that `include` names there by patterns; "#" starts a comment anywhere. Every
line is one folder, with an old `=type` perhaps.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.host import Host

CONFIGURATION: Final = "/etc/ld.so.conf"
PRELOAD: Final = "/etc/ld.so.preload"
MAX_FILES: Final = 500


@dataclass(frozen=True, slots=True)
class Named:
    """A folder or library that a line names."""

    path: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Loader:
    """files: of the configuration itself, all of them. patterns: folders in which another such file would be read, with where it
    says so. folders: of libraries. preloaded: libraries that every program loads; a name without a slash is searched for."""

    files: tuple[Named, ...] = ()
    patterns: tuple[Named, ...] = ()
    folders: tuple[Named, ...] = ()
    preloaded: tuple[Named, ...] = ()


def loader(host: Host) -> Loader:
    """The set-up of a root: `host.once(loader)`."""
    files: list[Named] = []
    patterns: list[Named] = []
    folders: list[Named] = []
    waiting = [Named(CONFIGURATION, "", 0)]
    seen: set[str] = set()
    while waiting and len(files) < MAX_FILES:
        named = waiting.pop(0)
        text = host.fs.text(named.path)
        if text is None or text.path in seen:
            continue
        seen.add(text.path)
        files.append(named)
        for number, line in text.numbered():
            words = line.partition("#")[0].split()
            if not words or words[0] == "hwcap":
                continue
            if words[0] == "include":
                for pattern in words[1:]:
                    place = posixpath.join(posixpath.dirname(text.path), pattern)
                    if re.search(r"[*?\[]", posixpath.basename(place)):
                        patterns.append(Named(posixpath.dirname(place), text.path, number))
                        waiting += [Named(path, text.path, number) for path in host.fs.glob(place)]
                    else:
                        waiting.append(Named(place, text.path, number))
                continue
            folder = " ".join(words).partition("=")[0].rstrip()
            if folder.startswith("/"):
                folders.append(Named(posixpath.normpath(folder), text.path, number))
            else:
                host.odd(text.path, number, "a folder of libraries that is no absolute path: ldconfig leaves it out")
    host.first([*files, *waiting], max(len(files), MAX_FILES), CONFIGURATION, "files")
    folders += _musl(host, files)
    return Loader(tuple(files), tuple(patterns), tuple(folders), tuple(_preloaded(host)))


def _preloaded(host: Host) -> Iterator[Named]:
    text = host.fs.text(PRELOAD)
    for number, line in text.numbered() if text else ():
        for word in re.split(r"[\s:]+", line.partition("#")[0]):
            if word:
                yield Named(word, text.path if text else PRELOAD, number)


def _musl(host: Host, files: list[Named]) -> Iterator[Named]:
    for path in host.fs.glob("/etc/ld-musl-*.path"):
        text = host.fs.text(path)
        if text is None:
            continue
        files.append(Named(path, "", 0))
        for number, line in text.numbered():
            for folder in line.split(":"):
                if folder.startswith("/"):
                    yield Named(posixpath.normpath(folder), path, number)
