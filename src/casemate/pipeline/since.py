"""What a change touches: findings that pass a changed function, and findings that were not there before.

A finding that passes no changed line can still be the change's doing: a check may have gone from a helper, an entry from
an allow-list, a route may lead to an old function. So the program is followed a second time with the changed files as they
were, on what the first time has remembered; what that does not find is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from casemate.evidence.linediff import changed_lines
from casemate.languages import ir
from casemate.leads.scan import Analysis
from casemate.model.finding import Report, Since
from casemate.model.lead import Lead
from casemate.model.outcome import NotExamined
from casemate.pipeline.lowering import Lowered, Named, Task, lower_task
from casemate.ports import Done, Executor, History
from casemate.taint.regions import Region
from casemate.targets.selection import looks_like_source

MAX_RENAMED = 1_000  # files that are new, and that are gone, up to which renamed ones are looked for
ALIKE = 0.5  # share of equal lines from which on a file counts as renamed, git's own figure

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tree's history with what the tree holds now. prefix: before its paths in reports. present: all of its files."""

    history: History
    prefix: str
    present: frozenset[str]


class Change:
    """The changed files of a scan, and which of their lines. losses: what of then could not be read."""

    def __init__(self, places: Sequence[Place], files: Sequence[Named], lowered: Mapping[str, Lowered]) -> None:
        self.losses: list[NotExamined] = []
        self.bases = tuple(sorted({place.history.base for place in places}))
        self.lines: dict[str, frozenset[int] | None] = {}  # None: all of them
        self._before: dict[str, tuple[Named, bytes]] = {}  # by module
        for place in places:
            self._compare(place, [n for n in files if n.shown.startswith(place.prefix) and n.module in lowered])

    @property
    def modules(self) -> frozenset[str]:
        """Those that were another text then."""
        return frozenset(self._before)

    def touches(self, way: Sequence[Region]) -> bool:
        """Whether one of these regions has a changed line."""
        for region in way:
            lines = self.lines.get(region.path, frozenset())
            if lines is None or region.meets(lines):
                return True
        return False

    def then(self, lowered: Mapping[str, Lowered], executor: Executor) -> list[ir.Module]:
        """The modules as they were: new files left out, changed ones lowered from their content of then."""
        tasks = [Task(n.shown, name, n.package, source, name) for name, (n, source) in self._before.items()]
        old: dict[str, ir.Module] = {}
        for outcome in executor.map(lower_task, tasks, label=lambda task: task.shown):
            if isinstance(outcome, Done) and isinstance(outcome.result, bytes):
                old[outcome.item.module] = ir.unpack(outcome.result)
        return [
            old.get(name, entry.module)
            for name, entry in lowered.items()
            if name in old or entry.module.path not in self.lines
        ]

    def _compare(self, place: Place, files: Sequence[Named]) -> None:
        known = set(place.history.paths())
        new: list[tuple[Named, bytes]] = []
        for named in files:
            content = named.tree.read(named.file)
            if isinstance(content, NotExamined):
                self.losses.append(replace(content, what=named.shown))
                self.lines[named.shown] = None
            elif named.file.path in known:
                self._note(named, place.history.before(named.file.path), content)
            else:
                new.append((named, content))
        gone = [path for path in sorted(known - place.present) if looks_like_source(path)]
        renamed = _renamed(new, gone, place.history)
        for named, content in new:
            self._note(named, renamed.get(named.file.path), content)

    def _note(self, named: Named, before: bytes | NotExamined | None, now: bytes) -> None:
        if isinstance(before, NotExamined):
            self.losses.append(replace(before, what=named.shown))
        if not isinstance(before, bytes):
            self.lines[named.shown] = None
        elif (old := before.splitlines()) != (new := now.splitlines()):
            self.lines[named.shown] = changed_lines(old, new)
            self._before[named.module] = (named, before)


def touched(
    change: Change,
    lowered: Mapping[str, Lowered],
    analysis: Analysis,
    executor: Executor,
    again: Callable[[Iterable[ir.Module], frozenset[str]], Analysis],
) -> list[bool]:
    """For each lead whether the change touches it. again: analyses modules with what is remembered of the
    others than these."""
    if not change.lines:
        return [False] * len(analysis.leads)
    had = Counter(map(_key, again(change.then(lowered, executor), change.modules).leads))
    out = []
    for lead, way in zip(analysis.leads, analysis.ways, strict=True):
        key = _key(lead)
        had[key] -= 1
        out.append(change.touches(way) or had[key] < 0)
    return out


def narrowed(report: Report, revision: str, bases: tuple[str, ...], kept: frozenset[tuple[object, ...]]) -> Report:
    """The report of what is touched. kept: (rule, place) of the leads that are."""
    inside = [(finding.lead.rule, finding.lead.location) in kept for finding in report.findings]
    return replace(
        report,
        findings=tuple(finding for finding, here in zip(report.findings, inside, strict=True) if here),
        since=Since(
            revision=revision,
            bases=bases,
            untouched=tuple(finding for finding, here in zip(report.findings, inside, strict=True) if not here),
        ),
    )


def _key(lead: Lead) -> Key:
    """What makes a lead the same in another version of the program: everything but its lines."""
    return lead.rule, lead.location.path, lead.function, lead.message, lead.by_design, lead.boundary


def _renamed(new: Sequence[tuple[Named, bytes]], gone: Sequence[str], history: History) -> dict[str, bytes]:
    """The earlier content of new files that are files of then under another name: the same bytes, or mostly the same lines."""
    if not new or not gone or len(new) > MAX_RENAMED or len(gone) > MAX_RENAMED:
        return {}
    left = {path: content for path in gone if isinstance(content := history.before(path), bytes) and content.strip()}
    out: dict[str, bytes] = {}
    same = {_digest(content): path for path, content in sorted(left.items(), reverse=True)}
    for named, content in new:
        path = same.get(_digest(content))
        if path in left:
            out[named.file.path] = left.pop(path)
    bags = {path: Counter(content.splitlines()) for path, content in left.items()}
    for named, content in new:
        if named.file.path not in out and bags:
            bag = Counter(content.splitlines())
            best = max(sorted(bags), key=lambda path: _alike(bag, bags[path]))
            if _alike(bag, bags[best]) >= ALIKE:
                out[named.file.path] = left[best]
                del bags[best]
    return out


def _alike(a: Counter[bytes], b: Counter[bytes]) -> float:
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _digest(content: bytes) -> bytes:
    return blake2b(b"\n".join(content.splitlines()), digest_size=20).digest()
