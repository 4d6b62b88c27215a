"""Leads that need no flow: acts that are weak as they stand, and what detectors see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from casemate.languages import ir
from casemate.leads.purpose import Said, matters
from casemate.leads.rule import ActRule, DetectorRule, Rule
from casemate.leads.serving import serving
from casemate.leads.testcode import only_tested, within_test
from casemate.leads.text import location, shown
from casemate.leads.uses import again, uses, where_caught
from casemate.model.lead import Doubt, Lead
from casemate.taint.frame import Unit
from casemate.taint.names import split
from casemate.taint.solver import Solver

# Methods by which a function says or hears something, and words by which it is there to look at who answers.
TALKS: Final = frozenset(
    {
        "send", "sendall", "sendto", "write", "request", "urlopen", "login", "post", "put", "recv", "read", "makefile",
        "exec_command", "connect_ex",
    }
)  # fmt: skip
ASKING: Final = frozenset(
    {"get", "post", "put", "request", "send", "fetch"}
)  # methods by which another server is asked
LETTING: Final = frozenset({"auth", "authenticate", "authenticated", "check", "logged", "valid", "validate", "verify"})
READING: Final = frozenset({ir.MOVE, ir.ATTR, ir.INDEX, ir.AWAIT, ir.INVOKE})  # what reads something off something else
SEEING: Final = frozenset({"cert", "certs", "certificate", "certificates", "fingerprint", "expiry", "expires", "chain"})


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
                    out.setdefault(
                        place, _lead(solver, rule, *place[1:], seen.what, inferred=seen.inferred, named=seen.named)
                    )
    served: frozenset[str] | None = None
    for (module, number, start, what), rule, said in _acts(solver, wanted, tested):
        pos = solver.program.absolute((module, number), start)
        lead = _lead(solver, rule, module, number, pos, shown(what), named=said is Said.BESIDE)
        if rule.served:
            served = serving(solver) if served is None else served
            lead = lead if module in served else replace(lead, doubt=Doubt.CALLER)
        if rule.asked and set(rule.asked) & set(split(solver.program.function((module, number)).name)):
            lead = replace(lead, doubt=Doubt.CALLER)
        out.setdefault((rule.id, module, number, pos), lead)
    return [(lead, (module, number)) for (_, module, number, _), lead in out.items()]


def _acts(
    solver: Solver, wanted: dict[str, list[ActRule]], tested: Callable[[str, int], bool]
) -> Iterator[tuple[tuple[str, int, int, str], ActRule, Said]]:
    for unit in solver.units():
        summary = solver.summaries.get(unit)
        fn = solver.program.function(unit)
        kept = fn.kind in ("module", "class")
        places = frozenset(fn.pos + site[2] for site, _ in summary.acts) if summary is not None else frozenset()
        for site, act in summary.acts if summary is not None else ():
            for rule in wanted.get(act, ()):
                if (
                    (rule.yields and _yields(fn, fn.pos + site[2], rule))
                    or (rule.sees and _only_sees(fn, rule))
                    or (rule.answered and _answered(fn, fn.pos + site[2], rule))
                    or (rule.spared and _spared(fn, fn.pos + site[2], rule, places))
                    or (rule.told_by and where_caught(fn, fn.pos + site[2], frozenset(rule.told_by), places))
                ):
                    continue
                name = f"_{'_'.join(split(fn.qualname))}_"
                if any(f"_{word}_" in name for word in rule.prescribed):
                    continue
                if (kept or not rule.kept) and (rule.tests or not tested(*unit)):
                    said = matters(solver, unit, site[2], rule, act) if rule.where else Said.NAMED
                    if said and (rule.tests or not only_tested(fn, fn.pos + site[2])):
                        yield site, rule, said


def _spared(fn: ir.Function, pos: int, rule: ActRule, places: frozenset[int]) -> bool:
    """Whether nothing is asked of the result but what does no harm, in a function whose name does not say that it lets in, or
    that does the same again as it should be done. places: of the acts."""
    found = uses(fn, pos, frozenset(rule.into))
    if not found or not found <= set(rule.spared):
        return False
    return not LETTING & set(split(fn.name)) or again(fn, pos, places)


def _yields(fn: ir.Function, pos: int, rule: ActRule) -> bool:
    """Whether an assignment is one of which the next to the same object tells as well."""
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if ins[1] == pos and ins[0] == ir.SETATTR and ins[4] in rule.yields:
                return any(
                    one[0] == ir.SETATTR and one[3] == ins[3] and one[4] == rule.yields[ins[4]] for one in instructions
                )
    return False


def _only_sees(fn: ir.Function, rule: ActRule) -> bool:
    """Whether a function that goes by what it looks at looks at what is not vouched for, and says and hears nothing else."""
    if not SEEING & set(split(fn.name)) or not ir.mentions(fn, rule.sees):
        return False
    asked = {ins[4] for instructions, _, _ in ir.graph(fn) for ins in instructions if ins[0] == ir.INVOKE}
    return bool(asked & set(rule.sees)) and not asked & TALKS


def _answered(fn: ir.Function, pos: int, rule: ActRule) -> bool:
    """Whether what a call is given first was read, on every way, off an answer that the function itself asked for."""
    made: dict[object, list[ir.Instruction]] = {}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            made.setdefault(ins[2], []).append(ins)

    handed = {parameter.name for parameter in fn.params}

    def asked(one: object, answer: bool, seen: frozenset[object]) -> bool:
        """answer: whether it was read as one by a method of the rule's."""
        makers = made.get(one, []) if one not in seen and one not in handed else []
        return bool(makers) and all(_goes_back(ins, answer, seen | {one}) for ins in makers)

    def _goes_back(ins: ir.Instruction, answer: bool, seen: frozenset[object]) -> bool:
        if ins[0] == ir.INVOKE and ins[4] in rule.answered:
            return ins[4] != "json" or asked(ins[3], True, seen)
        if answer and ins[0] == ir.INVOKE and ins[4] in ASKING:
            return True
        return ins[0] in READING and asked(ins[3], answer, seen)

    calls = [ins for several in made.values() for ins in several if ins[1] == pos and ins[0] in (ir.CALL, ir.INVOKE)]
    given = [given for ins in calls for given in (ins[5] if ins[0] == ir.INVOKE else ins[4])[:1]]
    return bool(given) and all(asked(one, False, frozenset()) for one in given)


def _lead(
    solver: Solver,
    rule: Rule,
    module: str,
    number: int,
    pos: int,
    what: str,
    *,
    inferred: bool = False,
    named: bool = False,
) -> Lead:
    name = solver.program.modules[module].functions[number].qualname or "the module"
    return Lead(
        rule=rule.id,
        location=location(solver.program, module, pos),
        function=solver.program.modules[module].functions[number].qualname,
        message=rule.message.format(act=what, what=what, function=name),
        fact=not inferred,
        doubt=Doubt.NAME if named else None,
    )
