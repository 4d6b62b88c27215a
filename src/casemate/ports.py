"""The ports: every effect that a stage can have goes through one of these, wrapped by governance.

Permission → budget → ledger → effect → ledger (DESIGN §1.7). Adapters implement them, `app` wires them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from casemate.model.advisory import Advisory, DatabaseSource, Exploited, Known
from casemate.model.dialogue import Prompt, Reply
from casemate.model.fix import Change
from casemate.model.host import Node
from casemate.model.outcome import NotExamined
from casemate.model.sandbox import Examination, Job, Profile, Run
from casemate.model.working import Written

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceFile:
    """A regular file of the target, seen but not read.

    path: POSIX, relative to the root; bytes of a name that are no UTF-8 stand as `\\xNN`. size: bytes. executable: by
    anybody. named: the operator named this very file.
    """

    path: str
    size: int
    executable: bool = False
    named: bool = False


class SourceTree(Protocol):
    """Read-only view of one target root. Follows no link out of the root, opens nothing but regular files."""

    @property
    def name(self) -> str:
        """The last component of the root's path, for reports."""

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        """Every regular file below the root, in byte order of path; what cannot be looked at as NotExamined."""

    def read(self, file: SourceFile) -> bytes | NotExamined:
        """The whole content, or why not (vanished, unreadable, grew past its size)."""


class RootFilesystem(Protocol):
    """Read-only view of a host's file system: the running machine's, a folder's or an image's. Nothing of it is run, no link of
    it is followed, nothing but regular files is opened."""

    @property
    def name(self) -> str:
        """What the operator calls the root, for reports."""

    def nodes(self) -> Iterator[Node | NotExamined]:
        """Every node, in byte order of path; what cannot be looked at as NotExamined."""

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """The first `limit` bytes of a regular file, or why not."""


class History(Protocol):
    """The files of a tree as they were at the revision that a change is compared with. Runs nothing of the repository."""

    @property
    def base(self) -> str:
        """The id of that revision's commit, in hex."""

    def paths(self) -> Iterator[str]:
        """Every regular file of then below the tree's root, as `SourceFile.path` names it, in byte order."""

    def before(self, path: str) -> bytes | NotExamined | None:
        """The whole content of then; None when there was no such file."""


class WorkingTree(Protocol):
    """A target as its operator works on it: the one port that changes it, by patches that were put to the proof.

    Paths are those of `SourceFile`. A file is the old one or the new one at every moment, and what it was is kept until it is
    confirmed. Of several files all are written or none.
    """

    @property
    def prefix(self) -> str:
        """The target's folder as its git repository names it, with a slash at its end; "" at the top, and outside of one."""

    def refusal(self, change: Change) -> str:
        """Why a file is not changed so (read-only, a link, no longer what the patch was made for, not committed), or ""."""

    def write(self, changes: Sequence[Change]) -> Written:
        """Change files."""

    def undo(self) -> Written:
        """Put back what was written last, if all of it still is what was written; no path when there is nothing."""

    def confirm(self) -> Written:
        """Drop all that is kept: what was written stays."""


class Store(Protocol):
    """A cache of derived facts by key. Losing it costs time only: get never raises on a corrupt entry."""

    def get(self, key: str) -> bytes | None:
        """The stored bytes, or None when absent or damaged."""

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under the key, atomically; a full disk is not an error."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Result]):
    """A task's result."""

    item: Item
    result: Result


@dataclass(frozen=True, slots=True)
class Failed(Generic[Item]):
    """A task that gave no result: its worker crashed, timed out, or raised."""

    item: Item
    why: NotExamined


class Executor(Protocol):
    """Runs pure functions, in worker processes where there are several. One crash costs one item."""

    def map(
        self, task: Callable[[Item], Result], items: Iterable[Item], *, label: Callable[[Item], str]
    ) -> Iterator[Done[Item, Result] | Failed[Item]]:
        """Outcomes in the order of the items. `task` is a pure function, which workers have as it is now: they are copies of
        this process; `label` names an item in errors."""


class Sandbox(Protocol):
    """Runs what is not trusted, sealed from the machine (`model/sandbox.py` says what that means). Whatever happens inside is
    an outcome; nothing is raised for it. It fails closed: where the walls do not hold the outcome is Refused.
    """

    @property
    def name(self) -> str:
        """Which sandbox, and by what it holds, in one line."""

    def examine(self, profile: Profile) -> Examination:
        """Try every wall in this very profile, now."""

    def run(self, profile: Profile, job: Job) -> Run:
        """Run a job in a fresh sandbox, of which nothing is left afterwards."""

    def search(self, profile: Profile, job: Job, cases: Iterable[bytes]) -> Iterator[Run]:
        """The outcome of a harness on each case, in order, of many in one sandbox: quick, and no proof, since a case may have
        harmed what the next one runs in. Each case is taken after the outcome of the one before it was."""


class LanguageModel(Protocol):
    """A language model, wherever it runs. It sees what a prompt says and nothing else; what it says decides nothing."""

    @property
    def name(self) -> str:
        """Which one: "provider:model"."""

    @property
    def endpoint(self) -> str:
        """The address that prompts are sent to; "" when they do not leave this process."""

    def reply(self, prompt: Prompt) -> Reply:
        """One exchange, from whichever thread: at most one request is sent. Whatever the provider does is a Reply."""


class AdvisoryStore(Protocol):
    """The operator's database of advisories. Of an import all is kept or nothing."""

    def sources(self) -> tuple[DatabaseSource, ...]:
        """The files that it was made from, in order; none where there is no database."""

    def add(self, source: DatabaseSource, advisories: Sequence[Advisory], exploited: Sequence[Exploited]) -> str:
        """Keep what a file holds, in the place of what an earlier file of that name, form and scope held; why not, or ""."""

    def about(self, names: Sequence[str]) -> Known | NotExamined:
        """What is known of packages of these names; why nothing can be, where that is so."""


class Clock(Protocol):
    """Time, for the ledger and the screen; never for a report."""

    def now(self) -> datetime:
        """Aware UTC time."""

    def monotonic(self) -> float:
        """Seconds, for durations."""


class Signer(Protocol):
    """The operator's Ed25519 key."""

    @property
    def public_key(self) -> bytes:
        """32 raw bytes."""

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes (RFC 8032)."""


class LedgerStore(Protocol):
    """Append-only files below the ledger: tiles and checkpoints (C2SP tlog-tiles)."""

    def read(self, name: str) -> bytes | None:
        """A named file's bytes, or None."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole and durably (temporary file, fsync, rename, fsync of the folder)."""

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write named files, each whole; all of them are durable before it returns."""

    def names(self) -> Iterator[str]:
        """The names of all files, in no order."""

    def remove(self, folder: str, above: int = 0) -> None:
        """Remove a folder's files of which the name is a greater number; absent is fine, and so is a crash half-way."""

    def lock(self) -> LedgerLock:
        """Exclusive across processes."""


class LedgerLock(Protocol):
    """A held lock, released on exit."""

    def __enter__(self) -> None: ...

    def __exit__(self, *exc: object) -> None: ...
