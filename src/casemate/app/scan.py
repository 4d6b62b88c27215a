"""Scanning: wires adapters to ports, mints the authority to find, and hands both to the pipeline."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.app.authority import authorise
from casemate.app.ground import cache_folder, over_time, program, read_own
from casemate.governance.budget import HOUSE_LIMITS, PROVING_LIMITS
from casemate.governance.charter import Target, Tier

if TYPE_CHECKING:
    from casemate.adapters.filesystem import FileTree
    from casemate.adapters.git import GitHistory
    from casemate.app.models import Talk
    from casemate.evidence.earlier import Earlier
    from casemate.evidence.triage import Triage
    from casemate.model.finding import Report
    from casemate.pipeline.scan import Progress, ScanOptions
    from casemate.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What the operator asked for. paths: at least one. rules: ids, empty for all of the persona. jobs: worker processes.

    own: folders of the operator's own knowledge and rules. since: a revision, to report only what the change since then
    touches. triage, baseline: as read from files that the operator named; decisions are followed before anything is
    compared.
    """

    paths: tuple[Path, ...]
    exclude: tuple[str, ...] = ()
    untrusted: bool = False
    rules: tuple[str, ...] = ()
    jobs: int = 1
    cache: bool = True
    pedantic: bool = False
    since: str = ""
    triage: Triage = ()
    baseline: Earlier | None = None
    own: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if not self.paths or self.jobs < 1:
            raise ValueError(f"a scan has a path and a worker: {self.paths!r}, {self.jobs!r}")


def run_scan(request: ScanRequest, *, announce: Callable[[str], None], progress: Progress) -> Report:
    """Scan what the operator named, under a charter made for it. announce: told the charter, and what is amiss, in lines.

    Raises UserError when a path leads nowhere, LedgerUnavailable when the operation cannot be recorded.
    """
    with ExitStack() as held:
        scene = Scene(request, Tier.FIND, announce, held)
        report = scene.scan(progress)
    return over_time(report, request.triage, request.baseline)


class Scene:
    """What is examined, under a charter made for it. store: keeps derived facts between operations.
    talk: a model that the run may ask. Raises as `run_scan` does."""

    def __init__(
        self,
        request: ScanRequest,
        tier: Tier,
        announce: Callable[[str], None],
        held: ExitStack,
        talk: Talk | None = None,
    ) -> None:
        from casemate.adapters.cache import FileStore
        from casemate.adapters.filesystem import FileTree
        from casemate.adapters.nostore import NoStore

        self._request = request
        self._held = held
        self.announce = announce
        self._own = read_own(request.own) if request.own else None
        self.trees = [held.enter_context(tree) for tree in _outermost([FileTree(path) for path in request.paths])]
        places = tuple(Target(name=str(tree.root), path=str(tree.place)) for tree in self.trees)
        budget = PROVING_LIMITS if tier.includes(Tier.PROVE) else HOUSE_LIMITS
        endpoint = ""
        if talk is not None:
            budget, endpoint = talk.budget(budget), talk.endpoint
        self.wall, self.subject, bounded = authorise(places, tier, announce=announce, budget=budget, endpoint=endpoint)
        for tree in self.trees if bounded else ():
            tree.bound()
        if self._own is not None and self._own.knowledge.replaced:
            announce(f"own knowledge replaces what is packaged of {', '.join(self._own.knowledge.replaced)}")
        self.store: Store = held.enter_context(FileStore(cache_folder())) if request.cache else NoStore()

    def options(self) -> ScanOptions:
        """What is asked of the scan."""
        from casemate.pipeline.scan import ScanOptions

        request, own = self._request, self._own
        return ScanOptions(
            exclude=request.exclude,
            untrusted=request.untrusted,
            rules=request.rules,
            pedantic=request.pedantic,
            since=request.since,
            knowledge=own.knowledge if own is not None else None,
            own=own.rules if own is not None else (),
            ahead=request.jobs - 1,
            code=program() if request.cache else "",
        )

    def scan(self, progress: Progress) -> Report:
        """The operation that finds."""
        from casemate.adapters.cache import FileStore
        from casemate.adapters.processes import ProcessExecutor
        from casemate.pipeline.scan import scan

        request, held = self._request, self._held
        executor = ProcessExecutor(jobs=request.jobs)
        with _without_collector(), self.wall.operation("scan", subject=self.subject) as operation:
            histories = [held.enter_context(_history(tree, request.since)) for tree in self.trees if request.since]
            report = scan(
                [operation.tree(tree) for tree in self.trees],
                store=operation.store(self.store),
                executor=operation.executor(executor),
                options=self.options(),
                progress=progress,
                histories=[operation.history(history) for history in histories],
            )
        if isinstance(self.store, FileStore) and self.store.problem:
            self.announce(self.store.problem)
        return report


def _history(tree: FileTree, revision: str) -> closing[GitHistory]:
    """The tree at a revision. Raises RevisionNotFound."""
    from casemate.adapters.git import GitHistory

    return closing(GitHistory(tree.place, revision))


@contextmanager
def _without_collector() -> Iterator[None]:
    """The cycle collector at rest: a scan makes millions of tuples and hardly a cycle, and reading them back with the
    collector on took twice the time on Django."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _outermost(trees: Sequence[FileTree]) -> list[FileTree]:
    """The trees, without those that another of them covers: nothing is examined twice, and what was named is examined.

    A file that lies in a named folder counts there as named itself; what lies in a folder that the walk skips, such as a
    virtual environment, stays a tree of its own.
    """
    places = {tree.place: tree for tree in reversed(trees)}  # of equal ones the first
    kept: dict[Path, FileTree] = {}
    for place in sorted(places):  # a folder before what lies in it
        holder = next((kept[above] for above in place.parents if above in kept and kept[above].reaches(place)), None)
        if holder is None:
            kept[place] = places[place]
        else:
            holder.name_file(place)
    return [kept[place] for place in reversed(places) if place in kept]
