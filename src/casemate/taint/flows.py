"""Flows: which outside data reaches which sink, asked of the solved program.

A parameter that reaches a sink is a flow when somebody outside gives it: an entry point's caller (application mode), or
whoever uses the public API (library mode). An attribute that a method uses is given by whoever called the constructor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from casemate.knowledge.entries import Kind, Sink
from casemate.languages import ir
from casemate.model.lead import Doubt
from casemate.model.packages import NOTHING, Packages
from casemate.model.trace import Boundary
from casemate.taint import dispatch, entries, offered, onward, routes, said
from casemate.taint.frame import Unit
from casemate.taint.injected import Injections
from casemate.taint.names import split
from casemate.taint.packing import packs
from casemate.taint.programs import RUN
from casemate.taint.rights import ROUTES, Rights
from casemate.taint.routes import ALL
from casemate.taint.solver import Solver
from casemate.taint.state import KEYS
from casemate.taint.summary import PATH, TEXT, Label, SinkHit, Site
from casemate.taint.values import SEEN

PUBLIC_DUNDER = frozenset(
    {"__init__", "__call__", "__new__", "__enter__", "__getitem__", "__setitem__", "__contains__"}
)


FIELD_MARKS = ("[", "*", "+", "?")  # names of elements begin so, not those of attributes
ANGLE = "<"  # how a placeholder of a route begins
TYPED = "command-line argument"  # how the name of such a source begins; standard input may be another's


class Flow(NamedTuple):
    """Outside data reaches a sink.

    unit, hit: where the way starts, and how it goes on. source: (module, pos, what). stored: the method that put the
    value into the attribute that `unit` reads, with the label it had there. doubt: why it is only suspected.
    """

    kind: Kind
    boundary: Boundary
    source: tuple[str, int, str]
    site: Site
    crossed: int
    unit: Unit
    hit: SinkHit
    by_design: bool = False
    stored: tuple[Unit, Label] | None = None
    doubt: Doubt | None = None


class Query:
    """Questions to a solved program. internal: whether a module is no public API (tests, scripts). packages: what the target
    says of its own."""

    def __init__(self, solver: Solver, internal: Callable[[str], bool], packages: Packages = NOTHING) -> None:
        self.solver = solver
        self.program = solver.program
        self.internal = internal
        self.kinds = sorted(solver.knowledge.kinds.values(), key=lambda k: k.bit)
        self._called = solver.called()
        self._application = any(
            solver.knowledge.entries[n].boundary is Boundary.REMOTE and not solver.knowledge.entries[n].signature
            for ns in solver.entries.values()
            for n in ns
        )
        self._applications = {
            unit[0].partition(".")[0]
            for unit, ns in solver.entries.items()
            if any(solver.knowledge.entries[n].boundary is Boundary.REMOTE for n in ns)
        }
        self._registered: dict[tuple[Unit, int], set[str]] = {}
        for target, number, names in solver.registrations():
            known = self._registered.setdefault((target, number), set(names))
            known &= set(names)
        self._offered = offered.by_public(self.program, internal)
        self._scripts = offered.scripts(self.program)
        self._offering: dict[str, bool] = {}
        self._programs = frozenset(root for root in packages.started if not self._offers(root))
        self._packages = packages
        self._rights = Rights(self.program)
        self._injections = Injections(self.program)
        self._exported = offered.exported(self.program)
        self._exporting = frozenset(dotted.partition(".")[0] for dotted in self._exported)
        self._named: frozenset[str] | None = None
        self._scripted: dict[str, frozenset[int]] = {}
        self._writers: dict[tuple[str, int, Any], list[tuple[Unit, Label, int, tuple[Any, ...]]]] = {}
        for unit, summary in solver.summaries.items():
            fn = self.program.function(unit)
            if dispatch.has_object(fn):
                for parameter, path, marks in summary.writes:
                    if parameter == 0 and all(type(step) is tuple for step in path[:-1]):
                        first, *rest = (*(step[0] for step in path[:-1]), path[-1])
                        writers = self._writers.setdefault((unit[0], fn.owner, first), [])
                        writers += [(unit, label, mask, tuple(rest)) for label, mask in marks if label[0] == "p"]

    def flows(self) -> Iterator[Flow]:
        """Every flow, unit by unit."""
        for unit in self.solver.units():
            summary = self.solver.summaries.get(unit)
            if summary is not None:
                ways: set[object] = set()
                for hit in summary.hits:
                    yield from self._of(unit, hit, ways)

    def place(self, flow: Flow) -> tuple[str, int, int]:
        """Where the flow is to be mended: (module, function, position). The sink; or, where it lies in a helper that takes
        the value whole, the call by which the function that spliced the value hands it there; or the call of a helper that
        does by design what it is asked to do, such as `run(command)`."""
        for (unit, hit), (callee, further) in pairwise(onward.way(self.solver, flow.unit, flow.hit)):
            if (hit.crossed and not further.crossed) or self._meant(flow.kind, callee, further):
                return (*unit, hit.pos)
        return flow.site[:3]

    def _meant(self, kind: Kind, unit: Unit, hit: SinkHit) -> bool:
        """Whether a function takes a program's whole text and says that it runs it, or is a client's method that requests what
        it is asked for."""
        if hit.crossed or not kind.text_is_program or type(hit.label[1]) is not int:
            return False
        fn = self.program.function(unit)
        first = 1 if dispatch.is_bound(fn) else 0
        if hit.label[1:] != (first, ()):
            return False
        if kind.whole_is_use:
            return bool(kind.clients and set(kind.clients) & set(split(fn.qualname.rpartition(".")[0])))
        return self._by_design(kind, unit, fn, fn.params[first], False)

    def _of(self, unit: Unit, hit: SinkHit, ways: set[object]) -> Iterator[Flow]:
        told = self.kinds[hit.kind]
        kind = self.solver.knowledge.kinds[told.part_of] if told.part_of else told
        label = hit.label
        if label[0] == "s":
            if self.internal(label[3]):
                return  # what a test sends is no outsider's
            boundary = Boundary(label[1])
            start = self.program.absolute((label[3], label[4]), label[5])
            design = self._handed_on(kind, boundary, hit)
            source = (label[3], start, label[2])
            doubt = self._doubt(kind, boundary, hit, (label[3], label[4]), label[2])
            yield Flow(kind, boundary, source, hit.site, hit.crossed, unit, hit, design, doubt=doubt)
            return
        fn = self.program.function(unit)
        if type(label[1]) is not int or (label[2] and str(label[2][-1]).startswith(RUN)):
            return  # what a program runs is told by the list that names it
        given = self._given(unit, fn, label[1], label[2], several=told.segments)
        if given is not None:
            yield self._flow(kind, unit, fn, label[1], given, hit, None)
        if label[1] == 0 and dispatch.has_object(fn) and label[2]:
            yield from self._stored(kind, unit, fn, label[2], hit, ways)

    def _stored(
        self, kind: Kind, unit: Unit, fn: ir.Function, path: tuple[Any, ...], hit: SinkHit, ways: set[object]
    ) -> Iterator[Flow]:
        """ways: those of this function that are told already: parts of one parameter, kept in one attribute, go one way."""
        for ref in self.program.ancestors((unit[0], fn.owner)):
            if ref[0] != "c":
                continue
            for writer, label, mask, rest in self._writers.get((ref[1], ref[2], path[0]), ()):
                if any(one != other for one, other in zip(rest, path[1:], strict=False)):
                    continue  # it is kept in another attribute
                if mask & kind.mask and type(label[1]) is int:
                    seen = hit.seen and bool(mask & SEEN)
                    part = (*label[2], *path[1 + len(rest) :])[:1]
                    here = (hit.kind, hit.crossed, hit.site, hit.pos, hit.callee, path[0], seen)
                    way = (here, writer, label[:2], label[2][:1], rest, part)
                    if way in ways:
                        continue
                    ways.add(way)
                    other = self.program.function(writer)
                    pieces = self._pieces(unit)
                    given = self._given(writer, other, label[1], label[2])
                    if pieces is not None:
                        given = self._composed(writer, other, label[1], pieces)
                    if given is not None:
                        kept = unit, label, 1 + len(rest)
                        yield self._flow(kind, writer, other, label[1], given, hit._replace(seen=seen), kept)

    def _flow(
        self, kind: Kind, unit: Unit, fn: ir.Function, parameter: int, given: tuple[Boundary, str], hit: SinkHit,
        stored: tuple[Unit, Label, int] | None,
    ) -> Flow:  # fmt: skip
        boundary, what = given
        path = (*stored[1][2], *hit.label[2][stored[2] :]) if stored else hit.label[2]
        named = fn.params[parameter]
        if named.how == ir.VARKW and path and type(path[0]) is str and path[0][:1] == "[":
            named, path = named._replace(name=path[0][1:], how=ir.KEYWORD), path[1:]  # an argument that is not declared
        reader = stored[0] if stored else unit
        design = self._handed_on(kind, boundary, hit)
        crossed = min(hit.crossed, PATH) if any(sink.place for sink in self._sinks(hit)) else hit.crossed
        if boundary is Boundary.API and not design:
            design = (
                self.probe(kind, hit)
                or (not crossed and self._extends(hit))
                or self._inside(unit, fn)
                or self._set_up(unit[0], named, path, kept=stored is not None, held="".join(map(str, hit.label[2][:1])))
                or (named.how == ir.VARARGS and fn.name == "__init__")  # its class's own set-up, handed on
                or self._by_design(kind, unit, fn, named, crossed)
                or self._by_design(kind, reader, self.program.function(reader), named, crossed)
                or (crossed < TEXT and _loads(kind, hit.site[:2], self.program.function(hit.site[:2])))
            )
        doubt = self._doubt(kind, boundary, hit, unit, what)
        if doubt is None and boundary is Boundary.REMOTE and self._unnamed(unit, fn, named):
            doubt = Doubt.CALLER  # a default of the route, or of all that are below a prefix
        if boundary is Boundary.API:
            words = split(named.name)
            afar = self._afar(unit, reader, hit) and not set(kind.foreign) & set(words)
            afar = afar and (kind.callers_own or not said.sent(words))
            inner = kind.words and (afar or self._inner(unit, fn))
            doubt = Doubt.CALLER if inner or self._own(kind, hit, crossed, words, set(split(fn.name))) else doubt
        kept = (unit, stored[1]) if stored else None
        return Flow(kind, boundary, (unit[0], fn.pos, what), hit.site, hit.crossed, reader, hit, design, kept, doubt)

    def _doubt(self, kind: Kind, boundary: Boundary, hit: SinkHit, entered: Unit, what: str) -> Doubt | None:
        """Why a flow that entered by a function is in doubt."""
        if not hit.seen:
            return Doubt.OBJECT
        if what.startswith(TYPED) and entered[0].partition(".")[0] in self._packages.installed:
            return Doubt.CALLER  # who types a command that is installed has its rights
        asked = boundary is Boundary.REMOTE and not kind.reflected and self._rights.administrators(entered)
        return Doubt.RIGHTS if asked else None

    def _inner(self, unit: Unit, fn: ir.Function) -> bool:
        """Whether a function that none of the packages offers by name is of an application, which is no library that comes with
        one: who calls it is not seen. Or is called by its own package: it is given that one's own word, as far as is seen."""
        root = unit[0].partition(".")[0]
        if self._exported & {unit[0], f"{unit[0]}.{fn.qualname.partition('.')[0]}"}:
            return False
        if root in self._applications and root not in self._packages.shown:
            return unit[0] != root or not self._offers(root)
        named = self.program.modules[unit[0]].exports is not None and root not in self._packages.started
        inside = root in self._exporting or root in self._packages.started
        return inside and not named and unit[0] != root and unit in self._called

    def _afar(self, unit: Unit, reader: Unit, hit: SinkHit) -> bool:
        """Whether a value is used in another module than that of the function to which it was given."""
        return any(at[0] != unit[0] for at, _ in onward.way(self.solver, reader, hit))

    def _offers(self, root: str) -> bool:
        """Whether the file of a package itself offers something."""
        if root not in self._offering:
            self._offering[root] = offered.offers(self.program, root)
        return self._offering[root]

    def _own(self, kind: Kind, hit: SinkHit, crossed: int, name: Sequence[str], function: set[str]) -> bool:
        """Whether what a parameter of this name is given may well be the caller's own: a thing of which they have their own, what
        they have packed, or a place where programs or objects lie that they want."""
        if said.sent(name) and (crossed or not kind.callers_own or name[-1] not in said.NAMES):
            return False
        whole = kind.whole_own and not crossed and not set(name) & (said.SPEAKERS | said.NO_COMMAND)
        if set(name) & set(kind.owned) or function & set(kind.installs) or whole:
            return True
        place = kind.in_files and crossed < TEXT and bool(set(name) & said.PLACES)
        place = place or (not crossed and any(sink.place for sink in self._sinks(hit)))
        return (kind.callers_own and not set(name) & set(kind.foreign)) or place or packs(self.solver, hit.site)

    def probe(self, kind: Kind, hit: SinkHit) -> bool:
        """Whether the sink only tells what is there."""
        return any(sink.probe for sink in self._sinks(hit) if sink.kind == kind.name)

    def _extends(self, hit: SinkHit) -> bool:
        """Whether a class that is made of another one's does by itself what that does: a console of `code.InteractiveConsole`
        runs code."""
        name, number, pos, called = hit.site
        fn = self.program.modules[name].functions[number]
        if fn.owner < 0 or called.rpartition(".")[0] not in self.program.external_bases((name, fn.owner)):
            return False
        me = fn.params[0].name if fn.params else ""
        body = [ins for block in ir.graph(fn) for ins in block[0]]
        return any(ins[0] == ir.INVOKE and ins[1] == fn.pos + pos and ins[3] == me for ins in body)

    def _handed_on(self, kind: Kind, boundary: Boundary, hit: SinkHit) -> bool:
        """Whether the operator's own command line or file gives the whole program text: a script is meant to be run. What its
        owner may do anyway is no danger from the command line."""
        if boundary is Boundary.LOCAL and (kind.of_right or any(sink.place or sink.own for sink in self._sinks(hit))):
            return True
        if boundary is Boundary.FILE and self.probe(kind, hit):
            return True  # whoever wrote the file is not told
        return boundary in (Boundary.LOCAL, Boundary.FILE) and kind.text_is_program and not hit.crossed

    def _sinks(self, hit: SinkHit) -> tuple[Sink, ...]:
        """What is known of the sinks of what is called."""
        call = self.solver.knowledge.calls.get(hit.site[3])
        return call.sinks if call is not None else ()

    def _given(
        self, unit: Unit, fn: ir.Function, number: int, path: tuple[Any, ...], *, several: bool = False
    ) -> tuple[Boundary, str] | None:
        """Who outside gives this parameter, or what stands in it at a path; None for nobody. several: who gives one name without
        a separator does no harm."""
        parameter = fn.params[number]
        if number == 0 and dispatch.is_bound(fn):
            return None
        for n in self.solver.entries.get(unit, ()) if not self.internal(unit[0]) else ():
            entry = self.solver.knowledge.entries[n]
            if entry.sent_by and unit in self._called:
                continue
            carried = entries.carries(self.solver, self._injections, unit, entry, number) and entries.element(
                entry, path
            )
            settled = self._settled(unit, fn, n) if carried else set()
            if carried and parameter.name not in settled and not (several and parameter.name + entries.ONE in settled):
                return entry.boundary, f"{entry.what}, parameter `{parameter.name}`"
        if self.solver.entries.get(unit):
            return None
        judged_by_calls = self._application or unit[0] in self._scripts
        if self.public(unit, fn) and not (judged_by_calls and unit in self._called):
            whose = "a program's own function" if self._inside(unit, fn) else "the public API"
            return Boundary.API, f"parameter `{parameter.name}` of {whose}"
        return None

    def _unnamed(self, unit: Unit, fn: ir.Function, parameter: ir.Parameter) -> bool:
        """Whether no route of the program names a parameter of a view that nothing but routes was put around."""
        entered = [self.solver.knowledge.entries[n] for n in self.solver.entries.get(unit, ())]
        if not entered or any(entry.placeholder != ANGLE for entry in entered) or parameter.how == ir.VARKW:
            return False
        if any(
            d.dotted.rpartition(".")[2] not in ROUTES or not all(type(one) is str for one in d.args[:1])
            for d in fn.decorators
        ):
            return False
        if self._named is None:
            self._named = routes.named(self.program)
        return ALL not in self._named and parameter.name not in self._named

    def _pieces(self, reader: Unit) -> tuple[str, ...] | None:
        """The types of the pieces, where a framework calls the function for a part of a statement; None for another one."""
        entered = [self.solver.knowledge.entries[n] for n in self.solver.entries.get(reader, ())]
        return next((entry.models for entry in entered if entry.boundary is Boundary.API), None)

    def _composed(
        self, writer: Unit, fn: ir.Function, number: int, pieces: tuple[str, ...]
    ) -> tuple[Boundary, str] | None:
        """Who gives the constructor of such a part its parameter: whoever names fields and options, whatever the module
        exports. What is itself a piece, by its name, is no text."""
        name = fn.params[number].name
        piece = any(hint.parameter == name and hint.type in pieces for hint in self.solver.knowledge.hints)
        if fn.name != "__init__" or not number or piece or self.internal(writer[0]):
            return None
        return Boundary.API, f"parameter `{name}` of the public API"

    def _settled(self, unit: Unit, fn: ir.Function, number: int) -> set[str]:
        """Parameters that the decorators, or every call that registers the function, make harmless."""
        texts = [arg for d in fn.decorators for arg in (*d.args, *(v for _, v in d.kwargs))]
        out = set(entries.harmless(self.solver.knowledge.entries[number], fn, texts))
        return out | self._registered.get((unit, number), set())

    def public(self, unit: Unit, fn: ir.Function) -> bool:
        """Whether a function is part of the public API: importable by public names all the way, not a test's."""
        module = self.program.modules[unit[0]]
        if self.internal(unit[0]) or fn.kind != "function":
            return False
        parts = unit[0].split(".")
        if not all(part.isidentifier() for part in parts):
            return False
        hidden = any(map(offered.private, parts))
        if fn.owner >= 0:
            klass = module.classes[fn.owner]
            holder = klass.qualname
            if module.functions[klass.body].parent != 0 and "." not in holder:
                return False
            if fn.name.startswith("_") and fn.name not in PUBLIC_DUNDER:
                return False
        else:
            if fn.parent != 0 or fn.name.startswith("_") or fn.number in self._started(unit[0]):
                return False
            holder = fn.name
        top = holder.split(".")[0]
        if hidden and not self._offered & {unit[0], f"{unit[0]}.{top}"}:
            return False
        if any(part.startswith("_") for part in holder.split(".")):
            return False
        return module.exports is None or top in module.exports

    def _started(self, name: str) -> frozenset[int]:
        """The functions that a module defines only where it is run."""
        if name not in self._scripted:
            self._scripted[name] = offered.started(self.program.modules[name])
        return self._scripted[name]

    def _inside(self, unit: Unit, fn: ir.Function) -> bool:
        """Whether a function is part of a program that is no library: it calls its functions itself, with what it has by the
        boundaries that are known."""
        if unit[0].partition(".")[0] not in self._programs or self.program.modules[unit[0]].exports is not None:
            return False
        return not self._exported & {unit[0], f"{unit[0]}.{fn.qualname.partition('.')[0]}"}

    def _set_up(self, module: str, parameter: ir.Parameter, path: tuple[Any, ...], *, kept: bool, held: str) -> bool:
        """Whether what is used belongs to an object that whoever uses an API sets up, and is not data that came to them:
        an attribute, or an instance of a class of the program, where the parameter's name does not speak for somebody
        outside; anything in a configuration; arguments that are handed on by `**`. kept: a constructor keeps it, and so binds
        its object to a table or the like. held: in which attribute."""
        words = set(split(parameter.name))
        if said.set_up(words, path, kept=kept) or parameter.how == ir.VARKW:
            return True
        if kept and said.OPTIONS & set(split(held)):
            return True
        if kept and parameter.how == ir.VARARGS:
            return True
        if words & said.SPEAKERS:
            return False
        attribute = bool(path) and type(path[0]) is str and path[0] != KEYS and path[0][:1] not in FIELD_MARKS
        return attribute or self.program.dotted(module, parameter.annotation)[0] == "c"

    def _by_design(self, kind: Kind, unit: Unit, fn: ir.Function, parameter: ir.Parameter, crossed: int) -> bool:
        """Whether the API names what it does with what it is given."""
        own = set(split(parameter.name))
        names = _named(unit, fn)
        if kind.data and (own | names) & set(kind.data):
            return False
        if names & set(kind.composed) or (crossed < TEXT and _loads(kind, unit, fn)):
            return True
        if not crossed and kind.whole_is_use:
            return True
        if not crossed and kind.text_is_program and parameter.how == ir.VARARGS:
            return True  # who hands on all arguments as they are does what the other function does
        words = set(kind.words)
        if own & words and (not crossed or kind.text_is_program):
            return True
        return not crossed and bool(names & words)


def _named(unit: Unit, fn: ir.Function) -> set[str]:
    """The words of a function's name, of its class's and of its module's."""
    return set(split(fn.name)) | set(split(fn.qualname.rpartition(".")[0])) | set(split(unit[0].rpartition(".")[2]))


def _loads(kind: Kind, unit: Unit, fn: ir.Function) -> bool:
    """Whether a function says by its names that it runs what it finds; `load_model` by these words of its own name."""
    own = set(split(fn.name))
    return bool(_named(unit, fn) & set(kind.loads)) or any(set(split(w)) <= own for w in kind.loads if "_" in w)
