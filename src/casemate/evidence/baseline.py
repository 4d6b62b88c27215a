"""A report beside an earlier one: what is new, and what was known and is no reason to fail."""

from __future__ import annotations

from dataclasses import replace

from casemate.evidence.earlier import Earlier
from casemate.evidence.identity import rank
from casemate.model.finding import Baseline, Disposition, Finding, Report


def compared(report: Report, earlier: Earlier) -> Report:
    """The report with every finding marked. One that only stood hidden in the earlier report is new when it no longer is."""
    findings = (_marked(finding, earlier) for finding in report.findings)
    return replace(report, findings=tuple(sorted(findings, key=rank)))


def _marked(finding: Finding, earlier: Earlier) -> Finding:
    before = earlier.results.get(finding.identity)
    if finding.disposition is not Disposition.ACTIVE:
        return replace(finding, baseline=Baseline.NEW if before is None else Baseline.UNCHANGED)
    if before is None or not before.counts:
        return replace(finding, baseline=Baseline.NEW)
    return replace(finding, baseline=Baseline.UNCHANGED, disposition=Disposition.KNOWN)
