"""The report as SARIF 2.1.0 (OASIS, with errata 01), for code scanning services, editors and scorers.

Holds no time and no absolute path: locations are relative to `%SRCROOT%`, which the consumer binds. What was not examined
stands in the invocation's notifications, so that a consumer which reads only results still meets a standard place for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from casemate.evidence import host_json
from casemate.evidence.asked import asked_json, demonstration_json, triaged_json
from casemate.evidence.counts import place_of, since_properties
from casemate.evidence.escape import visible
from casemate.evidence.excerpts import Quotes
from casemate.evidence.fixes import ladder_json, size, splices, why_not
from casemate.evidence.identity import SCHEME
from casemate.evidence.rulebook import RuleText
from casemate.evidence.uri import percent_encoded
from casemate.evidence.verdicts import why
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.fix import Mending
from casemate.model.hiding import Amiss, Hider, Remark, Suppression
from casemate.model.lead import RuleId, Severity
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Verdict
from casemate.model.trace import Role, Step

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# GitHub code scanning reads a number: over 9.0 is critical, 7.0 high, 4.0 medium.
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
# Kinds of a step from the list in SARIF §3.38.8.
KINDS = {
    Role.SOURCE: ["acquire", "taint"],
    Role.FLOW: ["taint"],
    Role.CALL: ["call", "taint"],
    Role.RETURN: ["return", "taint"],
    Role.SINK: ["danger"],
}
REASONS = tuple(Reason)
AMISS = {
    Amiss.INVALID_IGNORE: "A comment that is to hide findings hides nothing.",
    Amiss.STALE_IGNORE: "A comment that is to hide findings has nothing to hide.",
    Amiss.EXPIRED_TRIAGE: "A decision on a finding is over, and the finding counts again.",
}


def render(report: Report, rules: Sequence[RuleText], *, by_design: bool = False) -> str:
    """The report as one SARIF log with a final line feed. Same report and rules, same bytes.

    rules: at least those that the report names. by_design: also show what an API is meant to do, as information.
    """
    by_id = {rule.id: rule for rule in rules}
    ran = [by_id[RuleId(rule_id)] for rule_id in sorted({*report.rules, *(f.lead.rule for f in report.findings)})]
    cwes = sorted({*(rule.cwe for rule in ran), *(finding.cwe for finding in report.findings)})
    indices = {rule.id: index for index, rule in enumerate(ran)}
    quotes, inputs = Quotes(report), dict(report.inputs)
    shown = [f for f in report.findings if by_design or f.disposition is not Disposition.BY_DESIGN]
    run: Json = {
        "tool": {"driver": _driver(report, ran, cwes)},
        "taxonomies": [_taxonomy(cwes)],
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of what was scanned."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices[finding.lead.rule], cwes, quotes, inputs) for finding in shown],
        "properties": {"target": [visible(name) for name in report.target], "coverage": asdict(report.coverage)},
    }
    if report.since is not None:
        run["properties"]["since"] = since_properties(report.since)
    if report.asked is not None:
        run["properties"]["asked"] = asked_json(report.asked)
    if report.host is not None:
        run["properties"]["host"] = host_json.as_json(report.host)
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _driver(report: Report, rules: Sequence[RuleText], cwes: Sequence[int]) -> Json:
    return {
        "name": "Casemate",
        "semanticVersion": report.version,
        "rules": [_rule(rule, cwes) for rule in rules],
        "notifications": [
            {"id": _notification_id(reason), "shortDescription": {"text": f"Not examined: {reason.value}."}}
            for reason in REASONS
        ]
        + [{"id": f"hiding/{kind.value}", "shortDescription": {"text": text}} for kind, text in AMISS.items()],
        "supportedTaxonomies": [{"name": "CWE", "index": 0}],
    }


def _rule(rule: RuleText, cwes: Sequence[int]) -> Json:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "relationships": [{"target": _taxon(rule.cwe, cwes), "kinds": ["superset"]}],
        "properties": {
            "tags": ["security", f"external/cwe/cwe-{rule.cwe}"],
            "security-severity": SCORES[rule.severity],
            "owasp": rule.owasp,
        },
    }


def _taxonomy(cwes: Sequence[int]) -> Json:
    return {
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "Common Weakness Enumeration"},
        "informationUri": "https://cwe.mitre.org/",
        "isComprehensive": False,
        "taxa": [{"id": f"CWE-{cwe}", "helpUri": f"https://cwe.mitre.org/data/definitions/{cwe}.html"} for cwe in cwes],
    }


def _taxon(cwe: int, cwes: Sequence[int]) -> Json:
    return {"id": f"CWE-{cwe}", "index": cwes.index(cwe), "toolComponent": {"name": "CWE", "index": 0}}


def _invocation(report: Report) -> Json:
    return {
        "executionSuccessful": all(entry.reason is not Reason.INTERRUPTED for entry in report.not_examined),
        "toolExecutionNotifications": [_notification(entry) for entry in report.not_examined],
        "toolConfigurationNotifications": [_remark(remark) for remark in report.remarks],
    }


def _notification(entry: NotExamined) -> Json:
    path, line = place_of(entry)
    text = f"Not examined ({entry.reason.value}): {entry.what}{entry.detail and ': ' + entry.detail}"
    place: Json = {"artifactLocation": _artifact(path)}
    if line is not None:
        place["region"] = {"startLine": line} | ({"endLine": line + entry.lines - 1} if entry.lines else {})
    return {
        "descriptor": {"id": _notification_id(entry.reason), "index": REASONS.index(entry.reason)},
        "level": "note" if entry.deliberate else "warning",
        "message": _message(text),
        "locations": [{"physicalLocation": place}],
        "properties": {"deliberate": entry.deliberate},
    }


def _remark(remark: Remark) -> Json:
    return {
        "descriptor": {"id": f"hiding/{remark.kind.value}", "index": len(REASONS) + list(AMISS).index(remark.kind)},
        "level": "warning",
        "message": _message(f"{AMISS[remark.kind]} {remark.text}"),
        "locations": [{"physicalLocation": _place(remark.location)}],
    }


def _notification_id(reason: Reason) -> str:
    return f"not-examined/{reason.value}"


def _result(
    finding: Finding, rule_index: int, cwes: Sequence[int], quotes: Quotes, inputs: Mapping[FindingId, str]
) -> Json:
    lead = finding.lead
    place = _place(lead.location, finding.snippet)
    location: Json = {"physicalLocation": place}
    if lead.function:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(lead.function), "kind": "function"}]
    informational = finding.disposition is Disposition.BY_DESIGN
    result: Json = {
        "ruleId": lead.rule,
        "ruleIndex": rule_index,
        "kind": "informational" if informational else "fail",
        "level": "none" if informational else LEVELS[finding.severity],
        "message": _message(lead.message),
        "locations": [location],
        "taxa": [_taxon(finding.cwe, cwes)],
        # GitHub tells results apart by the second; its own value would be the line's hash and a number.
        "partialFingerprints": {SCHEME: finding.identity, "primaryLocationLineHash": f"{finding.identity[:16]}:1"},
        "properties": {"evidence": finding.evidence.value, "disposition": finding.disposition.value},
    }
    if lead.doubt is not None:
        result["properties"]["doubt"] = lead.doubt.value
    if finding.verdict is not None:
        result["properties"] |= _verdict(finding.verdict, inputs.get(finding.identity))
    if finding.demonstration is not None:
        result["properties"]["demonstration"] = demonstration_json(finding.demonstration)
    if finding.triaged is not None:
        result["properties"]["triaged"] = triaged_json(finding.triaged)
    if finding.mending is not None:
        result |= _fixes(finding.mending)
        result["properties"]["fix"] = _ladder(finding.mending)
    if lead.trace is not None:
        source = lead.trace.steps[0]
        result["relatedLocations"] = [_location(source) | {"id": 1}]
        result["codeFlows"] = [
            {"threadFlows": [{"locations": [_flow_location(step, quotes) for step in lead.trace.steps]}]}
        ]
        result["properties"]["boundary"] = lead.trace.boundary.value
    if finding.note:
        result["properties"]["note"] = visible(finding.note)
    if finding.baseline is not None:
        result["baselineState"] = finding.baseline.value
    if finding.suppression is not None:
        result["suppressions"] = [_suppression(finding.suppression)]
    return result


def _verdict(verdict: Verdict, used: str | None) -> Json:
    """How the attempt to prove it ended, flat, as services show properties. used: what it was driven with, when released."""
    out: Json = {"verdict": verdict.result.value}
    if verdict.proof is None:
        return out | {"why": visible(why(verdict))}
    proof = verdict.proof
    out |= {
        "happened": visible(proof.happened),
        "fidelity": proof.fidelity.value,
        "observer": proof.observer.value,
        "oracle": proof.oracle,
        "runs": proof.runs,
        "stubs": [visible(name) for name in proof.stubs],
        "bundle": proof.bundle,
    }
    return out if used is None else out | {"input": visible(used)}


def _fixes(mending: Mending) -> Json:
    """An offered patch as a fix that tools apply (§3.55); none where a new line would have to be redacted, or is no UTF-8."""
    if mending.fix is None:
        return {}
    changes = []
    for change in mending.fix.patch.changes:
        replacements = []
        for one, shown in zip(splices(change), splices(change, redacted=True), strict=True):
            try:
                text = b"".join(one.lines).decode()
            except UnicodeDecodeError:
                return {}
            if shown != one:
                return {}
            region = {"startLine": one.first, "startColumn": 1, "endLine": one.behind, "endColumn": 1}
            replacements.append({"deletedRegion": region, "insertedContent": {"text": text}})
        changes.append({"artifactLocation": _artifact(change.path), "replacements": replacements})
    return {"fixes": [{"description": _message(mending.fix.patch.what), "artifactChanges": changes}]}


def _ladder(mending: Mending) -> Json:
    """How far it came, for who shows properties."""
    if mending.fix is None:
        return {"offered": False, "why": visible(why_not(mending)), "attempts": len(mending.attempts)}
    return {"offered": True, "lines": size(mending.fix.patch), "ladder": ladder_json(mending.fix.ladder)}


def _suppression(suppression: Suppression) -> Json:
    """A comment is "inSource"; a file beside the source, the target's or the operator's, is "external" (§3.35.2)."""
    kind = "inSource" if suppression.by is Hider.COMMENT else "external"
    out: Json = {"kind": kind, "justification": visible(suppression.reason)}
    if suppression.personal:
        said = {"state": suppression.state, "who": suppression.who, "until": suppression.until}
        out["status"] = "accepted"
        out["properties"] = {key: visible(text) for key, text in said.items() if text}
    return out


def _flow_location(step: Step, quotes: Quotes) -> Json:
    importance = "essential" if step.role in (Role.SOURCE, Role.SINK) else "important"
    location = _location(step, quotes.line(step.location))
    return {"location": location, "kinds": KINDS[step.role], "importance": importance}


def _location(step: Step, line: str = "") -> Json:
    return {"physicalLocation": _place(step.location, line), "message": _message(step.note)}


def _place(location: Location, line: str = "") -> Json:
    """A place; line: its redacted text, "" for none."""
    place: Json = {
        "artifactLocation": _artifact(location.path),
        "region": {"startLine": location.line, "startColumn": location.column},
    }
    if line:
        place["contextRegion"] = {"startLine": location.line, "snippet": {"text": visible(line)}}
    return place


def _artifact(path: str) -> Json:
    return {"uri": percent_encoded(path), "uriBaseId": ROOT}


def _message(text: str) -> Json:
    """A plain text message: braces would be placeholders (§3.11.5), and `[…](1)` a link (§3.11.6)."""
    return {"text": visible(text).replace("{", "{{").replace("}", "}}").replace("](", "]\\(")}
