"""From leads to the report: identity, redaction, disposition and rank, in one place for every output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from casemate.evidence.excerpts import Block, collect
from casemate.evidence.identity import identities, rank
from casemate.evidence.redact import excerpt, redact
from casemate.model.finding import Coverage, Disposition, Finding, FindingId, Report
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
    suppressed: Callable[[Lead], bool] = lambda lead: False,
) -> Report:
    """The report of one scan. source_line: the whole line at a place, "" when it is not to be had.

    source_block: lines of a file by number, as many as there are. suppressed: whether the target's own configuration hides
    a lead; what is by design stays by design.
    """
    by_id = {rule.id: rule for rule in rules}
    snippets = [excerpt(source_line(lead.location), lead.location.column) for lead in leads]
    findings = [
        _finding(lead, by_id[lead.rule], identity, snippet, suppressed=suppressed(lead))
        for lead, identity, snippet in zip(leads, identities(leads, snippets), snippets, strict=True)
    ]
    return Report(
        version=version,
        target=tuple(target),
        rules=tuple(sorted(by_id)),
        findings=tuple(sorted(findings, key=rank)),
        not_examined=tuple(sorted(set(not_examined))),
        coverage=coverage,
        excerpts=collect(leads, source_block),
    )


def _finding(lead: Lead, rule: Rule, identity: FindingId, snippet: str, *, suppressed: bool) -> Finding:
    disposition = (
        Disposition.BY_DESIGN if lead.by_design else Disposition.SUPPRESSED if suppressed else Disposition.ACTIVE
    )
    return Finding(
        identity=identity,
        lead=_redacted(lead),
        title=rule.title,
        cwe=rule.cwe,
        severity=rule.severity,
        snippet=snippet,
        disposition=disposition,
    )


def _redacted(lead: Lead) -> Lead:
    """The lead with every text that may quote the target redacted."""
    trace = lead.trace and Trace(
        boundary=lead.trace.boundary,
        steps=tuple(replace(step, note=redact(step.note)) for step in lead.trace.steps),
    )
    return replace(lead, message=redact(lead.message), trace=trace)
