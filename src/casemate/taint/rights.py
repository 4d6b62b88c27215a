"""Who comes in by an entry point: where only administrators do, by what stands at it, they may do a good deal anyway.

What is read: the names of decorators and what they are given (`@admin_required`, `@permission(Scope.admin_users)`,
`@user_passes_test(lambda u: u.is_superuser)`), what a framework is told to call first (`Depends(admin_user)`, of a parameter, a
route or a router), the bases of the class (`AdminRequiredMixin`, `ModelAdmin`), and the permissions that the class names
(`permission_classes = [IsAdminUser]`). Whether the check does what it says is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from casemate.languages import ir
from casemate.taint.frame import Unit
from casemate.taint.graphs import used
from casemate.taint.injected import Injections
from casemate.taint.names import split
from casemate.taint.program import Program

# Not "staff": clerks are no administrators.
RIGHTS: Final = frozenset(
    {
        "admin",
        "admins",
        "administrator",
        "administrators",
        "superadmin",
        "superuser",
        "superusers",
        "sysadmin",
        "sysadmins",
    }
)
# Words that say that others come in as well, or that it is these who do not.
OTHERS: Final = frozenset(
    {"accepted", "allow", "any", "but", "deny", "except", "exempt", "forbid", "login", "no", "non", "not", "or", "own", "owner",
     "read", "readonly", "self", "unless", "without"}
)  # fmt: skip
ASKED: Final = frozenset({"permission_classes", "permission_required", "required_permissions"})
# What a decorator is called that says where, how often or from where a function is called, and not by whom.
ROUTES: Final = frozenset(
    {"route", "get", "post", "put", "patch", "delete", "path", "websocket", "limit", "cached", "errorhandler"}
)
DEPENDS: Final = frozenset({"Depends", "Security"})  # of FastAPI: what it is given is called first
MOST: Final = 64  # instructions behind one argument that are looked at
# What stands behind the name of a check in the name of what is no check: it gives something, or only an answer.
THINGS: Final = frozenset(
    {"client", "config", "database", "db", "email", "engine", "exists", "id", "maybe", "name", "optional", "path", "repo",
     "repository", "service", "settings", "storage", "store", "url"}
)  # fmt: skip


class Made(NamedTuple):
    """Of a body: calls by their place (of decorators too), what makes temporaries, functions by their number, and the operands
    that names of the module are given."""

    calls: dict[int, ir.Instruction]
    made: dict[Any, ir.Instruction]
    functions: dict[int, ir.Instruction]
    kept: dict[str, list[Any]]


class Rights:
    """Whose rights the entry points of a program ask for."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[Unit, bool] = {}
        self._made: dict[Unit, Made] = {}
        self._injections = Injections(program)

    def administrators(self, unit: Unit) -> bool:
        """Whether only administrators come in by a function, by what stands at it, at its class or around it."""
        if unit not in self._known:
            self._known[unit] = self._asked(unit)
        return self._known[unit]

    def _asked(self, unit: Unit) -> bool:
        module = self.program.modules[unit[0]]
        fn = module.functions[unit[1]]
        while True:
            if any(self._at_function(module, fn)) or (fn.owner >= 0 and any(self._at_class(module, fn.owner))):
                return True
            if fn.parent <= 0:
                return False
            fn = module.functions[fn.parent]

    def _at_function(self, module: ir.Module, fn: ir.Function) -> Iterator[bool]:
        yield from self._injected(module, fn)
        for decorator in fn.decorators:
            name = decorator.dotted.rpartition(".")[2]
            words = frozenset(split(name))
            if name in ROUTES:
                yield from self._by_route(module, fn, decorator)
            if name in ROUTES or words & OTHERS:
                continue
            yield says(name)
            if decorator.called and fn.parent >= 0:
                yield _all(self._given(module, module.functions[fn.parent], decorator.pos))

    def _injected(self, module: ir.Module, fn: ir.Function) -> Iterator[bool]:
        """What a framework calls before the function, to give its parameters."""
        for parameter in fn.params:
            found = None if parameter.has_default else self._injections.given(module.name, parameter)
            if found is not None and self._injections.injects(found):
                yield checks(found.by.rpartition(".")[2])
        if fn.parent >= 0 and any(parameter.made for parameter in fn.params):
            around = module.functions[fn.parent]
            defined = self._makers(module, around).functions.get(fn.number)
            for _, operand in defined[4] if defined is not None else ():
                yield self._depends(module, around, operand)

    def _by_route(self, module: ir.Module, fn: ir.Function, decorator: ir.Decorator) -> Iterator[bool]:
        """What a framework calls before the functions of a route, or of the router that it is one of."""
        around = module.functions[fn.parent]
        calls, made, *_ = self._makers(module, around)
        applied = calls.get(decorator.pos)
        route = made.get(applied[3]) if applied is not None else None
        if route is None or route[0] != ir.INVOKE:
            return
        router = made.get(route[3])
        if router is not None and router[0] == ir.GLOBAL:
            body = module.functions[0]
            here = self._makers(module, body)
            for one in here.kept.get(router[3], ()):
                yield from self._each(module, body, here.made, here.made.get(one))
        yield from self._each(module, around, made, route)

    def _each(
        self, module: ir.Module, around: ir.Function, made: dict[Any, ir.Instruction], call: ir.Instruction | None
    ) -> Iterator[bool]:
        """What is named in the `dependencies` of a call."""
        if call is None or call[0] not in (ir.CALL, ir.INVOKE):
            return
        for name, operand in call[-1]:
            listed = made.get(operand)
            if name == "dependencies" and listed is not None and listed[0] == ir.SEQUENCE:
                yield from (self._depends(module, around, one) for one in listed[4])

    def _depends(self, module: ir.Module, around: ir.Function, operand: Any) -> bool:
        """Whether an operand is `Depends(f)` of what lets only administrators in, by its name or by what it is given."""
        made = self._makers(module, around).made
        call = made.get(operand)
        if call is None or call[0] != ir.CALL or not call[4] or name_of(made.get(call[3])) not in DEPENDS:
            return False
        asked = made.get(call[4][0])
        if asked is not None and asked[0] == ir.CALL:
            name = name_of(made.get(asked[3]))
            given = self._behind(module, around, [*asked[4], *(one for _, one in asked[5])])
            return checks(name) or (not frozenset(split(name)) & (OTHERS | THINGS) and _all(given))
        return checks(name_of(asked))

    def _at_class(self, module: ir.Module, number: int) -> Iterator[bool]:
        klass = module.classes[number]
        yield from (says(base.rpartition(".")[2]) for base in klass.bases)
        yield from (says(decorator.dotted.rpartition(".")[2]) for decorator in klass.decorators)
        body = module.functions[klass.body]
        for instructions, _, _ in ir.graph(body):
            for ins in instructions:
                if ins[2] in ASKED:
                    yield _all(self._behind(module, body, list(used(ins))))

    def _given(self, module: ir.Module, around: ir.Function, pos: int) -> list[str]:
        """The names in what a decorator at a position is given one by one."""
        calls, made, *_ = self._makers(module, around)
        applied = calls.get(pos)
        ins = made.get(applied[3]) if applied is not None else None
        if ins is None or ins[0] not in (ir.CALL, ir.INVOKE):
            return []
        return self._behind(module, around, list(ins[5] if ins[0] == ir.INVOKE else ins[4]))

    def _behind(self, module: ir.Module, fn: ir.Function, operands: list[Any]) -> list[str]:
        """The names by which operands were made, within a function, and those within functions among them."""
        made = self._makers(module, fn).made
        found: list[str] = []
        queue = list(operands)
        for _ in range(MOST):
            if not queue:
                break
            one = queue.pop()
            if type(one) is tuple:
                queue.append(one[1])
            elif type(one) is int and one < 0:
                const = fn.consts[-1 - one]
                found += [const] if type(const) is str else []
            elif one in made:
                ins = made[one]
                if ins[0] == ir.UNARY:
                    found.append("not")
                elif ins[0] == ir.ATTR:
                    found.append(ins[4])
                    continue
                elif ins[0] in (ir.GLOBAL, ir.FREE, ir.IMPORT):
                    found.append(ins[3].rpartition(".")[2])
                elif ins[0] == ir.FUNCTION:
                    inner = module.functions[ins[3]]
                    graph = ir.graph(inner)
                    found += [i[4] for block in graph for i in block[0] if i[0] in (ir.ATTR, ir.INVOKE)]
                    turned = any(i[0] == ir.UNARY for block in graph for i in block[0])
                    found += ["not"] if turned or len(graph) > 1 else []
                    continue
                queue += used(ins)
        return found

    def _makers(self, module: ir.Module, fn: ir.Function) -> Made:
        known = self._made.get((module.name, fn.number))
        if known is None:
            instructions = [ins for block in ir.graph(fn) for ins in block[0]]
            kept: dict[str, list[Any]] = {}
            for ins in instructions:
                if ins[0] == ir.SETGLOBAL:
                    kept.setdefault(ins[3], []).append(ins[4])
            known = self._made[module.name, fn.number] = Made(
                calls={ins[1]: ins for ins in instructions if ins[0] == ir.CALL},
                made={ins[2]: ins for ins in instructions if type(ins[2]) is int},
                functions={ins[3]: ins for ins in instructions if ins[0] == ir.FUNCTION},
                kept=kept,
            )
        return known


def name_of(ins: ir.Instruction | None) -> str:
    """The last name by which an operand was got, "" for none."""
    if ins is None or ins[0] not in (ir.GLOBAL, ir.FREE, ir.IMPORT, ir.ATTR):
        return ""
    return str(ins[4] if ins[0] == ir.ATTR else ins[3]).rpartition(".")[2]


def says(name: str) -> bool:
    """Whether a name says that only administrators come in."""
    words = frozenset(split(name))
    return not words & OTHERS and bool(words & RIGHTS)


def checks(name: str) -> bool:
    """Whether a function's name says that it lets only administrators on: not that it gives something, or an answer."""
    words = split(name)
    return says(name) and not THINGS & set(words) and words[0] not in ("is", "has")


def _all(names: list[str]) -> bool:
    """Whether all of several names say so."""
    return bool(names) and all(map(says, names))
