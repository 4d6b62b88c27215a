"""Tells which permissions a file gets: `file.mode`, with the function, the path, the mode that the file has then, the one that it
had before, and whether its content was written in this run.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os
import stat

from . import caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch


def arm(watch: Watch) -> None:
    """Wrap what changes a mode."""
    import pathlib

    few = caller.Few(watch)
    for name in ("chmod", "fchmod", "lchmod"):
        if hasattr(os, name):
            setattr(os, name, _telling(few, name, getattr(os, name)))
    accessor = getattr(pathlib, "_NormalAccessor", None)  # up to 3.9 it keeps functions of its own
    if accessor is not None and "chmod" in vars(accessor):
        accessor.chmod = staticmethod(os.chmod)


def _telling(few: caller.Few, name: str, function: Any) -> Any:
    @functools.wraps(function)
    def changed(path: Any, mode: Any, *args: Any, **named: Any) -> Any:
        before = _stat(path)
        out = function(path, mode, *args, **named)
        after = _stat(path)
        if before is not None and after is not None:
            began = _stat(few.watch.folder) if few.watch.folder else None
            fresh = began is not None and stat.S_ISREG(after.st_mode) and before.st_mtime_ns >= began.st_mtime_ns
            few.record("file.mode", (name, path, stat.S_IMODE(after.st_mode), stat.S_IMODE(before.st_mode), fresh))
        return out

    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if function in able:
            able.add(changed)
    return changed


def _stat(path: Any) -> Any:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None
