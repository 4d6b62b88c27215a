"""The report as a comment on a pull or merge request: a summary, a table, the ways on demand, and what was not examined.

A comment has room for 65,536 characters on GitHub, and far more on GitLab. What does not fit is counted, never dropped in
silence. Everything from the target is escaped (`evidence.commonmark`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from casemate.evidence import words
from casemate.evidence.aside import amount_hidden, hidden_by, others_words, suppression_words
from casemate.evidence.asked import asked_words, demonstration_words, standing_word, triaged_words
from casemate.evidence.commonmark import block, code, prose
from casemate.evidence.counts import plural
from casemate.evidence.excerpts import Quotes
from casemate.evidence.fixes import climb_words, diff, fix_words, fixed_words, why_not
from casemate.evidence.host_text import cut_words, fix_lines, standing_words, story_lines, summary, title
from casemate.evidence.pages import how_to_fix
from casemate.evidence.rulebook import RuleText
from casemate.evidence.table import conclusion
from casemate.evidence.verdicts import seen_words, tried_words, verdict_words
from casemate.evidence.views import Group, coverage, groups, stops
from casemate.model.finding import Disposition, Finding, Report
from casemate.model.fix import Climb, Fix, Mending
from casemate.model.hiding import Remark
from casemate.model.host_report import HostReport
from casemate.model.lead import Severity
from casemate.model.proof import Verdict

ROOM = 60_000
"""Characters at most: below the limit, with room for what a workflow adds."""

ROWS = 50
NAMES = 10
CONTEXT = 1


def render(report: Report, rules: Sequence[RuleText], *, by_design: bool = False) -> str:
    """The report as Markdown with a final line feed. Same report and rules, same bytes.

    rules: at least those that the report names. by_design: also what an API is meant to do, after the findings.
    """
    findings = report.of(Disposition.ACTIVE)
    head = [f"## Casemate: {conclusion(report)}", ""]
    tail = [
        *([f"**Model:** {prose(asked_words(report.asked))}.", ""] if report.asked is not None else []),
        *_examined(report),
        *_not_examined(report),
        *_amiss(report.remarks),
        f"<sub>Casemate {report.version}</sub>",
        "",
    ]
    meant = report.of(Disposition.BY_DESIGN) if by_design else ()
    if findings:
        head += [_severities(findings), ""]
        head += [f"**Put to the proof:** {tried}.", ""] if (tried := tried_words(report)) else []
        head += [f"**Fixed:** {fixed}.", ""] if (fixed := fixed_words(report)) else []
        head += _table(findings)
    if report.host is not None:
        head += _host(report.host)
    if meant:
        head += ["### By design", "", *_table(meant)]
    left = ROOM - len("\n".join([*head, *tail]))
    return "\n".join([*head, *_ways(report, [*findings, *meant], rules, left), *tail])


def _host(host: HostReport) -> list[str]:
    """Who reaches root, and the fixes that end it."""
    out = [f"### {prose(title(host))}", "", f"{prose(summary(host))}; {prose(cut_words(host))}.", ""]
    for standing in host.standings[:NAMES]:
        out.append(f"- {prose(standing_words(standing))}")
        out += [f"  - {prose(line)}" for story in standing.stories[:1] for line in story_lines(story)]
    if len(host.standings) > NAMES:
        out.append(f"- … and {len(host.standings) - NAMES:,} more, in the full report")
    return [*out, "", *(f"{number}. {code(line)}" for number, line in enumerate(fix_lines(host), 1)), ""]


def _severities(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"**{counts[severity]:,} {severity}**" for severity in Severity if counts[severity])


def _table(findings: Sequence[Finding]) -> list[str]:
    rows = ["| Severity | Weakness | Place | Evidence |", "|---|---|---|---|"]
    for finding in findings[:ROWS]:
        lead = finding.lead
        came = f", {words.BOUNDARY[lead.boundary]}" if lead.boundary else ""
        weakness = f"{prose(finding.title)} ([CWE-{finding.cwe}]({_cwe(finding)}))"
        rows.append(f"| {finding.severity} | {weakness} | {code(str(lead.location))} | {finding.evidence}{came} |")
    if len(findings) > ROWS:
        rows += ["", f"… and {len(findings) - ROWS:,} more, in the full report."]
    return [*rows, ""]


def _ways(report: Report, findings: Sequence[Finding], rules: Sequence[RuleText], room: int) -> list[str]:
    """As many findings in full as there is room for, in rank order."""
    quotes, inputs = Quotes(report), dict(report.inputs)
    fixes = {rule.id: how_to_fix(rule.page) for rule in rules}
    out: list[str] = []
    for number, finding in enumerate(findings):
        fix = fixes.get(finding.lead.rule)
        text = _way(finding, quotes, fix.text if fix else "", inputs.get(finding.identity))
        room -= len(text) + 1
        if room < 200:
            return [
                *out,
                f"… the ways of {plural(len(findings) - number, 'more finding')} stand in the full report.",
                "",
            ]
        out.append(text)
    return out


def _way(finding: Finding, quotes: Quotes, fix: str, used: str | None) -> str:
    lead = finding.lead
    dot = "&#46;" if lead.message.isdigit() else "."  # a number and a dot begin a list
    parts = [
        f"<details><summary>{finding.severity}: {prose(finding.title)}, {code(str(lead.location))}</summary>",
        "",
        f"{prose(lead.message)}{', in ' + code(lead.function) if lead.function else ''}{dot}",
        "",
    ]
    if doubt := words.doubt_words(finding):
        parts += [f"**Suspected:** {prose(doubt)}.", ""]
    if finding.demonstration is not None:
        claim = finding.demonstration
        bundle = f" Evidence bundle: {code(claim.bundle)}." if finding.verdict is None and claim.bundle else ""
        word = standing_word(claim).capitalize()
        parts += [f"**{word}:** {prose(demonstration_words(claim))}.{bundle}", ""]
    if finding.triaged is not None:
        parts += [f"**Triaged:** {prose(triaged_words(finding.triaged))}.", ""]
    if finding.verdict is not None:
        parts += [*_verdict(finding.verdict, used), ""]
    if finding.mending is not None:
        parts += [*_mending(finding.mending), ""]
    for number, stop in enumerate(stops(lead.trace, quotes) if lead.trace else (), 1):
        around = quotes.around(stop.place, CONTEXT)
        shown = [f"{line.number:>5} {'>' if line.hit else ' '} {line.text}" for line in around]
        parts += [
            f"{number}\\. {prose(stop.words)}, {code(str(stop.place))}",
            "",
            *([block(shown), ""] if shown else []),
        ]
    if said := finding.note or (finding.suppression and suppression_words(finding.suppression)):
        parts += [f"**Decided:** {prose(said)}", ""]
    if fix:
        parts += [f"**How to fix it.** {fix}", ""]
    return "\n".join([*parts, "</details>", ""])


def _verdict(verdict: Verdict, used: str | None) -> list[str]:
    proof = verdict.proof
    if proof is None:
        return [f"**Not proven:** {prose(verdict_words(verdict))}."]
    said = f"**Proven:** {prose(f'{proof.happened}; {seen_words(proof)}')}. Evidence bundle: {code(proof.bundle)}."
    return [said, *(["", f"Driven with: {code(used)}"] if used is not None else [])]


def _mending(mending: Mending) -> list[str]:
    if mending.fix is None:
        return [f"**No fix:** {prose(why_not(mending))}."]
    rungs = [f"- {climb.rung}: {climb.step}{prose(said)}" for climb, said in _ladder(mending.fix)]
    return [f"**Fix:** {prose(fix_words(mending.fix))}.", "", block(list(diff(mending.fix.patch))), "", *rungs]


def _ladder(fix: Fix) -> list[tuple[Climb, str]]:
    return [(climb, f" ({words})" if (words := climb_words(climb)) else "") for climb in fix.ladder]


def _examined(report: Report) -> list[str]:
    counts = ", ".join(f"{label.lower()} {count}" for label, count in coverage(report).counts)
    known, meant = (len(report.of(d)) for d in (Disposition.KNOWN, Disposition.BY_DESIGN))
    aside = [f"known from the baseline {known:,}"] if known else []
    aside += [f"by design {meant:,}"] if meant else []
    aside += [f"suppressed by {words.HIDER[by]} {prose(amount_hidden(here))}" for by, here in hidden_by(report)]
    aside += [prose(others_words(report.since))] if report.since else []
    return [f"**Examined:** {counts}.", "", *([f"**Set aside:** {', '.join(aside)}.", ""] if aside else [])]


def _not_examined(report: Report) -> list[str]:
    found = groups(report.not_examined)
    if not found:
        return ["**Not examined:** nothing was left out.", ""]
    return ["**Not examined:**", "", *(_group(group) for group in found), ""]


def _amiss(remarks: Sequence[Remark]) -> list[str]:
    out = []
    for kind, heading in words.AMISS.items():
        if here := [remark for remark in remarks if remark.kind is kind]:
            out += [f"**{heading}:**", ""]
            out += [f"- {code(str(remark.location))}: {prose(remark.text)}" for remark in here[:NAMES]]
            out += [f"- … and {len(here) - NAMES:,} more"] if len(here) > NAMES else []
            out.append("")
    return out


def _group(group: Group) -> str:
    names = ", ".join(code(entry.what) for entry in group.entries[:NAMES])
    more = f" and {len(group.entries) - NAMES:,} more" if len(group.entries) > NAMES else ""
    purpose = ", on purpose" if group.deliberate else ""
    return f"- {words.REASON[group.reason]}{purpose} ({group.amount}): {names}{more}"


def _cwe(finding: Finding) -> str:
    return f"https://cwe.mitre.org/data/definitions/{finding.cwe}.html"
