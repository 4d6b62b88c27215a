"""Audit events for Python 3.7, which has no audit hooks: wraps what matters most, under the names that PEP 578 gives.

Standard library only.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import shutil
import socket
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_EVENTS = (
    (builtins, "open", "open"),
    (io, "open", "open"),
    (os, "open", "open"),
    (os, "system", "os.system"),
    (os, "remove", "os.remove"),
    (os, "unlink", "os.remove"),
    (os, "rename", "os.rename"),
    (os, "replace", "os.rename"),
    (os, "mkdir", "os.mkdir"),
    (os, "rmdir", "os.rmdir"),
    (os, "listdir", "os.listdir"),
    (os, "scandir", "os.scandir"),
    (os, "chmod", "os.chmod"),
    (shutil, "copyfile", "shutil.copyfile"),
    (shutil, "move", "shutil.move"),
    (shutil, "rmtree", "shutil.rmtree"),
    (socket, "getaddrinfo", "socket.getaddrinfo"),
    (socket, "gethostbyname", "socket.gethostbyname"),
)


def wrap(record: Callable[[str, Any], None]) -> None:
    """From now on these calls are told."""
    import pathlib  # noqa: F401  # while its class still finds the functions of C, which are no methods

    for module, name, event in _EVENTS:
        setattr(module, name, _told(getattr(module, name), event, record))
    started = subprocess.Popen.__init__

    @functools.wraps(started)
    def start(self: Any, args: Any, *rest: Any, **named: Any) -> None:
        line = ["/bin/sh", "-c", args] if named.get("shell") and isinstance(args, str) else args
        record("subprocess.Popen", (line[0] if isinstance(line, (list, tuple)) and line else line, line))
        started(self, args, *rest, **named)

    subprocess.Popen.__init__ = start  # type: ignore[method-assign]


def _told(function: Any, event: str, record: Callable[[str, Any], None]) -> Any:
    @functools.wraps(function)
    def told(*args: Any, **named: Any) -> Any:
        record(event, args[:3])
        return function(*args, **named)

    return told
