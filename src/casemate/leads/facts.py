"""Leads that need no flow: acts that are weak as they stand, and what detectors see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from casemate.languages import ir
from casemate.leads.becomes import Becomes, becomes
from casemate.leads.given import asked_for, only_drawn
from casemate.leads.rule import ActRule, DetectorRule, Rule
from casemate.leads.testcode import within_test
from casemate.leads.text import location, shown
from casemate.model.lead import Lead
from casemate.taint.frame import Unit
from casemate.taint.names import split
from casemate.taint.solver import Solver

BESIDE_LINES: Final = 4
"""So far from an act, in lines, a name speaks of what it is for."""
SIGNED: Final = frozenset({"signature", "signed", "sign"})
ABOUT: Final = frozenset({
    "suffix", "prefix", "name", "length", "len", "size", "count", "index", "delay", "timeout", "interval", "age", "path", "field",
})  # fmt: skip
"""Last words of names of what is no secret, whatever it is of."""


def fact_leads(solver: Solver, rules: Sequence[Rule], internal: Callable[[str], bool]) -> list[tuple[Lead, Unit]]:
    """Leads of the act rules and the detectors, each with the function that it stands in.

    internal: whether a module is a test or a script.
    """

    def tested(module: str, number: int) -> bool:
        return internal(module) or within_test(solver.program, module, number)

    out: dict[tuple[str, str, int, int], Lead] = {}
    wanted: dict[str, list[ActRule]] = {}
    for rule in rules:
        if isinstance(rule, ActRule):
            for act in rule.acts:
                wanted.setdefault(act, []).append(rule)
        elif isinstance(rule, DetectorRule):
            for seen in rule.find(solver):
                if rule.tests or not tested(seen.module, seen.function):
                    place = (rule.id, seen.module, seen.function, seen.pos)
                    out.setdefault(place, _lead(solver, rule, *place[1:], seen.what, inferred=seen.inferred))
    for (module, number, start, what), rule in _acts(solver, wanted, tested):
        pos = solver.program.absolute((module, number), start)
        out.setdefault((rule.id, module, number, pos), _lead(solver, rule, module, number, pos, shown(what)))
    return [(lead, (module, number)) for (_, module, number, _), lead in out.items()]


def _acts(
    solver: Solver, wanted: dict[str, list[ActRule]], tested: Callable[[str, int], bool]
) -> Iterator[tuple[tuple[str, int, int, str], ActRule]]:
    for unit in solver.units():
        summary = solver.summaries.get(unit)
        kept = solver.program.function(unit).kind in ("module", "class")
        for site, act in summary.acts if summary is not None else ():
            for rule in wanted.get(act, ()):
                name = f"_{'_'.join(split(solver.program.function(unit).qualname))}_"
                if any(f"_{word}_" in name for word in rule.prescribed):
                    continue
                if (
                    (kept or not rule.kept)
                    and (rule.tests or not tested(*unit))
                    and (not rule.where or _matters(solver, unit, site[2], rule))
                ):
                    yield site, rule


def _lead(solver: Solver, rule: Rule, module: str, number: int, pos: int, what: str, *, inferred: bool = False) -> Lead:
    name = solver.program.modules[module].functions[number].qualname or "the module"
    return Lead(
        rule=rule.id,
        location=location(solver.program, module, pos),
        function=solver.program.modules[module].functions[number].qualname,
        message=rule.message.format(act=what, what=what, function=name),
        fact=not inferred,
    )


def _matters(solver: Solver, unit: Unit, at: int, rule: ActRule) -> bool:
    """Whether a rule's words are said of an act: of what its result becomes, where the rule asks for that and names tell."""
    fn = solver.program.function(unit)
    if rule.schemes and (only_drawn(fn, fn.pos + at) or asked_for(fn, fn.pos + at, frozenset(rule.schemes))):
        return False
    if rule.becomes:
        found = becomes(fn, fn.pos + at)
        if found.names or found.passes:
            return _named(found, fn, rule)
    return speaks_of(solver, unit, at, rule.where)


def _named(found: Becomes, fn: ir.Function, rule: ActRule) -> bool:
    """Whether the names that a result is given, or else its function's, have one of a rule's words. A name that says that it is
    only part of something's name, or how long that takes, speaks for the others."""
    if found.passes:
        return False
    spelled = [split(name) for name in (*found.names, *found.called)]
    words = {w for w in rule.where if w not in rule.signed or not any(SIGNED & set(name) for name in spelled)}
    about = [name for name in spelled if name[-1:] and name[-1] in ABOUT and _has(name, words)]
    if any(_has(name, words) for name in spelled if name not in about):
        return True
    if about:
        return False
    own = (split(name) for name in fn.qualname.split("."))
    return any(_has(name, words) for name in own) or any(word in text for text in found.texts for word in words)


def _has(name: Sequence[str], words: Iterable[str]) -> bool:
    joined = f"_{'_'.join(name)}_"
    return any(f"_{word}_" in joined for word in words)


def speaks_of(solver: Solver, unit: Unit, at: int, words: Sequence[str]) -> bool:
    """Whether what a function does at a position (relative to its start) stands beside one of the words: the function goes by
    it, uses a name that has it a few lines away at most, or has it in a text. A name has it as one or several of its own words
    (`key` and `session_key` of `session_key`, `remember` of `rememberMe`), a text anywhere."""
    fn = solver.program.function(unit)
    module = solver.program.modules[unit[0]]
    here = module.line(fn.pos + at)
    names = set(fn.qualname.split("."))
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if abs(module.line(fn.pos + ins[1]) - here) <= BESIDE_LINES:
                names.update(_names(ins[2:]))
    spelled = [f"_{'_'.join(split(name))}_" for name in names]
    texts = _texts(fn)
    return any(word in text for text in texts for word in words) or any(
        f"_{word}_" in name for name in spelled for word in words
    )


def _names(parts: Iterable[Any]) -> Iterator[str]:
    """The names in the parts of an instruction, those of arguments among them."""
    for part in parts:
        if type(part) is str:
            yield part
        elif type(part) is tuple:
            yield from _names(part)


def mentioned(fn: ir.Function) -> tuple[set[str], set[str]]:
    """The names that a function uses or goes by, and its short texts in lower case."""
    names = {*fn.qualname.split("."), *(p.name for p in fn.params)}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            names.update(part for part in ins[2:5] if type(part) is str)
    return names, _texts(fn)


def _texts(fn: ir.Function) -> set[str]:
    return {c.lower() for c in fn.consts if type(c) is str and len(c) < 200}
