"""Tells that libxml2, which reads files without an audit event, read the canary file.

The functions of lxml that parse are wrapped: afterwards the file's time of access is another, or its content stands in what
was parsed. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import os

from . import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_PARSE = ("fromstring", "XML", "parse", "fromstringlist", "XMLID", "XMLDTDID", "parseid", "HTML", "XSLT", "XInclude")


def arm(watch: Watch) -> None:
    """Wrap lxml when it is imported."""
    late.when("lxml.etree", functools.partial(_wrap, watch))
    late.when("lxml.objectify", functools.partial(_wrap, watch))


def _wrap(watch: Watch, module: Any) -> None:
    for name in _PARSE:
        function = getattr(module, name, None)
        if function is not None and not isinstance(function, type):
            setattr(module, name, _looking(watch, module, function))


def _looking(watch: Watch, module: Any, function: Any) -> Any:
    @functools.wraps(function)
    def looked(*args: Any, **named: Any) -> Any:
        if not watch.file:
            return function(*args, **named)
        before = _reset(watch.file)
        try:
            out = function(*args, **named)
        except BaseException:
            if _read(watch.file, before):
                watch.record("canary.read", ("read", watch.file), always=True)
            raise
        if _read(watch.file, before) or _within(module, out, f"content of {watch.canary}"):
            watch.record("canary.read", ("read", watch.file), always=True)
        return out

    return looked


def _reset(path: str) -> int:
    """Set the time of access to long ago: a file system that notes it at all then notes the next."""
    try:
        os.utime(path, ns=(0, os.stat(path).st_mtime_ns))
        return os.stat(path).st_atime_ns
    except OSError:
        return -1


def _read(path: str, before: int) -> bool:
    try:
        return before >= 0 and os.stat(path).st_atime_ns != before
    except OSError:
        return False


def _within(module: Any, tree: Any, text: str) -> bool:
    try:
        return text in module.tostring(tree, encoding="unicode")
    except Exception:  # not a tree, or one that cannot be written
        return False
