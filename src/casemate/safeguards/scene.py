"""What classes of attack on the wall share: a ledger in memory, a wall around it, and effects that are noticed.

The ports here do nothing but remember that they were reached: whether a guard lets a call through is all that is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from casemate.governance.budget import Counts
from casemate.governance.charter import Charter, Target, Tier
from casemate.governance.digests import KeyedDigests
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Policy
from casemate.governance.spending import Terms
from casemate.governance.wall import Operation, Wall
from casemate.model.advisory import DatabaseSource, Origin
from casemate.model.dialogue import Answer, Message, Prompt, Role, Usage
from casemate.model.fix import Change
from casemate.model.host import Node, NodeKind
from casemate.model.sandbox import Harness, Job, Profile, Refused
from casemate.model.working import Written
from casemate.ports import Done, SourceFile
from casemate.safeguards.attack import Ground
from casemate.safeguards.stores import MemoryStore

PLENTY = Counts(
    files=10**6,
    bytes=10**9,
    lines=10**6,
    tasks=10**6,
    cache_bytes=10**6,
    executions=1000,
    requests=1000,
    tokens=10**9,
    micros=10**9,
    waited_ms=10**9,
)
PLACE = Target(name="./bank", path="/srv/bank")


def a_ledger(ground: Ground) -> Ledger:
    """An empty ledger in memory, under the operator's key."""
    return Ledger(store=MemoryStore(), signer=ground.signer("operator"))


def a_charter(ground: Ground, **changes: Any) -> Charter:
    """A charter for one place, for tomorrow as well, up to any tier."""
    fields: dict[str, Any] = {
        "who": "alice",
        "targets": (PLACE,),
        "tier": Tier.RELEASE,
        "until": ground.clock.now().date() + timedelta(days=1),
        "made_for": "to try safeguards on",
    }
    return Charter(**(fields | changes))


def a_wall(ground: Ground, ledger: Ledger, charter: Charter, **changes: Any) -> Wall:
    """A wall as one process of the operator's has it: what it knows of the ledger it reads there."""
    fields: dict[str, Any] = {
        "policy": HOUSE_POLICY,
        "digests": KeyedDigests(bytes(32)),
        "clock": ground.clock,
        "budget": PLENTY,
    }
    return Wall(charter=charter, ledger=ledger, **(fields | changes))


class Tripwire:
    """Every port at once. effects: the calls that reached it, in order."""

    name = "tripwire"
    endpoint = ""
    base = "b" * 40
    prefix = ""

    def __init__(self) -> None:
        self.effects: list[str] = []

    def __getattr__(self, action: str) -> Callable[..., Any]:
        if action.startswith("_"):
            raise AttributeError(action)

        def reached(*given: object, **named: object) -> Any:
            self.effects.append(action)
            return _ANSWERS.get(action)

        return reached

    def map(self, task: Callable[[Any], Any], items: Iterable[Any], *, label: object = None) -> Iterator[Any]:
        """A task is an effect when it runs."""
        for item in items:
            self.effects.append("map")
            yield Done(item, task(item))

    def search(self, profile: object, job: object, cases: Iterable[bytes]) -> Iterator[Any]:
        """Each case is an execution."""
        for _ in cases:
            self.effects.append("search")
            yield Refused(why="a tripwire runs nothing")

    def walk(self) -> Iterator[SourceFile]:
        """Two files."""
        for path in ("a.py", "b.py"):
            self.effects.append("walk")
            yield SourceFile(path=path, size=4)

    def nodes(self) -> Iterator[Node]:
        """Two files."""
        for path in ("/a", "/b"):
            self.effects.append("nodes")
            yield Node(path, NodeKind.FILE, 0o644, 0, 0, 4)


_ANSWERS: dict[str, Any] = {
    "read": b"one\n",
    "reply": Answer(text="fine", charged=Usage(sent=0, received=0)),
    "before": b"one\n",
    "paths": iter(()),
    "refusal": "",
    "write": Written(),
    "undo": Written(),
    "confirm": Written(),
    "sources": (),
    "add": "",
}
_PROFILE = Profile(interpreter="/usr/bin/python3")
_JOB = Job(what=Harness(path="harness.py"))
_CHANGE = Change(path="a.py", before=b"one\n", after=b"two\n")
_PROMPT = Prompt(messages=(Message(role=Role.USER, text="what is this?"),), limit=10)
_SOURCE = DatabaseSource(name="all.zip", origin=Origin.OSV, date="", sha256="0" * 64, count=0, size=8)
_FILE, _NODE = SourceFile(path="a.py", size=4), Node("/a", NodeKind.FILE, 0o644, 0, 0, 4)


def _same(item: Any) -> Any:
    return item


MAKERS: dict[str, Callable[[Operation, Any], Any]] = {
    "SourceTree": Operation.tree,
    "RootFilesystem": Operation.root,
    "History": Operation.history,
    "Store": Operation.store,
    "Executor": Operation.executor,
    "Sandbox": Operation.sandbox,
    "WorkingTree": Operation.working,
    "AdvisoryStore": Operation.advisories,
    "LanguageModel": lambda operation, model: operation.model(model, Terms()),
}
"""How an operation gives the guarded port of each name."""

USES: dict[tuple[str, str], Callable[[Any], object]] = {
    ("SourceTree", "walk"): lambda tree: list(tree.walk()),
    ("SourceTree", "read"): lambda tree: tree.read(_FILE),
    ("RootFilesystem", "nodes"): lambda root: list(root.nodes()),
    ("RootFilesystem", "read"): lambda root: root.read(_NODE, 100),
    ("History", "paths"): lambda history: list(history.paths()),
    ("History", "before"): lambda history: history.before("a.py"),
    ("Store", "get"): lambda store: store.get("key"),
    ("Store", "put"): lambda store: store.put("key", b"value"),
    ("Executor", "map"): lambda executor: list(executor.map(_same, [1, 2], label=str)),
    ("Sandbox", "examine"): lambda sandbox: sandbox.examine(_PROFILE),
    ("Sandbox", "run"): lambda sandbox: sandbox.run(_PROFILE, _JOB),
    ("Sandbox", "search"): lambda sandbox: list(sandbox.search(_PROFILE, _JOB, [b"one", b"two"])),
    ("WorkingTree", "refusal"): lambda tree: tree.refusal(_CHANGE),
    ("WorkingTree", "write"): lambda tree: tree.write([_CHANGE]),
    ("WorkingTree", "undo"): lambda tree: tree.undo(),
    ("WorkingTree", "confirm"): lambda tree: tree.confirm(),
    ("LanguageModel", "reply"): lambda model: model.reply(_PROMPT),
    ("AdvisoryStore", "sources"): lambda store: store.sources(),
    ("AdvisoryStore", "add"): lambda store: store.add(_SOURCE, (), ()),
    ("AdvisoryStore", "about"): lambda store: store.about(["openssh"]),
}
"""One use of every action at every port."""

OPERATIONS = tuple(sorted({name for rule in HOUSE_POLICY.rules if rule.port == OPERATION for name in rule.actions}))
"""The names of all operations that the house permits."""


def without(policy: Policy, port: str, action: str) -> Policy:
    """The policy less one action at one port."""
    rules = []
    for rule in policy.rules:
        left = rule.actions - {action} if rule.port == port else rule.actions
        rules += [replace(rule, actions=left)] if left else []
    return Policy(rules=tuple(rules))
