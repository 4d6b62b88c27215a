"""Entry points: functions that something outside the program calls, with data from outside.

Known by a decorator, by a base class and the method's name, by that name alone, by a call that registers the function, or by its
parameters' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from casemate.knowledge.entries import Entry, Knowledge
from casemate.languages import ir
from casemate.taint.injected import Injections, data

ONE = "/"

if TYPE_CHECKING:
    from casemate.taint.frame import Frame, Unit
    from casemate.taint.solver import Solver


def registering(knowledge: Knowledge) -> dict[str, list[int]]:
    """Dotted name of a call → numbers of the entries that it registers."""
    out: dict[str, list[int]] = {}
    for number, entry in enumerate(knowledge.entries):
        if entry.call:
            out.setdefault(entry.call, []).append(number)
    return out


class Tables(NamedTuple):
    """Numbers of entries: by decorator, those by base class, by the name of a method of any class, and by all parameters.
    sending: methods of functions by which these are run elsewhere, and whether they are given the arguments as a list and a
    dict."""

    decorators: dict[str, list[int]]
    bases: list[int]
    methods: dict[str, list[int]]
    signatures: dict[tuple[str, ...], list[int]]
    sending: dict[str, bool]


def tables(knowledge: Knowledge) -> Tables:
    """The entries that a function is by itself."""
    decorators: dict[str, list[int]] = {}
    bases: list[int] = []
    methods: dict[str, list[int]] = {}
    signatures: dict[tuple[str, ...], list[int]] = {}
    for number, entry in enumerate(knowledge.entries):
        if entry.signature:
            signatures.setdefault(entry.signature, []).append(number)
        if entry.decorator:
            decorators.setdefault(entry.decorator, []).append(number)
        if entry.base:
            bases.append(number)
        for name in entry.methods if entry.imports else ():
            methods.setdefault(name, []).append(number)
    sending = {name: name in entry.laid_out_by for entry in knowledge.entries for name in entry.sent_by}
    return Tables(decorators, bases, methods, signatures, sending)


def of(solver: Solver, frame: Frame) -> tuple[int, ...]:
    """The entries that a frame's function is, by number."""
    fn = frame.fn
    if fn.kind not in ("function", "lambda"):
        return ()
    decorators, bases, methods, signatures, _ = solver.entry_tables
    names = tuple(parameter.name for parameter in fn.params)
    out = [*signatures.get(names[1:] if fn.owner >= 0 else names, ())]
    for decorator in fn.decorators:
        for name in _names(solver, frame, decorator.dotted):
            out += decorators.get(name, ())
    if fn.owner >= 0:
        lineage = solver.program.external_bases((frame.unit[0], fn.owner))
        for number in bases if lineage else ():
            entry = solver.knowledge.entries[number]
            if entry.base in lineage and (fn.name in entry.methods or ("*" in entry.methods and fn.name[:1] != "_")):
                out.append(number)
        for number in methods.get(fn.name, ()):
            entry = solver.knowledge.entries[number]
            named = {name for name, _ in entry.types if not name.isdigit()}  # of parameters that it has by these names
            if named <= {p.name for p in fn.params} and solver.imports(frame.module, entry.imports):
                out.append(number)
    out += solver.registered(frame)
    return tuple(dict.fromkeys(out))


def carries(solver: Solver, injections: Injections, unit: Unit, entry: Entry, number: int) -> bool:
    """Whether a parameter of an entry point carries data from outside, by its name, its type, and what stands in for it."""
    program = solver.program
    parameter = program.function(unit).params[number]
    if entry.params != ("*",) and parameter.name not in entry.params:
        return False
    if any(name in (parameter.name, str(number)) for name, _ in entry.types):
        return False
    stands = injections.given(unit[0], parameter)
    if stands is not None and injections.injects(stands):
        return injections.may_be_data(solver, stands, parameter.name)
    found = program.dotted(unit[0], parameter.annotation)
    if found[0] == "c" and entry.models:
        return any(base in entry.models for base in program.external_bases((found[1], found[2])))
    return data(program, found)


def element(entry: Entry, path: Sequence[object]) -> bool:
    """Whether what is used of a parameter comes from outside: by the key under which it stands in it, where that is known."""
    key = path[0] if path else None
    known = isinstance(key, str) and key[:1] == "["
    return not entry.elements or not known or re.fullmatch(entry.elements, str(key)[1:]) is not None


def harmless(entry: Entry, fn: ir.Function, texts: Iterable[object]) -> tuple[str, ...]:
    """The parameters of which a route says that they are numbers or the like (`<int:account>`), and, with `ONE` behind their
    names, those that are one name without a separator."""
    given = [text for text in texts if isinstance(text, str)]
    out = []
    for parameter in fn.params if entry.harmless or entry.segment else ():
        name = re.escape(parameter.name)
        if entry.harmless and any(re.search(entry.harmless.replace("{param}", name), text) for text in given):
            out.append(parameter.name)
        named = [text for text in given if re.search(rf"\b{name}\b", text)] if entry.segment else []
        if named and all(re.search(entry.segment.replace("{param}", name), text) for text in named):
            out.append(parameter.name + ONE)
    return tuple(out)


def fixed(entry: Entry, fn: ir.Function, dotted: str) -> bool:
    """Whether a value from outside is a constant in this entry point: the path of a route without a placeholder."""
    if dotted not in entry.fixed:
        return False
    texts = [arg for d in fn.decorators for arg in d.args if isinstance(arg, str)]
    return bool(texts) and not any(entry.placeholder in text for text in texts)


def _names(solver: Solver, frame: Frame, dotted: str) -> list[str]:
    """The canonical names that a decorator's text may stand for; a receiver of unknown type is "*"."""
    root, _, rest = dotted.partition(".")
    found = solver.program.member(frame.unit[0], root)
    out: list[str] = []
    if found is None:
        if not rest:
            out.append(solver.knowledge.canonical(f"builtins.{dotted}"))
    elif found[0] == "x":
        out.append(solver.knowledge.canonical(f"{found[1]}.{rest}" if rest else found[1]))
    elif found[0] == "M" and rest:
        inner = solver.program.resolve(f"{found[1]}.{rest}")
        if inner[0] == "x":
            out.append(inner[1])
        else:
            head, _, last = rest.rpartition(".")
            holder = solver.program.resolve(f"{found[1]}.{head}") if head else found
            out += _of_type(solver, frame, holder, last)
    elif found[0] == "g" and rest:
        out += _of_type(solver, frame, found, rest)
    if rest and not out:
        out.append("*." + rest.rpartition(".")[2])
    return out


def _of_type(solver: Solver, frame: Frame, holder: tuple[object, ...], name: str) -> list[str]:
    out: list[str] = []
    for ref in solver.value_of(frame, holder).refs:
        if ref[0] == "i":
            out += [f"{base}.{name}" for base in solver.program.external_lineage(ref[1])]
        elif ref[0] in "to" and len(ref) == 3:
            out += [f"{base}.{name}" for base in solver.program.external_bases((ref[1], ref[2]))]
    return out
