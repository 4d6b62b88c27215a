"""Flows: which outside data reaches which sink, asked of the solved program.

A parameter that reaches a sink is a flow when somebody outside gives it: an entry point's caller (application mode), or
whoever uses the public API (library mode). An attribute that a method uses is given by whoever called the constructor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from casemate.knowledge.entries import Kind
from casemate.languages import ir
from casemate.model.trace import Boundary
from casemate.taint import entries
from casemate.taint.frame import Unit
from casemate.taint.solver import Solver
from casemate.taint.summary import Label, SinkHit, Site

PUBLIC_DUNDER = frozenset(
    {"__init__", "__call__", "__new__", "__enter__", "__getitem__", "__setitem__", "__contains__"}
)


class Flow(NamedTuple):
    """Outside data reaches a sink.

    unit, hit: where the way starts, and how it goes on. source: (module, pos, what). stored: the method that put the
    value into the attribute that `unit` reads, with the label it had there.
    """

    kind: Kind
    boundary: Boundary
    source: tuple[str, int, str]
    site: Site
    crossed: bool
    unit: Unit
    hit: SinkHit
    by_design: bool = False
    stored: tuple[Unit, Label] | None = None


class Query:
    """Questions to a solved program. internal: whether a module is no public API (tests, scripts)."""

    def __init__(self, solver: Solver, internal: Callable[[str], bool]) -> None:
        self.solver = solver
        self.program = solver.program
        self.internal = internal
        self.kinds = sorted(solver.knowledge.kinds.values(), key=lambda k: k.bit)
        self._called = {key[1] for key, readers in solver.readers() if key[0] == "sum" and readers}
        self._application = any(
            solver.knowledge.entries[n].boundary is Boundary.REMOTE for ns in solver.entries.values() for n in ns
        )
        self._registered: dict[tuple[Unit, int], set[str]] = {}
        for runs in solver.runs.values():
            for target, number, names in runs[-1].registered:
                known = self._registered.setdefault((target, number), set(names))
                known &= set(names)
        self._writers: dict[tuple[str, int, Any], list[tuple[Unit, Label, int]]] = {}
        for unit, summary in solver.summaries.items():
            fn = self.program.function(unit)
            if fn.owner >= 0:
                for parameter, path, marks in summary.writes:
                    if parameter == 0 and len(path) == 1:
                        writers = self._writers.setdefault((unit[0], fn.owner, path[0]), [])
                        writers += [(unit, label, mask) for label, mask in marks if label[0] == "p"]

    def flows(self) -> Iterator[Flow]:
        """Every flow, unit by unit."""
        for unit in self.solver.units():
            summary = self.solver.summaries.get(unit)
            if summary is not None:
                for hit in summary.hits:
                    yield from self._of(unit, hit)

    def _of(self, unit: Unit, hit: SinkHit) -> Iterator[Flow]:
        kind = self.kinds[hit.kind]
        label = hit.label
        if label[0] == "s":
            boundary = Boundary(label[1])
            start = self.program.absolute((label[3], label[4]), label[5])
            design = _handed_on(kind, boundary, hit)
            yield Flow(kind, boundary, (label[3], start, label[2]), hit.site, hit.crossed, unit, hit, design)
            return
        fn = self.program.function(unit)
        if type(label[1]) is not int:
            return
        given = self._given(unit, fn, label[1])
        if given is not None:
            yield self._flow(kind, unit, fn, label[1], given, hit, None)
        if label[1] == 0 and fn.owner >= 0 and label[2]:
            yield from self._stored(kind, unit, fn, label[2][0], hit)

    def _stored(self, kind: Kind, unit: Unit, fn: ir.Function, name: Any, hit: SinkHit) -> Iterator[Flow]:
        for ref in self.program.ancestors((unit[0], fn.owner)):
            if ref[0] != "c":
                continue
            for writer, label, mask in self._writers.get((ref[1], ref[2], name), ()):
                if mask & kind.mask and type(label[1]) is int:
                    other = self.program.function(writer)
                    given = self._given(writer, other, label[1])
                    if given is not None:
                        yield self._flow(kind, writer, other, label[1], given, hit, (unit, label))

    def _flow(
        self, kind: Kind, unit: Unit, fn: ir.Function, parameter: int, given: tuple[Boundary, str], hit: SinkHit,
        stored: tuple[Unit, Label] | None,
    ) -> Flow:  # fmt: skip
        boundary, what = given
        design = _handed_on(kind, boundary, hit) or (
            boundary is Boundary.API and self._by_design(kind, unit, fn, fn.params[parameter].name, hit.crossed)
        )
        reader = stored[0] if stored else unit
        if boundary is Boundary.API and stored and not design:
            design = self._by_design(
                kind, reader, self.program.function(reader), fn.params[parameter].name, hit.crossed
            )
        source = (unit[0], fn.pos, what)
        return Flow(
            kind, boundary, source, hit.site, hit.crossed, reader, hit, design, (unit, stored[1]) if stored else None
        )

    def _given(self, unit: Unit, fn: ir.Function, number: int) -> tuple[Boundary, str] | None:
        """Who outside gives this parameter, or None."""
        parameter = fn.params[number]
        if number == 0 and fn.owner >= 0 and not any(d.dotted == "staticmethod" for d in fn.decorators):
            return None
        for n in self.solver.entries.get(unit, ()):
            entry = self.solver.knowledge.entries[n]
            if entries.carries(self.program, unit, entry, number) and parameter.name not in self._settled(unit, fn, n):
                return entry.boundary, f"{entry.what}, parameter `{parameter.name}`"
        if self.solver.entries.get(unit):
            return None
        if self.public(unit, fn) and not (self._application and unit in self._called):
            return Boundary.API, f"parameter `{parameter.name}` of the public API"
        return None

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
        if any((part.startswith("_") and part != "__init__") or not part.isidentifier() for part in parts):
            return False
        if fn.owner >= 0:
            klass = module.classes[fn.owner]
            holder = klass.qualname
            if module.functions[klass.body].parent != 0 and "." not in holder:
                return False
            if fn.name.startswith("_") and fn.name not in PUBLIC_DUNDER:
                return False
        else:
            if fn.parent != 0 or fn.name.startswith("_"):
                return False
            holder = fn.name
        top = holder.split(".")[0]
        if any(part.startswith("_") for part in holder.split(".")):
            return False
        return module.exports is None or top in module.exports

    def _by_design(self, kind: Kind, unit: Unit, fn: ir.Function, parameter: str, crossed: bool) -> bool:
        """Whether the API names what it does with what it is given."""
        if not crossed and kind.whole_is_use:
            return True
        words = set(kind.words)
        own = set(split(parameter))
        if own & words and (not crossed or kind.text_is_program):
            return True
        if crossed:
            return False
        names = (
            set(split(fn.name)) | set(split(fn.qualname.rpartition(".")[0])) | set(split(unit[0].rpartition(".")[2]))
        )
        return bool(names & words)


def _handed_on(kind: Kind, boundary: Boundary, hit: SinkHit) -> bool:
    """Whether the operator's own command line or file gives the whole program text: a script is meant to be run."""
    return boundary in (Boundary.LOCAL, Boundary.FILE) and kind.text_is_program and not hit.crossed


def split(name: str) -> list[str]:
    """The lower-case words of an identifier."""
    return list(_words(name))


@lru_cache(maxsize=1 << 16)  # the same names are asked for by every rule and flow
def _words(name: str) -> tuple[str, ...]:
    out: list[str] = []
    word = ""
    for c in name:
        if c in "_." or c.isdigit():
            out.append(word)
            word = ""
        elif c.isupper() and word and not word[-1].isupper():
            out.append(word)
            word = c
        else:
            word += c
    out.append(word)
    return tuple(w.lower() for w in out if w)
