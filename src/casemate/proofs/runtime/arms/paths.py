"""Follows paths to where they really lead, and tells when that is the canary's folder, or what an archive put where.

Two events. `canary.path`: what was done (read, written, listed, removed, moved, changed, made, asked) and the real path, when
it lies in the canary's folder. `path.made`: the real path of a file, folder or link that is made, when a word is in it. Working
a path out is no use of it: what `realpath` and its like do is not told. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit event → what it does with which of its arguments.
_DOES = {
    "os.listdir": (("listed", 0),),
    "os.scandir": (("listed", 0),),
    "os.walk": (("listed", 0),),
    "glob.glob": (("listed", 0),),
    "glob.glob/2": (("listed", 0),),
    "pathlib.Path.glob": (("listed", 0),),
    "pathlib.Path.rglob": (("listed", 0),),
    "os.chdir": (("listed", 0),),
    "os.remove": (("removed", 0),),
    "os.rmdir": (("removed", 0),),
    "shutil.rmtree": (("removed", 0),),
    "os.rename": (("moved", 0), ("moved", 1)),
    "os.link": (("moved", 0), ("moved", 1)),
    "os.symlink": (("moved", 1),),
    "os.mkdir": (("made", 0),),
    "os.chmod": (("changed", 0),),
    "os.chown": (("changed", 0),),
    "os.utime": (("changed", 0),),
    "os.truncate": (("written", 0),),
    "shutil.copyfile": (("read", 0), ("written", 1)),
    "shutil.copytree": (("read", 0), ("written", 1)),
    "shutil.move": (("moved", 0), ("moved", 1)),
    "shutil.unpack_archive": (("read", 0),),
    "sqlite3.connect": (("written", 0),),
}
_MAKES = frozenset(("written", "made", "moved"))
# Functions that look at files in order to work a path out, or to compare two.
_WORKS_OUT = frozenset(
    (
        "realpath",
        "_joinrealpath",
        "resolve",
        "_resolve",
        "abspath",
        "absolute",
        "normpath",
        "samefile",
        "safe_join",
        "commonpath",
        "ismount",
        "readlink",
    )
)


def arm(watch: Watch) -> None:
    """Tell of each use of a path that leads there."""
    import pathlib  # noqa: F401  # while its class still finds the functions of C, which are no methods

    busy: list[bool] = []

    def look(does: str, path: Any, link: bool) -> None:
        text = _text(path)
        planted, dots = watch.planted
        if not watch.folder or text is None:
            return
        if watch.canary not in text and watch.calm not in text and not planted:
            return
        where = _real(text, link)
        if watch.canary in where or watch.calm in where:
            if does in _MAKES and os.path.isdir(os.path.dirname(where)):
                watch.record("path.made", (where,))
        beside = planted and _within(where, planted) and (not dots or ".." in text.split("/"))
        if not beside and not _within(where, watch.folder):
            return
        if does in ("read", "asked") and os.path.basename(where).startswith(watch.canary):
            _appear(where)
        there = os.path.isfile(where) if does == "read" else os.path.lexists(where)
        if there or (does in _MAKES and os.path.isdir(os.path.dirname(where))):
            watch.record("canary.path", (does, where), always=True)

    def guarded(does: str, path: Any, link: bool = False) -> None:
        if not busy:
            busy.append(True)
            try:
                look(does, path, link)
            except (OSError, ValueError):  # a path that leads nowhere
                pass
            finally:
                busy.clear()

    def hook(name: str, args: Any) -> None:
        if name == "open":
            if len(args) > 2:
                guarded("written" if _writes(args[1], args[2]) else "read", args[0])
        elif name in _DOES:
            for does, at in _DOES[name]:
                if at < len(args):
                    guarded(does, args[at], link=does in ("removed", "moved"))

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(hook)
    else:
        _wrap_old(hook)
    _wrap_asking(guarded, watch)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str) and any(letter in mode for letter in "wax+"):
        return True
    return isinstance(flags, int) and bool(flags & _WRITES)


def _text(path: Any) -> str | None:
    if isinstance(path, bytes):
        return os.fsdecode(path)
    if isinstance(path, str):
        return path
    if isinstance(path, os.PathLike) and type(path).__module__.startswith("pathlib"):
        return str(os.fspath(path))
    return None


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(top + os.sep)


def _real(text: str, link: bool) -> str:
    """Where it leads. link: what is named is the link itself."""
    if link:
        head, tail = os.path.split(text)
        if tail not in ("", ".", ".."):
            return os.path.join(os.path.realpath(head or "."), tail)
    return os.path.realpath(text)


def _appear(where: str) -> None:
    """A name that the target made longer is there too: a suffix of its own does not hide what it would have read."""
    if not os.path.lexists(where) and os.path.isdir(os.path.dirname(where)):
        word = os.path.basename(os.path.dirname(where))
        with open(where, "w") as file:
            file.write(f"content of {word}\n")


def _wrap_asking(told: Any, watch: Watch) -> None:
    """`stat` and its like have no audit event."""

    def asking(function: Any) -> Any:
        @functools.wraps(function)
        def asked(path: Any, *args: Any, **named: Any) -> Any:
            if isinstance(path, (str, bytes, os.PathLike)) and watch.folder:
                text = _text(path)
                if text is not None and watch.canary in text and not _only_worked_out():
                    told("asked", path)
            return function(path, *args, **named)

        return asked

    for name in ("stat", "lstat", "access"):
        function = getattr(os, name)
        setattr(os, name, asking(function))
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if function in able:
                able.add(getattr(os, name))
    import pathlib

    accessor = getattr(pathlib, "_NormalAccessor", None)  # up to 3.10 it keeps functions of its own
    if accessor is not None:
        for name in ("stat", "lstat"):
            if name in vars(accessor):
                setattr(accessor, name, staticmethod(getattr(os, name)))


def _only_worked_out() -> bool:
    """Whether a function that works a path out asks."""
    frame = sys._getframe(2)
    for _ in range(8):
        if frame is None:
            return False
        if frame.f_code.co_name in _WORKS_OUT:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _wrap_old(hook: Any) -> None:
    """Python 3.7 has no audit events."""
    import builtins
    import io

    def before(event: str, function: Any) -> Any:
        @functools.wraps(function)
        def called(*args: Any, **named: Any) -> Any:
            if event == "open":
                mode = args[1] if len(args) > 1 else named.get("mode", "r")
                flags = mode if isinstance(mode, int) else 0
                hook("open", (args[0] if args else named.get("file"), mode, flags))
            else:
                hook(event, args)
            return function(*args, **named)

        return called

    builtins.open = io.open = before("open", builtins.open)
    os.open = before("open", os.open)
    for event in _DOES:
        module, _, name = event.rpartition(".")
        if module == "os" and name != "walk":
            setattr(os, name, before(event, getattr(os, name)))
    os.unlink = before("os.remove", os.unlink)
