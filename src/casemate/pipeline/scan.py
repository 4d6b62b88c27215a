"""The scan, on one page: trees → files → modules → leads → report. Finds, and never runs a line of the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from casemate import __version__
from casemate.evidence.assemble import assemble
from casemate.knowledge.entries import Knowledge
from casemate.languages import ir
from casemate.leads import catalogue
from casemate.leads.rule import Persona, Rule
from casemate.leads.scan import Analysis, analyse
from casemate.model.finding import Coverage, Report
from casemate.model.hiding import Hider, Suppression
from casemate.model.lead import Lead
from casemate.model.outcome import NotExamined, Reason
from casemate.model.packages import Packages
from casemate.pipeline.again import Again
from casemate.pipeline.ahead import ahead
from casemate.pipeline.knowing import known
from casemate.pipeline.lines import Lines
from casemate.pipeline.lowering import Lowered, Named, Seen, lower_all
from casemate.pipeline.recall import Recall
from casemate.pipeline.since import Change, Place, narrowed, touched
from casemate.ports import Executor, History, SourceTree, Store
from casemate.taint.memory import Run, Unit
from casemate.taint.summary import CRASHED
from casemate.targets.commands import packages
from casemate.targets.ignores import Ignores
from casemate.targets.modules import name_modules
from casemate.targets.selection import Selection, select


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """exclude: the operator's globs. untrusted: ignore configuration inside the target. rules: ids, empty for all of the
    persona. pedantic: also rules for who has time to spare. since: the revision whose histories `scan` is given, as the
    operator named it; "" for the whole. knowledge: None for the packaged. own: a user's own rules, which run beside the
    others. ahead: processes that may solve part of the program meanwhile. code: a fingerprint of the program that scans, by which
    what it works out for whole trees is kept; "" where that is not to be."""

    exclude: tuple[str, ...] = ()
    untrusted: bool = False
    rules: tuple[str, ...] = ()
    pedantic: bool = False
    since: str = ""
    knowledge: Knowledge | None = None
    own: tuple[Rule, ...] = ()
    ahead: int = 0
    code: str = ""


Follow = Callable[[Iterable[ir.Module], Callable[[], Mapping[Unit, list[Run]]]], Analysis]


class Progress(Protocol):
    """Told how far a scan is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """stage: "reading" (files) or "following" (functions). total: 0 while not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One tree with what is to be examined of it. prefix: before its paths in reports, "" when it is the only one."""

    tree: SourceTree
    prefix: str
    selection: Selection

    def shown(self, loss: NotExamined) -> NotExamined:
        """A loss of this tree, as the report names it."""
        what = self.prefix + loss.what if loss.what != "." else self.prefix.rstrip("/") or "."
        return replace(loss, what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is to be read. files: of the trees, with their names. aliases: other names of modules. tests: modules that are no
    public API. packages: what the trees say of theirs. losses: what is not examined."""

    chosen: Sequence[Chosen]
    files: Sequence[Named]
    aliases: Mapping[str, str]
    tests: frozenset[str]
    packages: Packages
    losses: tuple[NotExamined, ...]

    def question(self) -> list[object]:
        """All but the files' content that a report rests on, in an order that is the same every time."""
        asked = [(c.prefix, c.selection.configuration) for c in self.chosen]
        return [
            asked,
            self.losses,
            sorted(self.aliases.items()),
            sorted(self.tests),
            *map(sorted, self.packages),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Layout):
    """The trees as modules. lowered: by module. losses: also what was not read or lowered."""

    lowered: Mapping[str, Lowered]


def scan(
    trees: Sequence[SourceTree],
    *,
    store: Store,
    executor: Executor,
    options: ScanOptions,
    progress: Progress,
    histories: Sequence[History] = (),
) -> Report:
    """Examine the trees as one program. Raises UserError for an unknown rule and BadPattern for an exclude.

    histories: one for each tree when only what a change touches is to be reported (`options.since`).
    """
    rules = _rules(options)
    knowledge = options.knowledge or known(store, options.code)
    layout = lay_out(trees, options)
    chosen, files, aliases, tests = layout.chosen, layout.files, layout.aliases, layout.tests
    kept = seen = None
    if options.code and not options.own and not histories:
        asked = (options.code, options.exclude, options.untrusted, options.pedantic, [rule.id for rule in rules])
        kept = Again(store, (*asked, knowledge.fingerprint, [tree.name for tree in trees], *layout.question()))
        seen, report = kept.look(files)
        if report is not None:
            return report
    read = lower_program(layout, store=store, executor=executor, progress=progress, seen=seen)
    lowered = read.lowered
    losses = list(read.losses)

    recall = Recall(store, knowledge.fingerprint, lowered, aliases)

    def follow(
        modules: Iterable[ir.Module], remembered: Callable[[], Mapping[Unit, list[Run]]], **more: Any
    ) -> Analysis:
        return analyse(
            modules,
            knowledge,
            rules,
            aliases=aliases,
            internal=tests.__contains__,
            packages=layout.packages,
            remembered=remembered,
            ahead=lambda program: ahead(program, remembered(), executor, options.ahead),
            progress=lambda done, total: progress("following", done, total),
            **more,
        )

    analysis = follow(
        (entry.module for entry in lowered.values()),
        lambda: recall.remembered,
        resumed=recall.resumed,
        solved=recall.keep_solution,
        known=recall.ways,
    )
    recall.keep(analysis.learned)
    recall.keep_ways()
    losses += [
        NotExamined(
            what=f"{path}:{line}",
            reason=Reason.CRASHED if why.startswith(CRASHED) else Reason.STEP_LIMIT,
            detail=f"this function was not followed to its end: {why}",
        )
        for path, line, why in analysis.lost
    ]
    lines = Lines(files, lowered)
    change = touches = None
    if histories:
        places = [_place(c, history) for c, history in zip(chosen, histories, strict=True)]
        change = Change(places, files, lowered)
        again = partial(_follow_again, follow, recall.with_learned(analysis.learned))
        touches = touched(change, lowered, analysis, executor, again)
        losses += change.losses
    leads = [lines.with_columns(lead) for lead in analysis.leads]
    losses += lines.losses
    marks = [(e.module.path, e.module.marks) for e in lowered.values() if e.module.marks]
    ignores = Ignores.of([] if options.untrusted else marks, catalogue.MODULES)
    comments = {(path, mark.line): mark.text for path, of_file in marks for mark in of_file}
    report = assemble(
        version=__version__,
        target=[tree.name for tree in trees],
        rules=rules,
        leads=leads,
        source_line=lines.line,
        source_block=lines.block,
        not_examined=losses,
        coverage=_coverage(lowered, analysis),
        suppressed=lambda lead: ignores.hides(lead) or _configured(chosen, lead),
        remarks=ignores.remarks(leads, {rule.id for rule in rules}, losses),
        comment=lambda place: comments.get((place.path, place.line), ""),
    )
    if change is None or touches is None:
        if kept is not None and len(lowered) == len(files):
            kept.keep([lowered[named.module].digest for named in files], report)
        return report
    here_now = frozenset((lead.rule, lead.location) for lead, here in zip(leads, touches, strict=True) if here)
    return narrowed(report, options.since, change.bases, here_now)


def read_program(
    trees: Sequence[SourceTree], *, store: Store, executor: Executor, options: ScanOptions, progress: Progress
) -> Read:
    """Choose the files of the trees, name their modules and lower them. Raises BadPattern for an exclude."""
    return lower_program(lay_out(trees, options), store=store, executor=executor, progress=progress)


def lay_out(trees: Sequence[SourceTree], options: ScanOptions) -> Layout:
    """Choose the files of the trees and name their modules. Raises BadPattern for an exclude."""
    chosen = _choose(trees, options)
    losses = [c.shown(loss) for c in chosen for loss in c.selection.not_examined]
    files, aliases, tests = _named(chosen)
    if not files and all(loss.deliberate for loss in losses):
        losses.append(
            NotExamined(what=".", reason=Reason.NO_SOURCE, detail="there is no Python file to examine", files=0)
        )
    said = list(map(_packages, chosen))
    return Layout(
        chosen=chosen,
        files=files,
        aliases=aliases,
        tests=tests,
        packages=Packages(*(frozenset().union(*names) for names in zip(*said, strict=True))),
        losses=tuple(losses),
    )


def lower_program(
    layout: Layout, *, store: Store, executor: Executor, progress: Progress, seen: Seen | None = None
) -> Read:
    """Lower the files. seen: what was read of them already."""
    files, losses = layout.files, list(layout.losses)
    lowered: dict[str, Lowered] = {}
    for result in lower_all(files, store, executor, lambda done: progress("reading", done, len(files)), seen):
        if isinstance(result, NotExamined):
            losses.append(result)
        else:
            lowered[result.module.name] = result
            losses += _lost_regions(result)
    return Read(
        chosen=layout.chosen,
        files=files,
        aliases=layout.aliases,
        tests=layout.tests,
        packages=layout.packages,
        losses=tuple(losses),
        lowered=lowered,
    )


def _follow_again(
    follow: Follow, remembered: Mapping[Unit, list[Run]], modules: Iterable[ir.Module], other: frozenset[str]
) -> Analysis:
    """Analyse modules of which some are another text: a run is remembered for the text that it ran."""
    return follow(modules, lambda: {unit: runs for unit, runs in remembered.items() if unit[0] not in other})


def _place(chosen: Chosen, history: History) -> Place:
    present = frozenset([*(file.path for file in chosen.selection.files), *chosen.selection.others])
    return Place(history=history, prefix=chosen.prefix, present=present)


def _rules(options: ScanOptions) -> tuple[Rule, ...]:
    if options.rules:
        own: dict[str, Rule] = {rule.id: rule for rule in options.own}
        return tuple(own.get(name) or catalogue.rule(name) for name in dict.fromkeys(options.rules))
    packaged = tuple(rule for rule in catalogue.rules() if options.pedantic or rule.persona is Persona.DEFAULT)
    return (*packaged, *options.own)


def _choose(trees: Sequence[SourceTree], options: ScanOptions) -> list[Chosen]:
    """What to examine of each tree. Where there are several, their names tell their paths apart."""
    out: list[Chosen] = []
    used: set[str] = set()
    for tree in trees:
        prefix = ""
        if len(trees) > 1:
            prefix = next(
                p for n in range(len(trees) + 1) if (p := f"{tree.name}{f'~{n + 1}' if n else ''}/") not in used
            )
            used.add(prefix)
        selection = select(tree, exclude=options.exclude, untrusted=options.untrusted)
        out.append(Chosen(tree=tree, prefix=prefix, selection=selection))
    return out


def _named(chosen: Sequence[Chosen]) -> tuple[list[Named], dict[str, str], frozenset[str]]:
    """Files with their module names, unique over all trees; other names of modules; and which modules are tests."""
    files: list[Named] = []
    aliases: dict[str, str] = {}
    tests: set[str] = set()
    taken: set[str] = set()
    for c in chosen:
        names = name_modules((f.path for f in c.selection.files), others=c.selection.others, root=c.tree.name)
        for file in c.selection.files:
            known = names[file.path]
            name = next(n for n in _variants(known.name) if n not in taken)
            taken.add(name)
            for alias in known.aliases:
                aliases.setdefault(alias, name)
            if known.test:
                tests.add(name)
            files.append(Named(tree=c.tree, file=file, shown=c.prefix + file.path, module=name, package=known.package))
    return files, {alias: name for alias, name in aliases.items() if alias not in taken}, frozenset(tests)


def _packages(chosen: Chosen) -> Packages:
    """What a tree's own files say of its packages."""
    read = ((file.path, chosen.tree.read(file)) for file in chosen.selection.stated)
    texts = {path: data.decode("utf-8", "replace") for path, data in read if isinstance(data, bytes)}
    return packages(texts)


def _variants(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}~{number}"
        number += 1


def _lost_regions(lowered: Lowered) -> list[NotExamined]:
    """What of a file could not be lowered."""
    module = lowered.module
    return [
        NotExamined(
            what=f"{module.path}:{max(1, module.line(loss.start))}",
            reason=Reason(loss.reason),
            detail=loss.detail,
            lines=module.line(max(loss.start, loss.end - 1)) - module.line(loss.start) + 1,
        )
        for loss in module.losses
    ]


def _coverage(lowered: Mapping[str, Lowered], analysis: Analysis) -> Coverage:
    return Coverage(
        files=len(lowered),
        lines=sum(_lines(entry.module) for entry in lowered.values()),
        functions=analysis.functions,
        entry_points=analysis.entry_points,
        sinks=analysis.sinks,
        sinks_reached=analysis.sinks_reached,
    )


def _lines(module: ir.Module) -> int:
    """How many lines a file has; what follows the last line break is no line when it is empty."""
    end = module.functions[0].end
    return module.line(end - 1) if end else 0


def _configured(chosen: Sequence[Chosen], lead: Lead) -> Suppression | None:
    """Whether the configuration of the tree that the lead lies in asks not to see it."""
    for c in chosen:
        if lead.location.path.startswith(c.prefix):
            path = lead.location.path.removeprefix(c.prefix)
            if c.selection.configuration.suppresses(lead.rule, path):
                return Suppression(by=Hider.CONFIGURATION, reason="The target's own configuration ignores it.")
    return None
