"""Every port stands behind the wall: no effect without permission and without a ledger entry before and after it."""

import inspect
from pathlib import Path
from typing import Protocol

import pytest
from governance.support import (
    SOURCE,
    InlineExecutor,
    MemoryAdvisories,
    MemoryCache,
    MemoryHistory,
    MemoryModel,
    MemoryRoot,
    MemoryTree,
    MemoryWorkingTree,
    PaperSandbox,
    a_charter,
    a_ledger,
)
from governance.support import a_wall as a_wall_of

import casemate
from casemate import ports
from casemate.governance.audit import audit
from casemate.governance.budget import Counts
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied
from casemate.governance.gate import OperationEnded
from casemate.governance.guards import GUARDED
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Policy, Rule
from casemate.governance.spending import Terms
from casemate.governance.wall import BELOW_THE_WALL
from casemate.model.advisory import DatabaseSource, Origin
from casemate.model.dialogue import Message, Prompt, Role
from casemate.model.fix import Change
from casemate.model.host import Node, NodeKind
from casemate.model.sandbox import Harness, Job, Profile
from casemate.ports import SourceFile

PROTOCOLS = {
    name: value
    for name, value in vars(ports).items()
    if inspect.isclass(value) and Protocol in value.__bases__ and value.__module__ == ports.__name__
}


def members(protocol: type) -> set[str]:
    """The methods and properties of a Protocol."""
    return {name for name in vars(protocol) if not name.startswith("_") or name in ("__enter__", "__exit__")}


def a_wall(**changes):
    """A wall around what may go as far as a fix."""
    return a_wall_of(charter=a_charter(tier=Tier.FIX, models=frozenset({MemoryModel.endpoint})), **changes)


PROFILE = Profile(interpreter="/usr/bin/python3")
JOB = Job(what=Harness(path="harness.py"))
PROMPT = Prompt(messages=(Message(role=Role.USER, text="what is this?"),), limit=10)
CHANGE = Change(path="a.py", before=b"one\n", after=b"two\n")
DATABASE_SOURCE = DatabaseSource(name="all.zip", origin=Origin.OSV, date="", sha256="0" * 64, count=0, size=8)
ACTIONS = sorted((port, name) for port in PROTOCOLS.keys() - BELOW_THE_WALL for name in members(PROTOCOLS[port]))

# How each action is done. A method that is added to a port has no use here, and the test below says so.
USES = {
    ("SourceTree", "name"): lambda tree: tree.name,
    ("SourceTree", "walk"): lambda tree: list(tree.walk()),
    ("SourceTree", "read"): lambda tree: tree.read(SourceFile(path="a.py", size=8)),
    ("RootFilesystem", "name"): lambda root: root.name,
    ("RootFilesystem", "nodes"): lambda root: list(root.nodes()),
    ("RootFilesystem", "read"): lambda root: root.read(Node("/a", NodeKind.FILE, 0o644, 0, 0, 4), 64),
    ("History", "base"): lambda history: history.base,
    ("History", "paths"): lambda history: list(history.paths()),
    ("History", "before"): lambda history: history.before("a.py"),
    ("Store", "get"): lambda store: store.get("old"),
    ("Store", "put"): lambda store: store.put("new", b"data"),
    ("Executor", "map"): lambda executor: list(executor.map(abs, [-1], label=str)),
    ("Sandbox", "name"): lambda sandbox: sandbox.name,
    ("Sandbox", "examine"): lambda sandbox: sandbox.examine(PROFILE),
    ("Sandbox", "run"): lambda sandbox: sandbox.run(PROFILE, JOB),
    ("Sandbox", "search"): lambda sandbox: list(sandbox.search(PROFILE, JOB, [b"one"])),
    ("WorkingTree", "prefix"): lambda tree: tree.prefix,
    ("WorkingTree", "refusal"): lambda tree: tree.refusal(CHANGE),
    ("WorkingTree", "write"): lambda tree: tree.write([CHANGE]),
    ("WorkingTree", "undo"): lambda tree: tree.undo(),
    ("WorkingTree", "confirm"): lambda tree: tree.confirm(),
    ("LanguageModel", "name"): lambda model: model.name,
    ("LanguageModel", "endpoint"): lambda model: model.endpoint,
    ("LanguageModel", "reply"): lambda model: model.reply(PROMPT),
    ("AdvisoryStore", "sources"): lambda store: store.sources(),
    ("AdvisoryStore", "add"): lambda store: store.add(DATABASE_SOURCE, (), ()),
    ("AdvisoryStore", "about"): lambda store: store.about(["openssh"]),
}


class Witnessed:
    """An implementation of a port that records each effect, and what the ledger said at that moment."""

    def __init__(self, inner, ledger):
        self._inner = inner
        self._ledger = ledger
        self.effects = []

    def __getattr__(self, name):
        self.effects.append((name, [operation.after is None for operation in audit(self._ledger).operations]))
        return getattr(self._inner, name)


MAKERS = {
    "SourceTree": (MemoryTree, lambda op, inner: op.tree(inner)),
    "RootFilesystem": (MemoryRoot, lambda op, inner: op.root(inner)),
    "History": (MemoryHistory, lambda op, inner: op.history(inner)),
    "Store": (MemoryCache, lambda op, inner: op.store(inner)),
    "Executor": (InlineExecutor, lambda op, inner: op.executor(inner)),
    "Sandbox": (PaperSandbox, lambda op, inner: op.sandbox(inner)),
    "LanguageModel": (MemoryModel, lambda op, inner: op.model(inner, Terms())),
    "AdvisoryStore": (MemoryAdvisories, lambda op, inner: op.advisories(inner)),
    "WorkingTree": (MemoryWorkingTree, lambda op, inner: op.working(inner)),
}


def policy_for(*actions: tuple[str, str]) -> Policy:
    rules = [(OPERATION, "scan"), *actions]
    return Policy(rules=tuple(Rule(tier=Tier.FIND, port=port, actions=frozenset({name})) for port, name in rules))


def witnessed(port, ledger):
    make, guard = MAKERS[port]
    return Witnessed(make(), ledger), guard


def test_every_port_is_guarded_or_below_the_wall():
    """A port that is added must be given a guard, or be named, with a reason, as one that governance is built from."""
    assert PROTOCOLS.keys() == GUARDED.keys() | BELOW_THE_WALL
    assert not GUARDED.keys() & BELOW_THE_WALL
    assert {"Clock", "Signer", "LedgerStore", "LedgerLock"} == BELOW_THE_WALL


def test_every_method_is_guarded_named_by_the_policy_and_used_here():
    """Guard, policy and this test know the same actions as the ports."""
    assert sorted(USES) == ACTIONS
    assert sorted((port, name) for port, guard in GUARDED.items() for name in members(guard) - {"PORT"}) == ACTIONS
    named = {(rule.port, name) for rule in HOUSE_POLICY.rules for name in rule.actions if rule.port != OPERATION}
    assert sorted(named) == ACTIONS


@pytest.mark.parametrize(("port", "action"), ACTIONS)
def test_guards_have_the_ports_own_signatures(port, action):
    """A guard stands in for the port: the same parameters."""
    ours, theirs = (inspect.getattr_static(kind, action) for kind in (GUARDED[port], PROTOCOLS[port]))
    if isinstance(theirs, property):
        assert isinstance(ours, property)
    else:
        assert inspect.signature(ours) == inspect.signature(theirs)


@pytest.mark.parametrize(("port", "action"), ACTIONS)
def test_an_empty_policy_denies(port, action):
    """Under an empty policy there is no operation, so no port and no effect; the ledger says that it was denied."""
    ledger = a_ledger()
    inner, guard = witnessed(port, ledger)
    wall = a_wall(ledger=ledger, policy=Policy())
    with pytest.raises(Denied), wall.operation("scan", subject=(SOURCE,)) as op:
        USES[port, action](guard(op, inner))
    assert inner.effects == []
    assert [operation.after.outcome for operation in audit(ledger).operations] == [Outcome.DENIED]


@pytest.mark.parametrize(("port", "action"), ACTIONS)
def test_no_effect_without_permission(port, action):
    """Under a policy that permits all but this action, this action has no effect."""
    ledger = a_ledger()
    inner, guard = witnessed(port, ledger)
    policy = policy_for(*(other for other in ACTIONS if other != (port, action)))
    with a_wall(ledger=ledger, policy=policy).operation("scan", subject=(SOURCE,)) as op:
        try:
            USES[port, action](guard(op, inner))
        except Denied:
            assert action in ("name", "base", "prefix", "endpoint")  # a tree that may not even be named is no tree
    assert action not in [name for name, _ in inner.effects]
    (operation,) = audit(ledger).operations
    assert operation.after.refused == 1


@pytest.mark.parametrize(("port", "action"), ACTIONS)
def test_no_effect_without_budget(port, action):
    """With nothing left in the budget, what costs something has no effect; what is free does not fail by it."""
    free = {("SourceTree", "name"), ("SourceTree", "walk"), ("Store", "get"), ("History", "base"), ("History", "paths")}
    free |= {
        ("WorkingTree", "prefix"),
        ("AdvisoryStore", "sources"),
        ("AdvisoryStore", "about"),
        ("Sandbox", "name"),
        ("Sandbox", "examine"),
    }  # the self test runs nothing of the target
    free |= {("RootFilesystem", "name"), ("RootFilesystem", "nodes")}
    free |= {("LanguageModel", "name"), ("LanguageModel", "endpoint")}
    ledger = a_ledger()
    inner, guard = witnessed(port, ledger)
    with a_wall(ledger=ledger, budget=Counts()).operation("scan", subject=(SOURCE,)) as op:
        USES[port, action](guard(op, inner))
    assert (action in [name for name, _ in inner.effects]) == ((port, action) in free)


@pytest.mark.parametrize(("port", "action"), ACTIONS)
@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_entries_before_and_after_every_effect(port, action, error):
    """At the moment of the effect the ledger holds the open operation; afterwards, in every case, also its end."""
    ledger = a_ledger()
    inner, guard = witnessed(port, ledger)

    def run():
        with a_wall(ledger=ledger).operation("scan", subject=(SOURCE,)) as op:
            USES[port, action](guard(op, inner))
            if error is not None:
                raise error

    if error is None:
        run()
    else:
        with pytest.raises(error):
            run()
    assert action in [name for name, _ in inner.effects]
    assert all(open_operations == [True] for _, open_operations in inner.effects)
    (operation,) = audit(ledger).operations
    assert operation.after is not None
    expected = {None: Outcome.COMPLETED, ValueError: Outcome.FAILED}.get(error, Outcome.INTERRUPTED)
    assert operation.after.outcome is expected


@pytest.mark.parametrize(("port", "action"), ACTIONS)
def test_no_effect_after_the_operation(port, action):
    """A port that outlives its operation is dead."""
    ledger = a_ledger()
    inner, guard = witnessed(port, ledger)
    with a_wall(ledger=ledger).operation("scan", subject=(SOURCE,)) as op:
        guarded = guard(op, inner)
    inner.effects.clear()
    with pytest.raises(OperationEnded):
        USES[port, action](guarded)
    assert inner.effects == []


def test_guards_are_made_by_the_wall_alone():
    """Nothing outside governance makes a gate or a guard: the way to a port leads through an operation."""
    root = Path(casemate.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path.parent != root / "governance":
            text = path.read_text()
            assert "governance.gate" not in text, path
            assert "governance.guards" not in text, path
