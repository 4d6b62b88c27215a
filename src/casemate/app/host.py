"""Auditing a host: the root that the operator named, behind the wall, handed to the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.app.authority import authorise
from casemate.app.db import database
from casemate.app.ground import over_time
from casemate.governance.budget import ROOT_LIMITS
from casemate.governance.charter import Target, Tier
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.adapters.roots.folder import FolderRoot
    from casemate.adapters.roots.image import ImageRoot
    from casemate.evidence.earlier import Earlier
    from casemate.evidence.triage import Triage
    from casemate.pipeline.host import Audited, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRequest:
    """What the operator asked for. root: a folder that holds one; image: a file that does; neither: this machine.

    rules: ids, empty for all. imagined: fixes to look at it with, as `host/whatif.py` reads them. advisories: a database, None
    for the operator's own. sbom: whether a bill of materials is wanted. triage, baseline: as of `ScanRequest`.
    """

    root: Path | None = None
    image: Path | None = None
    rules: tuple[str, ...] = ()
    imagined: tuple[str, ...] = ()
    advisories: Path | None = None
    sbom: bool = False
    triage: Triage = ()
    baseline: Earlier | None = None

    def __post_init__(self) -> None:
        if self.root is not None and self.image is not None:
            raise ValueError("a host is a folder or an image, not both")


def run_host(request: HostRequest, *, announce: Callable[[str], None], progress: Progress) -> Audited:
    """Audit what the operator named. Raises UserError when it is no root, LedgerUnavailable when it cannot be recorded."""
    from casemate.adapters.advisories import AdvisoryFile
    from casemate.adapters.roots.folder import FolderRoot
    from casemate.pipeline.host import HostOptions, audit_host

    place = (request.root or request.image or Path("/")).absolute()
    with ExitStack() as held:
        name = str(request.root or request.image or "/")
        subject: tuple[Target, ...] = (Target(name=name, path=str(place.resolve())),)
        try:
            root = _root(request)
            held.enter_context(root)
            marks = root.marks()
        except UserError:  # it bears no mark: what is wrong with it is said to whom its path is open
            with authorise(subject, Tier.FIND, announce=announce).wall.operation("host", subject=subject):
                raise
        subject = (replace(subject[0], marks=marks),)
        wall, subject, bounded = authorise(subject, Tier.FIND, announce=announce, budget=ROOT_LIMITS)
        if bounded and isinstance(root, FolderRoot):
            root.bound()
        with wall.operation("host", subject=subject) as operation:
            options = HostOptions(rules=request.rules, imagined=request.imagined, sbom=request.sbom)
            store = operation.advisories(AdvisoryFile(database(request.advisories)))
            audited = audit_host(operation.root(root), options=options, progress=progress, advisories=store)
    return replace(audited, report=over_time(audited.report, request.triage, request.baseline))


def _root(request: HostRequest) -> FolderRoot | ImageRoot:
    """What is examined."""
    from casemate.adapters.roots.folder import FolderRoot
    from casemate.adapters.roots.image import ImageRoot

    return ImageRoot(request.image) if request.image is not None else FolderRoot(request.root or Path("/"))
