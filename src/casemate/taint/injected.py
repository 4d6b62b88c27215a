"""What a framework gives a parameter by calling a function of the program first: `user=Depends(current_user)` of FastAPI.

It is written as the default, in the annotation (`Annotated[User, Depends(current_user)]`), or under a name of the
annotation's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from casemate.languages import ir

if TYPE_CHECKING:
    from casemate.taint.program import Program
    from casemate.taint.values import Ref

OWN = frozenset({"self", "cls", "request"})


class Given(NamedTuple):
    """module: where it is written. called: `Depends`. by: the function that is called first, "" for another expression."""

    module: str
    called: str
    by: str


def given(program: Program, module: str, parameter: ir.Parameter) -> Given | None:
    """What stands in for a parameter; None where nothing does, or what its annotation says."""
    if parameter.made:
        return Given(module, parameter.made[0], parameter.made[1]) if len(parameter.made) > 1 else None
    found = program.dotted(module, parameter.annotation) if parameter.annotation else ("x", "")
    return _annotated(program, found[1], found[2]) if found[0] == "g" else None


def _annotated(program: Program, module: str, name: str) -> Given | None:
    """What `name = Annotated[User, Depends(f)]` says."""
    made = {}
    kept = None
    for block in ir.graph(program.modules[module].functions[0]):
        for ins in block[0]:
            made[ins[2]] = ins
            kept = ins[4] if ins[0] == ir.SETGLOBAL and ins[3] == name else kept
    index = made.get(kept)
    if index is None or index[0] != ir.INDEX or _text(made, index[3]).rpartition(".")[2] != "Annotated":
        return None
    items = made.get(index[4])
    for item in items[4] if items is not None and items[0] == ir.SEQUENCE else ():
        call = made.get(item)
        if call is not None and call[0] == ir.CALL and call[4]:
            return Given(module, _text(made, call[3]), _text(made, call[4][0]))
    return None


def _text(made: dict[object, ir.Instruction], operand: object) -> str:
    """A name, or a name of something's, as written."""
    ins = made.get(operand)
    if ins is not None and ins[0] == ir.GLOBAL:
        return str(ins[3])
    if ins is not None and ins[0] == ir.ATTR:
        base = _text(made, ins[3])
        return f"{base}.{ins[4]}" if base else ""
    return ""


def injects(program: Program, found: Given) -> bool:
    """Whether it is a call by which a framework calls a function first."""
    ref = program.dotted(found.module, found.called)
    call = program.knowledge.calls.get(ref[1]) if ref[0] == "x" else None
    return call is not None and call.clears == ("*",)


def may_be_data(program: Program, found: Given) -> bool:
    """Whether what such a function gives may be somebody's data: it is itself given some."""
    maker = program.dotted(found.module, found.by) if found.by else ("x", "")
    if maker[0] == "c":
        maker = program.method((maker[1], maker[2]), "__init__") or maker
    fn = program.function((maker[1], maker[2])) if maker[0] == "f" else None
    return fn is not None and any(
        one.name not in OWN
        and given(program, maker[1], one) is None
        and data(program, program.dotted(maker[1], one.annotation))
        for one in fn.params
    )


def data(program: Program, found: Ref) -> bool:
    """Whether something of a type may be data: it is no number, and no object."""
    if found[0] != "x":
        return True
    call = program.knowledge.calls.get(found[1])
    if found[1] in program.knowledge.bases:  # an object, unless it is a text in other clothes, as a Path is
        return call is not None and bool(call.splices)
    return call is None or call.clears != ("*",)
