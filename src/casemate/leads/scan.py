"""Leads of the flow rules: the flows of a solved program, matched with the rules that name their kind.

A sink is reported once per rule, by the flow that matters most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from casemate.knowledge.entries import Knowledge
from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.languages.python.frontend import lower
from casemate.leads.facts import fact_leads
from casemate.leads.rule import FlowRule, Rule
from casemate.leads.testcode import is_tests
from casemate.leads.text import location, shown
from casemate.model.lead import Doubt, Lead
from casemate.model.packages import NOTHING, Packages
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.taint.asked import Asked
from casemate.taint.entitled import Entitled
from casemate.taint.explain import Explainer, Hop, Known
from casemate.taint.flows import Flow, Query
from casemate.taint.memory import Run, Unit
from casemate.taint.program import Program
from casemate.taint.regions import Region, Regions
from casemate.taint.solver import Elsewhere, Solver
from casemate.taint.summary import CRASHED, Site

NOTES = {"source": "{what} enters", "flow": "{what}", "call": "passed to {what}", "sink": "reaches {what}"}
ORDER = tuple(Boundary)
MAX_ASKED = 24  # flows to one place of which it is asked what they hang on


class Analysis(NamedTuple):
    """The leads of a program, and what the engine looked at.

    ways: for each lead the code that it passes. lost: functions not followed to the end, as (path, line,
    why). learned: all
    runs of modules in which something had to be worked out, to be remembered.
    """

    leads: tuple[Lead, ...]
    ways: tuple[tuple[Region, ...], ...]
    functions: int
    entry_points: int
    sinks: int
    sinks_reached: int
    lost: tuple[tuple[str, int, str], ...]
    learned: dict[str, dict[int, list[Run]]]


def analyse(
    modules: Iterable[ir.Module],
    knowledge: Knowledge,
    rules: Sequence[Rule],
    *,
    aliases: Mapping[str, str] | None = None,
    internal: Callable[[str], bool] = lambda name: False,
    packages: Packages = NOTHING,
    remembered: Callable[[], Mapping[Unit, list[Run]]] = dict,
    resumed: Callable[[Program], Solver | None] = lambda program: None,
    solved: Callable[[Solver], None] = lambda solver: None,
    known: dict[Unit, Known] | None = None,
    ahead: Callable[[Program], Elsewhere | None] = lambda program: None,
    progress: Callable[[int, int], None] | None = None,
) -> Analysis:
    """Solve a program and match its flows. aliases: other names of modules. internal: whether a module is no public API.
    packages: what the target says of its own. remembered: runs of earlier scans. resumed: the solver that goes on from an
    earlier solution, if one can. solved: told the solver when it has found all. known: what earlier explaining has found, to
    which more is added. ahead: has part of the program solved elsewhere.
    """
    program = Program(modules, knowledge, aliases)
    solver = resumed(program)
    if solver is None:
        solver = Solver(program, remembered())
        solver.solve(progress, elsewhere=ahead(program))
    solved(solver)
    tests = frozenset(name for name in program.modules if internal(name) or is_tests(program, name))
    query = Query(solver, tests.__contains__, packages)
    explainer = Explainer(solver, known)
    best = _best(query, [rule for rule in rules if isinstance(rule, FlowRule)], _doubts(Asked(solver, explainer)))
    regions = Regions(solver)
    found = []
    for (_, *place), (rule, flow) in best.items():
        hops = explainer.hops(flow)
        found.append((_lead(program, hops, rule, flow, place), regions.of(flow, hops)))
    found += [(lead, regions.around(unit)) for lead, unit in fact_leads(solver, rules, tests.__contains__)]
    found.sort(key=lambda pair: (pair[0].location, pair[0].rule))
    sites = {site for s in solver.summaries.values() for site in s.sinks}
    reached = {flow.site for _, flow in best.values()}
    lost = [
        (program.modules[u[0]].path, _line(program, u[0], program.function(u).pos), s.lost or "its facts kept changing")
        for u, s in solver.summaries.items()
        if s.lost or u in solver.given_up
    ]
    return Analysis(
        leads=tuple(lead for lead, _ in found),
        ways=tuple(way for _, way in found),
        functions=sum(1 for u in solver.summaries if program.function(u).kind in ("function", "lambda")),
        entry_points=sum(1 for n in solver.entries.values() if n),
        sinks=len(sites),
        sinks_reached=len(reached & sites),
        lost=tuple(sorted(lost)),
        learned=solver.learned(),
    )


def scan_sources(files: Mapping[str, str], rules: Sequence[Rule], knowledge: Knowledge | None = None) -> list[Lead]:
    """Leads in sources held in memory, by path; a path's folders are its packages. For rules' examples and tests."""
    modules = []
    for path, text in sorted(files.items()):
        package = path.endswith("__init__.py")
        name = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        lowered = lower(text.encode(), path=path, name=name, package=package)
        if isinstance(lowered, ir.Module):
            modules.append(lowered)
    analysis = analyse(modules, knowledge or load(), rules)
    crashed = [one for one in analysis.lost if one[2].startswith(CRASHED)]
    if crashed:
        raise RuntimeError(f"the engine has a fault: {crashed}")
    return list(analysis.leads)


Place = tuple[str, str, int, int]  # a rule's id, and where it found something


def _doubts(asked: Asked) -> Callable[[Flow], Doubt | None]:
    """Why a flow that would be traced is in doubt all the same."""
    entitled = Entitled(asked)

    def doubt(flow: Flow) -> Doubt | None:
        if asked.on(flow):
            return Doubt.CHECK
        return Doubt.RIGHTS if entitled.on(flow) else None

    return doubt


def _best(
    query: Query, rules: Sequence[FlowRule], asked: Callable[[Flow], Doubt | None]
) -> dict[Place, tuple[FlowRule, Flow]]:
    """For each rule and place the flow that counts most: a finding before by design, what is traced before what is
    suspected, then the most exposed boundary. A sink
    that has a finding, wherever that is shown, is not by design as well, nor is a place that has one."""
    by_kind: dict[str, list[FlowRule]] = {}
    for rule in rules:
        for kind in rule.sinks:
            by_kind.setdefault(kind, []).append(rule)
    several: dict[Place, list[tuple[FlowRule, Flow]]] = {}
    found: set[tuple[str, Site]] = set()
    for flow in query.flows():
        for rule in by_kind.get(flow.kind.name, ()):
            wanted = rule.probes is None or rule.probes is query.probe(flow.kind, flow.hit)
            if wanted and rule.concerns(flow.boundary, flow.source[2]):
                if flow.source[2] in rule.browsers and flow.doubt is None:
                    flow = flow._replace(doubt=Doubt.BROWSER)
                key = (rule.id, *query.place(flow))
                if not flow.by_design:
                    found.add((rule.id, flow.site))
                several.setdefault(key, []).append((rule, flow))
    best = {at: _first(flows, asked) for at, flows in several.items()}
    places = {(flow.kind.name, *at[1:]) for at, (_, flow) in best.items() if not flow.by_design}
    return {
        at: (r, f)
        for at, (r, f) in best.items()
        if not (f.by_design and ((r.id, f.site) in found or (f.kind.name, *at[1:]) in places))
    }


def _first(flows: list[tuple[FlowRule, Flow]], asked: Callable[[Flow], Doubt | None]) -> tuple[FlowRule, Flow]:
    """The flow that counts most. Of those that count as traced the first that does not hang on a check that is not understood;
    where there are too many to ask, the first of those that were not asked."""
    flows.sort(key=lambda one: _weight(one[1]))
    first: Doubt | None = None
    for number, (rule, flow) in enumerate(flows):
        if flow.by_design or flow.doubt is not None:
            break
        doubt = None if rule.whatever_asked or number == MAX_ASKED else asked(flow)
        if doubt is None:
            return rule, flow
        first = first or doubt
    rule, flow = flows[0]
    return rule, flow if flow.by_design or flow.doubt is not None else flow._replace(doubt=first)


def _weight(flow: Flow) -> tuple[bool, bool, int, bool, bool]:
    exposed = ORDER.index(flow.boundary)
    return flow.by_design, flow.doubt is not None, exposed, flow.stored is not None, flow.hit.callee is not None


def _lead(program: Program, hops: Sequence[Hop], rule: FlowRule, flow: Flow, place: Sequence[Any]) -> Lead:
    steps = [_step(program, hop) for hop in hops]
    what = flow.site[3]
    module, number, start = place
    pos = program.absolute((module, number), start)
    fn = program.modules[module].functions[number]
    message = rule.message.format(source=flow.source[2], sink=shown(what), function=fn.qualname or "the module")
    return Lead(
        rule=rule.id,
        location=location(program, module, pos),
        function=fn.qualname,
        message=message,
        trace=Trace(boundary=flow.boundary, steps=tuple(steps)),
        by_design=flow.by_design,
        doubt=flow.doubt,
    )


def _step(program: Program, hop: Hop) -> Step:
    note = NOTES[hop.role].format(what=shown(hop.what))
    return Step(location=location(program, hop.module, hop.pos), role=Role(hop.role), note=note)


def _line(program: Program, module: str, pos: int) -> int:
    return max(1, program.modules[module].line(pos))
