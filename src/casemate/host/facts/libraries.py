"""From where a program loads its libraries, as ld.so(8) says: RPATH, RUNPATH, the names in them, and what the loader leaves out
for programs that run as more than their caller.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.elf import Elf, elf
from casemate.host.host import Host

DEFAULT: Final = ("/lib", "/usr/lib", "/lib64", "/usr/lib64", "/lib32", "/usr/lib32", "/libx32", "/usr/libx32")
MAX_FILES: Final = 400  # libraries of one program
_TOKEN: Final = re.compile(r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))")
_TRIPLETS: Final = {
    "x86_64": "x86_64-linux-gnu",
    "aarch64": "aarch64-linux-gnu",
    "i686": "i386-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "riscv64": "riscv64-linux-gnu",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """A place that decides what a program loads.

    path: a library, or a folder in which it is looked for first (`folder`), or a name that nothing has yet (`missing`).
    library: what is looked for. by: the file that says so, the program or one of its libraries. entry: as written there.
    relative: the entry is taken from the folder in which the caller happens to be; path is then "".
    """

    path: str
    library: str
    by: str
    entry: str
    how: str
    folder: bool = False
    missing: bool = False
    relative: bool = False

    @property
    def says(self) -> str:
        """Ends a sentence about the program or library that says so."""
        if not self.library:
            return f"is started by {self.path}"
        where = f"{self.how} {self.entry!r}"
        return f"looks for {self.library} by its {where}" + (" in the folder of its caller" if self.relative else "")


def libraries(host: Host, path: str, *, secure: bool = False) -> Iterator[Looked]:
    """The places outside the default folders that a program's loader looks into, each once, nearest first.

    secure: it runs as more than its caller (SUID, SGID, capabilities).
    """
    program = elf(host, path)
    if program is None:
        return
    if program.interpreter and posixpath.dirname(program.interpreter) not in _trusted(program):
        where = program.interpreter
        missing = host.fs.node(where) is None
        yield Looked(where, "", program.path, where, "interpreter", missing=missing, relative=not where.startswith("/"))
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[Elf, tuple[tuple[str, str], ...]]] = [(program, ())]
    loaded = {program.path}
    while waiting and len(loaded) < MAX_FILES:
        one, inherited = waiting.pop(0)
        own = tuple((entry, one.path) for entry in one.rpath) if not one.runpath else ()
        looking = [("RUNPATH", e, one.path) for e in one.runpath] or [("RPATH", e, by) for e, by in (*own, *inherited)]
        for name in one.needed:
            found = ""
            for how, entry, by in looking:
                if found:
                    break
                for place in _looked(host, program, one, name, how, entry, by, secure):
                    key = (place.path or place.entry, place.by)
                    if not place.folder and not place.missing and not place.relative:
                        found = place.path
                    if key not in seen:
                        seen.add(key)
                        yield place
            place_of = found or _default(host, one, name)
            library = elf(host, place_of) if place_of else None
            if library is not None and library.path not in loaded:
                loaded.add(library.path)
                waiting.append((library, (*own, *inherited)))


def _looked(
    host: Host, program: Elf, one: Elf, name: str, how: str, entry: str, by: str, secure: bool
) -> Iterator[Looked]:
    """What one entry means for one library."""
    if "/" in name:  # a path: nothing is searched
        return
    by_elf = elf(host, by) or one
    folder = expanded(entry, by_elf, secure=secure)
    if folder is None or posixpath.normpath(folder) in _trusted(program):
        return
    if not folder.startswith("/"):
        yield Looked("", name, by, entry, how, relative=True)
        return
    folder = posixpath.normpath(folder)
    library = posixpath.join(folder, name)
    if host.fs.node(library) is not None:
        yield Looked(library, name, by, entry, how)
    elif host.fs.is_folder(folder):
        yield Looked(folder, name, by, entry, how, folder=True)
    else:
        yield Looked(library, name, by, entry, how, missing=True)


def expanded(entry: str, by: Elf, *, secure: bool = False) -> str | None:
    """An entry with its names put in; None when the loader leaves it out.

    glibc takes $ORIGIN of a program that runs as more than its caller only where that leads below a default folder
    (is_trusted_path_normalize of elf/dl-load.c); musl takes it whenever it knows the program's own path (fixup_rpath of
    ldso/dynlink.c).
    """
    origin = posixpath.dirname(by.path)

    def put(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name == "ORIGIN":
            return origin
        return by.machine if name == "PLATFORM" else "lib64" if by.bits == 64 else "lib"

    out = _TOKEN.sub(put, entry)
    if secure and "ORIGIN" in entry and out != entry and "ld-musl" not in by.interpreter:
        place = posixpath.normpath(out)
        if not entry.startswith(("$ORIGIN", "${ORIGIN}")) or not any(
            place == trusted or place.startswith(trusted + "/") for trusted in DEFAULT
        ):
            return None
    return out


def _trusted(program: Elf) -> tuple[str, ...]:
    triplet = _TRIPLETS.get(program.machine, "")
    return (*DEFAULT, *(f"{folder}/{triplet}" for folder in ("/lib", "/usr/lib") if triplet))


def _default(host: Host, program: Elf, name: str) -> str:
    if "/" in name:
        return name
    for folder in _trusted(program):
        if host.fs.node(f"{folder}/{name}") is not None:
            return f"{folder}/{name}"
    return ""
