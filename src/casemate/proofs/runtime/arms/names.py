"""Tells of names of temporary files that others can take.

`temp.name`: one was given without a file. `temp.open`: a file was made without `O_EXCL`.
Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os
import sys

from . import caller, late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch


def arm(watch: Watch) -> None:
    """Wrap `mktemp`, and look at what is opened among the temporary files."""
    few = caller.Few(watch)
    late.when("tempfile", functools.partial(_wrap, few))
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(functools.partial(_hook, few))


def _wrap(few: caller.Few, module: Any) -> None:
    function = module.mktemp

    @functools.wraps(function)
    def named(*args: Any, **more: Any) -> Any:
        out = function(*args, **more)
        few.record("temp.name", ("mktemp", os.path.dirname(out)))
        return out

    module.mktemp = named


def _hook(few: caller.Few, name: str, args: Any) -> None:
    if name != "open" or len(args) < 3 or not few.watch.folder or not isinstance(args[2], int):
        return
    path, flags = args[0], args[2]
    if not flags & os.O_CREAT or flags & os.O_EXCL or not isinstance(path, str):
        return
    folder = os.path.dirname(path)
    if folder in ("/tmp", "/var/tmp", "/dev/shm") or folder == os.environ.get("TMPDIR"):
        few.record("temp.open", ("open", path))
