"""A copy of the target in which some files are others: what a patch would make of it. Standard library only, Python 3.7
and later.
"""

from __future__ import annotations

import base64
import os

from .copying import copied

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def lay(target: str, copy: str, patched: Any, whole: bool) -> None:
    """Make the copy. patched: contents in base64 by path. whole: copy every file; otherwise only the folders on the way to a
    patched file are folders of their own, and all beside them is linked.

    Raises SyntaxError for a patched Python file that this interpreter does not parse.
    """
    contents = {path: base64.b64decode(content) for path, content in patched.items()}
    for path, content in contents.items():
        if path.endswith(".py"):
            compile(content, path, "exec", dont_inherit=True)
    if whole:
        copied(target, copy)
    else:
        os.makedirs(copy)
        _link(target, copy, {tuple(path.split("/")) for path in contents})
    for path, content in contents.items():
        place = os.path.join(copy, path)
        if os.path.lexists(place):
            os.remove(place)
        with open(place, "wb") as file:
            file.write(content)


def _link(target: str, copy: str, ways: set[tuple[str, ...]]) -> None:
    own = {way[0] for way in ways if len(way) > 1}
    for name in sorted(os.listdir(target)):
        here, there = os.path.join(target, name), os.path.join(copy, name)
        if name in own and os.path.isdir(here):
            os.mkdir(there)
            _link(here, there, {way[1:] for way in ways if way[0] == name and len(way) > 1})
        elif (name,) not in ways:
            os.symlink(here, there)
