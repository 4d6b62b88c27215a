"""The composition root of what is done to the operator's own files: patches written to them, put back, and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from casemate.app.authority import authorise
from casemate.app.ground import home
from casemate.governance.charter import Target, Tier
from casemate.model.working import Withheld, Written

if TYPE_CHECKING:
    from casemate.governance.wall import Operation
    from casemate.model.finding import FindingId
    from casemate.pipeline.combine import Part, Series
    from casemate.ports import WorkingTree

Result = TypeVar("Result")


class Applied(NamedTuple):
    """What was written. fixed: the findings whose patches are in the files now. withheld: what stood in the way of the others."""

    paths: tuple[str, ...]
    fixed: frozenset[FindingId]
    withheld: tuple[Withheld, ...]


def run_apply(
    target: Path, series: Series, bundles: Mapping[FindingId, str], *, announce: Callable[[str], None]
) -> Applied:
    """Write a series of patches to the target, recorded before and after. Patches that hang together are written whole or not at
    all. bundles: digests of the evidence of what is fixed.

    Raises Denied, LedgerUnavailable, and EnvironmentFault when backups cannot be kept: then nothing is written.
    """

    def act(operation: Operation, working: WorkingTree) -> Applied:
        chosen: list[Part] = []
        withheld: list[Withheld] = []
        for group in series.groups():
            problems = [
                Withheld(path=change.path, why=why)
                for change in series.changes(group)
                if (why := working.refusal(change))
            ]
            withheld += problems
            chosen += [] if problems else group
        changes = series.changes(chosen)
        written = working.write(changes) if changes else Written()
        fixed = frozenset(part.identity for part in chosen) if written.paths else frozenset()
        for identity in sorted(fixed):
            operation.keep(bundles[identity])
        return Applied(written.paths, fixed, (*withheld, *written.withheld))

    return _in_operation("apply", target, act, announce)


def run_undo(target: Path, *, announce: Callable[[str], None]) -> Written:
    """Put back what was written to the target last. Raises as `run_apply` does."""
    return _in_operation("undo", target, lambda operation, working: working.undo(), announce)


def run_confirm(target: Path, *, announce: Callable[[str], None]) -> Written:
    """Drop the backups of the target. Raises as `run_apply` does."""
    return _in_operation("confirm", target, lambda operation, working: working.confirm(), announce)


def _in_operation(
    name: str, target: Path, act: Callable[[Operation, WorkingTree], Result], announce: Callable[[str], None]
) -> Result:
    from casemate.adapters.filesystem import FileTree
    from casemate.adapters.working_tree import WorkingFolder

    with FileTree(target) as tree:
        subject: tuple[Target, ...] = (Target(name=str(tree.root), path=str(tree.place)),)
        wall, subject, _ = authorise(subject, Tier.FIX, announce=announce)
        with wall.operation(name, subject=subject) as operation:
            return act(operation, operation.working(WorkingFolder(tree.place, home())))
