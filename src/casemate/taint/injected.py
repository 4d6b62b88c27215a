"""What a framework gives a parameter by calling a function of the program first: `user=Depends(current_user)` of FastAPI.

It is written as the default, in the annotation (`Annotated[User, Depends(current_user)]`), or under a name of the
annotation's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from casemate.languages import ir
from casemate.model.trace import Boundary
from casemate.taint.names import split
from casemate.taint.values import SEEN

if TYPE_CHECKING:
    from casemate.taint.frame import Unit
    from casemate.taint.program import Program
    from casemate.taint.solver import Solver
    from casemate.taint.values import Ref

# "Dependencies" of FastAPI's reference: what they are given is called with parts of the request.
CALLED_FIRST: Final = frozenset(
    {"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.params.Security"}
)
# What is given by functions of which only the name is known, and that is no data.
THINGS: Final = frozenset(
    {
        "account", "cache", "client", "config", "current", "database", "db", "engine", "manager", "principal", "queue", "repo",
        "repository", "service", "session", "settings", "storage", "store", "user",
    }
)  # fmt: skip


class Given(NamedTuple):
    """module: where it is written. called: `Depends`. by: the function that is called first, "" for another expression."""

    module: str
    called: str
    by: str


class Injections:
    """Questions about the parameters of a program's functions."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._named: dict[str, dict[str, Given]] = {}

    def given(self, module: str, parameter: ir.Parameter) -> Given | None:
        """What stands in for a parameter; None where nothing does, or what its annotation says."""
        if parameter.made:
            return Given(module, parameter.made[0], parameter.made[1]) if len(parameter.made) > 1 else None
        found = self.program.dotted(module, parameter.annotation) if parameter.annotation else ("x", "")
        if found[0] != "g":
            return None
        if found[1] not in self._named:
            self._named[found[1]] = dict(_annotated(self.program.modules[found[1]]))
        return self._named[found[1]].get(found[2])

    def injects(self, found: Given) -> bool:
        """Whether it is a call by which a framework calls a function first."""
        return self.program.dotted(found.module, found.called) in [("x", name) for name in CALLED_FIRST]

    def may_be_data(self, solver: Solver, found: Given, name: str, seen: frozenset[Unit] = frozenset()) -> bool:
        """Whether what such a function gives may be somebody's data: it gives back a part of the request, or what it is itself
        given of one. name: of the parameter, which tells where nothing else does."""
        maker = self.program.dotted(found.module, found.by) if found.by else ("x", "")
        made = maker[0] == "c"
        if made:
            maker = self.program.method((maker[1], maker[2]), "__init__") or maker
        if maker[0] != "f":
            return made or not THINGS & {*split(name), *split(found.by.rpartition(".")[2])}
        unit = (maker[1], maker[2])
        if unit in seen:
            return False
        fn = self.program.function(unit)
        summary = solver.summaries.get(unit)
        labels = [label for _, label, mask, _ in summary.returns if mask & SEEN] if summary is not None else []
        if any(label[0] == "s" and label[1] == Boundary.REMOTE for label in labels):
            return True
        handed = {label[1] for label in labels if label[0] == "p"}
        return any(
            self._is_data(solver, unit[0], parameter, seen | {unit})
            for number, parameter in enumerate(fn.params)
            if number in handed or (made and number)
        )

    def _is_data(self, solver: Solver, module: str, parameter: ir.Parameter, seen: frozenset[Unit]) -> bool:
        stands = self.given(module, parameter)
        if stands is not None and self.injects(stands):
            return self.may_be_data(solver, stands, parameter.name, seen)
        return data(self.program, self.program.dotted(module, parameter.annotation))


def _annotated(module: ir.Module) -> list[tuple[str, Given]]:
    """What names of a module stand for that are given `Annotated[User, Depends(f)]`."""
    instructions = [ins for block in ir.graph(module.functions[0]) for ins in block[0]]
    made = {ins[2]: ins for ins in instructions}
    out = []
    for ins in instructions:
        index = made.get(ins[4]) if ins[0] == ir.SETGLOBAL else None
        if index is None or index[0] != ir.INDEX or _text(made, index[3]).rpartition(".")[2] != "Annotated":
            continue
        items = made.get(index[4])
        for item in items[4] if items is not None and items[0] == ir.SEQUENCE else ():
            call = made.get(item)
            if call is not None and call[0] == ir.CALL and call[4]:
                out.append((ins[3], Given(module.name, _text(made, call[3]), _text(made, call[4][0]))))
    return out


def _text(made: dict[Any, ir.Instruction], operand: Any) -> str:
    """A name, or a name of something's, as written."""
    ins = made.get(operand)
    if ins is not None and ins[0] == ir.GLOBAL:
        return str(ins[3])
    if ins is not None and ins[0] == ir.ATTR:
        base = _text(made, ins[3])
        return f"{base}.{ins[4]}" if base else ""
    return ""


def data(program: Program, found: Ref) -> bool:
    """Whether something of a type may be data: it is no number, and no object."""
    if found[0] != "x":
        return True
    call = program.knowledge.calls.get(found[1])
    if found[1] in program.knowledge.bases:  # an object, unless it is a text in other clothes, as a Path is
        return call is not None and bool(call.splices)
    return call is None or call.clears != ("*",)
