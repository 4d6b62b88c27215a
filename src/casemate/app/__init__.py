"""The composition root: wires adapters to ports, mints authority, and hands both to the pipeline."""

from __future__ import annotations

import gc
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.cache import default_folder
from casemate.adapters.clock import SystemClock
from casemate.adapters.keys import FileSigner, data_home, load_or_create_digest_key
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.budget import HOUSE_LIMITS, PROVING_LIMITS, Counts
from casemate.governance.charter import Charter, Target, Tier, single_operator
from casemate.governance.digests import KeyedDigests
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.wall import Wall
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from datetime import date

    from casemate.adapters.filesystem import FileTree
    from casemate.adapters.git import GitHistory
    from casemate.evidence.earlier import Earlier
    from casemate.evidence.rulebook import RuleText
    from casemate.evidence.triage import Triage
    from casemate.leads.own import Own
    from casemate.model.finding import Report
    from casemate.model.sandbox import Examination
    from casemate.pipeline.scan import Progress
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


def home() -> Path:
    """The operator's data folder, which holds keys and ledger."""
    return data_home(os.environ)


def cache_folder() -> Path:
    """Where derived facts are kept between scans."""
    return default_folder(os.environ)


def recorded_ledger() -> Ledger:
    """The existing ledger, to read; LedgerMissing when nothing was recorded, LedgerUnavailable when its key is not usable."""
    return Ledger(store=LedgerFolder(home() / "ledger"), signer=FileSigner.load(home()))


def wall(charter: Charter, budget: Counts = HOUSE_LIMITS) -> Wall:
    """The wall around what the charter allows. budget: of each operation. Makes the keys on first use; raises
    LedgerUnavailable."""
    return Wall(
        charter=charter,
        policy=HOUSE_POLICY,
        ledger=Ledger(store=LedgerFolder(home() / "ledger"), signer=FileSigner.load_or_create(home())),
        digests=KeyedDigests(load_or_create_digest_key(home())),
        clock=SystemClock(),
        budget=budget,
    )


def run_scan(request: ScanRequest, *, announce: Callable[[str], None], progress: Progress) -> Report:
    """Scan what the operator named, under a charter made for it. announce: told the charter, and what is amiss, in lines.

    Raises UserError when a path leads nowhere, LedgerUnavailable when the operation cannot be recorded.
    """
    with ExitStack() as held:
        scene = Scene(request, Tier.FIND, announce, held)
        report = scene.scan(progress, announce)
    return over_time(report, request, today())


class Scene:
    """What is examined, under a charter made for it. Raises as `run_scan` does."""

    def __init__(self, request: ScanRequest, tier: Tier, announce: Callable[[str], None], held: ExitStack) -> None:
        from casemate.adapters.filesystem import FileTree

        self._request = request
        self._held = held
        self._own = read_own(request.own) if request.own else None
        self.trees = [held.enter_context(tree) for tree in _outermost([FileTree(path) for path in request.paths])]
        self.subject = tuple(Target(name=str(tree.root), path=str(tree.place)) for tree in self.trees)
        charter = single_operator(self.subject, SystemClock().now(), who=operator(), tier=tier)
        announce(charter.line())
        if self._own is not None and self._own.knowledge.replaced:
            announce(f"own knowledge replaces what is packaged of {', '.join(self._own.knowledge.replaced)}")
        self.wall = wall(charter, PROVING_LIMITS if tier.includes(Tier.PROVE) else HOUSE_LIMITS)

    def store(self) -> Store:
        """What keeps derived facts between operations."""
        from casemate.adapters.cache import FileStore
        from casemate.adapters.nostore import NoStore

        return self._held.enter_context(FileStore(cache_folder())) if self._request.cache else NoStore()

    def scan(self, progress: Progress, announce: Callable[[str], None]) -> Report:
        """The operation that finds."""
        from casemate.adapters.cache import FileStore
        from casemate.adapters.processes import ProcessExecutor
        from casemate.pipeline.scan import ScanOptions, scan

        request, held, own = self._request, self._held, self._own
        store = self.store()
        executor = ProcessExecutor(jobs=request.jobs)
        histories = [held.enter_context(_history(tree, request.since)) for tree in self.trees if request.since]
        with _without_collector(), self.wall.operation("scan", subject=self.subject) as operation:
            report = scan(
                [operation.tree(tree) for tree in self.trees],
                store=operation.store(store),
                executor=operation.executor(executor),
                options=ScanOptions(
                    exclude=request.exclude,
                    untrusted=request.untrusted,
                    rules=request.rules,
                    pedantic=request.pedantic,
                    since=request.since,
                    knowledge=own.knowledge if own is not None else None,
                    own=own.rules if own is not None else (),
                    ahead=request.jobs - 1,
                ),
                progress=progress,
                histories=[operation.history(history) for history in histories],
            )
        if isinstance(store, FileStore) and store.problem:
            announce(store.problem)
        return report


def over_time(report: Report, request: ScanRequest, day: date) -> Report:
    """The report with what people decided, and beside an earlier one."""
    from casemate.evidence.baseline import compared
    from casemate.evidence.triage import applied

    report = applied(report, request.triage, day) if request.triage else report
    return compared(report, request.baseline) if request.baseline is not None else report


def examine_sandbox() -> tuple[Examination, tuple[str, ...]]:
    """What this machine can hold, tried with our own interpreter and nothing of a target; and what is not there at all."""
    from casemate.adapters.sandbox.choice import Chosen
    from casemate.model.sandbox import Profile

    chosen = Chosen()
    return chosen.examine(Profile(interpreter=sys.executable)), chosen.lacking


def today() -> date:
    """The day that it is, in UTC: the same for everybody who reads a triage file."""
    return SystemClock().now().date()


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


def read_own(folders: Sequence[Path]) -> Own:
    """The operator's own rules and knowledge in these folders. Raises UserError for what cannot be meant."""
    from casemate.adapters.ownfiles import read_folders
    from casemate.knowledge.table import KnowledgeError
    from casemate.leads.own import read

    try:
        return read(read_folders(folders))
    except KnowledgeError as error:
        raise UserError(error.what, error.remedy) from error


def rule_texts(folders: Sequence[Path] = ()) -> tuple[RuleText, ...]:
    """Every rule as a report describes it. folders: of the operator's own rules."""
    from casemate.evidence.rulebook import RuleText
    from casemate.leads.catalogue import page, rules

    own = read_own(folders) if folders else None
    pages = own.pages if own is not None else {}
    return tuple(
        RuleText(
            id=r.id, title=r.title, cwe=r.cwe, severity=r.severity, owasp=r.owasp, page=pages.get(r.id) or page(r.id)
        )
        for r in (*rules(), *(own.rules if own is not None else ()))
    )


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


def operator() -> str:
    """The account that the operator uses."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in many containers
        return f"uid {os.getuid()}"
