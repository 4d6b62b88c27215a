"""What is remembered of a solve: replayed on the same program, it leaves nothing to be worked out."""

from __future__ import annotations

from pathlib import Path

from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.taint import memory
from casemate.taint.memory import Run, Unit
from casemate.taint.program import Program
from casemate.taint.solver import Solver

BANK = Path(__file__).parents[2] / "examples" / "bank"
# The class's body is run for its effects alone, before anybody reads what it holds; two functions call each other; what an
# attribute holds is told by a method that comes later.
ORDERED = """
class Settings:
    root = "/srv"
    def path(self, name):
        return self.base + name
    def load(self, name):
        self.base = self.root + name
        return odd(name)


def even(n):
    return odd(n) if n else Settings().path(n)


def odd(n):
    return even(n) + Settings.root
"""
CALLER = """
import ordered


def use(x):
    return ordered.even(x) + ordered.Settings.root
"""


def modules(texts: dict[str, str]) -> list[ir.Module]:
    lowered = [lower(t.encode(), path=f"{n}.py", name=n, package=False) for n, t in sorted(texts.items())]
    return [module for module in lowered if isinstance(module, ir.Module)]


def solved(texts: dict[str, str], remembered: dict[Unit, list[Run]] | None = None) -> Solver:
    solver = Solver(Program(modules(texts), load()), remembered)
    solver.solve()
    return solver


def kept(solver: Solver) -> dict[Unit, list[Run]]:
    """What the next scan reads of what this one has written."""
    out = {}
    for name, runs in solver.learned().items():
        for number, of in memory.load(memory.dump(runs)).items():
            out[name, number] = of
    return out


def bank() -> dict[str, str]:
    return {
        ".".join(path.relative_to(BANK).with_suffix("").parts): path.read_text() for path in sorted(BANK.rglob("*.py"))
    }


def test_a_replay_of_the_same_program_works_nothing_out():
    """Not even where functions rest on one another in a circle, or on what a class's body has done."""
    for texts in (bank(), {"ordered": ORDERED, "caller": CALLER}):
        first = solved(texts)
        again = solved(texts, kept(first))
        assert again.learned() == {}
        assert again.summaries == first.summaries
        assert again.cells == first.cells


def test_another_default_is_another_callee():
    """What a call leaves out is told by the header, not by the body: the caller is worked out again."""
    callee = "import os\n\ndef make(name, create=False):\n    if create:\n        os.mkdir('/data/' + name)\n"
    texts = {"callee": callee, "caller": "import callee\n\ndef use(x):\n    callee.make(x)\n"}
    first = solved(texts)
    assert not first.summaries["caller", 1].hits
    texts["callee"] = callee.replace("False", "True")
    of_others = {unit: runs for unit, runs in kept(first).items() if unit[0] != "callee"}
    again = solved(texts, of_others)
    assert again.summaries["caller", 1].hits
    assert again.summaries == solved(texts).summaries


def test_a_replay_goes_on_from_what_has_changed():
    """Only modules that rest on the change are worked out, and the facts are those of a solve from nothing."""
    texts = {"ordered": ORDERED, "apart": "def alone(x):\n    return x\n"}
    remembered = kept(solved(texts))
    texts["ordered"] = ORDERED.replace('"/srv"', '"/home"')
    of_others = {unit: runs for unit, runs in remembered.items() if unit[0] != "ordered"}
    again = solved(texts, of_others)
    assert set(again.learned()) == {"ordered"}
    assert again.summaries == solved(texts).summaries
