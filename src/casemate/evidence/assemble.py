"""From leads to the report: identity, redaction, disposition and rank, in one place for every output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from casemate.evidence.excerpts import Block, collect
from casemate.evidence.identity import identities, rank, unmarked
from casemate.evidence.redact import excerpt, redact
from casemate.model.finding import Coverage, Disposition, Finding, FindingId, Report
from casemate.model.hiding import Remark, Suppression
from casemate.model.lead import Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.outcome import NotExamined
from casemate.model.trace import Trace


class Rule(Protocol):
    """What a report needs of a rule; the rules themselves belong to another stage."""

    @property
    def id(self) -> RuleId:
        """As in `Lead.rule`."""

    @property
    def title(self) -> str:
        """A few words."""

    @property
    def cwe(self) -> int:
        """The one CWE that its findings carry."""

    @property
    def severity(self) -> Severity:
        """Of a finding that is true."""


def assemble(
    *,
    version: str,
    target: Sequence[str],
    rules: Sequence[Rule],
    leads: Sequence[Lead],
    source_line: Callable[[Location], str],
    not_examined: Iterable[NotExamined],
    coverage: Coverage,
    source_block: Block = lambda path, first, last: (),
    suppressed: Callable[[Lead], Suppression | None] = lambda lead: None,
    remarks: Iterable[Remark] = (),
    comment: Callable[[Location], str] = lambda place: "",
) -> Report:
    """The report of one scan. source_line: the whole line at a place, "" when it is not to be had.

    source_block: lines of a file by number, as many as there are. suppressed: why the target itself hides a lead, if it
    does; what is by design stays by design. comment: what speaks to Casemate at the end of that line, "" for nothing.
    """
    by_id = {rule.id: rule for rule in rules}
    lines = [source_line(lead.location) for lead in leads]
    snippets = [excerpt(line, lead.location.column) for lead, line in zip(leads, lines, strict=True)]
    told = [  # that somebody asks to hide a finding does not make it another one
        snippet if line == (bare := unmarked(line, comment(lead.location))) else excerpt(bare, lead.location.column)
        for lead, line, snippet in zip(leads, lines, snippets, strict=True)
    ]
    findings = [
        _finding(lead, by_id[lead.rule], identity, snippet, None if lead.by_design else suppressed(lead))
        for lead, identity, snippet in zip(leads, identities(leads, told), snippets, strict=True)
    ]
    return Report(
        version=version,
        target=tuple(target),
        rules=tuple(sorted(by_id)),
        findings=tuple(sorted(findings, key=rank)),
        not_examined=tuple(sorted(set(not_examined))),
        coverage=coverage,
        remarks=tuple(sorted({replace(remark, text=redact(remark.text)) for remark in remarks})),
        excerpts=collect(leads, source_block),
    )


def _finding(lead: Lead, rule: Rule, identity: FindingId, snippet: str, suppression: Suppression | None) -> Finding:
    disposition = (
        Disposition.BY_DESIGN if lead.by_design else Disposition.SUPPRESSED if suppression else Disposition.ACTIVE
    )
    return Finding(
        identity=identity,
        lead=_redacted(lead),
        title=rule.title,
        cwe=rule.cwe,
        severity=lead.severity or rule.severity,
        snippet=snippet,
        disposition=disposition,
        suppression=suppression and replace(suppression, reason=redact(suppression.reason)),
    )


def _redacted(lead: Lead) -> Lead:
    """The lead with every text that may quote the target redacted."""
    trace = lead.trace and Trace(
        boundary=lead.trace.boundary,
        steps=tuple(replace(step, note=redact(step.note)) for step in lead.trace.steps),
    )
    return replace(lead, message=redact(lead.message), trace=trace)
