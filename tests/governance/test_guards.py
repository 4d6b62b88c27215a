"""The guarded ports: permission and budget before every effect, refusals as outcomes."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from casemate.governance.budget import HOUSE_LIMITS, Counts
from casemate.governance.charter import Tier
from casemate.governance.entries import decode
from casemate.governance.errors import Denied
from casemate.governance.gate import OperationEnded
from casemate.governance.policy import OPERATION, Policy, Rule
from casemate.model.fix import Change
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason
from casemate.model.sandbox import Finished, Harness, Job, Profile, Refused
from casemate.model.working import Withheld, Written
from casemate.ports import Done, Failed, SourceFile
from governance.support import (
    DIGESTS,
    PLENTY,
    SOURCE,
    InlineExecutor,
    ManualClock,
    MemoryCache,
    MemoryRoot,
    MemoryTree,
    MemoryWorkingTree,
    PaperSandbox,
    a_charter,
    a_ledger,
    a_wall,
)

PROFILE = Profile(interpreter="/usr/bin/python3")
JOB = Job(what=Harness(path="harness.py"))
A, B = SourceFile(path="a.py", size=8), SourceFile(path="b.py", size=5)
START = Rule(tier=Tier.FIND, port=OPERATION, actions=frozenset({"scan"}))
NAME = Rule(tier=Tier.FIND, port="SourceTree", actions=frozenset({"name"}))


class Run:
    """An operation under test, and its second entry once it has ended."""

    def __init__(self, op):
        self.op = op
        self.after = None


@contextmanager
def running(**changes):
    ledger = a_ledger()
    run = None
    with a_wall(ledger=ledger, **changes).operation("scan", subject=(SOURCE,)) as op:
        run = Run(op)
        yield run
    run.after = decode(ledger.prove(1).entry)


def denied(what: str, detail: str) -> NotExamined:
    return NotExamined(what=what, reason=Reason.DENIED, detail=detail)


def test_a_permitted_tree_is_transparent():
    """What the tree gives comes through unchanged and is accounted for."""
    lost = NotExamined(what="link", reason=Reason.LINK_OUTSIDE)
    inner = MemoryTree({"a.py": b"one\ntwo\n", "b.py": b"three", "empty.py": b"", "link": lost})
    with running() as run:
        tree = run.op.tree(inner)
        assert tree.name == "src"
        assert list(tree.walk()) == [A, B, SourceFile(path="empty.py", size=0), lost]
        assert [tree.read(A), tree.read(B), tree.read(SourceFile(path="empty.py", size=0))] == [
            b"one\ntwo\n",
            b"three",
            b"",
        ]
    assert run.after.used == Counts(files=3, bytes=13, lines=3)
    assert (run.after.refused, run.after.not_examined) == (0, 1)


def test_the_digest_covers_what_was_read():
    """The after entry carries the keyed digest of tree, path and content of what was handed out."""
    with running() as run:
        run.op.tree(MemoryTree()).read(A)
    expected = DIGESTS.reading()
    expected.fold("src", "a.py", b"one\ntwo\n")
    assert run.after.read == expected.hexdigest()


def test_what_was_not_read_is_not_in_the_digest():
    """A failed read is handed on and counted; it adds nothing to the digest."""
    gone = NotExamined(what="a.py", reason=Reason.VANISHED)
    with running() as run:
        assert run.op.tree(MemoryTree({"a.py": gone})).read(A) == gone
    assert run.after.read == DIGESTS.reading().hexdigest()
    assert run.after.not_examined == 1


def test_a_denied_tree_is_not_touched():
    """Without permission to walk or read there is no effect, and the refusal is an outcome."""
    inner = MemoryTree()
    with running(policy=Policy(rules=(START, NAME))) as run:
        tree = run.op.tree(inner)
        assert list(tree.walk()) == [denied(".", "no rule permits SourceTree.walk")]
        assert tree.read(A) == denied("a.py", "no rule permits SourceTree.read")
    assert inner.effects == []
    assert (run.after.refused, run.after.not_examined) == (2, 2)


def test_a_tree_whose_name_is_denied():
    """Without permission to know its name there is no tree at all."""
    with running(policy=Policy(rules=(START,))) as run, pytest.raises(Denied, match=r"no rule permits SourceTree.name"):
        run.op.tree(MemoryTree())


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ({"files": 1}, "the budget of 1 files is used up"),
        ({"bytes": 12}, "the budget of 12 bytes is used up"),
    ],
)
def test_reading_is_reserved_before_the_effect(limit, why):
    """The file that no longer fits is not opened; what was read before stays."""
    inner = MemoryTree()
    with running(budget=replace(PLENTY, **limit)) as run:
        tree = run.op.tree(inner)
        assert tree.read(A) == b"one\ntwo\n"
        assert tree.read(B) == denied("b.py", why)
    assert inner.effects == ["read a.py"]
    assert (run.after.used.files, run.after.refused, run.after.not_examined) == (1, 1, 1)


def test_lines_are_charged_before_content_is_handed_out():
    """Lines are known only after the read: content beyond the limit is kept back and is not in the digest."""
    with running(budget=replace(PLENTY, lines=2)) as run:
        tree = run.op.tree(MemoryTree())
        assert tree.read(A) == b"one\ntwo\n"
        assert tree.read(B) == denied("b.py", "the budget of 2 lines is used up")
    assert run.after.used == Counts(files=2, bytes=13, lines=2)
    expected = DIGESTS.reading()
    expected.fold("src", "a.py", b"one\ntwo\n")
    assert run.after.read == expected.hexdigest()


def test_an_understated_size_gains_nothing():
    """A caller that claims a smaller file than it is pays for what it gets."""
    with running(budget=replace(PLENTY, bytes=7)) as run:
        assert run.op.tree(MemoryTree()).read(replace(A, size=0)) == denied("a.py", "the budget of 7 bytes is used up")


def test_a_store_is_guarded():
    """Permitted: transparent and charged by bytes written. Beyond the budget: not kept, and no error."""
    inner = MemoryCache()
    with running(budget=replace(PLENTY, cache_bytes=4)) as run:
        store = run.op.store(inner)
        assert [store.get("old"), store.get("new")] == [b"value", None]
        store.put("a", b"1234")
        store.put("b", b"5")
    assert inner.data == {"old": b"value", "a": b"1234"}
    assert (run.after.used.cache_bytes, run.after.refused) == (4, 1)


def test_a_denied_store_is_empty_and_full():
    """Without permission nothing is looked up and nothing kept."""
    inner = MemoryCache()
    with running(policy=Policy(rules=(START,))) as run:
        store = run.op.store(inner)
        assert store.get("old") is None
        store.put("a", b"1")
    assert inner.effects == []
    assert run.after.refused == 2


def double(item: int) -> int:
    if item == 3:
        raise ValueError("three")
    return item * 2


def test_an_executor_is_guarded():
    """Outcomes come in the order of the items; a failed task is counted as not examined."""
    failed = Failed(3, NotExamined(what="item 3", reason=Reason.CRASHED, detail="three"))
    with running() as run:
        executor = run.op.executor(InlineExecutor())
        assert list(executor.map(double, [1, 3, 2], label="item {}".format)) == [Done(1, 2), failed, Done(2, 4)]
    assert (run.after.used.tasks, run.after.refused, run.after.not_examined) == (3, 0, 1)


def test_tasks_beyond_the_budget_fail_one_by_one():
    """What fits is done; each of the rest is Failed, in order."""
    inner = InlineExecutor()
    with running(budget=replace(PLENTY, tasks=2)) as run:
        outcomes = list(run.op.executor(inner).map(double, iter([1, 2, 4, 5]), label="item {}".format))
    why = "the budget of 2 tasks is used up"
    assert outcomes == [
        Done(1, 2),
        Done(2, 4),
        Failed(4, denied("item 4", why)),
        Failed(5, denied("item 5", why)),
    ]
    assert inner.effects == ["task item 1", "task item 2"]
    assert (run.after.used.tasks, run.after.not_examined) == (2, 2)


def test_a_denied_executor_runs_nothing():
    """Without permission every item is Failed and no task is run."""
    inner = InlineExecutor()
    with running(policy=Policy(rules=(START,))) as run:
        outcomes = list(run.op.executor(inner).map(double, [1, 2], label="item {}".format))
    assert outcomes == [Failed(i, denied(f"item {i}", "no rule permits Executor.map")) for i in (1, 2)]
    assert inner.effects == []


def test_a_grant_that_expires_during_the_operation():
    """Permission is asked on every call: what comes after the end of the grant is refused, what came before is kept."""
    clock, inner = ManualClock(), MemoryTree()
    with running(clock=clock) as run:
        tree, executor = run.op.tree(inner), run.op.executor(InlineExecutor())
        outcomes = executor.map(double, [1, 2], label="item {}".format)
        assert tree.read(A) == b"one\ntwo\n"
        assert next(outcomes) == Done(1, 2)
        clock.move(days=2)
        why = "the grant expired at 2026-11-26T00:00:00+00:00"
        assert tree.read(B) == denied("b.py", why)
        assert list(outcomes) == [Failed(2, denied("item 2", why))]
    assert inner.effects == ["read a.py"]


def test_nothing_works_after_the_operation():
    """A port that was kept is dead, also one that was in the middle of something."""
    tree_inner, store_inner, executor_inner = MemoryTree(), MemoryCache(), InlineExecutor()
    with running() as run:
        tree, store = run.op.tree(tree_inner), run.op.store(store_inner)
        executor = run.op.executor(executor_inner)
        walk, unstarted = tree.walk(), tree.walk()
        outcomes = executor.map(double, [1, 2, 4], label=str)
        next(walk), next(outcomes)
    effects = [list(inner.effects) for inner in (tree_inner, store_inner, executor_inner)]
    for use in (
        lambda: tree.name,
        tree.walk,
        lambda: tree.read(A),
        lambda: store.get("old"),
        lambda: store.put("a", b""),
        lambda: executor.map(double, [1], label=str),
        lambda: next(walk),
        lambda: next(unstarted),
        lambda: next(outcomes),
        lambda: run.op.tree(MemoryTree()),
    ):
        with pytest.raises(OperationEnded):
            use()
    assert [inner.effects for inner in (tree_inner, store_inner, executor_inner)] == effects


def test_a_sandbox_is_guarded():
    """Permitted: transparent, and charged by execution. Beyond the budget nothing runs, and every case has its outcome."""
    inner = PaperSandbox()
    with running(charter=a_charter(tier=Tier.PROVE), budget=replace(PLENTY, executions=3)) as run:
        sandbox = run.op.sandbox(inner)
        assert sandbox.name == "paper"
        assert sandbox.examine(PROFILE).refusal == ""
        assert sandbox.run(PROFILE, JOB) == Finished(exit_code=0)
        outcomes = list(sandbox.search(PROFILE, JOB, [b"1", b"2", b"3", b"4"]))
        why = Refused(why="the budget of 3 executions is used up")
        assert outcomes == [Finished(exit_code=0), Finished(exit_code=0), why, why]
        assert sandbox.run(PROFILE, JOB) == why
    assert inner.effects == ["examine", "run", "case 1", "case 2"]
    assert (run.after.used.executions, run.after.refused) == (3, 2)


def test_finding_runs_nothing():
    """A charter that allows finding alone has no sandbox."""
    with (
        running() as run,
        pytest.raises(Denied, match=r"Sandbox.name takes a grant for 'prove', this one is for 'find'"),
    ):
        run.op.sandbox(PaperSandbox())


def test_an_operation_without_executions_runs_nothing():
    """A scan's own budget has none, whatever the charter allows."""
    inner = PaperSandbox()
    with running(charter=a_charter(tier=Tier.PROVE), budget=HOUSE_LIMITS) as run:
        sandbox = run.op.sandbox(inner)
        assert isinstance(sandbox.run(PROFILE, JOB), Refused)
        assert [type(outcome) for outcome in sandbox.search(PROFILE, JOB, [b"1", b"2"])] == [Refused, Refused]
    assert inner.effects == []


A_CHANGE = Change(path="a.py", before=b"one\n", after=b"two\n")
FIXING = a_charter(tier=Tier.FIX)


def test_a_permitted_working_tree_is_transparent():
    """What is written is charged, and the operation's digest covers it."""
    inner = MemoryWorkingTree()
    with running(charter=FIXING) as run:
        tree = run.op.working(inner)
        assert tree.prefix == "apps/shop/"
        assert tree.refusal(A_CHANGE) == ""
        assert tree.write([A_CHANGE]) == Written(paths=("a.py",))
        assert inner.files == {"a.py": b"two\n"}
        assert tree.undo() == tree.confirm() == Written(paths=("a.py",))
    with running(charter=FIXING) as other:
        other.op.working(MemoryWorkingTree())
    assert (run.after.used.files, run.after.used.bytes, run.after.refused) == (4, 8, 0)
    assert run.after.read != other.after.read


def test_a_working_tree_is_not_for_those_who_may_only_prove():
    """Not even to be looked at."""
    inner = MemoryWorkingTree()
    with (
        pytest.raises(Denied, match="ask for a charter that allows fixes"),
        running(charter=a_charter(tier=Tier.PROVE)) as run,
    ):
        run.op.working(inner)
    assert inner.effects == []


def test_a_working_tree_without_budget():
    """Nothing is written, and it is said of each file."""
    inner = MemoryWorkingTree()
    with running(charter=FIXING, budget=replace(PLENTY, files=0)) as run:
        tree = run.op.working(inner)
        why = "the budget of 0 files is used up"
        assert tree.refusal(A_CHANGE) == why
        assert tree.write([A_CHANGE]) == Written(withheld=(Withheld(path="a.py", why=why),))
        assert tree.undo() == tree.confirm() == Written(withheld=(Withheld(path=".", why=why),))
    assert inner.effects == []
    assert run.after.refused == 4


def a_file(size: int) -> Node:
    return Node("/a", NodeKind.FILE, 0o644, 0, 0, size)


def test_a_root_is_guarded():
    """A host's nodes cost nothing; its contents are charged, cut where asked, and folded into the digest."""
    with running() as run:
        root = run.op.root(MemoryRoot())
        assert (root.name, [node.path for node in root.nodes()]) == ("disk", ["/", "/a"])
        assert root.read(a_file(4), 2) == b"on"
    assert run.after.used == Counts(files=1, bytes=2)
    expected = DIGESTS.reading()
    expected.fold("disk", "/a", b"on")
    assert run.after.read == expected.hexdigest()


def test_a_root_is_denied():
    """Without permission there is no node and no content, and both refusals are outcomes."""
    named = Rule(tier=Tier.FIND, port="RootFilesystem", actions=frozenset({"name"}))
    with running(policy=Policy(rules=(START, named))) as run:
        root = run.op.root(MemoryRoot())
        assert list(root.nodes()) == [denied("/", "no rule permits RootFilesystem.nodes")]
        assert root.read(a_file(4), 9) == denied("/a", "no rule permits RootFilesystem.read")
    with running(policy=Policy(rules=(START,))) as run, pytest.raises(Denied, match=r"RootFilesystem.name"):
        run.op.root(MemoryRoot())


def test_a_file_of_a_root_that_grew_is_paid_for():
    """What was read beyond the size that the walk saw is charged before it is handed out; a failed read is counted."""
    with running(budget=replace(PLENTY, bytes=3)) as run:
        assert run.op.root(MemoryRoot()).read(a_file(1), 9) == denied("/a", "the budget of 3 bytes is used up")
    gone = NotExamined(what="/a", reason=Reason.VANISHED)
    with running() as run:
        root = run.op.root(MemoryRoot({"/a": gone}))
        assert [root.read(a_file(1), 9), list(root.nodes())[1]] == [gone, gone]
    assert run.after.not_examined == 2
