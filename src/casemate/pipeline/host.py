"""The audit of a host, on one page: root → facts → privilege graph → findings, standings, and the cut that is proven by
analysing the root again with its fixes. Runs nothing of the root."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from casemate import __version__
from casemate.evidence import sbom
from casemate.evidence.assemble import assemble
from casemate.evidence.host_redacted import redacted
from casemate.evidence.redact import PLACEHOLDER
from casemate.host import whatif
from casemate.host.catalogue import relations
from casemate.host.cut import cheapest
from casemate.host.derivation import Graph
from casemate.host.filesystem import Filesystem
from casemate.host.graph import edges
from casemate.host.host import Advisories, Host
from casemate.host.overlay import Overlay
from casemate.host.packages.inventory import inventory, release
from casemate.host.standing import picture, powers, sources, standings, story
from casemate.leads import catalogue
from casemate.leads.audit import audit
from casemate.model.advisory import DatabaseSource
from casemate.model.errors import UserError
from casemate.model.finding import Coverage, Report
from casemate.model.host import Actor, Node
from casemate.model.host_fix import Fix
from casemate.model.host_report import Cut, HostReport
from casemate.model.location import Location
from casemate.model.outcome import NotExamined
from casemate.ports import AdvisoryStore, RootFilesystem

HASHES = ("passwd", "shadow", "gshadow", "group", "opasswd", "htpasswd")
_PASSWORD = re.compile(r"^([^:]*:)[^:]{3,}")  # the second field, where it is more than a mark

ROUNDS = 5  # analyses until a cut holds; one is the rule


class Progress(Protocol):
    """Told how far an audit is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """stage: "looking" (nodes), "relating" (nodes, whose facts are read) or "cutting" (rounds). total: 0 while not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """rules: ids, empty for all. imagined: fixes that the host is looked at with, as if they had been made, as
    `host/whatif.py` reads them. sbom: whether a bill of materials is wanted."""

    rules: tuple[str, ...] = ()
    imagined: tuple[str, ...] = ()
    sbom: bool = False


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit gives. sbom: what is installed, as CycloneDX."""

    report: Report
    sbom: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A host with the graph of who becomes whom, and who is asked about."""

    host: Host
    graph: Graph
    asked: tuple[Actor, ...]


def audit_host(
    root: RootFilesystem, *, options: HostOptions, progress: Progress, advisories: AdvisoryStore | None = None
) -> Audited:
    """Examine a root. advisories: what packages are compared with.

    Raises UserError for an unknown rule, and for a fix that does not fit what the root holds.
    """
    rules = [catalogue.rule(name) for name in dict.fromkeys(options.rules)] or list(catalogue.posture())
    nodes = list(_counted(root.nodes(), progress))
    if not {"/etc", "/usr", "/bin"} & {node.path for node in nodes if isinstance(node, Node)}:
        raise UserError(
            f"{root.name!r} holds no root file system: neither etc nor usr nor bin",
            "name the folder in which etc, usr and var of the host lie",
        )
    seen = Walked(root, nodes)
    about = advisories.about if advisories is not None else None
    supposed = _supposed(seen, options.imagined, progress, about) if options.imagined else ()
    imagined: RootFilesystem = overlaid(seen, supposed) if supposed else seen
    now = analyse(imagined, progress, about)
    leads = audit(now.host, now.graph, rules)
    cut, chosen = _cut(imagined, now, progress)
    fs = now.host.fs
    report = assemble(
        version=__version__,
        target=[root.name],
        rules=rules,
        leads=leads,
        source_line=lambda place: _line(fs, place),
        source_block=lambda path, first, last: _block(fs, path, first, last),
        not_examined=[replace(loss, what=loss.what.lstrip("/") or ".") for loss in fs.losses],
        coverage=Coverage(files=len(fs)),
    )
    told = HostReport(
        system=now.host.once(release).name or "a system that does not say what it is",
        nodes=len(fs),
        accounts=len(now.host.accounts.accounts),
        standings=standings(now.graph, now.asked, chosen),
        powers=powers(now.graph),
        picture=picture(now.graph, now.asked, chosen),
        cut=cut,
        imagined=supposed,
        packages=len(now.host.once(inventory).packages),
        advisories=_compared(advisories.sources()) if advisories is not None else "",
    )
    packages = now.host.once(inventory).packages if options.sbom else ()
    materials = sbom.render(packages, now.host.once(release), name=root.name) if options.sbom else ""
    return Audited(replace(report, host=redacted(told)), materials)


def _supposed(
    root: RootFilesystem, said: Sequence[str], progress: Progress, about: Advisories | None
) -> tuple[Fix, ...]:
    """The fixes that the operator supposes; a number is one of the cut of the host as it is."""
    proposed: tuple[Fix, ...] = ()
    if any(text.strip() == "all" or text.strip().isdecimal() for text in said):
        proposed = _cut(root, analyse(root, progress, about), progress)[0].fixes
    fs = Filesystem(root.nodes(), root.read)
    return tuple(dict.fromkeys(fix for text in said for fix in whatif.read(fs, text, proposed)))


def analyse(root: RootFilesystem, progress: Progress, about: Advisories | None = None) -> Analysis:
    """The facts of a root, and the graph that they make. about: what is known of packages."""
    host = Host(Filesystem(root.nodes(), root.read), about)
    progress("relating", len(host.fs), 0)
    graph = Graph(edges(host, relations(host)))
    return Analysis(host, graph, sources(host, graph))


def overlaid(root: RootFilesystem, fixes: Iterable[Fix]) -> Overlay:
    """The root with fixes made. Raises DoesNotFit."""
    return Overlay(root.name, root.nodes(), root.read, fixes)


@dataclass(frozen=True, slots=True)
class Walked:
    """A root whose nodes are known, so that looking at it again with fixes costs no second walk."""

    root: RootFilesystem
    known: Sequence[Node | NotExamined]

    @property
    def name(self) -> str:
        """As the root's."""
        return self.root.name

    def nodes(self) -> Iterator[Node | NotExamined]:
        """What was seen."""
        return iter(self.known)

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """From the root."""
        return self.root.read(node, limit)


def _cut(root: RootFilesystem, now: Analysis, progress: Progress) -> tuple[Cut, frozenset[tuple[Fix, ...]]]:
    """The cut, and its options as the edges of the first analysis name them.

    What one fix closes may show what another one opened: the analysis is repeated with all fixes so far until nobody reaches
    root, or only by ways that no fix of ours ends.
    """
    first = cheapest(now.graph, now.asked)
    fixes = list(_joined(first.options))
    chosen, answer = frozenset(first.options), first
    minimal, proved = first.minimal, not fixes and not first.uncut
    for done in range(ROUNDS if fixes else 0):
        progress("cutting", done + 1, ROUNDS)
        again = analyse(overlaid(root, fixes), lambda stage, done, total: None, now.host.advisories)
        answer = cheapest(again.graph, again.asked)
        if not answer.options:
            proved = not answer.uncut
            break
        minimal = False  # what was chosen before was chosen without knowing of this
        fixes += _joined(answer.options)
    ways = tuple(story(way, chosen) for way in answer.uncut)
    return Cut(fixes=tuple(fixes), proved=proved, minimal=minimal, uncut=ways), chosen


def _joined(options: Iterable[tuple[Fix, ...]]) -> Iterator[Fix]:
    """Every fix once; of those that would change the same thing only the first: the next analysis shows what is left."""
    changed: set[tuple[object, ...]] = set()
    for option in options:
        for fix in option:
            key = (type(fix), getattr(fix, "path", None), getattr(fix, "line", None), getattr(fix, "package", None))
            if key not in changed:
                changed.add(key)
                yield fix


def _counted(nodes: Iterable[Node | NotExamined], progress: Progress) -> Iterator[Node | NotExamined]:
    for index, node in enumerate(nodes):
        if not index % 1000:
            progress("looking", index, 0)
        yield node


def _line(fs: Filesystem, place: Location) -> str:
    text = _text(fs, place.path)
    return text[place.line - 1] if 0 < place.line <= len(text) else ""


def _block(fs: Filesystem, path: str, first: int, last: int) -> tuple[str, ...]:
    return _text(fs, path)[max(0, first - 1) : last]


def _text(fs: Filesystem, path: str) -> tuple[str, ...]:
    """The lines of what is a text; a program has none."""
    node = fs.at(f"/{path}" if path != "." else "/")
    if node is None or (head := fs.head(node.path, 1024)) is None or b"\0" in head:
        return ()
    text = fs.text(node.path)
    lines = text.lines if text else ()
    if (
        PurePosixPath(node.path).name.rstrip("-").partition(".")[0] in HASHES
    ):  # also in copies, and of forms that nobody knows
        return tuple(_PASSWORD.sub(rf"\1{PLACEHOLDER}", line) for line in lines)
    return lines


def _compared(sources: Sequence[DatabaseSource]) -> str:
    """What packages were compared with: each file by name, date and the first digits of its hash."""
    return ", ".join(f"{s.name} ({s.date or 'undated'}, {s.sha256[:12]})" for s in sources)
