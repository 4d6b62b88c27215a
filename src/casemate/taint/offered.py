"""What a program offers to whoever imports it, as its modules and packages say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from casemate.languages import ir
from casemate.taint.program import Program

_INIT = "__init__.py"

INNER = frozenset({"internal", "migrations", "upgrades"})
"""Names of packages whose modules are the program's own: what it keeps to itself, and the steps that change its data base."""


# What an application offers to the server that runs it, and to who starts it.
APPLICATION: Final = frozenset({"create_app", "make_app", "app", "application", "celery", "celery_app", "main"})


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


def by_public(program: Program, internal: Callable[[str], bool]) -> frozenset[str]:
    """What of private modules a public one offers under a public name: `from ._impl import load`, `from . import _csv as csv`."""
    out: set[str] = set()
    for name, module in program.modules.items():
        if not internal(name) and not _hidden(name):
            out.update(star for star in module.stars if _hidden(star))
            out.update(dotted for dotted in _imported(module) if _hidden(dotted))
    return frozenset(out)


def offers(program: Program, root: str) -> bool:
    """Whether the file of a package itself offers something: by `__all__`, a function or class, or a name from within."""
    module = program.modules.get(root)
    if module is None or module.exports is not None or module.stars:
        return True
    own = (b[0] for bound, b in module.names if not bound.startswith("_") and bound not in APPLICATION)
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
