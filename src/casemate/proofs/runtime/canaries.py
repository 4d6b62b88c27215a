"""The canaries: a command, a function, a file and a host name, called like the canary word. They do nothing but note their use.

The command is a program on PATH, so a shell itself decides whether it stood in command position. The file lies in a folder of its
own, outside of the target. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import builtins
import os
import shutil
import stat

from . import stubs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .watch import Watch

_COMMAND = """#!/bin/sh
{ for part in "$0" "$@"; do printf '%%s\\037' "$part"; done; printf '\\036'; } >> '%s'
"""


class Canaries:
    """The canaries of one run. base: a private folder. left: where the command notes that it ran. beside: what the name of the
    file's folder begins with; a folder of that name is given to targets, so that a check of first characters is tried as well."""

    def __init__(self, watch: Watch, base: str, left: str, beside: str) -> None:
        self._watch = watch
        self._bin = os.path.join(base, "bin")
        self._base = base
        self._beside = beside
        self._left = os.path.join(left, "ran")
        os.makedirs(self._bin, exist_ok=True)
        os.environ["PATH"] = self._bin + os.pathsep + os.environ.get("PATH", os.defpath)

    def place(self, canary: str) -> str:
        """Make those of this word; their folder."""
        folder = self._beside + canary
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with open(os.path.join(folder, canary + ".txt"), "w") as file:
            file.write(f"content of {canary}\n")
        command = os.path.join(self._bin, canary)
        with open(command, "w") as file:
            file.write(_COMMAND % self._left)
        os.chmod(command, stat.S_IRWXU)
        record = self._watch.record

        def called(cls: Any, *args: Any, **named: Any) -> str:
            record("canary.called", (canary, *args[:8]))
            stubs.settle(self._watch)
            return canary

        # A class, since some readers of stored objects make only instances; called, it is a function like any other.
        setattr(builtins, canary, type(canary, (), {"__new__": called, "__module__": "builtins"}))
        return folder

    def collect(self) -> list[dict[str, Any]]:
        """What is seen only afterwards: that the command ran, as events without a stack."""
        try:
            with open(self._left, errors="backslashreplace") as file:
                runs = file.read().split("\036")[:-1]
        except OSError:
            return []
        out = []
        for run in runs[:50]:
            argv = run.split("\037")[:-1]
            out.append(
                {"name": "canary.ran", "args": [os.path.basename(argv[0]), *argv[1:]], "at_sink": False, "stack": []}
            )
        return out

    def made(self, canary: str, roots: list[str]) -> list[dict[str, Any]]:
        """Files with the word in their name that now stand where none of the target's folders is.

        What is lent to the sandbox below its temporary folder is on another device, cannot be written to, and can be a whole
        environment: it is not walked through.
        """
        out = []
        own, start = self._beside + canary, os.path.dirname(self._base)
        device = _device(start)
        for top, folders, files in os.walk(start):
            paths = [(name, os.path.join(top, name)) for name in folders]
            folders[:] = [n for n, path in paths if path not in (own, self._bin) and _device(path) == device]
            for name in files:
                path = os.path.join(top, name)
                if canary in name and not any(path.startswith(root + os.sep) for root in roots):
                    out.append({"name": "canary.made", "args": [path], "at_sink": False, "stack": []})
        return out


def _device(path: str) -> int:
    """Which device a folder is on; -1 when it is gone."""
    try:
        return os.lstat(path).st_dev
    except OSError:
        return -1
