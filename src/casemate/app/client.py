"""What a client of the operator's asks for beside the commands: lines of a source, and what it asked for and may not have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

from casemate.app.authority import authorise
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined

ABOVE = 400  # lines above that are looked at for what makes a line a secret
WIDTH = 400  # characters of a line


class Slice(NamedTuple):
    """Lines of a file, made safe to show. start: number of the first. of: how many the file has."""

    start: int
    lines: tuple[str, ...]
    of: int


def run_slice(path: Path, start: int, end: int, *, announce: Callable[[str], None]) -> Slice:
    """Lines `start` to `end` of a file, secrets hidden. path: absolute and resolved. Recorded as any other look at a target.

    Raises UserError for what cannot be read as text, Denied, LedgerUnavailable.
    """
    from casemate.adapters.filesystem import FileTree
    from casemate.evidence.escape import visible
    from casemate.evidence.redact import redact_lines

    with FileTree(path) as tree:
        if tree.place.is_dir():
            raise UserError(f"{path.name!r} is a folder", "name a file in it")
        subject: tuple[Target, ...] = (Target(name=str(tree.root), path=str(tree.place)),)
        wall, subject, bounded = authorise(subject, Tier.FIND, announce=announce)
        if bounded:
            tree.bound()
        grant = wall.grant().narrow(operations=("slice",))
        with wall.operation("slice", subject=subject, grant=grant) as operation:
            guarded = operation.tree(tree)
            (seen,) = guarded.walk()
            data = seen if isinstance(seen, NotExamined) else guarded.read(seen)
            if isinstance(data, NotExamined):
                raise UserError(f"cannot read {path.name!r}: {data.detail or data.reason.value}", "name another file")
    if b"\0" in data:
        raise UserError(f"{path.name!r} is no text", "name a source file")
    lines = data.decode("utf-8", "replace").split("\n")
    lines = lines if lines[-1] else lines[:-1]  # after the last line break there is no line
    first = start - 1
    shown = redact_lines(lines[max(0, first - ABOVE) : first], lines[first:end], {}, width=WIDTH)
    return Slice(start, tuple(visible(line.rstrip()) for line in shown), len(lines))


def refuse(operation: str, name: str, place: Path, tier: Tier, why: str, next_step: str) -> NoReturn:
    """Record that a client asked for something that it may not have, and raise Denied. name: of the place, as it was written."""
    subject: tuple[Target, ...] = (Target(name=name, path=str(place)),)
    wall, subject, _ = authorise(subject, tier, announce=lambda line: None)
    with wall.operation(operation, subject=subject, refusal=why, next_step=next_step):
        pass
    raise Denied(f"{operation} is not permitted: {why}", next_step)
