"""The report as JSON: everything that the report says, in a stable order, for programs.

`format` counts incompatible changes of this form; `schemas/report.schema.json`, whose name each report carries, says what it
holds. Texts are escaped as on the screen (`evidence.escape`), so that showing
a value is always safe; the exact bytes of a path stand in `uri`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib import resources
from typing import Any

from casemate.evidence import fixes, host_json
from casemate.evidence.asked import asked_json, demonstration_json, triaged_json
from casemate.evidence.counts import place_of, since_properties
from casemate.evidence.escape import visible
from casemate.evidence.uri import percent_encoded
from casemate.evidence.verdicts import as_json
from casemate.model.finding import Finding, FindingId, Report
from casemate.model.hiding import Suppression
from casemate.model.location import Location
from casemate.model.proof import Verdict

FORMAT = 1
SCHEMA = f"urn:casemate:report:{FORMAT}"


def render(report: Report) -> str:
    """The report as one JSON document with a final line feed. Same report, same bytes."""
    document = {
        "$schema": SCHEMA,
        "format": FORMAT,
        "tool": {"name": "casemate", "version": report.version},
        "target": [visible(name) for name in report.target],
        "rules": list(report.rules),
        "asked": asked_json(report.asked),
        "coverage": asdict(report.coverage),
        "findings": [_finding(finding, dict(report.inputs)) for finding in report.findings],
        "excerpts": [
            {
                "path": visible(excerpt.path),
                "uri": percent_encoded(excerpt.path),
                "start": excerpt.start,
                "lines": [visible(line) for line in excerpt.lines],
            }
            for excerpt in report.excerpts
        ],
        "not_examined": [
            {
                "what": visible(entry.what),
                "uri": percent_encoded(place_of(entry)[0]),
                "reason": entry.reason.value,
                "detail": visible(entry.detail),
                "lines": entry.lines,
                "files": entry.files,
                "deliberate": entry.deliberate,
            }
            for entry in report.not_examined
        ],
        "remarks": [
            {"kind": remark.kind.value, "text": visible(remark.text), "location": _location(remark.location)}
            for remark in report.remarks
        ],
    }
    if report.since is not None:
        document["since"] = since_properties(report.since)
    if report.host is not None:
        document["host"] = host_json.as_json(report.host)
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def schema_text() -> str:
    """The JSON schema (draft 2020-12) that every report of this format follows."""
    return (resources.files("casemate.evidence") / "schemas" / "report.schema.json").read_text("utf-8")


def _finding(finding: Finding, inputs: Mapping[FindingId, str]) -> dict[str, Any]:
    lead = finding.lead
    steps = () if lead.trace is None else lead.trace.steps
    verdict = {} if finding.verdict is None else {"verdict": _verdict(finding.verdict, inputs.get(finding.identity))}
    mending: dict[str, Any] = {} if finding.mending is None else {"fix": fixes.as_json(finding.mending)}
    shown = finding.demonstration
    mending |= {} if shown is None else {"demonstration": demonstration_json(shown)}
    mending |= {} if lead.doubt is None else {"doubt": lead.doubt.value}
    mending |= {} if finding.triaged is None else {"triaged": triaged_json(finding.triaged)}
    return (
        verdict
        | mending
        | {
            "identity": finding.identity,
            "rule": lead.rule,
            "title": finding.title,
            "cwe": finding.cwe,
            "severity": finding.severity.value,
            "evidence": finding.evidence.value,
            "boundary": lead.boundary and lead.boundary.value,
            "disposition": finding.disposition.value,
            "suppression": finding.suppression and _suppression(finding.suppression),
            "baseline": finding.baseline and finding.baseline.value,
            "note": visible(finding.note),
            "message": visible(lead.message),
            "location": _location(lead.location),
            "function": visible(lead.function),
            "snippet": visible(finding.snippet),
            "trace": [
                {"role": step.role.value, "note": visible(step.note), "location": _location(step.location)}
                for step in steps
            ],
        }
    )


def _verdict(verdict: Verdict, used: str | None) -> dict[str, Any]:
    """How the attempt to prove it ended. used: what it was driven with, when that was released."""
    told = as_json(verdict)
    told["detail"] = visible(told["detail"])
    if verdict.proof is not None:
        told["proof"]["happened"] = visible(verdict.proof.happened)
        told["proof"]["stubs"] = [visible(name) for name in verdict.proof.stubs]
        told["proof"] |= {} if used is None else {"input": visible(used)}
    return told


def _suppression(suppression: Suppression) -> dict[str, str]:
    """Who hides a finding and why; of a triage entry also its state, by whom, and until when."""
    said = {
        "reason": suppression.reason,
        "state": suppression.state,
        "who": suppression.who,
        "until": suppression.until,
    }
    return {"by": suppression.by.value} | {key: visible(text) for key, text in said.items() if text}


def _location(location: Location) -> dict[str, Any]:
    return {
        "path": visible(location.path),
        "uri": percent_encoded(location.path),
        "line": location.line,
        "column": location.column,
    }
