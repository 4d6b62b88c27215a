"""What a program offers to whoever imports it, as its modules and packages say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from casemate.languages import ir
from casemate.taint.graphs import Graph
from casemate.taint.program import Program

_INIT = "__init__.py"

INNER = frozenset({"internal", "migrations", "upgrades"})
"""Names of packages whose modules are the program's own: what it keeps to itself, and the steps that change its data base."""


# What an application offers to the server that runs it, and to who starts it.
APPLICATION: Final = frozenset({"create_app", "make_app", "app", "application", "celery", "celery_app", "main"})


STARTING: Final = frozenset({"__main__", "cli", "main"})  # modules by which a library that has a command is started


def private(part: str) -> bool:
    """Whether a part of a dotted name says that what lies below is nobody else's."""
    return (part.startswith("_") and part != "__init__") or part in INNER


def scripts(program: Program) -> frozenset[str]:
    """Modules that are run and that no other of the program imports: what their functions are given they say themselves."""
    imported: set[str] = set()
    for name, module in program.modules.items():
        for dotted in (*module.stars, *(b[1] for _, b in module.names if b[0] == ir.BOUND_IMPORT)):
            imported.update((dotted, dotted.rpartition(".")[0]) if not dotted.startswith(f"{name}.") else ())
    run = {name for name, module in program.modules.items() if "__main__" in module.functions[0].consts}
    return frozenset(run - imported)


def started(module: ir.Module) -> frozenset[int]:
    """The functions that a module defines only where it is run as a script, `if __name__ == "__main__":`: nobody imports them."""
    body = module.functions[0]
    if "__main__" not in body.consts:
        return frozenset()
    blocks = ir.graph(body)
    graph = Graph(blocks, set(), set(range(len(blocks))))
    made = {ins[2]: ins for block in blocks for ins in block[0]}
    out: set[int] = set()
    for number, (_, terminator, _) in enumerate(blocks):
        asked = made.get(terminator[2]) if terminator[0] == ir.BRANCH else None
        if asked is not None and asked[0] == ir.COMPARE and asked[3] == "==" and _main(body, made, asked):
            out.update(
                ins[3]
                for inner, block in enumerate(blocks)
                if graph.one_way(number, inner, True)
                for ins in block[0]
                if ins[0] == ir.FUNCTION
            )
    return frozenset(out)


def _main(body: ir.Function, made: dict[object, ir.Instruction], asked: ir.Instruction) -> bool:
    """Whether a comparison is of the module's name."""
    names = [made[one][3] for one in asked[4:6] if one in made and made[one][0] == ir.GLOBAL]
    return names == ["__name__"] and any(
        type(o) is int and o < 0 and body.consts[-1 - o] == "__main__" for o in asked[4:6]
    )


def by_public(program: Program, internal: Callable[[str], bool]) -> frozenset[str]:
    """What of private modules a public one offers under a public name: `from ._impl import load`, `from . import _csv as csv`."""
    out: set[str] = set()
    for name, module in program.modules.items():
        if not internal(name) and not _hidden(name):
            out.update(star for star in module.stars if _hidden(star))
            out.update(dotted for dotted in _imported(module) if _hidden(dotted))
    return frozenset(out)


def offers(program: Program, root: str) -> bool:
    """Whether the file of a package itself offers something: by `__all__`, a function or class, or a name from within. What its
    own modules take from there is for them."""
    module = program.modules.get(root)
    if module is None or module.exports is not None or module.stars:
        return True
    inner = frozenset(
        dotted.replace(".__init__.", ".")
        for name, below in program.modules.items()
        if name.startswith(f"{root}.") and name.rpartition(".")[2] not in STARTING
        for dotted in _imported(below)
    )
    own = (
        b[0]
        for bound, b in module.names
        if not bound.startswith("_") and bound not in APPLICATION and f"{root}.{bound}" not in inner
    )
    return any(kind in (ir.BOUND_FUNCTION, ir.BOUND_CLASS) for kind in own) or any(
        dotted.startswith(f"{root}.") and dotted not in program.modules and dotted.rpartition(".")[2] not in APPLICATION
        for dotted in _imported(module)
    )


def exported(program: Program) -> frozenset[str]:
    """What the packages' own files offer of what lies below: names as they are defined, and modules of which that is all."""
    out: set[str] = set()
    for module in program.modules.values():
        if module.path.rpartition("/")[2] == _INIT:
            out.update(module.stars)
            out.update(dotted for dotted in _imported(module) if dotted not in program.modules)
    return frozenset(out)


def _hidden(dotted: str) -> bool:
    return any(map(private, dotted.split(".")))


def _imported(module: ir.Module) -> list[str]:
    """What a module imports under public names."""
    return [b[1] for bound, b in module.names if b[0] == ir.BOUND_IMPORT and not bound.startswith("_")]
