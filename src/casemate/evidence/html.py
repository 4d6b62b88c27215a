"""The report for people, as one HTML file that needs nothing else: no network, no other file, no server.

Everything that comes from the target is text: made visible (`evidence.escape`) and escaped by the template engine on its way
out, whichever expression it stands in. Beyond that a content security policy names the one script and the one style sheet of
this package by their hashes, so that nothing else in the file can run, load or send anything.
Without its script the file is whole: every finding is open, nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from casemate.evidence import asked, fixes, host_text, verdicts, words
from casemate.evidence.aside import others_words, suppression_words
from casemate.evidence.charts import Chart, chart
from casemate.evidence.counts import plural
from casemate.evidence.fixes import fixed_words
from casemate.evidence.host_graph import draw
from casemate.evidence.pages import sections, spans
from casemate.evidence.rulebook import RuleText
from casemate.evidence.table import conclusion
from casemate.evidence.verdicts import judged, tried_words
from casemate.evidence.views import UNTRIED, Item, coverage, groups, items
from casemate.evidence.webpage import environment, part, policy
from casemate.model.finding import Disposition, Finding, Report
from casemate.model.lead import Evidence, RuleId, Severity
from casemate.model.proof import Result


def render(report: Report, rules: Sequence[RuleText]) -> str:
    """The report as one HTML document. Same report and rules, same bytes. rules: at least those that the report names."""
    by_id = {rule.id: rule for rule in rules}
    ran = [by_id[RuleId(name)] for name in sorted({*report.rules, *(f.lead.rule for f in report.findings)})]
    found = items(report, by_id)
    active = [item for item in found if item.finding.disposition is Disposition.ACTIVE]
    tried = judged(report)
    parts = ["report.css", *(["proofs.css"] if tried else []), *(["host.css"] if report.host else [])]
    style = "\n".join(map(part, parts))
    script = "\n".join(map(part, ["report.js", *(["host.js"] if report.host else [])]))
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            policy=policy(style, script),
            script=Markup(script),  # ours, not the target's
            style=Markup(style),
            name=", ".join(report.target) or "nothing",
            version=report.version,
            conclusion=conclusion(report),
            others=others_words(report.since) if report.since else "",
            amiss=[(title, [r for r in report.remarks if r.kind is kind]) for kind, title in words.AMISS.items()],
            why_hidden=suppression_words,
            lists=_lists(found),
            active=active,
            filters=_filters(found),
            severities=_severities(active),
            charts=_charts([item.finding for item in active]),
            examined=coverage(report),
            groups=groups(report.not_examined),
            rules=[(rule, sections(rule.page)) for rule in ran],
            words=words,
            asked=asked,
            model=report.asked,
            tried=tried_words(report),
            verdicts=verdicts if tried else None,
            fixed=fixed_words(report),
            fixes=fixes,
            inputs=dict(report.inputs),
            evidence_words=words.HOST_EVIDENCE if report.host else words.EVIDENCE,
            severity_words=words.HOST_SEVERITY if report.host else words.SEVERITY,
            host=report.host,
            host_text=host_text,
            drawn=draw(report.host) if report.host else None,
            plural=plural,
            runs=spans,
        )
    )


def _lists(found: Sequence[Item]) -> list[tuple[Disposition, str, str, list[Item]]]:
    """Findings by disposition, each kind with its title and what it means."""
    kinds = (
        (Disposition.ACTIVE, "Findings", "In the order in which they matter most."),
        (
            Disposition.KNOWN,
            "Known from the baseline",
            "They stood in the earlier report that this one is compared with, and are no reason to fail.",
        ),
        (
            Disposition.SUPPRESSED,
            "Suppressed",
            "Hidden by triage, or by a comment or the configuration of the target. They count for nothing but are told.",
        ),
        (
            Disposition.BY_DESIGN,
            "By design",
            "A function that runs, opens, loads or renders what it is given, and says so by its name: no weakness of its "
            "own, but its callers must know.",
        ),
    )
    return [
        (kind, title, meaning, [item for item in found if item.finding.disposition is kind])
        for kind, title, meaning in kinds
    ]


def _filters(found: Sequence[Item]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What can be chosen: a key, a label, and the options that occur, each as its value and its words."""
    files = range(1 + max((int(i.values["file"]) for i in found), default=-1))
    proofs = [("verdict", "Put to the proof", [*map(str, Result), UNTRIED])]
    keys = [
        ("severity", "Severity", [severity.value for severity in Severity]),
        ("rule", "Rule", sorted({item.values["rule"] for item in found})),
        ("evidence", "Evidence", [rung.value for rung in reversed(Evidence)]),
        *(proofs if any(item.finding.verdict for item in found) else ()),
        ("boundary", "Comes from", [*(boundary.value for boundary in words.BOUNDARY), "none"]),
        ("file", "File", [str(number) for number in files]),
    ]
    out = []
    for key, label, values in keys:
        labels = {item.values[key]: item.labels[key] for item in found}
        out.append((key, label, [(value, labels[value]) for value in values if value in labels]))
    return out


def _charts(active: Sequence[Finding]) -> list[Chart]:
    return [
        chart("By weakness", active, lambda finding: finding.title),
        chart("By file", active, lambda finding: finding.lead.location.path),
    ]


def _severities(active: Sequence[Item]) -> list[tuple[Severity, int]]:
    return [(severity, sum(item.finding.severity is severity for item in active)) for severity in Severity]
