"""The composition root of what runs a target: hunting, proving, verifying and releasing, each behind the wall."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.app.authority import authorise
from casemate.app.ground import home, over_time, recorded_ledger
from casemate.app.scan import ScanRequest, Scene
from casemate.governance.budget import PROVING_LIMITS
from casemate.governance.charter import Target, Tier
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.adapters.filesystem import FileTree
    from casemate.app.models import Talk
    from casemate.app.property import Decisions, Taken
    from casemate.evidence.bundle import Bundle
    from casemate.governance.receipt import Receipt
    from casemate.governance.wall import Operation
    from casemate.model.claim import Claim
    from casemate.model.finding import Finding, FindingId, Report
    from casemate.model.outcome import NotExamined
    from casemate.model.proof import Exhibit
    from casemate.model.verification import Verification
    from casemate.pipeline.agents import Worked
    from casemate.pipeline.claims import Answers
    from casemate.pipeline.combine import Series
    from casemate.pipeline.regress import Checked
    from casemate.pipeline.scan import Progress
    from casemate.ports import Sandbox


def bundles_folder() -> Path:
    """Where evidence bundles are kept when nobody says where."""
    return home() / "bundles"


def sandbox() -> Sandbox:
    """What this machine has to run the target in, for an operation to hold behind its wall. It fails closed."""
    from casemate.adapters.sandbox.choice import Chosen

    return Chosen()


@dataclass(frozen=True, slots=True, kw_only=True)
class HuntRequest:
    """What the operator asked to have proven. scan: one path. python: the target's interpreter, None to look for it. budget:
    executions of all searches together. wanted: which findings are tried. fix: what is proven is to be fixed as well. series: and
    the patches to be put together. talk: a model whose agents work on it as well. claims: of others, that these agents are told
    of. bare: what the rules found is left out, so that what comes is the agents' own. decisions: what people decided about
    properties, which are put to the test again."""

    scan: ScanRequest
    budget: int
    fix: bool = False
    series: bool = False
    tests: bool = False
    python: Path | None = None
    talk: Talk | None = None
    claims: tuple[Claim, ...] = ()
    bare: bool = False
    decisions: Decisions | None = None
    wanted: Callable[[Finding], bool] = lambda finding: True

    def __post_init__(self) -> None:
        if len(self.scan.paths) != 1 or self.budget < 1:
            raise ValueError(f"a hunt has one path and a budget: {self.scan.paths!r}, {self.budget!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An evidence bundle. name: for its file, without a suffix. receipt: what shows that the ledger recorded it."""

    name: str
    data: bytes
    receipt: str


class Proved(NamedTuple):
    """The report with verdicts, the bundles of what is proven, and the patches as one series and tests when these were wanted.
    prefix: the target's folder in its repository. worked: what agents made of it, None where none were asked. lost: decisions
    that nothing came of, which the report lists as well."""

    report: Report
    sealed: tuple[Sealed, ...]
    series: Series | None = None
    prefix: str = ""
    tests: tuple[Checked, ...] = ()
    worked: Worked | None = None
    lost: tuple[NotExamined, ...] = ()


def run_hunt(request: HuntRequest, *, announce: Callable[[str], None], progress: Progress) -> Proved:
    """Scan, then put the findings to the proof, in a sandbox or not at all; then what is proven may be fixed.

    Where a model is asked the gate is asked before. Raises as `run_scan` does, and Denied when it does not let that model run.
    """
    tier = Tier.FIX if request.fix else Tier.PROVE
    if request.talk is not None:
        if request.talk.record is not None:  # a replay asks nobody
            from casemate.app.agents import admitted

            admitted(request.talk.name, tier)
        for line in request.talk.leaves():
            announce(line)
    with ExitStack() as held:
        scene = Scene(request.scan, tier, announce, held, request.talk)
        report = over_time(scene.scan(progress), request.scan.triage, request.scan.baseline)
        if request.bare:
            report = replace(report, findings=())
        return _proven(scene, report, request, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveRequest:
    """Claims that are to be answered. hunt: the target, what it may take, and whether what is proven is fixed. claims: as texts,
    RULE:FILE:LINE, CWE-NN:FILE:LINE or the first digits of a finding's identity. sarif: bytes of files of other tools' results,
    by name. every: all findings are claimed."""

    hunt: HuntRequest
    claims: tuple[str, ...] = ()
    sarif: tuple[tuple[str, bytes], ...] = ()
    every: bool = False


def run_prove(request: ProveRequest, *, announce: Callable[[str], None], progress: Progress) -> tuple[Answers, Proved]:
    """Answer each claim about a target, in the order of the claims.

    Raises as `run_scan` does, and UserError for a claim that cannot be meant.
    """
    from casemate.leads import proposed
    from casemate.leads.catalogue import rules
    from casemate.model.finding import Disposition
    from casemate.pipeline.claims import answered, understood

    with ExitStack() as held:
        scene = Scene(request.hunt.scan, Tier.FIX if request.hunt.fix else Tier.PROVE, announce, held)
        tree = scene.trees[0]
        report = scene.scan(progress)
        if request.hunt.decisions is not None:
            known = [one.bundle.finding for one in request.hunt.decisions.known().values()]
            more = (replace(one, demonstration=None) for one in known if one.lead.rule == proposed.ID)
            report = replace(report, findings=(*report.findings, *more))
        claims = request.claims
        if request.every:
            claims += tuple(finding.identity for finding in report.of(Disposition.ACTIVE))
        cwes: dict[str, int] = {rule.id: rule.cwe for rule in rules()}
        with scene.wall.operation("scan", subject=scene.subject) as operation:
            asked = understood(claims, request.sarif, report, operation.tree(tree), place=str(tree.place), cwes=cwes)
        wanted = {match.finding.identity for match in asked.matches if match.finding is not None}
        only = replace(request.hunt, wanted=lambda finding: finding.identity in wanted)
        found = _proven(scene, report, only, progress)
    for loss in found.lost if request.every else ():
        announce(f"{loss.what}: {loss.detail}")
    return answered(asked, found.report), found


def _proven(
    scene: Scene,
    report: Report,
    request: HuntRequest,
    progress: Progress,
) -> Proved:
    """The operation that proves, and within it the one that fixes."""
    from casemate.adapters.interpreters import target_python
    from casemate.app.fix import Fixed, fixed
    from casemate.evidence.bundle import digest
    from casemate.evidence.identity import rank
    from casemate.leads import proposed
    from casemate.pipeline.attempts import Attempts
    from casemate.pipeline.bench import bench, sources
    from casemate.pipeline.combine import extended
    from casemate.pipeline.hunt import hunt

    tree = scene.trees[0]
    kept = request.decisions.known() if request.decisions is not None else {}
    python = target_python(tree.place, request.python)
    scene.announce(f"proving with {python.path} ({python.why})")
    with scene.wall.operation("prove", subject=scene.subject) as operation:
        target = operation.tree(tree)
        store = operation.store(scene.store)
        hunted = hunt(
            report,
            bench(target, operation.sandbox(sandbox()), tree.place, python.path),
            earlier=lambda bench: Attempts(store, bench, sources(target)),
            budget=request.budget,
            jobs=request.scan.jobs,
            progress=progress,
            wanted=lambda finding: (
                request.wanted(finding) and (finding.identity not in kept or finding.lead.rule != proposed.ID)
            ),
        )
        told, made = hunted.report, Fixed({})
        if request.fix:
            wanted = {"series": request.series, "tests": request.tests}
            made = fixed(scene, told, hunted.exhibits, python.path, request.scan.jobs, progress, **wanted)
            findings = (replace(one, mending=made.mendings.get(one.identity)) for one in told.findings)
            told = replace(told, findings=tuple(sorted(findings, key=rank)))
        exhibits, before, worked = dict(hunted.exhibits), None, None
        if request.decisions is not None:
            from casemate.app.property import taken
            from casemate.pipeline.kept import decided

            before = taken(scene, operation, told, request, request.decisions, python.path, progress=progress)
            exhibits = {**exhibits, **before.exhibits}
            told = replace(before.report, findings=decided(before.report.findings, before.said))
        if request.talk is not None:
            from casemate.agents.loop import Limits
            from casemate.app.agents import crew

            worked = crew(
                scene,
                told,
                request.talk,
                interpreter=python.path,
                limits=Limits(),
                fix=request.fix,
                progress=progress,
                claims=request.claims,
                exhibits=exhibits,
            )
            told, exhibits = worked.report, {**exhibits, **worked.exhibits}
        lost = () if before is None else before.losses(told.findings)
        if lost:
            told = replace(told, not_examined=tuple(sorted({*told.not_examined, *lost})))
        told, bundles = _decided(told, exhibits, before)
        series = made.series
        if series is not None:
            offers = ((f.identity, f.mending.fix) for f in told.findings if f.mending is not None)
            series = extended(series, [(identity, fix) for identity, fix in offers if fix is not None])
        digests = {identity: digest(data) for identity, data in bundles.items()}
        for name in digests.values():
            operation.keep(name)
    rules = {finding.identity: finding.lead.rule for finding in told.findings}
    entry = operation.entry
    assert entry is not None  # the operation has ended
    files = tuple(
        Sealed(
            name=f"{rules[identity]}-{identity[:12]}",
            data=data,
            receipt=receipt(entry, list(digests.values()), digests[identity]),
        )
        for identity, data in bundles.items()
    )
    return Proved(told, files, series, made.prefix, made.tests, worked, lost)


def _decided(
    report: Report, exhibits: Mapping[FindingId, Exhibit], before: Taken | None
) -> tuple[Report, dict[FindingId, bytes]]:
    """The report with what people decided about its properties, sealed, and the bundles."""
    from casemate.evidence.verdicts import sealed
    from casemate.pipeline.kept import decided

    if before is None:
        return sealed(report, exhibits)
    return sealed(replace(report, findings=decided(report.findings, before.said)), exhibits, before.data, before.fixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """A bundle that is to be seen again. target: the folder or file that it is of. python: the interpreter for it."""

    bundle: Bundle
    target: Path | None = None
    python: Path | None = None


def run_verify(request: VerifyRequest, *, announce: Callable[[str], None]) -> Verification:
    """Replay a bundle on the target that the operator named, under a charter made for it. announce: told the charter.

    Raises UserError when the target leads nowhere, LedgerUnavailable when the operation cannot be recorded.
    """
    from casemate.adapters.filesystem import FileTree
    from casemate.adapters.interpreters import target_python
    from casemate.pipeline.verify import unchecked, verify
    from casemate.proofs.catalogue import oracle
    from casemate.proofs.replay import profile

    name = request.bundle.proof.oracle
    judge, shown = oracle(name), request.bundle.finding.demonstration
    if judge is None and shown is None:
        return unchecked(f"this version has no oracle {name!r}; update Casemate")
    if request.target is None:
        return unchecked("no target was given; --target PATH names what the bundle is of")
    with FileTree(request.target) as tree:
        subject: tuple[Target, ...] = (Target(name=str(tree.root), path=str(tree.place)),)
        single = "" if tree.place.is_dir() else tree.place.name
        wall, subject, bounded = authorise(subject, Tier.PROVE, announce=announce, budget=PROVING_LIMITS)
        if bounded:
            tree.bound()
        with wall.operation("verify", subject=subject) as operation:
            try:
                python = target_python(tree.place, request.python)
            except UserError as error:
                return unchecked(str(error))
            if judge is None:
                return _verified_property(request.bundle, operation, tree, python.path)
            return verify(
                request.bundle,
                oracle=judge,
                tree=operation.tree(tree),
                sandbox=operation.sandbox(sandbox()),
                profile=profile(str(tree.place), python.path, single=single),
            )


def _verified_property(bundle: Bundle, operation: Operation, tree: FileTree, interpreter: str) -> Verification:
    """The property of a bundle put to the test, and what a person decided about it."""
    from casemate.adapters.inprocess import InProcess
    from casemate.adapters.nostore import NoStore
    from casemate.app.property import carried
    from casemate.model.finding import Coverage, Report
    from casemate.pipeline.bench import bench
    from casemate.pipeline.patched import Recollected
    from casemate.pipeline.scan import ScanOptions
    from casemate.pipeline.study import Study
    from casemate.pipeline.verify_property import verify_property

    target, held = Recollected(operation.tree(tree)), operation.sandbox(sandbox())
    nothing = Report(version="", target=(), rules=(), findings=(), not_examined=(), coverage=Coverage())
    study = Study(
        target,
        nothing,
        store=operation.store(NoStore()),
        executor=operation.executor(InProcess()),
        options=ScanOptions(),
        progress=lambda stage, done, total: None,
    )
    made = bench(target, held, tree.place, interpreter)
    found = verify_property(bundle, study=study, tree=target, sandbox=held, profile=made.profile, bench=made)
    return replace(found, decision=carried(bundle))


def receipt(entry: int, bundles: Sequence[str], bundle: str) -> str:
    """The receipt of a bundle. entry: index of the last entry of the operation that kept the bundles (`Operation.entry`)."""
    from casemate.governance.receipt import make_receipt

    return make_receipt(recorded_ledger(), entry, bundles, bundle)


def check_receipt(text: str, name: str, key: str) -> Receipt:
    """What a receipt shows, under a ledger's key as text; "" for that of the operator's own ledger. name: of its file.

    Raises UserError for a receipt that shows nothing, and for a key that is none.
    """
    from casemate.app.ledger import log_key_of
    from casemate.governance.proof import InvalidProof
    from casemate.governance.receipt import open_receipt, origin

    verifier = log_key_of(key) if key else recorded_ledger().key
    if not key and origin(text) != verifier.name:
        raise UserError(
            f"the receipt {name!r} is of another ledger than that of this machine",
            "give that ledger's key by --key, from a place that you trust",
        )
    try:
        return open_receipt(text, verifier)
    except InvalidProof as error:
        raise UserError(
            f"the receipt {name!r} shows nothing: {error}", "get it again from where it was made"
        ) from error
