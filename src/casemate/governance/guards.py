"""The guarded ports: the Protocols of `casemate.ports`, with permission and budget before every effect.

A refusal is an outcome, not an exception: what was already examined is kept, and what was not is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from casemate.governance.budget import OF_MODELS, Counts
from casemate.governance.errors import Denied
from casemate.governance.gate import Gate
from casemate.governance.spending import Terms, cost, counted, most
from casemate.model.advisory import Advisory, DatabaseSource, Exploited, Known
from casemate.model.dialogue import Answer, NoAnswer, Prompt, Reply, Silence, Usage
from casemate.model.exchange import spelled
from casemate.model.fix import Change
from casemate.model.host import Node
from casemate.model.outcome import NotExamined
from casemate.model.sandbox import Examination, Job, Profile, Refused, Run, Wall
from casemate.model.working import Withheld, Written
from casemate.ports import (
    AdvisoryStore,
    Done,
    Executor,
    Failed,
    History,
    Item,
    LanguageModel,
    Result,
    RootFilesystem,
    Sandbox,
    SourceFile,
    SourceTree,
    Store,
    WorkingTree,
)


class GuardedTree:
    """A source tree behind the wall."""

    PORT = "SourceTree"

    def __init__(self, tree: SourceTree, gate: Gate) -> None:
        if why := gate.refusal(self.PORT, "name"):
            raise Denied(f"the source tree is out of bounds: {why}", next_step="ask for a charter that covers it")
        self._tree = tree
        self._name = tree.name
        self._gate = gate

    @property
    def name(self) -> str:
        """The tree's name, as it was when the operation began."""
        self._gate.check_open()
        return self._name

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        """What the tree has; one NotExamined for the whole when that is not permitted."""
        return self._walk(self._gate.refusal(self.PORT, "walk"))

    def _walk(self, refusal: str | None) -> Iterator[SourceFile | NotExamined]:
        if refusal:
            yield self._gate.denied(".", refusal)
            return
        self._gate.check_open()  # again: this runs when the first item is asked for, which may be later
        for seen in self._tree.walk():
            yield self._gate.account(seen) if isinstance(seen, NotExamined) else seen
            self._gate.check_open()

    def read(self, file: SourceFile) -> bytes | NotExamined:
        """The file's content, charged and folded into the operation's digest; NotExamined when refused."""
        gate = self._gate
        if why := gate.refusal(self.PORT, "read") or gate.reserve(files=1, bytes=file.size):
            return gate.denied(file.path, why)
        content = self._tree.read(file)
        if isinstance(content, NotExamined):
            return gate.account(content)
        # Known only now: a size that somebody understated, and the lines. Content beyond the budget is not handed out.
        lines = content.count(b"\n") + (content[-1:] not in (b"", b"\n"))
        if why := gate.reserve(bytes=max(0, len(content) - file.size), lines=lines):
            return gate.denied(file.path, why)
        gate.reading.fold(self._name, file.path, content)
        return content


class GuardedRoot:
    """A host's file system behind the wall."""

    PORT = "RootFilesystem"

    def __init__(self, root: RootFilesystem, gate: Gate) -> None:
        if why := gate.refusal(self.PORT, "name"):
            raise Denied(f"the host is out of bounds: {why}", next_step="ask for a charter that covers it")
        self._root = root
        self._name = root.name
        self._gate = gate

    @property
    def name(self) -> str:
        """The root's name, as it was when the operation began."""
        self._gate.check_open()
        return self._name

    def nodes(self) -> Iterator[Node | NotExamined]:
        """What the root has; one NotExamined for the whole when that is not permitted."""
        return self._nodes(self._gate.refusal(self.PORT, "nodes"))

    def _nodes(self, refusal: str | None) -> Iterator[Node | NotExamined]:
        if refusal:
            yield self._gate.denied("/", refusal)
            return
        self._gate.check_open()
        for seen in self._root.nodes():
            yield self._gate.account(seen) if isinstance(seen, NotExamined) else seen
            self._gate.check_open()

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """A file's first bytes, charged and folded into the operation's digest; NotExamined when refused."""
        gate = self._gate
        expected = min(node.size, limit)
        if why := gate.refusal(self.PORT, "read") or gate.reserve(files=1, bytes=expected):
            return gate.denied(node.path, why)
        content = self._root.read(node, limit)
        if isinstance(content, NotExamined):
            return gate.account(content)
        if why := gate.reserve(bytes=max(0, len(content) - expected)):  # it grew meanwhile
            return gate.denied(node.path, why)
        gate.reading.fold(self._name, node.path, content)
        return content


class GuardedHistory:
    """A history behind the wall."""

    PORT = "History"

    def __init__(self, history: History, gate: Gate) -> None:
        if why := gate.refusal(self.PORT, "base"):
            raise Denied(f"the history is out of bounds: {why}", next_step="ask for a charter that covers it")
        self._history = history
        self._base = history.base
        self._gate = gate

    @property
    def base(self) -> str:
        """The revision's id, as it was when the operation began."""
        self._gate.check_open()
        return self._base

    def paths(self) -> Iterator[str]:
        """The files of then; none when that is not permitted."""
        return iter(()) if self._gate.refusal(self.PORT, "paths") else self._history.paths()

    def before(self, path: str) -> bytes | NotExamined | None:
        """A file's content of then, charged and folded into the operation's digest; NotExamined when refused."""
        gate = self._gate
        if why := gate.refusal(self.PORT, "before") or gate.reserve(files=1):
            return gate.denied(path, why)
        content = self._history.before(path)
        if not isinstance(content, bytes):
            return content if content is None else gate.account(content)
        if why := gate.reserve(bytes=len(content)):
            return gate.denied(path, why)
        gate.reading.fold(self._base, path, content)
        return content


class GuardedStore:
    """A cache behind the wall. A refusal looks like an empty or full cache: it costs time only."""

    PORT = "Store"

    def __init__(self, store: Store, gate: Gate) -> None:
        self._store = store
        self._gate = gate

    def get(self, key: str) -> bytes | None:
        """The stored bytes; None when absent or refused."""
        return None if self._gate.refusal(self.PORT, "get") else self._store.get(key)

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes, charged; nothing when refused."""
        if not (self._gate.refusal(self.PORT, "put") or self._gate.reserve(cache_bytes=len(data))):
            self._store.put(key, data)


class GuardedExecutor:
    """An executor behind the wall."""

    PORT = "Executor"

    def __init__(self, executor: Executor, gate: Gate) -> None:
        self._executor = executor
        self._gate = gate

    def map(
        self, task: Callable[[Item], Result], items: Iterable[Item], *, label: Callable[[Item], str]
    ) -> Iterator[Done[Item, Result] | Failed[Item]]:
        """Outcomes in the order of the items; from the first refused one on, every item Failed with DENIED."""
        self._gate.check_open()
        return self._map(task, iter(items), label)

    def _map(
        self, task: Callable[[Item], Result], items: Iterator[Item], label: Callable[[Item], str]
    ) -> Iterator[Done[Item, Result] | Failed[Item]]:
        gate = self._gate
        refused: list[tuple[Item, str]] = []

        def admit() -> Iterator[Item]:
            for item in items:
                if why := gate.refusal(self.PORT, "map") or gate.reserve(tasks=1):
                    refused.append((item, why))
                    return
                yield item

        admitted = admit()
        first = tuple(islice(admitted, 1))  # where nothing is admitted the executor does not even start
        for outcome in self._executor.map(task, chain(first, admitted), label=label) if first else ():
            if isinstance(outcome, Failed):
                gate.account(outcome.why)
            yield outcome
            gate.check_open()
        for item, why in refused:
            yield Failed(item, gate.denied(label(item), why))
            for rest in items:
                yield Failed(rest, gate.denied(label(rest), why))


class GuardedSandbox:
    """A sandbox behind the wall: every execution of the target is charged before it happens, by whichever thread."""

    PORT = "Sandbox"

    def __init__(self, sandbox: Sandbox, gate: Gate) -> None:
        if why := gate.refusal(self.PORT, "name"):
            raise Denied(f"the sandbox is out of bounds: {why}", next_step="ask for a charter that allows proofs")
        self._sandbox = sandbox
        self._name = sandbox.name
        self._gate = gate

    @property
    def name(self) -> str:
        """Which sandbox, as it was when the operation began."""
        self._gate.check_open()
        return self._name

    def examine(self, profile: Profile) -> Examination:
        """The self test, which runs nothing of the target; a wall that does not hold when it is not permitted."""
        if why := self._gate.refusal(self.PORT, "examine"):
            return Examination(sandbox=self._name, walls=(Wall(name="permission", failed=why),))
        return self._sandbox.examine(profile)

    def run(self, profile: Profile, job: Job) -> Run:
        """A run, charged; Refused when that is not permitted."""
        if why := self._charge("run"):
            return Refused(why=why)
        return self._sandbox.run(profile, job)

    def search(self, profile: Profile, job: Job, cases: Iterable[bytes]) -> Iterator[Run]:
        """The outcome of each case, each charged; from the first refused one on Refused for every case."""
        self._gate.check_open()
        return self._search(profile, job, iter(cases))

    def _search(self, profile: Profile, job: Job, cases: Iterator[bytes]) -> Iterator[Run]:
        refused: list[str] = []

        def admit() -> Iterator[bytes]:
            for case in cases:
                if why := self._charge("search"):
                    refused.append(why)
                    return
                yield case

        admitted = admit()
        first = tuple(islice(admitted, 1))  # where nothing is admitted no sandbox is even made
        for outcome in self._sandbox.search(profile, job, chain(first, admitted)) if first else ():
            yield outcome
            self._gate.check_open()
        for why in refused:
            yield Refused(why=why)
            for _ in cases:
                yield Refused(why=why)

    def _charge(self, action: str) -> str:
        return self._gate.refusal(self.PORT, action) or self._gate.reserve(executions=1) or ""


class GuardedWorkingTree:
    """A working tree behind the wall: what is written is charged, and folded into the operation's digest, before it is."""

    PORT = "WorkingTree"

    def __init__(self, tree: WorkingTree, gate: Gate) -> None:
        if why := gate.refusal(self.PORT, "prefix"):
            raise Denied(f"the working tree is out of bounds: {why}", next_step="ask for a charter that allows fixes")
        self._tree = tree
        self._gate = gate

    @property
    def prefix(self) -> str:
        """The target's folder in its repository."""
        self._gate.check_open()
        return self._tree.prefix

    def refusal(self, change: Change) -> str:
        """Why a file is not changed so; charged as a file that is read."""
        if why := self._gate.refusal(self.PORT, "refusal") or self._reserve([change]):
            return why
        return self._tree.refusal(change)

    def write(self, changes: Sequence[Change]) -> Written:
        """Change files, charged; none of them when that is refused."""
        if why := self._gate.refusal(self.PORT, "write") or self._reserve(changes):
            return Written(withheld=tuple(Withheld(path=change.path, why=why) for change in changes))
        for change in changes:
            self._gate.reading.fold(self.PORT, change.path, change.after)
        return self._tree.write(changes)

    def undo(self) -> Written:
        """Put back what was written last."""
        return self._refused("undo") or self._tree.undo()

    def confirm(self) -> Written:
        """Drop all that is kept."""
        return self._refused("confirm") or self._tree.confirm()

    def _reserve(self, changes: Sequence[Change]) -> str:
        return self._gate.reserve(files=len(changes), bytes=sum(len(change.after) for change in changes)) or ""

    def _refused(self, action: str) -> Written | None:
        why = self._gate.refusal(self.PORT, action) or self._gate.reserve(files=1)
        return Written(withheld=(Withheld(path=".", why=why),)) if why else None


class GuardedAdvisories:
    """A database of advisories behind the wall: an import is charged, and folded into the operation's digest."""

    PORT = "AdvisoryStore"

    def __init__(self, store: AdvisoryStore, gate: Gate) -> None:
        self._store = store
        self._gate = gate

    def sources(self) -> tuple[DatabaseSource, ...]:
        """The files that it was made from; none when that is not permitted."""
        return () if self._gate.refusal(self.PORT, "sources") else self._store.sources()

    def add(self, source: DatabaseSource, advisories: Sequence[Advisory], exploited: Sequence[Exploited]) -> str:
        """Keep what a file holds; why not, when it is refused."""
        gate = self._gate
        if why := gate.refusal(self.PORT, "add") or gate.reserve(files=1, bytes=source.size):
            gate.denied(source.name, why)
            return why
        gate.reading.fold(self.PORT, source.name, source.sha256.encode())
        return self._store.add(source, advisories, exploited)

    def about(self, names: Sequence[str]) -> Known | NotExamined:
        """What is known; NotExamined when refused."""
        if why := self._gate.refusal(self.PORT, "about"):
            return self._gate.denied(".", why)
        return self._store.about(names)


class GuardedModel:
    """A model behind the wall: an exchange is charged before it happens with the most that it can use, and afterwards with the
    larger of what we counted and what the provider stated. Nothing that a provider says makes it cheaper than what we counted."""

    PORT = "LanguageModel"

    def __init__(self, model: LanguageModel, gate: Gate, terms: Terms, spent: Counts) -> None:
        if why := gate.refusal(self.PORT, "name") or gate.refusal(self.PORT, "endpoint"):
            raise Denied(f"the model is out of bounds: {why}", next_step="ask for a charter that allows models")
        self._model = model
        self._gate = gate
        self._terms = terms
        self._name, self._endpoint = model.name, model.endpoint
        if why := self._endpoint and gate.model_refusal(self._endpoint):
            raise Denied(
                f"the model at {self._endpoint} is out of bounds: {why}",
                next_step="ask for a charter that names its address",
            )
        if why := gate.reserve(**{name: getattr(spent, name) for name in OF_MODELS}):
            raise Denied(f"earlier runs have spent all: {why}", next_step="give it a larger budget")

    @property
    def name(self) -> str:
        """Which model, as it was when the operation began."""
        self._gate.check_open()
        return self._name

    @property
    def endpoint(self) -> str:
        """Its address, as it was when the operation began, and as the charter was asked."""
        self._gate.check_open()
        return self._endpoint

    def reply(self, prompt: Prompt) -> Reply:
        """An exchange, charged and folded into the operation's digest; NoAnswer when it is refused."""
        gate = self._gate
        if why := gate.refusal(self.PORT, "reply"):
            return NoAnswer(why=Silence.DENIED, detail=why)
        if self._model.endpoint != self._endpoint:
            return NoAnswer(
                why=Silence.DENIED, detail="the model is at another address than the charter was asked about"
            )
        if prompt.limit < 1:
            return NoAnswer(why=Silence.DENIED, detail="a prompt without a limit for its answer")
        reserved = self._terms.reservation(prompt)
        if why := gate.reserve(**reserved):
            return NoAnswer(why=Silence.BUDGET, detail=why)
        gate.reading.fold(self.PORT, self._endpoint, spelled(prompt))
        started = gate.monotonic()
        reply = self._model.reply(prompt)
        waited = round((gate.monotonic() - started) * 1000)
        usage = reply.charged or most(prompt)  # of an exchange that was broken off nobody knows what it used
        if isinstance(reply, Answer):
            usage = counted(prompt, reply)
        usage = Usage(
            sent=max(0, usage.sent), received=max(0, usage.received)
        )  # nothing is given back beyond what was reserved
        gate.settle(reserved, cost(self._terms, usage, waited))
        gate.check_open()
        return replace(reply, charged=usage)


GUARDED = {
    guard.PORT: guard
    for guard in (
        GuardedTree,
        GuardedRoot,
        GuardedHistory,
        GuardedStore,
        GuardedExecutor,
        GuardedSandbox,
        GuardedWorkingTree,
        GuardedModel,
        GuardedAdvisories,
    )
}
"""The guarded version of each port that a stage may hold, by the port's name."""
