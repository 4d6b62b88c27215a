"""Trees as patches make them, and attempts to fix that are remembered."""

from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.proof import Exhibit
from casemate.pipeline.mendings import Mendings
from casemate.pipeline.patched import Patched, Recollected
from casemate.ports import SourceFile

A, B = SourceFile(path="a.py", size=2), SourceFile(path="b.py", size=2)


class Tree:
    """Two files; counts how often it is asked."""

    name = "t"

    def __init__(self):
        self.asked = []

    def walk(self):
        self.asked.append("walk")
        yield from (A, B)

    def read(self, file):
        self.asked.append(file.path)
        return file.path[:2].encode()


def test_a_patched_tree():
    """Has the same files, the changed one with its new content and size."""
    tree = Patched(Tree(), [Change(path="b.py", before=b"b.", after=b"longer")])
    assert [(file.path, file.size, tree.read(file)) for file in tree.walk()] == [
        ("a.py", 2, b"a."),
        ("b.py", 6, b"longer"),
    ]


def test_a_recollected_tree():
    """Is read once, however often it is asked."""
    under = Tree()
    tree = Recollected(under)
    for _ in range(3):
        assert [tree.read(file) for file in tree.walk()] == [b"a.", b"b."]
    assert under.asked == ["walk", "a.py", "b.py"]


class Memory(dict):
    """A store."""

    def put(self, key, data):
        self[key] = data


def mending(offered=True):
    patch = Patch(proposer="p", what="w", changes=(Change(path="a.py", before=b"\xff\r\n", after=b"\xfe\r\n"),))
    good = Fix(patch=patch, ladder=(Climb(rung=Rung.APPLIES, step=Step.HOLDS, detail="d"),), executions=7)
    bad = Fix(patch=patch, ladder=(Climb(rung=Rung.DEAD, step=Step.FAILS),))
    return Mending(fix=good, attempts=(bad,)) if offered else Mending(attempts=(bad,), why="no")


def test_what_was_tried_is_remembered():
    """Whole, with every byte; for other sources, another interpreter or another proof it is not."""
    exhibit = Exhibit(
        settings=b"s",
        cases=(b"c",),
        controls=(b"k",),
        reports=(b"r",),
        python="3",
        sandbox="b",
        sources=(("a.py", "1"),),
    )
    store = Memory()
    for found in (mending(), mending(offered=False)):
        Mendings(store, "t", "/python").put("id", exhibit, found)
        assert Mendings(store, "t", "/python").get("id", exhibit) == found
    assert Mendings(store, "u", "/python").get("id", exhibit) is None
    assert Mendings(store, "t", "/other").get("id", exhibit) is None
    other = Exhibit(settings=b"s", cases=(b"d",), controls=(b"k",), reports=(), python="3", sandbox="b", sources=())
    assert Mendings(store, "t", "/python").get("id", other) is None
    (key,) = store
    store[key] = b'{"fix": 1}'
    assert Mendings(store, "t", "/python").get("id", exhibit) is None
