"""Who comes in by an entry point: where only administrators do, by what stands at it, they may do a good deal anyway.

What is read: the names of decorators and what they are given (`@admin_required`, `@permission(Scope.admin_users)`,
`@user_passes_test(lambda u: u.is_superuser)`), the bases of the class (`AdminRequiredMixin`, `ModelAdmin`), and the permissions
that the class names (`permission_classes = [IsAdminUser]`). Whether the check does what it says is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from casemate.languages import ir
from casemate.taint.frame import Unit
from casemate.taint.graphs import used
from casemate.taint.names import split
from casemate.taint.program import Program

RIGHTS: Final = frozenset(
    {
        "admin", "admins", "administrator", "administrators", "superadmin", "superuser", "superusers", "staff", "sysadmin",
        "sysadmins",
    }
)  # fmt: skip
ASKED: Final = frozenset(
    {"permission_classes", "permission_required", "permissions", "required_permissions", "allowed_roles", "roles"}
)
MOST: Final = 64  # instructions behind one argument that are looked at


def administrators(program: Program, unit: Unit) -> bool:
    """Whether only administrators come in by a function, by what stands at it, at its class or around it."""
    module = program.modules[unit[0]]
    fn = module.functions[unit[1]]
    while True:
        if any(map(_says, _at_function(module, fn))) or (
            fn.owner >= 0 and any(map(_says, _at_class(module, fn.owner)))
        ):
            return True
        if fn.parent <= 0:
            return False
        fn = module.functions[fn.parent]


def _says(name: str) -> bool:
    return not name.startswith("/") and not RIGHTS.isdisjoint(split(name))


def _at_function(module: ir.Module, fn: ir.Function) -> Iterator[str]:
    around = module.functions[fn.parent] if fn.parent >= 0 and fn.number else None
    for decorator in fn.decorators:
        yield decorator.dotted.rpartition(".")[2]
        yield from (text for text in (*decorator.args, *(v for _, v in decorator.kwargs)) if type(text) is str)
        if around is not None and decorator.called:
            yield from _given(module, around, decorator.pos - around.pos)


def _at_class(module: ir.Module, number: int) -> Iterator[str]:
    klass = module.classes[number]
    yield from (base.rpartition(".")[2] for base in klass.bases)
    yield from (decorator.dotted.rpartition(".")[2] for decorator in klass.decorators)
    body = module.functions[klass.body]
    for instructions, _, _ in ir.graph(body):
        for ins in instructions:
            if ins[2] in ASKED:
                yield from _behind(module, body, list(used(ins)))


def _given(module: ir.Module, around: ir.Function, pos: int) -> Iterator[str]:
    """The names in what a call at a position is given."""
    for instructions, _, _ in ir.graph(around):
        for ins in instructions:
            if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE):
                args, kwargs = ins[5:7] if ins[0] == ir.INVOKE else ins[4:6]
                yield from _behind(module, around, [*args, *(v for _, v in kwargs)])


def _behind(module: ir.Module, fn: ir.Function, operands: list[Any]) -> Iterator[str]:
    """The names by which operands were made, within a function, and those within functions among them."""
    made = {ins[2]: ins for instructions, _, _ in ir.graph(fn) for ins in instructions if type(ins[2]) is int}
    queue = list(operands)
    for _ in range(MOST):
        if not queue:
            return
        one = queue.pop()
        if type(one) is tuple:
            queue.append(one[1])
        elif type(one) is int and one < 0:
            const = fn.consts[-1 - one]
            yield from (const,) if type(const) is str else ()
        elif one in made:
            ins = made[one]
            if ins[0] in (ir.GLOBAL, ir.FREE, ir.IMPORT):
                yield ins[3].rpartition(".")[2]
            elif ins[0] == ir.ATTR:
                yield ins[4]
            elif ins[0] == ir.FUNCTION:
                inner = module.functions[ins[3]]
                yield from (i[4] for b in ir.graph(inner) for i in b[0] if i[0] in (ir.ATTR, ir.INVOKE))
            queue += used(ins)
