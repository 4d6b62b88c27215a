"""Test code that stands where its file's path does not tell: test cases, and modules `tests` that hold some."""

from __future__ import annotations

import re
from typing import Final

from casemate.languages import ir
from casemate.taint.graphs import Graph
from casemate.taint.names import split
from casemate.taint.program import Program

BASE: Final = re.compile(r"(?:^|\.)\w*(?:TestCase|TestCaseMixin|TestMixin)$")
METHOD: Final = re.compile(r"test(?:_|[A-Z])")
RUN_BY: Final = frozenset({"test", "tests", "testing", "pytest", "unittest"})
RUNNERS: Final = ("pytest", "unittest", "nose", "testtools")


def is_tests(program: Program, name: str) -> bool:
    """Whether a module called `tests` holds tests. A module of that name may be what a library offers: tests of a template."""
    if name.rpartition(".")[2] not in ("tests", "test") or name not in program.modules:
        return False
    module = program.modules[name]
    return any(_is_case(program, name, c) for c in module.classes) or any(
        _is_test(module, fn) for fn in module.functions
    )


def within_test(program: Program, name: str, number: int) -> bool:
    """Whether a function of a module, or a function or class that it stands in, is a test or belongs to a test case."""
    module = program.modules[name]
    while number > 0:
        fn = module.functions[number]
        whose = fn.owner if fn.kind != "class" else next(c.number for c in module.classes if c.body == number)
        if (whose >= 0 and _is_case(program, name, module.classes[whose])) or _is_test(module, fn):
            return True
        number = fn.parent
    return False


def _is_case(program: Program, name: str, klass: ir.Class) -> bool:
    """Whether a class derives from a test case, or is one as pytest finds them: by its name and its methods'."""
    if any(BASE.search(base) for base in (*klass.bases, *program.external_bases((name, klass.number)))):
        return True
    tests = any(METHOD.match(bound) for bound, b in klass.names if b[0] == ir.BOUND_FUNCTION)
    return tests and klass.name.startswith("Test") and _runs_tests(program.modules[name])


def _is_test(module: ir.Module, fn: ir.Function) -> bool:
    """Whether a function of a module is a test, by its name."""
    return (
        fn.kind == "function" and not fn.parent and fn.owner < 0 and fn.name.startswith("test_") and _runs_tests(module)
    )


def _runs_tests(module: ir.Module) -> bool:
    return any(b[0] == ir.BOUND_IMPORT and b[1].split(".")[0] in RUNNERS for _, b in module.names)


def only_tested(fn: ir.Function, pos: int) -> bool:
    """Whether what stands at a position is reached only where a switch says that tests are run: `if settings.TESTING:`."""
    blocks = ir.graph(fn)
    made = {ins[2]: ins for instructions, _, _ in blocks for ins in instructions if ins[0] in (ir.ATTR, ir.GLOBAL)}
    switches = [
        number
        for number, (_, terminator, _) in enumerate(blocks)
        if terminator[0] == ir.BRANCH and terminator[2] in made and _says_so(made[terminator[2]])
    ]
    graph = Graph(blocks, set(), set(range(len(blocks))))
    places = graph.at(pos) if switches else []
    return bool(places) and all(any(graph.one_way(n, there.place[0], True) for n in switches) for there in places)


def _says_so(ins: ir.Instruction) -> bool:
    return bool(RUN_BY & set(split(ins[4] if ins[0] == ir.ATTR else ins[3])))
