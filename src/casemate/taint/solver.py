"""The solver: every function run until no fact changes that it rests on.

A function's summary is computed when a caller first asks for it, so callees come before callers and what is left over are
cycles; a function is run again when something that it read (a summary, a cell) has changed. The order is fixed by the
program alone, so two runs give the same facts.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from casemate.knowledge.entries import Knowledge
from casemate.languages import ir
from casemate.taint import calls, entries, interpreter
from casemate.taint.frame import Frame, Unit
from casemate.taint.program import Program
from casemate.taint.state import INEXACT
from casemate.taint.summary import UNKNOWN, SinkHit, Summary
from casemate.taint.values import CLEAN, KINDS, NO, Ref, Value, join, value

MAX_DEPTH = 40  # of summaries computed inside one another; beyond, the next round completes them
MAX_RUNS = 12  # of one function before its summary counts as final
NOT_PASSED = frozenset({"int", "float", "bool", "complex"})  # a declared number carries no text

Plain = tuple[Any, ...]


class Solver:
    """Facts of a program. `solve` computes them; afterwards they are only read."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.knowledge: Knowledge = program.knowledge
        self.summaries: dict[Unit, Summary] = {}
        self.cells: dict[Any, Plain] = {}
        self.entries: dict[Unit, tuple[int, ...]] = {}
        self.registering = entries.registering(self.knowledge)
        self.entry_tables = entries.tables(self.knowledge)
        self._contributions: dict[Any, dict[Unit, Plain]] = {}
        self._given: dict[Unit, tuple[Any, ...]] = {}
        self._readers: dict[Any, set[Unit]] = {}
        self._order: dict[Unit, int] = {}
        self._runs: dict[Unit, int] = {}
        self._running: set[Unit] = set()
        self._queue: list[tuple[int, Unit]] = []
        self._queued: set[Unit] = set()
        self._depth = 0

    def units(self) -> list[Unit]:
        """Every function, module by module in order of name, bodies of modules first."""
        names = sorted(self.program.modules)
        bodies = [(name, 0) for name in names]
        return bodies + [(name, n) for name in names for n in range(1, len(self.program.modules[name].functions))]

    def solve(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Compute all facts. progress: told (functions done, functions in all) now and then."""
        units = self.units()
        for done, unit in enumerate(units):
            if unit not in self._order:
                self._run(unit)
            if progress is not None and done % 256 == 0:
                progress(done, len(units))
        while self._queue:
            _, unit = heappop(self._queue)
            if unit in self._queued:
                self._queued.discard(unit)
                self._run(unit)
        if progress is not None:
            progress(len(units), len(units))

    def readers(self) -> list[tuple[Any, set[Unit]]]:
        """Each fact with the functions that rest on it."""
        return list(self._readers.items())

    # --- running one function

    def frame(self, unit: Unit) -> Frame:
        """A frame ready to run: parameters labelled and typed."""
        frame = Frame(self, unit)
        numbers = entries.of(self, frame)
        frame.entry = self.knowledge.entries[numbers[0]] if numbers else None
        self.entries[unit] = numbers
        for number, parameter in enumerate(frame.fn.params):
            frame.env[parameter.name] = self._parameter(frame, number, parameter)
        return frame

    def _run(self, unit: Unit) -> None:
        runs = self._runs[unit] = self._runs.get(unit, 0) + 1
        if runs > MAX_RUNS:
            return
        self._running.add(unit)
        self._depth += 1
        frame = self.frame(unit)
        interpreter.run(frame)
        self._depth -= 1
        self._running.discard(unit)
        self._order.setdefault(unit, len(self._order))
        for key in frame.reads:
            self._readers.setdefault(key, set()).add(unit)
        summary = finish(frame)
        if summary != self.summaries.get(unit, UNKNOWN):
            self.summaries[unit] = summary
            self._changed(("sum", unit))
        else:
            self.summaries.setdefault(unit, summary)
        self._contribute(frame)

    def _contribute(self, frame: Frame) -> None:
        given = dict.fromkeys(self._given.get(frame.unit, ()))
        for key in {**given, **frame.written}:
            val = frame.written.get(key)
            mine = self._contributions.setdefault(key, {})
            plain = frame.plain(val) if val is not None else None
            if mine.get(frame.unit) == plain:
                continue
            if plain is None:
                mine.pop(frame.unit, None)
            else:
                mine[frame.unit] = plain
            joined: Plain | None = None
            for unit in sorted(mine):
                joined = mine[unit] if joined is None else join_plain(joined, mine[unit])
            if joined != self.cells.get(key):
                if joined is None:
                    self.cells.pop(key, None)
                else:
                    self.cells[key] = joined
                self._changed(key)
        self._given[frame.unit] = tuple(frame.written)
        for unit, number in sorted(frame.registered):
            had = self._registered(unit)
            if number not in had:
                self.cells["entry", unit] = (*had, number)
                self._changed(("entry", unit))

    def _registered(self, unit: Unit) -> tuple[int, ...]:
        return self.cells.get(("entry", unit), ())

    def _changed(self, key: Any) -> None:
        for unit in self._readers.get(key, ()):
            if unit not in self._queued:
                self._queued.add(unit)
                heappush(self._queue, (self._order.get(unit, 1 << 30), unit))

    def _parameter(self, frame: Frame, number: int, parameter: ir.Parameter) -> Value:
        fn = frame.fn
        refs: list[Ref] = [("p", number, ())]
        module = frame.unit[0]
        if number == 0 and fn.owner >= 0 and fn.kind == "function":
            names = {d.dotted for d in fn.decorators}
            if "classmethod" in names:
                return value(0, NO, (("c", module, fn.owner),))
            if "staticmethod" not in names:
                return value(frame.label(("p", 0, ())), NO, (("p", 0, ()), ("t", module, fn.owner)))
        typed = self._annotated(frame, parameter.annotation)
        if frame.entry is not None:
            wanted = dict(frame.entry.types)
            given = wanted.get(parameter.name) or wanted.get(str(number))
            if given and typed is None:
                typed = ("i", given)
        if typed is None:
            for hint in self.knowledge.hints:
                if hint.parameter == parameter.name and self._imports(frame.module, hint.imports):
                    typed = ("i", hint.type)
        if typed is not None:
            refs.append(typed)
            if typed[0] == "i" and typed[1] in NOT_PASSED:
                return value(0, NO, (typed,))
        if parameter.how == ir.VARARGS:
            refs.append(("i", "tuple"))
        elif parameter.how == ir.VARKW:
            refs.append(("i", "dict"))
        return value(frame.label(("p", number, ())), NO, tuple(refs))

    def _annotated(self, frame: Frame, text: str) -> Ref | None:
        if not text:
            return None
        found = self.program.dotted(frame.unit[0], text)
        if found[0] == "c":
            return ("t", found[1], found[2])
        if found[0] == "x":
            return ("i", found[1].removeprefix("builtins."))
        return None

    def _imports(self, module: ir.Module, root: str) -> bool:
        return any(b[0] == ir.BOUND_IMPORT and (b[1] == root or b[1].startswith(root + ".")) for _, b in module.names)

    # --- facts that a frame reads

    def demand(self, frame: Frame, unit: Unit) -> None:
        """See that a function has been run once, where that is possible now."""
        if unit not in self._order and unit not in self._running and self._depth < MAX_DEPTH:
            self._run(unit)

    def summary(self, frame: Frame, unit: Unit) -> Summary:
        """The summary of a function; what is known so far when it is part of a cycle."""
        self.demand(frame, unit)
        frame.reads.add(("sum", unit))
        return self.summaries.get(unit, UNKNOWN)

    def cell(self, frame: Frame, key: Any) -> Plain | None:
        """A cell's content so far."""
        frame.reads.add(key)
        return self.cells.get(key)

    def registered(self, frame: Frame) -> tuple[int, ...]:
        """Entries by which a call somewhere registered this function."""
        frame.reads.add(("entry", frame.unit))
        return self._registered(frame.unit)

    def value_of(self, frame: Frame, ref: Ref, pos: int = 0) -> Value:
        """The value of a resolved name."""
        kind = ref[0]
        if kind == "g":
            if (ref[1], 0) != frame.unit:
                self.demand(frame, (ref[1], 0))
            return frame.from_plain(self.cell(frame, ("cell", ref[1], ref[2])))
        if kind == "x":
            return calls.external_value(frame, pos, *_owner(ref[1]))
        return CLEAN if kind == "?" else value(0, NO, (ref,))

    def global_value(self, frame: Frame, name: str, pos: int = 0) -> Value:
        """A name that is not local: of the module, or built in."""
        if frame.fn.number == 0 and name in frame.env:
            got: Value = frame.env[name]
            return got
        found = self.program.member(frame.unit[0], name)
        if found is None:
            return self.value_of(frame, ("x", self.knowledge.canonical(f"builtins.{name}")), pos)
        return self.value_of(frame, found, pos)

    def symbol(self, frame: Frame, dotted: str) -> Value:
        """An imported name."""
        return self.value_of(frame, self.program.resolve(dotted))

    def attribute_value(self, frame: Frame, key: Unit, name: str) -> Value | None:
        """What methods and bodies of a class and its bases store under a name."""
        out: Value | None = None
        for ref in self.program.ancestors(key):
            if ref[0] == "c":
                plain = self.cell(frame, ("attr", ref[1], ref[2], name))
                if plain is not None:
                    val = frame.from_plain(plain)
                    out = val if out is None else join(out, val)
        return out

    def owner_of_free(self, frame: Frame, name: str) -> int:
        """The number of the enclosing function that owns a captured variable, or -1."""
        functions = frame.module.functions
        number = frame.fn.parent
        while number > 0:
            fn = functions[number]
            if fn.kind != "class" and name not in fn.free:
                return number
            number = fn.parent
        return -1

    def free_value(self, frame: Frame, name: str) -> Value:
        """A captured variable: symbolically what it was at the call, and what is known of it wherever it was set."""
        owner = self.owner_of_free(frame, name)
        known = frame.from_plain(self.cell(frame, ("free", frame.unit[0], owner, name)))
        key = ("p", "^" + name, ())
        return value(known.taint | frame.label(key), NO, (key, *known.refs))


def _owner(dotted: str) -> tuple[str, str, str]:
    head, _, tail = dotted.rpartition(".")
    return dotted, head, tail


def join_plain(a: Plain, b: Plain) -> Plain:
    """The join of two cells' contents."""
    if a == b:
        return a
    marks = dict(a[0])
    for label, mask in b[0]:
        marks[label] = marks.get(label, 0) | mask
    refs = tuple(dict.fromkeys((*a[2], *b[2])))[:8]
    return tuple(sorted(marks.items())), a[1] if a[1] == b[1] and repr(a[1]) == repr(b[1]) else (), refs


def finish(frame: Frame) -> Summary:
    """The summary of what a frame has found."""
    returned = frame.returned
    returns: dict[tuple[tuple[Any, ...], Any], int] = {}
    fields: list[tuple[Any, tuple[Any, ...], tuple[Ref, ...]]] = []
    constant: tuple[Any, ...] = ()
    refs: tuple[Ref, ...] = ()
    if returned is not None:
        for label, mask in frame.spread(returned.taint):
            returns[(), label] = mask
        for name, inner in frame.returned_fields.items():
            if name == INEXACT:
                continue
            for label, mask in frame.spread(inner.taint):
                key = ((name,), label)
                returns[key] = returns.get(key, 0) | mask
            outside = tuple(r for r in map(frame.externalise, inner.refs) if r)
            fields.append((name, (inner.const,) if inner.const is not NO else (), outside))
        constant = (returned.const,) if returned.const is not NO else ()
        refs = tuple(dict.fromkeys(_exported(frame, r) for r in returned.refs if r[0] not in "nde%/"))
    hits: tuple[SinkHit, ...] = tuple(frame.hits[k] for k in sorted(frame.hits, key=repr))
    if frame.fn.kind == "class":
        number = frame.program.class_of_body(frame.unit)
        for name, val in frame.env.items():
            if type(name) is str:
                frame.publish(("attr", frame.unit[0], number, name), value(val.taint, val.const, val.refs))
    return Summary(
        returns=tuple((path, label, mask) for (path, label), mask in returns.items()),
        constant=constant,
        refs=refs,
        fields=tuple(fields),
        hits=hits,
        writes=_writes(frame),
        checks=_established(frame),
        never=not frame.exits and returned is None and not frame.fn.is_generator and bool(frame.fn.blocks),
        sinks=tuple(sorted(frame.sinks)),
        sources=frame.sources,
        lost=frame.lost,
    )


def _exported(frame: Frame, ref: Ref) -> Ref:
    return ("o", ref[2]) if ref[0] == "o" else ref


def _writes(frame: Frame) -> tuple[tuple[Any, tuple[Any, ...], Any, int], ...]:
    out = []
    for key, content in frame.env.items():
        if type(key) is tuple and key[0] == "p":
            for name, val in content.items():
                own = ("p", key[1], (*key[2], name))
                for label, mask in frame.spread(frame.deep(val)):
                    if label != own:
                        out.append((key[1], (*key[2], name), label, mask))
    return tuple(out)


def _established(frame: Frame) -> tuple[tuple[Any, tuple[Any, ...], str, int], ...]:
    """For each parameter, the kinds that an answer, or returning at all, rules out."""
    out = []
    always = frame.env if frame.exits else None
    for when, state in (("true", frame.truth.get("True")), ("false", frame.truth.get("False")), ("returns", always)):
        if state is None:
            continue
        for number, parameter in enumerate(frame.fn.params):
            label = ("p", number, ())
            at = frame.numbers.get(label)
            val = state.get(parameter.name)
            if at is None or val is None or ("p", number, ()) not in val.refs:
                continue
            alive = val.taint >> 32 * at & KINDS
            if alive != KINDS and frame.labels[at] == label:
                out.append((number, (), when, KINDS & ~alive))
    return tuple(out)
