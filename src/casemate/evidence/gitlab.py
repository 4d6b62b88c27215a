"""The report for GitLab's security dashboard and merge request widget: the SAST report format, version 15.0.7.

Fields and limits are those of `sast-report-format.json` in GitLab's security-report-schemas, which each GitLab installation
carries to check what it is given. GitLab reads `description` as its Markdown, so what comes from the target is escaped there.
The format demands a time of start and end. A report holds none: both are the moment that the caller gives.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from casemate.evidence import words
from casemate.evidence.asked import demonstration_words, triaged_words
from casemate.evidence.commonmark import code, prose
from casemate.evidence.escape import visible
from casemate.evidence.excerpts import Quotes
from casemate.evidence.fixes import fix_words, why_not
from casemate.evidence.pages import how_to_fix
from casemate.evidence.rulebook import RuleText
from casemate.evidence.verdicts import seen_words, verdict_words
from casemate.evidence.views import Group, groups, stops
from casemate.model.finding import Disposition, Finding, Report
from casemate.model.fix import Mending
from casemate.model.hiding import Remark
from casemate.model.lead import RuleId, Severity
from casemate.model.outcome import Reason
from casemate.model.proof import Verdict

Json = dict[str, Any]

VERSION = "15.0.7"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_NAME = 255
MAX_SOLUTION = 7000
MAX_DESCRIPTION = 1_048_576
NAMES = 20
SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
}


def render(report: Report, rules: Sequence[RuleText], *, by_design: bool = False, moment: datetime = EPOCH) -> str:
    """The report as one JSON document with a final line feed. Same arguments, same bytes.

    rules: at least those that the report names. by_design: also what an API is meant to do, as information. moment: what
    stands for the time of the scan, in UTC.
    """
    by_id = {rule.id: rule for rule in rules}
    quotes = Quotes(report)
    shown = [*report.of(Disposition.ACTIVE), *(report.of(Disposition.BY_DESIGN) if by_design else ())]
    document = {
        "version": VERSION,
        "scan": _scan(report, moment),
        "vulnerabilities": [_vulnerability(finding, by_id[finding.lead.rule], quotes) for finding in shown],
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _scan(report: Report, moment: datetime) -> Json:
    tool = {"id": "casemate", "name": "Casemate", "version": report.version, "vendor": {"name": "Casemate"}}
    time = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    interrupted = any(entry.reason is Reason.INTERRUPTED for entry in report.not_examined)
    return {
        "type": "sast",
        "status": "failure" if interrupted else "success",
        "start_time": time,
        "end_time": time,
        "analyzer": tool,
        "scanner": tool,
        "messages": [*map(_message, groups(report.not_examined)), *map(_remark, report.remarks)],
    }


def _message(group: Group) -> Json:
    names = ", ".join(visible(entry.what) for entry in group.entries[:NAMES])
    more = f" and {len(group.entries) - NAMES:,} more" if len(group.entries) > NAMES else ""
    return {
        "level": "info" if group.deliberate else "warn",
        "value": f"Not examined, {words.REASON[group.reason]} ({group.amount}): {names}{more}",
    }


def _remark(remark: Remark) -> Json:
    return {"level": "warn", "value": visible(f"{words.AMISS[remark.kind]}: {remark.location}: {remark.text}")}


def _vulnerability(finding: Finding, rule: RuleText, quotes: Quotes) -> Json:
    lead = finding.lead
    meant = finding.disposition is Disposition.BY_DESIGN
    location: Json = {
        "file": visible(lead.location.path),
        "start_line": lead.location.line,
        "end_line": lead.location.line,
    }
    if lead.function:
        location["method"] = visible(lead.function)
    fix = how_to_fix(rule.page)
    out: Json = {
        "id": _uuid(finding.identity),
        "name": finding.title[:MAX_NAME],
        "description": _description(finding, quotes),
        "severity": "Info" if meant else SEVERITIES[finding.severity],
        "identifiers": _identifiers(lead.rule, rule),
        "location": location,
        "details": _details(finding, quotes),
        "tracking": {
            "type": "source",
            "items": [
                {
                    "file": location["file"],
                    "start_line": lead.location.line,
                    "end_line": lead.location.line,
                    "signatures": [{"algorithm": "hash", "value": finding.identity}],
                }
            ],
        },
    }
    if fix is not None:
        out["solution"] = fix.text[:MAX_SOLUTION]
    return out


def _identifiers(name: RuleId, rule: RuleText) -> list[Json]:
    """The first one is the primary: GitLab tells findings apart by it."""
    category, _, title = rule.owasp.partition(" ")
    return [
        {"type": "casemate_rule", "name": f"Casemate {name}", "value": name},
        {
            "type": "cwe",
            "name": f"CWE-{rule.cwe}",
            "value": str(rule.cwe),
            "url": f"https://cwe.mitre.org/data/definitions/{rule.cwe}.html",
        },
        {"type": "owasp", "name": f"{category} - {title}", "value": category},
    ]


def _uuid(digest: str) -> str:
    """The first 128 bits of a hexadecimal digest in the form of a UUID, which the format recommends."""
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def _description(finding: Finding, quotes: Quotes) -> str:
    lead = finding.lead
    lines = [f"{prose(lead.message)}.", ""]
    for number, stop in enumerate(stops(lead.trace, quotes) if lead.trace else (), 1):
        line = quotes.line(stop.place)
        lines.append(f"{number}. {prose(stop.words)}, {code(str(stop.place))}{': ' + code(line) if line else ''}")
    text = "\n".join(lines).rstrip()
    return text if len(text) <= MAX_DESCRIPTION else f"{prose(lead.message)}."


def _details(finding: Finding, quotes: Quotes) -> Json:
    lead = finding.lead
    why = words.doubt_words(finding) or words.EVIDENCE[finding.evidence]
    out: Json = {"evidence": _text("Evidence", f"{finding.evidence}: {why}")}
    if lead.boundary is not None:
        out["boundary"] = _text("The value comes", words.BOUNDARY[lead.boundary])
    if finding.demonstration is not None:
        out["demonstrated"] = _text("Demonstrated", demonstration_words(finding.demonstration))
    if finding.triaged is not None:
        out["triaged"] = _text("Triaged", triaged_words(finding.triaged))
    if finding.verdict is not None:
        out |= _proof(finding.verdict)
    if finding.mending is not None:
        out["fix"] = _text("Fix", visible(_fix(finding.mending)))
    if lead.trace is not None:
        out["trace"] = {
            "name": "The way of the value",
            "type": "table",
            "header": [{"type": "text", "value": title} for title in ("What happens", "Where")],
            "rows": [
                [
                    {"type": "text", "value": visible(stop.words)},
                    {"type": "file-location", "file_name": visible(stop.place.path), "line_start": stop.place.line},
                ]
                for stop in stops(lead.trace, quotes)
            ],
        }
    return out


def _proof(verdict: Verdict) -> Json:
    """How the attempt to prove it ended."""
    proof = verdict.proof
    if proof is None:
        return {"proof": _text("Put to the proof", visible(verdict_words(verdict)))}
    return {
        "proof": _text("Proven", visible(f"{proof.happened}; {seen_words(proof)}")),
        "bundle": _text("Evidence bundle, SHA-256", proof.bundle),
    }


def _fix(mending: Mending) -> str:
    """What is offered, or why nothing is."""
    return f"none: {why_not(mending)}" if mending.fix is None else fix_words(mending.fix)


def _text(name: str, value: str) -> Json:
    return {"name": name, "type": "text", "value": value}
