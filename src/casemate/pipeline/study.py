"""The index that agents ask: what the engine knows of a target, looked up by place and told in lines of text.

Nothing is read but what the index lists, and everything that quotes the target is redacted before it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from casemate.evidence.escape import visible
from casemate.evidence.redact import redact_lines
from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.leads.text import shown
from casemate.model.finding import Report
from casemate.model.location import Location
from casemate.model.trace import Boundary
from casemate.pipeline.recall import Recall
from casemate.pipeline.scan import Progress, ScanOptions, read_program
from casemate.pipeline.suite import TESTS_PATTERN
from casemate.ports import Executor, SourceFile, SourceTree, Store
from casemate.taint.memory import Unit
from casemate.taint.program import Program
from casemate.taint.solver import Solver

LARGEST: Final = 1 << 20  # bytes of a file that is told from
WIDTH: Final = 300  # characters of a line that are told
_WHOLE: Final = LARGEST  # of one in which is looked
_NEAR: Final = 40  # lines above that say whether something is a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A function of the target. head, last: its lines. entry: the boundary at which it is called from outside, if it is."""

    unit: Unit
    path: str
    name: str
    head: int
    last: int
    parameters: tuple[str, ...]
    entry: Boundary | None

    def __str__(self) -> str:
        return f"{self.path}:{self.head} {self.name or 'the module'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place where values from outside enter, as knowledge has it."""

    boundary: Boundary
    what: str


class Study:
    """What is known of a target. files: of it, by path, as they were walked."""

    def __init__(
        self,
        tree: SourceTree,
        report: Report,
        *,
        store: Store,
        executor: Executor,
        options: ScanOptions,
        progress: Progress,
    ) -> None:
        self._tree = tree
        self.report = report
        self.files = {seen.path: seen for seen in tree.walk() if isinstance(seen, SourceFile)}
        self._lines: dict[str, list[str]] = {}
        read = read_program([tree], store=store, executor=executor, options=options, progress=progress)
        knowledge = options.knowledge or load()
        recall = Recall(store, knowledge.fingerprint, read.lowered, read.aliases)
        program = Program((entry.module for entry in read.lowered.values()), knowledge, dict(read.aliases))
        self._solver = Solver(program, recall.remembered)
        self._solver.solve(lambda done, total: progress("following", done, total))
        self.tests = frozenset(named.shown for named in read.files if named.module in read.tests)
        self.modules = {entry.module.path: entry.module for entry in read.lowered.values()}
        self._callers: dict[Unit, set[Unit]] = {}
        for key, readers in self._solver.readers():
            if key[0] in ("sum", "ran"):
                self._callers.setdefault(key[1], set()).update(readers)
        self._sources = dict(self._found_sources())

    def behind(self, tree: SourceTree) -> Study:
        """The same index, for whoever reads through another tree: nothing that was read for one is told to the other."""
        other = copy(self)
        other._tree, other._lines = tree, {}
        return other

    # --- lines

    def source(self, path: str) -> bytes | None:
        """A file's bytes; None for what the index does not list."""
        file = self.files.get(path)
        data = self._tree.read(file) if file is not None and file.size <= LARGEST else None
        return data if isinstance(data, bytes) else None

    def lines(self, path: str) -> list[str] | None:
        """A file's lines; None for what is not listed, not read, or no text."""
        if path not in self._lines:
            data = self.source(path)
            if data is None or b"\0" in data:
                return None
            self._lines[path] = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        return self._lines[path]

    def told(self, path: str, first: int, last: int) -> str:
        """Lines of a file with their numbers, redacted; "" where there are none."""
        texts = enumerate(self._redacted(path, first, last, WIDTH), first)
        return "\n".join(f"{number:>5}  {visible(text)}" for number, text in texts)

    def _redacted(self, path: str, first: int, last: int, width: int) -> list[str]:
        lines = self.lines(path) or []
        before = lines[max(0, first - 1 - _NEAR) : first - 1]
        return redact_lines(before, lines[first - 1 : last], {}, width=width)

    def search(self, text: str, most: int) -> tuple[list[tuple[str, int]], bool]:
        """Places whose line holds a text, and whether there are more. What a line does not show is not found in it, or whoever
        asks could guess a secret sign by sign."""
        found: list[tuple[str, int]] = []
        for path in self.files:
            for number, line in enumerate(self.lines(path) or (), 1):
                if text in line and text in self._redacted(path, number, number, _WHOLE)[0]:
                    if len(found) == most:
                        return found, True
                    found.append((path, number))
        return found, False

    def is_test(self, path: str) -> bool:
        """Whether a file belongs to the target's tests, or to what steers them."""
        steers = path.endswith("conftest.py") or "/tests/" in f"/{path}"
        return steers or path in self.tests or TESTS_PATTERN.search(path) is not None

    # --- functions

    def at(self, path: str, line: int) -> Spot | None:
        """The innermost function around a line; the module's body where there is none."""
        module = self.modules.get(path)
        if module is None:
            return None
        best: ir.Function | None = None
        for function in module.functions:
            if function.kind not in ("module", "function"):
                continue
            first, last = self._extent(module, function)
            if (function.kind == "module" or first <= line <= last) and (best is None or function.pos >= best.pos):
                best = function
        return None if best is None else self._spot((module.name, best.number))

    def callers(self, spot: Spot) -> list[Spot]:
        """Who calls a function, as far as calls were resolved."""
        return sorted((self._spot(unit) for unit in self._callers.get(spot.unit, ())), key=str)

    def callees(self, spot: Spot) -> list[Spot]:
        """What a function calls."""
        return sorted((self._spot(unit) for unit, by in self._callers.items() if spot.unit in by), key=str)

    def entries(self) -> list[Spot]:
        """Functions that are called from outside."""
        return sorted((self._spot(unit) for unit, numbers in self._solver.entries.items() if numbers), key=str)

    def chains(self, spot: Spot, most: int) -> list[list[Spot]]:
        """The shortest ways of calls from an entry point, or from what nobody calls, to a function."""
        out: list[list[Spot]] = []
        waiting, seen = [[spot]], {spot.unit}
        while waiting and len(out) < most:
            way = waiting.pop(0)
            above = [one for one in self.callers(way[0]) if one.unit not in seen]
            if way[0].entry is not None or not above:
                out.append(way)
            for one in above:
                seen.add(one.unit)
                waiting.append([one, *way])
        return out

    # --- what the solver found

    def sinks(self) -> list[tuple[Location, str]]:
        """Dangerous calls."""
        sites = {site for summary in self._solver.summaries.values() for site in summary.sinks}
        return sorted((self._place(site[0], site[1], site[2]), shown(site[3])) for site in sites)

    def sources(self) -> list[tuple[Location, Source]]:
        """Places where values enter that are no parameters."""
        return sorted(self._sources.items(), key=lambda pair: pair[0])

    def source_at(self, path: str, line: int) -> Source | None:
        """What enters at a line."""
        return next((one for place, one in self._sources.items() if (place.path, place.line) == (path, line)), None)

    def guards(self) -> list[Spot]:
        """Functions that check what they are given."""
        return sorted((self._spot(unit) for unit, s in self._solver.summaries.items() if s.checks), key=str)

    def _found_sources(self) -> Iterator[tuple[Location, Source]]:
        for summary in self._solver.summaries.values():
            labels: list[tuple[Any, ...]] = [label for _, label, *_ in summary.returns]
            labels += [hit.label for hit in summary.hits]
            labels += [label for _, _, marks in summary.writes for label, _ in marks]
            for label in labels:
                if label[0] == "s":
                    _, boundary, what, module, number, pos = label
                    yield self._place(module, number, pos), Source(boundary=Boundary(boundary), what=str(what))

    def _place(self, module: str, number: int, pos: int) -> Location:
        of = self._solver.program.modules[module]
        return Location(path=of.path, line=max(1, of.line(of.functions[number].pos + pos)))

    def _spot(self, unit: Unit) -> Spot:
        module = self._solver.program.modules[unit[0]]
        function = module.functions[unit[1]]
        first, last = self._extent(module, function)
        numbers = self._solver.entries.get(unit, ())
        boundary = self._solver.knowledge.entries[numbers[0]].boundary if numbers else None
        return Spot(
            unit=unit,
            path=module.path,
            name=function.qualname,
            head=first,
            last=last,
            parameters=tuple(one.name for one in function.params),
            entry=boundary,
        )

    @staticmethod
    def _extent(module: ir.Module, function: ir.Function) -> tuple[int, int]:
        return max(1, module.line(function.pos)), max(1, module.line(max(function.pos, function.end - 1)))


def listed(items: Sequence[object], most: int) -> str:
    """One a line, and how many more there are."""
    more = [f"({len(items) - most} more)"] if len(items) > most else []
    return "\n".join([*(visible(str(item)) for item in items[:most]), *more]) or "(none)"


def overview(study: Study, most: int = 40) -> str:
    """What a scout begins with: counts, entry points, findings."""
    coverage = study.report.coverage
    head = f"{coverage.files} files, {coverage.lines} lines, {coverage.functions} functions, {coverage.sinks} dangerous calls"
    found = [f"{f.lead.rule} {f.lead.location} {f.evidence}" for f in study.report.findings]
    return "\n".join([head, "entry points:", listed(study.entries(), most), "found by rules:", listed(found, most)])
