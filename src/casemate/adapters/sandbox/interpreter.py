"""What a job is lent: what a Python interpreter needs, found by looking, since it is not to be run outside of a sandbox."""

from __future__ import annotations

import contextlib
import os
import stat
from functools import lru_cache
from pathlib import Path

_PARTS = ("bin", "lib", "lib64", "libexec", "include", "pyvenv.cfg")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""The read-only system."""


@lru_cache(maxsize=64)
def places(interpreter: str) -> tuple[str, ...]:
    """The folders and files beside the system that it needs, each to be seen in its own place.

    Those of a virtual environment, of the installation that this was made from, and of every link on the way. Only what an
    installation consists of: an interpreter in somebody's home does not lend the home.
    """
    roots = []
    link = Path(interpreter)
    for _ in range(40):
        roots.append(Path(os.path.normpath(link)).parent.parent)
        if not link.is_symlink():
            break
        link = link.parent / link.readlink()
    roots.append(Path(os.path.realpath(interpreter)).parent.parent)
    roots += [base for root in roots if (base := _base(root)) is not None]
    wanted: dict[str, None] = {}
    for root in roots:
        for part in _PARTS if not _of_system(root) else ():
            if (root / part).exists():
                wanted[str(root / part)] = None
    return tuple(place for place in wanted if not _of_system(Path(place)))


def first_pipe(place: str) -> str | None:
    """A named pipe below a place: a read-only mount does not keep anybody from writing to it. Looked for each time: somebody
    may have made one since."""
    for top, _, names in os.walk(place):
        for name in names:
            with contextlib.suppress(OSError):
                if stat.S_ISFIFO(os.stat(f"{top}/{name}", follow_symlinks=False).st_mode):  # noqa: PTH116 - a Path for each costs more than the look
                    return f"{top}/{name}"
    return None


def _base(root: Path) -> Path | None:
    """The installation that a virtual environment was made from."""
    try:
        lines = (root / "pyvenv.cfg").read_text().splitlines()
    except (OSError, ValueError):
        return None
    homes = [value.strip() for key, _, value in (line.partition("=") for line in lines) if key.strip() == "home"]
    return Path(homes[0]).parent if homes and Path(homes[0]).is_absolute() else None


def _of_system(place: Path) -> bool:
    return place == Path("/") or any(place.is_relative_to(system) for system in SYSTEM)
