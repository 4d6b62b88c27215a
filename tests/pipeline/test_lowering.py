"""Lowering all files of a scan: in order, and as a stream."""

from governance.support import MemoryCache, MemoryTree

from casemate.model.outcome import NotExamined, Reason
from casemate.pipeline.lowering import Lowered, Named, lower_all
from casemate.ports import Done, Failed, SourceFile

CRASH = NotExamined(what="crash.py", reason=Reason.CRASHED)


class StreamingExecutor:
    """Takes an item only when its outcome is asked for."""

    def map(self, task, items, *, label):
        for item in items:
            yield Failed(item, CRASH) if label(item) == "crash.py" else Done(item, task(item))


def named(tree, names):
    return [
        Named(tree=tree, file=SourceFile(path=name, size=1), shown=name, module=name[:-3], package=False)
        for name in names
    ]


def shown(results):
    return [entry.module.path if isinstance(entry, Lowered) else f"{entry.what}: {entry.reason}" for entry in results]


def a_tree(names):
    odd = {"gone.py": NotExamined(what="gone.py", reason=Reason.VANISHED), "nul.py": b"\0", "crash.py": b"x = 1\n"}
    return MemoryTree({name: odd.get(name, b"x = 1\n") for name in names})


NAMES = ["gone.py", "a.py", "crash.py", "b.py", "nul.py", "c.py", "gone.py"]
ENDS = ["gone.py: vanished", "a.py", "crash.py: crashed", "b.py", "nul.py: not-text", "c.py", "gone.py: vanished"]


def test_the_order_is_that_of_the_files():
    """Whatever comes from the cache, fails or cannot be read; and every file counts as done."""
    tree, store, told = a_tree(NAMES), MemoryCache(), []
    assert shown(lower_all(named(tree, NAMES), store, StreamingExecutor(), told.append)) == ENDS
    assert told == [1, 2, 3, 4, 5, 6, 7]
    assert shown(lower_all(named(tree, ["b.py"]), MemoryCache(), StreamingExecutor(), told.append)) == ["b.py"]
    some = MemoryCache()
    list(lower_all(named(tree, ["b.py"]), some, StreamingExecutor(), told.append))
    for cache in (store, some):
        assert shown(lower_all(named(tree, NAMES), cache, StreamingExecutor(), told.append)) == ENDS


def test_a_source_is_read_when_its_turn_comes():
    """A first scan does not hold all sources: what is asked for is read, and nothing ahead of it."""
    names = [f"m{number}.py" for number in range(50)]
    tree = a_tree(names)
    results = lower_all(named(tree, names), MemoryCache(), StreamingExecutor(), lambda done: None)
    assert tree.effects == []
    for number in range(1, 51):
        next(results)
        assert len(tree.effects) == number
