"""The composition root of what is handed to a maintainer: a finding as the draft of an advisory, recorded as an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.clock import SystemClock
from casemate.app.authority import records
from casemate.governance.charter import Target
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from casemate.evidence.publication import Publication
    from casemate.evidence.told import Page, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What the operator asked to have drafted. form: csaf or openvex. files: where the findings were read from. findings:
    which, in this order."""

    form: str
    files: tuple[Path, ...]
    findings: tuple[Told, ...]
    said: Publication


def now() -> datetime:
    """The time that it is, for a draft whose day nobody gave."""
    return SystemClock().now()


def run_export(request: ExportRequest, *, announce: Callable[[str], None]) -> str:
    """The draft, once the ledger says that it leaves: with its digest, as of every piece of evidence. announce: told the
    charter.

    No target is touched, and nothing of it takes a `release`: neither the input of a proof nor a bundle is in it. Raises
    UserError for what the document cannot be without, and for a finding that does not count; Denied and LedgerUnavailable,
    and then nothing is handed out.
    """
    from casemate.evidence import csaf, openvex
    from casemate.evidence.publication import Status

    stated = request.said.status in (Status.AFFECTED, Status.FIXED)
    hidden = next((told for told in request.findings if told.hidden), None)
    if stated and hidden is not None:
        raise UserError(
            f"the finding {hidden.short} does not count in its report ({hidden.hidden})",
            f"take that back, or give --status {Status.NOT_AFFECTED.value} or {Status.INVESTIGATED.value}",
        )
    render = csaf.render if request.form == "csaf" else openvex.render
    text = render([(told, _page(told.rule)) for told in request.findings], request.said)
    subject = tuple(Target(name=str(path), path=str(path.resolve())) for path in request.files)
    with records(announce, *subject).operation("export", subject=subject) as operation:
        operation.keep(sha256(text.encode()).hexdigest())
    return text


def _page(rule: str) -> Page:
    """The page of a rule; an empty one for a rule of the operator's own, or of another version."""
    from casemate.evidence.told import page_of
    from casemate.leads.catalogue import MODULES, page
    from casemate.leads.posture.catalogue import POSTURE

    return page_of(page(rule) if rule in MODULES or rule in POSTURE else "")
