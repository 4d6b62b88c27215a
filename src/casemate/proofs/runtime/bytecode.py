"""Lets imports find bytecode that was made beforehand (`compiling.py`), where a file has none beside it that is its own.

A run can write none, and would compile the same files each time. What is taken is checked as Python itself checks it: each
piece names the hash of its source, and another source is compiled as ever. It is read-only and the same for all runs, so that
none tells another anything by it. Kept short: it is compiled each time. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Under names of their own: what the target may call is wrapped later, before audit hooks.
_open, _read, _close = os.open, os.pread, os.close

SIZE = 8  # bytes, before the index
_held: dict[str, tuple[str, int, int]] = {}  # by the path of the cache: which file, where in it, how long


def take_up(place: str) -> None:
    """Let imports of this process find what is in a file, if it is there."""
    try:
        opened = _open(place, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        size = int.from_bytes(_read(opened, SIZE, 0), "big")
        index = marshal.loads(_read(opened, size, SIZE))
    finally:
        _close(opened)
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader
    if index and not _held:
        _teach(loader)
    for path, at, length in index:
        _held[path] = place, SIZE + size + at, length


def also(copy: str, folder: str) -> None:
    """A folder was copied: what was made for its files is right for those of the copy."""
    before, after = folder + os.sep, copy + os.sep
    _held.update({after + path[len(before) :]: found for path, found in _held.items() if path.startswith(before)})


def _teach(loader: Any) -> None:
    usual = loader.get_data

    def get_data(self: object, path: str) -> bytes:
        found = _held.get(path)
        if found is None:
            return bytes(usual(self, path))
        opened = _open(found[0], os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _read(opened, found[2], found[1])
        finally:
            _close(opened)

    loader.get_data = get_data
