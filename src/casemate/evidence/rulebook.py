"""What a report says of a rule beside its findings: its title, classification and documentation page."""

from __future__ import annotations

from dataclasses import dataclass

from casemate.model.lead import RuleId, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as a report describes it. owasp: category of the OWASP Top 10 2021. page: its documentation, in Markdown."""

    id: RuleId
    title: str
    cwe: int
    severity: Severity
    owasp: str
    page: str
