"""Several patches as one series: moved onto one another, proved again together, or left out and why."""

import pytest

from casemate.model.finding import FindingId
from casemate.model.fix import Change, Climb, Fix, Patch, Rung, Step
from casemate.pipeline.combine import MOST, Left, combined, rebased

HOLDS = tuple(Climb(rung=rung, step=Step.HOLDS) for rung in Rung)
AGAIN = tuple(Climb(rung=rung, step=Step.HOLDS, detail="again") for rung in Rung)
FAILS = (*HOLDS[:3], Climb(rung=Rung.DEAD, step=Step.FAILS, detail="it still takes effect"))
TEN = [b"%d\n" % number for number in range(10)]
ONE, TWO, THREE = FindingId("1"), FindingId("2"), FindingId("3")


def changed(*at, path="a.py", text=TEN, word=b"new\n"):
    """A change of these lines."""
    after = [word if number in at else line for number, line in enumerate(text)]
    return Change(path=path, before=b"".join(text), after=b"".join(after))


def fix(*changes, **more):
    return Fix(patch=Patch(proposer="somebody", what="change it", changes=changes, **more), ladder=HOLDS)


class Ladder:
    """The verdict for each patch; remembers what was put to it."""

    def __init__(self, fails=()):
        self.seen = []
        self.fails = fails

    def __call__(self, identity, patch):
        self.seen.append((identity, patch.changes))
        return Fix(patch=patch, ladder=FAILS if identity in self.fails else AGAIN)


def applied(series, files):
    """What the files are after the whole series, patch by patch."""
    for part in series.parts:
        for change in part.patch.changes if part.patch else ():
            assert files[change.path] == change.before
            files[change.path] = change.after
    return files


def test_different_files_stand_side_by_side():
    """Nothing is proved again."""
    ladder = Ladder()
    series = combined([(ONE, fix(changed(2))), (TWO, fix(changed(2, path="b.py")))], ladder)
    assert [(part.identity, part.ladder, part.beside) for part in series.parts] == [(ONE, HOLDS, ()), (TWO, HOLDS, ())]
    assert ladder.seen == []
    assert series.changes() == (changed(2), changed(2, path="b.py"))
    assert [[part.identity for part in group] for group in series.groups()] == [["1"], ["2"]]


def test_lines_that_do_not_touch():
    """The second is moved onto the first, and the whole is proved for both."""
    ladder = Ladder()
    series = combined([(ONE, fix(changed(2))), (TWO, fix(changed(5)))], ladder)
    both = changed(2, 5)
    assert ladder.seen == [(TWO, (both,)), (ONE, (both,))]
    assert [part.ladder for part in series.parts] == [HOLDS, AGAIN]
    assert series.parts[1].beside == (ONE,)
    assert applied(series, {"a.py": b"".join(TEN)}) == {"a.py": both.after}
    assert series.changes() == (both,)
    assert [[part.identity for part in group] for group in series.groups()] == [["1", "2"]]


@pytest.mark.parametrize("at", [2, 1, 3])
def test_lines_that_touch(at):
    """The same line, the one above and the one below: left out, and nothing is proved."""
    ladder = Ladder()
    series = combined([(ONE, fix(changed(2))), (TWO, fix(changed(at, word=b"other\n")))], ladder)
    assert series.left == (Left(identity=TWO, why="it changes the same lines", beside=(ONE,)),)
    assert [part.identity for part in series.parts] == [ONE]
    assert ladder.seen == []


def test_the_same_patch_twice():
    """A shared helper is changed once; its proof is the one that it has."""
    ladder = Ladder()
    series = combined([(ONE, fix(changed(2))), (TWO, fix(changed(2)))], ladder)
    assert [(part.identity, part.patch is None, part.beside) for part in series.parts] == [
        (ONE, False, ()),
        (TWO, True, (ONE,)),
    ]
    assert ladder.seen == []
    assert series.changes() == (changed(2),)


def test_a_part_of_another_patch():
    """What it would change is changed already: the whole is proved for it, and not again for the other."""
    ladder = Ladder()
    series = combined([(ONE, fix(changed(2, 5))), (TWO, fix(changed(5)))], ladder)
    assert series.parts[1].patch is None
    assert ladder.seen == [(TWO, (changed(2, 5),))]


@pytest.mark.parametrize(
    ("fails", "left"),
    [
        (TWO, Left(identity=TWO, why="together they fail at the proof is dead: it still takes effect", beside=(ONE,))),
        (
            ONE,
            Left(
                identity=TWO,
                why="with it the other one fails at the proof is dead: it still takes effect",
                beside=(ONE,),
            ),
        ),
    ],
)
def test_what_does_not_hold_together(fails, left):
    """The later one is left out, whichever of them it breaks; what comes after goes on without it."""
    ladder = Ladder(fails=(fails,))
    offers = [(ONE, fix(changed(2))), (TWO, fix(changed(5))), (THREE, fix(changed(8, path="b.py")))]
    series = combined(offers, ladder)
    assert series.left == (left,)
    assert series.changes() == (changed(2), changed(8, path="b.py"))


def test_files_that_hang_together():
    """Over a patch of both files the third concerns the first, and the whole has both files."""
    ladder = Ladder()
    a, b = changed(2), changed(2, path="b.py")
    offers = [(ONE, fix(a)), (TWO, fix(changed(5), b)), (THREE, fix(changed(7, path="b.py")))]
    series = combined(offers, ladder)
    whole = (changed(2, 5), changed(2, 7, path="b.py"))
    assert ladder.seen[-3:] == [(THREE, whole), (ONE, whole), (TWO, whole)]
    assert [part.beside for part in series.parts] == [(), (ONE,), (ONE, TWO)]
    assert series.changes() == whole
    assert len(series.groups()) == 1


def test_every_step_of_a_series_was_proved():
    """Whoever applies the first patches only has what was put to the proof as well."""
    ladder = Ladder()
    series = combined([(FindingId(str(n)), fix(changed(n))) for n in (0, 3, 6, 9)], ladder)
    proved = {changes for _, changes in ladder.seen}
    for count in range(2, 5):
        assert series.changes(series.parts[:count]) in proved


def test_too_many():
    """They are left for another time."""
    text = [b"%d\n" % number for number in range(40)]
    offers = [(FindingId(str(n)), fix(changed(4 * n, text=text))) for n in range(MOST + 2)]
    series = combined(offers, Ladder())
    assert len(series.parts) == MOST
    assert [left.why for left in series.left] == ["6 patches of the same files come before it"] * 2


def with_import(name, at):
    text = b"import os\n" + b"".join(TEN)
    after = text.replace(b"import os\n", b"import os\nimport %s\n" % name).replace(b"%d\n" % at, b"%s()\n" % name)
    return Change(path="a.py", before=text, after=after)


def test_imports_at_one_place():
    """Both come, in order; the same one comes once."""
    text = b"import os\n" + b"".join(TEN)
    series = combined([(ONE, fix(with_import(b"html", 2))), (TWO, fix(with_import(b"json", 6)))], Ladder())
    (change,) = series.changes()
    assert change.after.startswith(b"import os\nimport html\nimport json\n0\n")
    assert applied(series, {"a.py": text}) == {"a.py": change.after}
    same = combined([(ONE, fix(with_import(b"html", 2))), (TWO, fix(with_import(b"html", 6)))], Ladder())
    (change,) = same.changes()
    assert change.after.count(b"import html\n") == 1
    assert change.after.count(b"html()\n") == 2


def test_insertions_that_are_no_imports():
    """Of statements at one place nobody knows which comes first."""
    text = b"".join(TEN)
    one = Change(path="a.py", before=text, after=text.replace(b"3\n", b"check()\n3\n"))
    two = Change(path="a.py", before=text, after=text.replace(b"3\n", b"other()\n3\n"))
    assert rebased([two], {"a.py": one.after}) is None


@pytest.mark.parametrize(
    ("before", "current", "after", "merged"),
    [
        (b"a\nb\nc", b"A\nb\nc", b"a\nb\nC", b"A\nb\nC"),
        (b"a\r\nb\r\nc\r\n", b"A\r\nb\r\nc\r\n", b"a\r\nb\r\nC\r\n", b"A\r\nb\r\nC\r\n"),
        (b"a\nb\nc\n", b"a\nb\n", b"A\nb\nc\n", b"A\nb\n"),
        (b"a\nb\nc", b"a\nb\nc\nd", b"a\nb\nc\ne", None),
        (b"a\n", b"a\n", b"b\n", b"b\n"),
    ],
)
def test_rebasing(before, current, after, merged):
    """Byte for byte, whatever the lines end in."""
    found = rebased([Change(path="a.py", before=before, after=after)], {"a.py": current})
    assert (found and found[0].after) == merged


def test_answers_that_may_differ():
    """Where one of the patches is meant to change answers, the whole is."""
    seen = []

    def climb(identity, patch):
        seen.append(patch.answers_differ)
        return Fix(patch=patch, ladder=AGAIN)

    combined([(ONE, fix(changed(2), answers_differ=True)), (TWO, fix(changed(5)))], climb)
    assert seen == [True, True]
