"""What reports for people show, prepared: findings with their lines, ways line by line, shares, losses by reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from casemate.evidence import words
from casemate.evidence.counts import files_in, losses, place_of, plural
from casemate.evidence.excerpts import Line, Quotes
from casemate.evidence.pages import Section, how_to_fix
from casemate.evidence.rulebook import RuleText
from casemate.evidence.verdicts import judged
from casemate.model.finding import Finding, Report
from casemate.model.host_report import HostReport
from casemate.model.lead import RuleId
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.model.trace import Trace

UNTRIED = "untried"
"""In the place of a verdict, where others have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Steps of a trace that follow one another on one line. end: the first or the last of the way."""

    words: str
    place: Location
    end: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding as shown. values, labels: what it can be filtered by, for the machine and in words. doubt: why it is
    only suspected, "" when that needs no words."""

    finding: Finding
    rule: RuleText
    anchor: str
    values: Mapping[str, str]
    labels: Mapping[str, str]
    stops: Sequence[Stop]
    lines: Sequence[Line]
    fix: Section | None
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole. label: of what. note: what it means."""

    label: str
    part: int
    whole: int
    note: str

    @property
    def percent(self) -> str:
        """Rounded down, so that only the whole is 100%; "" of nothing."""
        return f"{100 * self.part // self.whole}%" if self.whole else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was examined, in counts and in shares."""

    counts: Sequence[tuple[str, str]]
    shares: Sequence[Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was not examined for one reason. amount: in words."""

    reason: Reason
    deliberate: bool
    amount: str
    entries: Sequence[NotExamined]


def items(report: Report, rules: Mapping[RuleId, RuleText]) -> list[Item]:
    """Every finding in rank order. A file's value is its number in the order of paths."""
    quotes = Quotes(report)
    numbers = {path: index for index, path in enumerate(sorted({f.lead.location.path for f in report.findings}))}
    fixes = {rule.id: how_to_fix(rule.page) for rule in rules.values()}
    tried = judged(report)
    return [_item(finding, rules[finding.lead.rule], numbers, fixes, quotes, tried) for finding in report.findings]


def coverage(report: Report) -> Examined:
    """Counts of what was examined; shares of files and of dangerous calls."""
    if report.host is not None:
        return _of_host(report.host)
    known = report.coverage
    missed = files_in(losses(report.not_examined))
    return Examined(
        counts=[
            ("Files", f"{known.files:,}"),
            ("Lines", f"{known.lines:,}"),
            ("Functions", f"{known.functions:,}"),
            ("Entry points", f"{known.entry_points:,}"),
            ("Dangerous calls", f"{known.sinks:,}"),
            ("of these, reached", f"{known.sinks_reached:,}"),
        ],
        shares=[
            Share(
                label="Files examined",
                part=known.files,
                whole=known.files + missed,
                note=f"{known.files:,} of {plural(known.files + missed, 'file')} of a kind that Casemate reads",
            ),
            Share(
                label="Dangerous calls reached from outside",
                part=known.sinks_reached,
                whole=known.sinks,
                note=f"{known.sinks_reached:,} of {plural(known.sinks, 'call')}; the others get no value from outside "
                "on any way that was followed",
            ),
        ],
    )


def _of_host(host: HostReport) -> Examined:
    counts = [
        ("Files and folders", f"{host.nodes:,}"),
        ("Accounts", f"{host.accounts:,}"),
        ("Packages", f"{host.packages:,}"),
        ("Steps somebody can take", f"{sum(bool(stride.technique) for stride in host.picture):,}"),
    ]
    return Examined(counts=counts, shares=[])


def groups(entries: Sequence[NotExamined]) -> list[Group]:
    """Losses by reason, those that nobody asked for first."""

    def key(entry: NotExamined) -> tuple[bool, str]:
        return entry.deliberate, entry.reason.value

    return [
        Group(reason=Reason(reason), deliberate=deliberate, amount=_amount(group), entries=group)
        for (deliberate, reason), group in ((k, sorted(g)) for k, g in groupby(sorted(entries, key=key), key=key))
    ]


def stops(trace: Trace, quotes: Quotes) -> list[Stop]:
    """The way of a value line by line: what happens on each, in order."""
    runs = [list(run) for _, run in groupby(trace.steps, key=lambda step: (step.location.path, step.location.line))]
    return [
        Stop(
            words=", ".join(dict.fromkeys(step.note for step in run if step.note)) or "is passed on",
            place=run[0].location,
            end=number in (0, len(runs) - 1),
            lines=quotes.around(run[0].location),
        )
        for number, run in enumerate(runs)
    ]


def _amount(entries: Sequence[NotExamined]) -> str:
    whole, parts = files_in(entries), sum(place_of(entry)[1] is not None for entry in entries)
    named = ([plural(whole, "file")] if whole else []) + ([plural(parts, "part")] if parts else [])
    return ", ".join(named)


def _item(
    finding: Finding,
    rule: RuleText,
    numbers: Mapping[str, int],
    fixes: Mapping[RuleId, Section | None],
    quotes: Quotes,
    tried: bool,
) -> Item:
    lead = finding.lead
    boundary = lead.boundary
    verdict = (finding.verdict.result.value if finding.verdict else UNTRIED) if tried else ""
    number = str(numbers[lead.location.path])
    return Item(
        finding=finding,
        rule=rule,
        anchor=f"f-{finding.identity[:20]}",
        values={
            "severity": finding.severity.value,
            "rule": lead.rule,
            "evidence": finding.evidence.value,
            "boundary": boundary.value if boundary else "none",
            "file": number,
        }
        | ({"verdict": verdict} if verdict else {}),
        labels={
            "severity": finding.severity.value,
            "rule": lead.rule,
            "evidence": finding.evidence.value,
            "boundary": words.BOUNDARY[boundary] if boundary else words.NO_BOUNDARY,
            "file": lead.location.path,
        }
        | ({"verdict": "not tried" if verdict == UNTRIED else verdict} if verdict else {}),
        stops=stops(lead.trace, quotes) if lead.trace else [],
        lines=quotes.around(lead.location),
        fix=fixes[lead.rule],
        doubt=words.doubt_words(finding),
    )
