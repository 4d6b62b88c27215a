"""The scan, on one page: trees → files → modules → leads → report. Finds, and never runs a line of the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from casemate import __version__
from casemate.evidence.assemble import assemble
from casemate.knowledge.entries import Knowledge
from casemate.knowledge.loader import load
from casemate.languages import ir
from casemate.leads import catalogue
from casemate.leads.rule import Persona, Rule
from casemate.leads.scan import Analysis, analyse
from casemate.model.finding import Coverage, Report
from casemate.model.lead import Lead
from casemate.model.outcome import NotExamined, Reason
from casemate.pipeline.lines import Lines
from casemate.pipeline.lowering import Lowered, Named, lower_all
from casemate.pipeline.recall import Recall
from casemate.ports import Executor, SourceTree, Store
from casemate.targets.modules import name_modules
from casemate.targets.selection import Selection, select


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """exclude: the operator's globs. untrusted: ignore configuration inside the target. rules: ids, empty for all of the
    persona. pedantic: also rules for who has time to spare. knowledge: None for the packaged. own: a user's own rules, which
    run beside the others."""

    exclude: tuple[str, ...] = ()
    untrusted: bool = False
    rules: tuple[str, ...] = ()
    pedantic: bool = False
    knowledge: Knowledge | None = None
    own: tuple[Rule, ...] = ()


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


def scan(
    trees: Sequence[SourceTree], *, store: Store, executor: Executor, options: ScanOptions, progress: Progress
) -> Report:
    """Examine the trees as one program. Raises UserError for an unknown rule and BadPattern for an exclude."""
    rules = (*_rules(options.rules, pedantic=options.pedantic), *options.own)
    knowledge = options.knowledge or load()
    chosen = _choose(trees, options)
    losses = [c.shown(loss) for c in chosen for loss in c.selection.not_examined]
    files, aliases, tests = _named(chosen)

    lowered: dict[str, Lowered] = {}
    for result in lower_all(files, store, executor, lambda done: progress("reading", done, len(files))):
        if isinstance(result, NotExamined):
            losses.append(result)
        else:
            lowered[result.module.name] = result
            losses += _lost_regions(result)

    recall = Recall(store, knowledge.fingerprint, lowered)
    analysis = analyse(
        [entry.module for entry in lowered.values()],
        knowledge,
        rules,
        aliases=aliases,
        internal=tests.__contains__,
        remembered=recall.remembered,
        progress=lambda done, total: progress("following", done, total),
    )
    recall.keep(analysis.learned)
    losses += [
        NotExamined(what=f"{path}:{line}", reason=Reason.STEP_LIMIT, detail="this function was not followed to its end")
        for path, line in analysis.lost
    ]
    lines = Lines(files, lowered)
    leads = [lines.with_columns(lead) for lead in analysis.leads]
    losses += lines.losses
    return assemble(
        version=__version__,
        target=[tree.name for tree in trees],
        rules=rules,
        leads=leads,
        source_line=lines.line,
        not_examined=losses,
        coverage=_coverage(lowered, analysis),
        suppressed=lambda lead: _suppressed(chosen, lead),
    )


def _rules(ids: tuple[str, ...], *, pedantic: bool) -> tuple[Rule, ...]:
    if ids:
        return tuple(catalogue.rule(rule_id) for rule_id in dict.fromkeys(ids))
    return tuple(rule for rule in catalogue.rules() if pedantic or rule.persona is Persona.DEFAULT)


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


def _named(chosen: Sequence[Chosen]) -> tuple[list[Named], dict[str, str], set[str]]:
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
    return files, {alias: name for alias, name in aliases.items() if alias not in taken}, tests


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


def _suppressed(chosen: Sequence[Chosen], lead: Lead) -> bool:
    """Whether the configuration of the tree that the lead lies in asks not to see it."""
    for c in chosen:
        if lead.location.path.startswith(c.prefix):
            path = lead.location.path.removeprefix(c.prefix)
            if c.selection.configuration.suppresses(lead.rule, path):
                return True
    return False
