"""What a function's parameters are when it is run: what the caller gave, symbolically, and of which type that is known to be."""

from __future__ import annotations

from casemate.languages import ir
from casemate.taint import entries, routes
from casemate.taint.frame import Frame
from casemate.taint.sequences import ORDERED
from casemate.taint.values import NO, Ref, Value, value

NOT_PASSED = frozenset({"int", "float", "bool", "complex"})  # a declared number carries no text


def given(frame: Frame, number: int, parameter: ir.Parameter) -> Value:
    """The value of a parameter: its label, and what its annotation, the entry point or its name in a library say that it is."""
    fn = frame.fn
    refs: list[Ref] = [("p", number, ())]
    module = frame.unit[0]
    if number == 0 and fn.owner >= 0 and fn.kind == "function":
        names = {d.dotted for d in fn.decorators}
        if "classmethod" in names:
            return value(0, NO, (("c", module, fn.owner),))
        if "staticmethod" not in names:
            return value(frame.label(("p", 0, ())), NO, (("p", 0, ()), ("t", module, fn.owner)))
    typed = _annotated(frame, parameter.annotation)
    if frame.entry is not None:
        wanted = dict(frame.entry.types)
        said = wanted.get(parameter.name) or wanted.get(str(number))
        if said and typed is None:
            typed = ("i", said)
    if typed is None:
        for hint in frame.solver.hints.get(parameter.name, ()):
            if frame.solver.imports(frame.module, hint.imports):
                typed = ("i", hint.type)
    if typed is not None:
        refs.append(typed)
        if typed[0] == "i" and typed[1] in NOT_PASSED:
            return value(0, NO, (typed,))
    if parameter.how == ir.VARARGS:
        refs.append(("i", "tuple"))
    elif parameter.how == ir.VARKW:
        refs.append(("i", "dict"))
    entry = frame.entry
    if entry is not None and entry.clears and parameter.name in entry.params and _named(frame, entry.names_by):
        frame.harmless[number] = frame.knowledge.mask(entry.clears)
    elif entry is not None and entry.routed:
        frame.harmless[number] = routes.harmless(frame, parameter.name)
    elif entry is not None and entry.segment and _one_name(frame, parameter):
        frame.harmless[number] = sum(
            kind.mask for kind in frame.knowledge.kinds.values() if kind.part_of and kind.segments
        )
    return value(frame.label(("p", number, ())), NO, tuple(refs))


def _one_name(frame: Frame, parameter: ir.Parameter) -> bool:
    """Whether every route that the function's decorators name gives the parameter one name without a separator."""
    if frame.entry is None or len(frame.solver.entries.get(frame.unit, ())) > 1:
        return False
    texts = [arg for d in frame.fn.decorators for arg in (*d.args, *(v for _, v in d.kwargs))]
    return parameter.name + entries.ONE in entries.harmless(frame.entry, frame.fn, texts)


def _named(frame: Frame, names_by: str) -> bool:
    """Whether a method's class names what it takes: by a list, or by having nothing to name it by."""
    inner, _, name = names_by.rpartition(".")
    key = frame.unit[0], frame.fn.owner
    for part in inner.split(".") if inner else ():
        found = frame.program.method(key, part)
        if found is None or found[0] != "c":
            return found is None
        key = found[1], found[2]
    names = frame.solver.attribute_value(frame, key, name)
    return names is not None and (type(names.const) is tuple or any(ref in ORDERED for ref in names.refs))


def _annotated(frame: Frame, text: str) -> Ref | None:
    if not text:
        return None
    found = frame.program.dotted(frame.unit[0], text)
    if found[0] == "c":
        return ("t", found[1], found[2])
    if found[0] == "x":
        return ("i", found[1].removeprefix("builtins."))
    return None
