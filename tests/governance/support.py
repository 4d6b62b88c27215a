"""What tests of governance share: a clock that is told the time, a ledger in memory, a store that dies."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from casemate.adapters.keys import FileSigner
from casemate.governance.budget import Counts
from casemate.governance.charter import Charter, Target, Tier
from casemate.governance.digests import KeyedDigests
from casemate.governance.entries import After, Before, Outcome
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.wall import Wall
from casemate.model.advisory import Advisory, DatabaseSource, Exploited, Known
from casemate.model.dialogue import Answer, Prompt, Reply, Usage
from casemate.model.fix import Change
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason
from casemate.model.sandbox import Examination, Finished
from casemate.model.sandbox import Wall as SandboxWall
from casemate.model.working import Written
from casemate.ports import Done, Failed, SourceFile
from casemate.safeguards.attack import HandClock
from casemate.safeguards.stores import MemoryStore

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Target(name="./src", path="/home/alice/src")
PLENTY = Counts(
    files=1000,
    bytes=10**9,
    lines=10**6,
    tasks=1000,
    cache_bytes=10**6,
    executions=1000,
    requests=1000,
    tokens=10**9,
    micros=10**9,
    waited_ms=10**9,
)
BEFORE = Before(
    operation="release",
    tier=Tier.RELEASE,
    actor="alice",
    names=("./src",),
    count=1,
    subject="",
    charter="",
    budget=PLENTY,
    time=NOON,
    tool="casemate",
)
AFTER = After(
    before=0,
    operation="release",
    outcome=Outcome.COMPLETED,
    reason="",
    read="",
    used=PLENTY,
    refused=0,
    not_examined=0,
    elapsed_ms=0,
    time=NOON,
)
SIGNER = FileSigner(bytes(range(32)))
DIGESTS = KeyedDigests(bytes(32))


class ManualClock(HandClock):
    """A clock that stands still until it is moved, at the tests' own noon."""

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)


class Died(BaseException):
    """The process was killed here."""


class MortalStore(MemoryStore):
    """A MemoryStore that dies after so many steps. Each removed file is a step of its own."""

    def __init__(self, files: dict[str, bytes], steps: int) -> None:
        super().__init__(files)
        self.steps = steps

    def _step(self) -> None:
        if self.steps == 0:
            raise Died
        self.steps -= 1

    def write(self, name: str, data: bytes) -> None:
        self._step()
        super().write(name, data)

    def remove(self, folder: str, above: int = 0) -> None:
        for name in [name for name in self.files if name.startswith(f"{folder}/")]:
            if int(name.rpartition("/")[2]) > above:
                self._step()
                del self.files[name]


def a_charter(**changes) -> Charter:
    return Charter(
        **{
            "who": "alice",
            "targets": (SOURCE,),
            "tier": Tier.FIND,
            "until": NOON.date() + timedelta(days=1),
            "made_for": "made for this path",
            **changes,
        }
    )


def a_ledger(store: MemoryStore | None = None) -> Ledger:
    return Ledger(store=MemoryStore() if store is None else store, signer=SIGNER)


def a_log_of(*entries: bytes) -> MemoryStore:
    """The files of a log with these entries."""
    store = MemoryStore()
    log = a_ledger(store)
    for entry in entries:
        log.append(entry)
    return store


def a_wall(**changes) -> Wall:
    return Wall(
        **{
            "charter": a_charter(),
            "policy": HOUSE_POLICY,
            "ledger": a_ledger(),
            "digests": DIGESTS,
            "clock": ManualClock(),
            "budget": PLENTY,
            **changes,
        }
    )


class MemoryTree:
    """A SourceTree in a dictionary, which remembers what was read."""

    name = "src"

    def __init__(self, files: dict[str, bytes | NotExamined] | None = None) -> None:
        self.files = {"a.py": b"one\ntwo\n", "b.py": b"three"} if files is None else files
        self.effects: list[str] = []

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        self.effects.append("walk")
        for path, content in sorted(self.files.items()):
            yield content if isinstance(content, NotExamined) else SourceFile(path=path, size=len(content))

    def read(self, file: SourceFile) -> bytes | NotExamined:
        self.effects.append(f"read {file.path}")
        return self.files[file.path]


class MemoryRoot:
    """A RootFilesystem in a dictionary."""

    name = "disk"

    def __init__(self, files: dict[str, bytes | NotExamined] | None = None) -> None:
        self.files = {"/a": b"one\n"} if files is None else files

    def nodes(self) -> Iterator[Node | NotExamined]:
        yield Node("/", NodeKind.FOLDER, 0o755, 0, 0)
        for path, content in sorted(self.files.items()):
            lost = isinstance(content, NotExamined)
            yield content if lost else Node(path, NodeKind.FILE, 0o644, 0, 0, len(content))

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        content = self.files[node.path]
        return content if isinstance(content, NotExamined) else content[:limit]


class MemoryCache:
    """A Store in a dictionary."""

    def __init__(self) -> None:
        self.data = {"old": b"value"}
        self.effects: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.effects.append(f"get {key}")
        return self.data.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.effects.append(f"put {key}")
        self.data[key] = data


class MemoryHistory:
    """A History in a dictionary."""

    base = "b" * 40

    def __init__(self) -> None:
        self.files = {"a.py": b"one\n"}

    def paths(self) -> Iterator[str]:
        return iter(sorted(self.files))

    def before(self, path: str) -> bytes | NotExamined | None:
        return self.files.get(path)


class MemoryAdvisories:
    """An AdvisoryStore in a list, which remembers what was asked of it."""

    def __init__(self) -> None:
        self.kept: list[DatabaseSource] = []
        self.effects: list[str] = []

    def sources(self) -> tuple[DatabaseSource, ...]:
        self.effects.append("sources")
        return tuple(self.kept)

    def add(self, source: DatabaseSource, advisories: Sequence[Advisory], exploited: Sequence[Exploited]) -> str:
        self.effects.append("add")
        self.kept.append(source)
        return ""

    def about(self, names: Sequence[str]) -> Known | NotExamined:
        self.effects.append("about")
        return Known()


class MemoryWorkingTree:
    """A WorkingTree in a dictionary, which remembers what was asked of it."""

    prefix = "apps/shop/"

    def __init__(self) -> None:
        self.files = {"a.py": b"one\n"}
        self.earlier: dict[str, bytes] = {}
        self.effects: list[str] = []

    def refusal(self, change: Change) -> str:
        self.effects.append(f"refusal {change.path}")
        return "" if self.files.get(change.path) == change.before else "it has changed"

    def write(self, changes: Sequence[Change]) -> Written:
        self.effects.append("write")
        self.earlier = {change.path: change.before for change in changes}
        self.files.update({change.path: change.after for change in changes})
        return Written(paths=tuple(change.path for change in changes))

    def undo(self) -> Written:
        self.effects.append("undo")
        self.files.update(self.earlier)
        return Written(paths=tuple(self.earlier))

    def confirm(self) -> Written:
        self.effects.append("confirm")
        return Written(paths=tuple(self.earlier))


class PaperSandbox:
    """A Sandbox that runs nothing, and says that it went well."""

    name = "paper"

    def __init__(self) -> None:
        self.effects: list[str] = []

    def examine(self, profile):
        self.effects.append("examine")
        return Examination(sandbox=self.name, walls=(SandboxWall(name="all"),))

    def run(self, profile, job):
        self.effects.append("run")
        return Finished(exit_code=0)

    def search(self, profile, job, cases):
        for case in cases:
            self.effects.append(f"case {case.decode()}")
            yield Finished(exit_code=0)


class MemoryModel:
    """A LanguageModel that says what it was made with, one after the other, and then the same again."""

    name = "memory:parrot"
    endpoint = "https://models.example/v1"

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies) or [Answer(text="fine", charged=Usage(sent=0, received=0))]
        self.prompts: list[Prompt] = []

    def reply(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


class InlineExecutor:
    """An Executor in this process. A task that raises is Failed."""

    def __init__(self) -> None:
        self.effects: list[str] = []

    def map(self, task, items, *, label):
        for item in items:
            self.effects.append(f"task {label(item)}")
            try:
                result = task(item)
            except ValueError as error:
                yield Failed(item, NotExamined(what=label(item), reason=Reason.CRASHED, detail=str(error)))
            else:
                yield Done(item, result)
