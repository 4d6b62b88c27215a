"""Going on from an earlier solve: what is the same afterwards, and what is not gone on from."""

from __future__ import annotations

import marshal
import random
from functools import partial
from pathlib import Path

import pytest

from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.taint import memory, resume
from casemate.taint.program import Program
from casemate.taint.resume import Edited, Solution
from casemate.taint.solver import Solver

KNOWN = load()
BANK = Path(__file__).parents[2] / "examples" / "bank"
STORE = """
import os

ROOT = "/srv"


class Store:
    base = ROOT

    def path(self, name):
        return os.path.join(self.base, name)

    def drop(self, name):
        os.system("rm " + self.path(name))


def clean(name):
    return name.replace("/", "")


def unused(name, times=1):
    return clean(name)
"""
VIEWS = """
from store import Store, clean


def show(name):
    return Store().path(clean(name))


def drop(name):
    Store().drop(name)
"""
ZOO = """
def last(name):
    return name
"""
TEXTS = {"store": STORE, "views": VIEWS, "zoo": ZOO}


def modules(texts: dict[str, str]) -> dict[str, ir.Module]:
    out = {}
    for name, text in sorted(texts.items()):
        path = f"{name.replace('.', '/')}.py"
        module = lower(text.encode(), path=path, name=name, package=False)
        assert isinstance(module, ir.Module)
        out[name] = ir.unpack(ir.pack(module))
    return out


def solved(texts: dict[str, str]) -> Solver:
    solver = Solver(Program(modules(texts).values(), KNOWN))
    solver.solve()
    return solver


def kept(solver: Solver, earlier: Solution | None = None) -> Solution:
    found = resume.load(resume.dump(resume.solution(solver, earlier)))
    assert found is not None
    return found


def runs_of(solver: Solver, name: str) -> dict[int, list[memory.Run]]:
    return memory.load(memory.dump(solver.learned()[name]))


def gone_on(before: Solver, old: dict[str, str], new: dict[str, str], found: Solution | None = None) -> Solver | None:
    """The new program's solver from the old one's solution."""
    was = modules(old)
    edited = {
        name: (lambda name=name: Edited(was[name], runs_of(before, name))) for name in new if new[name] != old[name]
    }
    return resume.resume(Program(modules(new).values(), KNOWN), found or kept(before), edited)


def told(solver: Solver) -> tuple[object, ...]:
    """All that anybody asks of a solved program."""
    facts = [(unit, memory.plain_summary(solver.summaries[unit])) for unit in solver.summaries]
    cells = sorted(solver.cells.items(), key=repr)
    return facts, cells, sorted(solver.entries.items()), solver.called(), solver.registrations(), solver.given_up


STAND = {
    "a line before everything": lambda t: "# moved\n" + t,
    "a line in the middle": lambda t: t.replace("\n\ndef clean", "\n\n# moved\ndef clean"),
    "a new function": lambda t: t + "\n\ndef brought(value):\n    return value\n",
    "a new function that asks for an earlier one": lambda t: t + "\n\ndef brought(value):\n    return clean(value)\n",
    "a new function with a sink": lambda t: t + "\n\ndef brought(value):\n    os.system('ls ' + value)\n",
    "what nobody calls": lambda t: t.replace("return clean(name)\n", "os.system('ls ' + clean(name))\n"),
    "another text of no weight": lambda t: t.replace('replace("/", "")', "replace('/', '')"),
    "a new value": lambda t: t + "\nFRESHLY = 3\n",
}


@pytest.mark.parametrize("edit", STAND, ids=str)
def test_an_edit_that_tells_the_others_nothing(edit: str):
    """Gone on from, with the facts of a solve from nothing, in the same order."""
    new = {**TEXTS, "store": STAND[edit](STORE)}
    assert new != TEXTS
    solver = gone_on(solved(TEXTS), TEXTS, new)
    assert solver is not None
    cold = solved(new)
    assert told(solver) == told(cold)
    assert solver.order() == cold.order()
    assert list(solver.learned()) == ["store"]


FALL = {
    "what a caller is given": lambda t: t.replace('return name.replace("/", "")', "return '/tmp'"),
    "a check more": lambda t: t.replace(
        "def clean(name):\n", "def clean(name):\n    if '/' in name: raise ValueError\n"
    ),
    "another parameter": lambda t: t.replace("def clean(name)", "def clean(name, strict=True)"),
    "another default": lambda t: t.replace("times=1", "times=True"),
    "another order of asking": lambda t: t.replace(
        "return os.path.join(self.base, name)", "name; return clean(self.base)"
    ),
    "a function less": lambda t: t[: t.index("def unused")],
    "another name": lambda t: t.replace("def unused", "def used"),
    "a new class": lambda t: t + "\n\nclass Brought:\n    pass\n",
    "a new method": lambda t: t.replace("    def drop", "    def brought(self):\n        return 1\n\n    def drop"),
    "a new import": lambda t: t + "\nimport subprocess\n",
    "what an attribute holds": lambda t: t.replace("base = ROOT", "base = input()"),
    "what a name stands for": lambda t: t.replace('ROOT = "/srv"', 'ROOT = "/opt"'),
    "1 is not True": lambda t: t.replace('ROOT = "/srv"', "ROOT = True"),
    "a new function that asks for a later one": lambda t: (
        t + "\n\ndef brought(value):\n    import zoo\n    return zoo.last(value)\n"
    ),
    "a new function that tells": lambda t: t + "\n\ndef brought(value):\n    Store.base = value\n",
    "part of it is lost": lambda t: t + "\ndef broken(:\n",
}


@pytest.mark.parametrize("edit", FALL, ids=str)
def test_an_edit_of_which_that_cannot_be_shown(edit: str):
    """Then the whole is replayed, which has its own tests."""
    new = {**TEXTS, "store": FALL[edit](STORE)}
    assert new != TEXTS
    assert gone_on(solved(TEXTS), TEXTS, new) is None


def test_a_name_that_was_asked_for_is_no_new_name():
    """Whoever asked for it was told that there is none, and would be told otherwise now."""
    old = {**TEXTS, "views": VIEWS + "\n\ndef later(name):\n    import store\n    return store.brought(name)\n"}
    new = {**old, "store": STORE + "\n\ndef brought(value):\n    return value\n"}
    assert gone_on(solved(old), old, new) is None


def test_what_a_decorator_hands_on_is_a_fact_of_its_own():
    """Who calls what is decorated rests on it, also where the decorator stands in another module."""
    stand_in = "    def stand_in(*args, **kwargs):\n{}        return function(*args, **kwargs)\n    return stand_in\n"
    decorator = "def counted(function):\n" + stand_in
    run = "@counted\ndef run(name, shell=False):\n    if shell:\n        os.system(name)\n\n\ndef go(name):\n    run(name)\n"
    old = {"a": decorator.format(""), "b": "import os\nfrom a import counted\n\n\n" + run}
    new = {**old, "a": decorator.format("        kwargs['shell'] = True\n")}
    cold = solved(new)
    assert told(cold)[0] != told(solved(old))[0]
    again = gone_on(solved(old), old, new)
    assert again is None or told(again) == told(cold)


def test_one_edit_after_the_other():
    """A solution that was gone on to is gone on from, also in two modules at once."""
    texts, solver = TEXTS, solved(TEXTS)
    found = kept(solver)
    runs = {name: runs_of(solver, name) for name in TEXTS}
    for number in range(4):
        new = dict(texts)
        for name in ("store", "zoo")[: 1 + number % 2]:
            new[name] = f"# edit {number}\n{texts[name]}\n\ndef brought_{name}_{number}(value):\n    return value\n"
        was = modules(texts)
        edited = {n: partial(Edited, was[n], runs[n]) for n in new if new[n] != texts[n]}
        again = resume.resume(Program(modules(new).values(), KNOWN), found, edited)
        assert again is not None
        cold = solved(new)
        assert told(again) == told(cold)
        assert again.order() == cold.order()
        found = kept(again, found)
        runs |= {name: runs_of(again, name) for name in again.learned()}
        texts = new


def test_nothing_edited_is_nothing_to_do():
    """The solution itself."""
    before = solved(TEXTS)
    again = gone_on(before, TEXTS, TEXTS)
    assert again is not None
    assert told(again) == told(before)
    assert again.learned() == {}


def test_whatever_is_gone_on_from_is_what_a_solve_from_nothing_finds():
    """Lines of a real program, moved, doubled and left out at random: where it is gone on, the facts are the same."""
    texts = {
        ".".join(path.relative_to(BANK).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
        for path in sorted(BANK.rglob("*.py"))
    }
    before, draw, went = solved(texts), random.Random(11), 0
    found = kept(before)
    for _ in range(20):
        name = draw.choice(sorted(texts))
        lines = texts[name].splitlines(keepends=True)
        at = draw.randrange(len(lines) + 1)
        way = draw.randrange(3)
        if way == 0:
            lines.insert(at, "\n")
        elif way == 1 and at < len(lines):
            del lines[at]
        else:
            lines.append(f"\n\ndef drawn_{at}(value):\n    return value\n")
        new = {**texts, name: "".join(lines)}
        solver = gone_on(before, texts, new, found)
        if solver is not None:
            went += 1
            assert told(solver) == told(solved(new))
    assert went > 5


@pytest.mark.parametrize(
    "data", [b"", b"N", b"\x00", marshal.dumps((memory.VERSION,)), marshal.dumps((0, {}))], ids=repr
)
def test_bytes_that_are_no_solution(data: bytes):
    """Give none."""
    assert resume.load(data) is None
