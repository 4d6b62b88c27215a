"""The solver: every function run until no fact changes that it rests on.

A function's summary is computed when a caller first asks for it, so callees come before callers and what is left over are
cycles; a function is run again when something that it read (a summary, a cell) has changed. The order is fixed by the
program alone, so two runs give the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from heapq import heappop, heappush
from typing import Any, NamedTuple

from casemate.knowledge.entries import Answer, Hint, Knowledge
from casemate.languages import ir
from casemate.taint import calls, entries, interpreter, memory, onward, programs, states, switches
from casemate.taint.frame import Frame, Unit
from casemate.taint.memory import Ground, Run
from casemate.taint.parameters import given
from casemate.taint.program import Program
from casemate.taint.state import OPTIONS
from casemate.taint.summarise import summarise
from casemate.taint.summary import UNKNOWN, Summary
from casemate.taint.values import CLEAN, NO, Ref, Value, join, value

MAX_DEPTH = 40  # of summaries computed inside one another; beyond, the next round completes them
MAX_RUNS = 12  # of one function before its summary counts as final

Plain = tuple[Any, ...]


class Elsewhere(NamedTuple):
    """What others solve meanwhile. first: the first of their modules. runs: what they ran, once they are done."""

    first: str
    runs: Callable[[], dict[Unit, list[Run]]]


class Solver:
    """Facts of a program. `solve` computes them; afterwards they are only read."""

    def __init__(self, program: Program, remembered: Mapping[Unit, list[Run]] | None = None) -> None:
        self.program = program
        self.runs: dict[Unit, list[Run]] = {}  # of this solve, for the next
        self._fresh: set[str] = set()  # modules in which something was interpreted
        self._remembered = remembered or {}
        self._digests: dict[Any, int] = {}
        self._grounds: dict[Any, Ground] = {}
        self._stood: dict[int, bool] = {}  # by identity, remembered questions: whether they have their answers still
        self.knowledge: Knowledge = program.knowledge
        self.summaries: dict[Unit, Summary] = {}
        self.cells: dict[Any, Plain] = {}
        self.entries: dict[Unit, tuple[int, ...]] = {}
        # Programs with options that do what nobody asked for, as the knowledge of whatever runs programs lists them.
        self.option_programs = frozenset(
            program
            for call in self.knowledge.calls.values()
            for sink in call.sinks
            if sink.item == OPTIONS
            for condition in sink.when
            if condition.item == 0
            for program in condition.values
        )
        self.run_by, self.runners = programs.table(self.knowledge), programs.runners(self.knowledge)
        self.registering, self.entry_tables = entries.registering(self.knowledge), entries.tables(self.knowledge)
        self._judging = {
            n: self.knowledge.kinds[e.result]
            for n, e in enumerate(self.knowledge.entries)
            if e.result and self.knowledge.kinds[e.result].text_is_program
        }
        self.parts, self.wholes, self.longer = onward.parts(self.knowledge)
        self.tidied = sum(k.mask for k in self.knowledge.kinds.values() if k.tidied)
        self.no_objects = sum(k.mask for k in self.knowledge.kinds.values() if k.of_objects)  # what texts do no harm by
        self._contributions: dict[Any, dict[Unit, Plain]] = {}
        self._given: dict[Unit, tuple[Any, ...]] = {}
        self.onward: dict[Unit, onward.Index] = {}
        self._readers: dict[Any, set[Unit]] = {}
        self._order: dict[Unit, int] = {}
        self._counts: dict[Unit, int] = {}
        self.given_up: set[Unit] = set()  # run MAX_RUNS times, and still asked for
        self._running: set[Unit] = set()
        self._queue: list[tuple[int, Unit]] = []
        self._queued: set[Unit] = set()
        self._depth, self.states = 0, states.table(self.knowledge)
        self.hints: dict[str, list[Hint]] = {}
        for hint in self.knowledge.hints:
            self.hints.setdefault(hint.parameter, []).append(hint)
        self.answers: dict[str, list[Answer]] = {}
        for answer in self.knowledge.answers:
            for method in answer.methods:
                self.answers.setdefault(method, []).append(answer)
        self._left_out: dict[Unit, frozenset[tuple[int, int]]] = {}
        self.called_before: frozenset[Unit] = frozenset()
        self.registered_before: frozenset[Plain] = frozenset()
        self._captured: dict[str, dict[int, tuple[str, ...]]] = {}
        self._imported: dict[str, frozenset[str]] = {}  # by module: what it imports, and what that is part of

    def units(self) -> list[Unit]:
        """Every function, module by module in order of name, bodies of modules first."""
        names = sorted(self.program.modules)
        bodies = [(name, 0) for name in names]
        return bodies + [(name, n) for name in names for n in range(1, len(self.program.modules[name].functions))]

    def solve(
        self,
        progress: Callable[[int, int], None] | None = None,
        *,
        of: Collection[str] | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """Compute all facts. progress: told (functions done, functions in all) now and then. of: only what these modules ask
        for. elsewhere: modules that others have solved meanwhile."""
        units = [unit for unit in self.units() if of is None or unit[0] in of]
        for done, unit in enumerate(units):
            if elsewhere is not None and unit[1] and unit[0] >= elsewhere.first:
                ran = elsewhere.runs()
                self._remembered = {
                    **self._remembered,
                    **{unit: [*self._remembered.get(unit, ()), *runs] for unit, runs in ran.items()},
                }
                elsewhere = None
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

    def learned(self) -> dict[str, dict[int, list[Run]]]:
        """All runs of the modules in which something was not remembered."""
        out: dict[str, dict[int, list[Run]]] = {name: {} for name in sorted(self._fresh)}
        for (name, number), runs in self.runs.items():
            if name in out:
                out[name][number] = runs
        return out

    def readers(self) -> list[tuple[Any, set[Unit]]]:
        """Each fact with the functions that rest on it."""
        return list(self._readers.items())

    def order(self) -> list[Unit]:
        """All functions, as they were first done."""
        return list(self._order)

    def try_out(self, unit: Unit) -> Run:
        """The run of a function on the facts as they are. Nobody is told of it."""
        self._order.setdefault(unit, len(self._order))
        asked, self.program.asked = self.program.asked, {}
        run = self._interpret(unit)
        self.program.asked = asked
        return run

    def settle(self, order: list[Unit], fresh: Collection[str]) -> None:
        """This is the order now, and in these modules something is new."""
        self._order = {unit: number for number, unit in enumerate(order)}
        self._fresh.update(fresh)

    def called(self) -> frozenset[Unit]:
        """Functions whose summaries others have read."""
        return self.called_before.union(key[1] for key in self._readers if key[0] == "sum")

    def registrations(self) -> frozenset[Plain]:
        """What calls have registered as entry points: (function, entry, parameters that are harmless)."""
        return self.registered_before.union(one for runs in self.runs.values() for one in runs[-1].registered)

    # --- running one function

    def frame(self, unit: Unit) -> Frame:
        """A frame ready to run: parameters labelled and typed."""
        frame = Frame(self, unit)
        numbers = entries.of(self, frame)
        frame.entry = self.knowledge.entries[numbers[0]] if numbers else None
        self.entries[unit] = numbers
        for number, parameter in enumerate(frame.fn.params):
            frame.env[parameter.name] = given(frame, number, parameter)
        return frame

    def _run(self, unit: Unit) -> None:
        count = self._counts[unit] = self._counts.get(unit, 0) + 1
        if count > MAX_RUNS:
            self.given_up.add(unit)
            return
        self._running.add(unit)
        self._depth += 1
        asked, self.program.asked = self.program.asked, {}
        run = self._recall(unit)
        if run is None:
            run = self._interpret(unit)
            self._fresh.add(unit[0])
        self.program.asked = asked
        self._depth -= 1
        self._running.discard(unit)
        self._order.setdefault(unit, len(self._order))
        self.runs.setdefault(unit, []).append(run)
        self.entries[unit] = run.entries
        if run.summary != self.summaries.get(unit, UNKNOWN):
            self.summaries[unit] = run.summary
            self._changed(("sum", unit))
        else:
            self.summaries.setdefault(unit, run.summary)
        self._contribute(unit, run)

    def _interpret(self, unit: Unit) -> Run:
        frame = self.frame(unit)
        interpreter.run(frame)
        summary = summarise(frame)
        return Run(
            reads=tuple(self._ground(key, first) for key, first in frame.reads.items()),
            asked=tuple(self.program.asked.values()),
            summary=summary,
            written=tuple((key, frame.plain(val)) for key, val in frame.written.items()),
            registered=tuple(sorted(frame.registered)),
            entries=self.entries[unit],
        )

    def _recall(self, unit: Unit) -> Run | None:
        """An earlier run whose grounds all stand."""
        for run in self._remembered.get(unit, ()):
            if self._stands(unit, run):
                return run
        return None

    def _stands(self, unit: Unit, run: Run) -> bool:
        stood = self._stood
        for pair in run.asked:
            stands = stood.get(id(pair))
            if stands is None:
                stands = stood[id(pair)] = self.program.holds(*pair)
            if not stands:
                return False
        for key, first, _ in run.reads:
            on = key[1] if key[0] in ("sum", "ran") else (key[1], 0) if key[0] == "cell" else unit
            if on not in self._order and on != unit:
                if not self.program.has(on):
                    return False
                self._demand(on)
            readers = self._readers.get(key)
            if readers is None:
                readers = self._readers[key] = set()
            readers.add(unit)
            if self.digest(key) != first:
                return False
        return all(self.digest(key) == last for key, _, last in run.reads)

    def _ground(self, key: Any, first: int) -> Ground:
        """A fact with its digests, one tuple for all who rest on it: what is the same object is kept once."""
        last = self.digest(key)
        had = self._grounds.get(key)
        if had is None or had[1] != first or had[2] != last:
            had = self._grounds[key] = key, first, last
        return had

    def digest(self, key: Any) -> int:
        """The digest of a fact as it is now."""
        got = self._digests.get(key)
        if got is None:
            fact = self.summaries.get(key[1], UNKNOWN) if key[0] == "sum" else self.cells.get(key)
            got = self._digests[key] = memory.digest(fact)
        return got

    def _contribute(self, unit: Unit, run: Run) -> None:
        written = dict(run.written)
        for key in {**dict.fromkeys(self._given.get(unit, ())), **written}:
            plain = written.get(key)
            mine = self._contributions.setdefault(key, {})
            if mine.get(unit) == plain:
                continue
            if plain is None:
                mine.pop(unit, None)
            else:
                mine[unit] = plain
            joined: Plain | None = next(iter(mine.values())) if len(mine) == 1 else None
            for other in sorted(mine) if len(mine) > 1 else ():
                joined = mine[other] if joined is None else join_plain(joined, mine[other])
            if joined != self.cells.get(key):
                if joined is None:
                    self.cells.pop(key, None)
                else:
                    self.cells[key] = joined
                self._changed(key)
        self._given[unit] = tuple(written)
        for target, number, _ in run.registered:
            had = self._registered(target)
            if number not in had:
                self.cells["entry", target] = (*had, number)
                self._changed(("entry", target))

    def _registered(self, unit: Unit) -> tuple[int, ...]:
        return self.cells.get(("entry", unit), ())

    def _changed(self, key: Any) -> None:
        self._digests.pop(key, None)
        for unit in self._readers.get(key, ()):
            if unit not in self._queued:
                self._queued.add(unit)
                heappush(self._queue, (self._order.get(unit, 1 << 30), unit))

    def imports(self, module: ir.Module, root: str) -> bool:
        """Whether a module imports a package or something of it."""
        known = self._imported.get(module.name)
        if known is None:
            dotted = [b[1].split(".") for _, b in module.names if b[0] == ir.BOUND_IMPORT]
            known = frozenset(".".join(parts[: n + 1]) for parts in dotted for n in range(len(parts)))
            self._imported[module.name] = known
        return root in known

    def judged(self, unit: Unit) -> int:
        """The kinds that a function's own result is judged for, where that is a statement's text."""
        if not self._judging:
            return 0
        mask = 0
        for number in self.entries.get(unit, ()):
            kind = self._judging.get(number)
            mask |= kind.mask if kind is not None else 0
        return mask

    # --- facts that a frame reads

    def _reads(self, frame: Frame, key: Any) -> None:
        """Note that the frame rests on a fact, at once: the fact may change while the frame still runs."""
        if key not in frame.reads:
            frame.reads[key] = self.digest(key)
            self._readers.setdefault(key, set()).add(frame.unit)

    def demand(self, frame: Frame, unit: Unit) -> None:
        """See that a function has been run once, where that is possible now."""
        self._demand(unit)

    def ran(self, frame: Frame, unit: Unit) -> None:
        """The same for its effects alone: noted, so that a replay runs it in this place, too."""
        self._demand(unit)
        self._reads(frame, ("ran", unit))

    def _demand(self, unit: Unit) -> None:
        if unit not in self._order and unit not in self._running and self._depth < MAX_DEPTH:
            self._run(unit)

    def summary(self, frame: Frame, unit: Unit) -> Summary:
        """The summary of a function; what is known so far when it is part of a cycle."""
        self.demand(frame, unit)
        self._reads(frame, ("sum", unit))
        return self.summaries.get(unit, UNKNOWN)

    def cell(self, frame: Frame, key: Any) -> Plain | None:
        """A cell's content so far."""
        self._reads(frame, key)
        return self.cells.get(key)

    def registered(self, frame: Frame) -> tuple[int, ...]:
        """Entries by which a call somewhere registered this function."""
        self._reads(frame, ("entry", frame.unit))
        return self._registered(frame.unit)

    def value_of(self, frame: Frame, ref: Ref, pos: int = 0) -> Value:
        """The value of a resolved name."""
        kind = ref[0]
        if kind == "g":
            if (ref[1], 0) != frame.unit:
                self.demand(frame, (ref[1], 0))
            return frame.from_plain(self.cell(frame, ("cell", ref[1], ref[2])))
        if kind == "x":
            head, _, tail = ref[1].rpartition(".")
            return calls.external_value(frame, pos, ref[1], head, tail)
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

    def left_out(self, unit: Unit, blocks: tuple[ir.Block, ...]) -> frozenset[tuple[int, int]]:
        """The steps of a function by which a switch leaves out a check."""
        got = self._left_out.get(unit)
        if got is None:
            got = self._left_out[unit] = switches.left_out(self.program.function(unit), blocks)
        return got

    def shared_value(self, frame: Frame, space: str, name: str) -> Value | None:
        """What the program has set under a name of a namespace from outside that all of it shares."""
        known = self.knowledge.values.get(space)
        if known is None or not known.shared:
            return None
        plain = self.cell(frame, ("space", space, name))
        return frame.from_plain(plain) if plain is not None else None

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

    def captured(self, unit: Unit) -> tuple[str, ...]:
        """The variables of a function that its inner functions read, in order of name."""
        module, number = unit
        known = self._captured.get(module)
        if known is None:
            names: dict[int, set[str]] = {}
            for fn in self.program.modules[module].functions:
                if fn.free:
                    names.setdefault(fn.parent, set()).update(fn.free)
            known = self._captured[module] = {parent: tuple(sorted(of)) for parent, of in names.items()}
        return known.get(number, ())

    def free_value(self, frame: Frame, name: str) -> Value:
        """A captured variable: symbolically what it was at the call, and what is known of it wherever it was set."""
        owner = self.owner_of_free(frame, name)
        known = frame.from_plain(self.cell(frame, ("free", frame.unit[0], owner, name)))
        key = ("p", "^" + name, ())
        return value(known.taint | frame.label(key), NO, (key, *known.refs))


def join_plain(a: Plain, b: Plain) -> Plain:
    """The join of two cells' contents."""
    if a == b:
        return a
    marks = dict(a[0])
    for label, mask in b[0]:
        marks[label] = marks.get(label, 0) | mask
    refs = tuple(dict.fromkeys((*a[2], *b[2])))[:8]
    return tuple(sorted(marks.items())), a[1] if a[1] == b[1] and repr(a[1]) == repr(b[1]) else (), refs
