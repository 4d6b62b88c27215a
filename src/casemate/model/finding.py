"""A finding: a lead with an identity that survives moved lines; and the report of one scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from casemate.model.lead import Evidence, Lead, Severity
from casemate.model.outcome import NotExamined

FindingId = NewType("FindingId", str)


class Disposition(StrEnum):
    """What becomes of a finding in the report."""

    ACTIVE = "active"
    BY_DESIGN = "by-design"  # the API is meant to do this: counted, shown on request
    SUPPRESSED = "suppressed"  # the target's configuration or comment hides it: counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lead as reported.

    identity: hex digest over rule, path, function and the normalised text of the line, so that it survives moved
    lines (SARIF partialFingerprints). snippet: the source line, already redacted. title, cwe, severity: the rule's.
    """

    identity: FindingId
    lead: Lead
    title: str
    cwe: int
    severity: Severity
    snippet: str
    disposition: Disposition = Disposition.ACTIVE

    def __post_init__(self) -> None:
        if not self.identity or self.cwe < 1:
            raise ValueError(f"a finding has an identity and a CWE: {self.identity!r}, {self.cwe!r}")

    @property
    def evidence(self) -> Evidence:
        """The rung that the finding stands on."""
        return self.lead.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was examined, in counts."""

    files: int = 0
    lines: int = 0
    functions: int = 0
    entry_points: int = 0  # functions at which a value from outside enters
    sinks: int = 0  # dangerous calls that the engine recognised
    sinks_reached: int = 0  # of these, reached by a value from a trust boundary


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Consecutive lines of a file of the target, already redacted and shortened. start: number of the first."""

    path: str
    start: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.start < 1 or not self.lines:
            raise ValueError(f"an excerpt has lines, counted from 1: {self.path!r}, {self.start!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that one scan says. Holds no clock time, no absolute path: same input, same report, byte for byte.

    target: the names of the scanned paths as given by the operator (last component only). findings: ranked, every
    disposition. rules: ids of the rules that ran. excerpts: the lines around every place of a finding, each line once,
    by path and number.
    """

    version: str
    target: tuple[str, ...]
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_examined: tuple[NotExamined, ...]
    coverage: Coverage
    excerpts: tuple[Excerpt, ...] = ()

    def of(self, disposition: Disposition) -> tuple[Finding, ...]:
        """Findings of one disposition, in rank order."""
        return tuple(f for f in self.findings if f.disposition is disposition)
