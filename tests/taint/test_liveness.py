"""Liveness: what a block needs, and that leaving out the rest changes no fact."""

from __future__ import annotations

import random
from typing import Any

import pytest

from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.taint import interpreter
from casemate.taint.liveness import live
from casemate.taint.program import Program
from casemate.taint.solver import Solver

NAMES = ("a", "b", "c", "d")
KNOWLEDGE = load()


def lowered(text: str) -> ir.Module:
    module = lower(text.encode(), path="m.py", name="m", package=False)
    assert isinstance(module, ir.Module)
    return module


def facts(module: ir.Module) -> Any:
    solver = Solver(Program([module], KNOWLEDGE))
    solver.solve()
    return solver.summaries, solver.cells


def random_function(chance: random.Random) -> str:
    """A function of loops, branches, lists and sinks over few variables."""
    lines = ["import os", "", "def f(a, b):", "    c, d = [], ''"]

    def block(depth: int, indent: str) -> None:
        for _ in range(chance.randint(1, 4)):
            x, y, z = (chance.choice(NAMES) for _ in range(3))
            kind = chance.randrange(10 if depth < 3 else 6)
            simple = (
                f"{x} = {y}", f"{x} = {y} + {z}", f"{x} = [{y}, {z}]", f"{x}.append({y})", f"os.system({x})",
                f"{x} = {y}[0] if {z} else {y}.name",
            )  # fmt: skip
            if kind < len(simple):
                lines.append(indent + simple[kind])
                continue
            opening = (f"for {x} in {y}:", f"while {x}:", f"if {x} == 'ok':", f"if {x}.startswith('/srv/'):")
            lines.append(indent + opening[kind - len(simple)])
            block(depth + 1, indent + "    ")

    block(0, "    ")
    lines.append(f"    return {chance.choice(NAMES)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(60))
def test_leaving_out_what_is_not_read_changes_no_fact(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts are those of a run in which everything counts."""
    module = lowered(random_function(random.Random(seed)))
    restricted = facts(module)
    monkeypatch.setattr(interpreter, "live", lambda fn, blocks, captured: None)
    assert restricted == facts(module)


def test_a_loop_needs_what_its_rounds_hand_on() -> None:
    """`line` is set anew in each round and read by nobody behind it; `total` goes from round to round."""
    module = lowered(
        "def f(lines):\n    total = ''\n    for line in lines:\n        total = total + line\n    return total\n"
    )
    fn = module.functions[1]
    blocks = ir.graph(fn)
    needs = live(fn, blocks, ())
    assert needs is not None
    header = next(n for n, (ins, _, _) in enumerate(blocks) if any(i[0] == ir.ITER for i in ins))
    assert {name for name in needs.names[header] if type(name) is str} == {"lines", "total"}


def test_captured_variables_and_names_of_classes_always_count() -> None:
    """Inner functions and instances read them without an instruction of the body."""
    module = lowered("def f(a):\n    b = a\n    def g():\n        return b\n    return g\n\nclass C:\n    x = 1\n")
    fn = module.functions[1]
    needs = live(fn, ir.graph(fn), ("b",))
    assert needs is not None
    assert needs.always == {"a", "b"}
    body = next(f for f in module.functions if f.kind == "class")
    assert live(body, ir.graph(body), ()) is None
