"""The report for a person: what was found, ranked; what was examined; what was not, and why.

Plain text of a given width. Nothing that stands in the target reaches the terminal unescaped, and nothing in it is read
as markup. Colour adds nothing that the words do not say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from casemate.evidence import words
from casemate.evidence.aside import amount_hidden, hidden_by, others_words, suppression_words
from casemate.evidence.asked import asked_words, demonstration_words, standing_word, triaged_words
from casemate.evidence.counts import losses, not_examined_words, plural
from casemate.evidence.escape import visible
from casemate.evidence.fixes import fix_words, fixed_words, why_not
from casemate.evidence.host_text import (
    cut_words,
    examined,
    fix_lines,
    imagined_words,
    standing_words,
    story_lines,
    summary,
    title,
)
from casemate.evidence.identity import digits_needed
from casemate.evidence.verdicts import seen_words, tried_words, verdict_words
from casemate.model.finding import Coverage, Disposition, Finding, Report, Since
from casemate.model.fix import Mending
from casemate.model.hiding import Remark
from casemate.model.host_report import HostReport
from casemate.model.lead import Evidence
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Verdict
from casemate.model.trace import Trace

ROWS = 20
SOURCES = 12  # that the section on a host tells of
WAYS_TOLD = 2  # of each of them
WAYS = 5  # rows that also show the way of the value
REMARKS = 5  # shown of each kind
BUNDLE = 12  # digits of a bundle's digest
NAMES = 3  # names shown of a group of what was not examined
STYLES = {
    Evidence.SUSPECTED: "yellow",
    Evidence.TRACED: "bold yellow",
    Evidence.DEMONSTRATED: "bold red",
    Evidence.PROVEN: "bold red",
    Evidence.FIXED: "bold green",
}
HEADINGS = {
    Disposition.KNOWN: "Known from the baseline",
    Disposition.BY_DESIGN: "By design",
    Disposition.SUPPRESSED: "Suppressed",
}
HEAD = "level, id"  # the id stands below the level, so that it takes no room from the place
GAP = 2
MIN_PLACE = 16


def render(
    report: Report,
    width: int,
    color: bool,
    *,
    limit: int | None = ROWS,
    by_design: bool = False,
    known: bool = False,
    suppressed: bool = False,
) -> str:
    """The report in lines of at most `width` cells. limit: most findings shown, None for all.

    by_design, known, suppressed: after the findings also list what an API is meant to do, what stands in the baseline,
    and what is hidden with the reason.
    """
    out = StringIO()
    console = plain_console(out, width, color)
    digits = digits_needed(finding.identity for finding in report.findings)
    _list(console, report.of(Disposition.ACTIVE), limit, digits)
    shown = {Disposition.KNOWN: known, Disposition.BY_DESIGN: by_design, Disposition.SUPPRESSED: suppressed}
    for disposition, heading in HEADINGS.items():
        if shown[disposition] and (listed := report.of(disposition)):
            console.print(Text(heading, style="bold"))
            _list(console, listed, limit, digits)
    if tried := tried_words(report):
        hanging(console, "Put to the proof: ", tried)
    if fixed := fixed_words(report):
        hanging(console, "Fixed: ", fixed)
    if report.host is not None:
        _host(console, report.host)
    if report.asked is not None:
        hanging(console, "Model: ", asked_words(report.asked))
    hanging(console, "Examined: ", examined(report.host) if report.host else _examined(report.coverage))
    _not_examined(console, report.not_examined)
    _set_aside(console, report, shown)
    _others(console, report.since)
    _amiss(console, report.remarks)
    console.print()
    console.print(Text(conclusion(report), style="bold"))
    return trimmed(out)


def plain_console(out: StringIO, width: int, color: bool) -> Console:
    """A console that takes every text as it is."""
    return Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},  # the caller has decided; no variable of the environment changes it
    )


def trimmed(out: StringIO) -> str:
    """What was printed, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def conclusion(report: Report) -> str:
    """The last line: what was found, and that some was not examined. Never says that the target is safe."""
    findings = report.of(Disposition.ACTIVE)
    left = not_examined_words(report.not_examined)
    if not findings and not report.coverage.files:
        why = ": there is no Python file to examine" if _none(report.not_examined) else ""
        return f"nothing found because nothing was examined{why}{left and '; ' + left}"
    found = "nothing found"
    known = len(report.of(Disposition.KNOWN))
    compared = any(finding.baseline for finding in report.findings)
    if findings:
        rungs = Counter(finding.evidence for finding in findings)
        parts = [f"{rungs[rung]:,} {rung}" for rung in reversed(Evidence) if rungs[rung]]
        found = f"{plural(len(findings), 'new finding' if compared else 'finding')} ({', '.join(parts)})"
    elif compared:
        found = "nothing new"
    if known:
        found += f" and {known:,} known from the baseline"
    return f"{found} in what was examined{left and '; ' + left}"


def _none(entries: Iterable[NotExamined]) -> bool:
    return any(entry.reason is Reason.NO_SOURCE for entry in entries)


def shortened(text: str, room: int) -> str:
    """The text in at most `room` cells. Of a longer path folders in the middle are left out; its end says most."""
    if cell_len(text) <= room:
        return text
    head, tail = text, text
    while cell_len(head) > (room - 1) // 3:
        head = head[:-1]
    while cell_len(tail) > room - 1 - cell_len(head):
        tail = tail[1:]
    head, slash, _ = head.rpartition("/") if "/" in head else (head, "", "")
    return f"{head}{slash}…{tail[max(0, tail.find('/')) :]}"


def _list(console: Console, findings: Sequence[Finding], limit: int | None, digits: int) -> None:
    shown = findings[:limit]
    if not shown:
        return
    level = max(digits, *(cell_len(text) for text in (HEAD, *(f.evidence for f in shown)))) + GAP
    rule = max(cell_len(text) for text in ("rule", *(f.lead.rule for f in shown))) + GAP
    cwe = max(cell_len(f"CWE-{f.cwe}") for f in shown) + GAP
    room = max(MIN_PLACE, console.width - level - rule - cwe)
    console.print(Text(f"{HEAD:<{level}}{'rule':<{rule}}{'CWE':<{cwe}}place", style="dim"))
    for index, finding in enumerate(shown):
        lead = finding.lead
        row = Text()
        row.append(f"{finding.evidence:<{level}}", STYLES[finding.evidence])
        row.append(f"{lead.rule:<{rule}}", "bold")
        row.append(f"{f'CWE-{finding.cwe}':<{cwe}}")
        row.append(shortened(visible(str(lead.location)), room), "cyan")
        console.print(row, overflow="fold")
        hanging(console, f"{finding.identity[:digits]:<{level}}", visible(lead.message))
        if doubt := words.doubt_words(finding):
            indented(console, level, Text(f"in doubt: {doubt}", style="dim"))
        if finding.verdict is not None:
            _verdict(console, level, finding.verdict)
        if finding.demonstration is not None:
            claim = finding.demonstration
            told = f"{standing_word(claim)}: {demonstration_words(claim)}"
            indented(console, level, Text(told, style=STYLES[Evidence.DEMONSTRATED]))
            if finding.verdict is None and claim.bundle:
                indented(console, level, Text(f"bundle {claim.bundle[:BUNDLE]} (casemate property show)"))
        if finding.triaged is not None:
            indented(console, level, Text(triaged_words(finding.triaged), style="dim"))
        if finding.mending is not None:
            _mending(console, level, finding.mending)
        if lead.trace is not None and index < WAYS:
            indented(console, level, Text(_way(lead.trace, console.width - level), style="dim"))
        if said := finding.note or (finding.suppression and suppression_words(finding.suppression)):
            indented(console, level, Text(visible(said), style="italic"))
    if more := len(findings) - len(shown):
        console.print(Text(f"… and {more:,} more (--all, or -o report.json)"))
    console.print()


def _host(console: Console, host: HostReport) -> None:
    """Who reaches root by which way, and what ends it."""
    console.print(Text(visible(title(host)), style="bold"))
    if host.imagined:
        hanging(console, "  supposing: ", visible(imagined_words(host)))
    if not host.standings:
        console.print(Text(f"  {visible(summary(host))}"), overflow="fold")
    for standing in host.standings[:SOURCES]:
        hanging(console, "  ", visible(standing_words(standing)))
        for number, story in enumerate(standing.stories[:WAYS_TOLD], 1):
            for index, line in enumerate(story_lines(story)):
                hanging(console, f"    {number if index == 0 else ' '}  ", visible(line))
        if standing.more or len(standing.stories) > WAYS_TOLD:
            console.print(Text("       and by further ways (-o report.html)", style="dim"))
    if more := len(host.standings) - SOURCES:
        if more > 0:
            console.print(Text(f"  … and {more:,} more (-o report.html)"))
    hanging(console, "Cut: ", visible(cut_words(host)))
    for number, line in enumerate(fix_lines(host), 1):
        hanging(console, f"  {number:>2}  ", visible(line))
    for story in host.cut.uncut:
        hanging(console, "  not ended: ", visible("; ".join(story_lines(story))))
    for line in host.powers[:SOURCES]:
        hanging(console, "By its nature: ", visible(line))


def _verdict(console: Console, level: int, verdict: Verdict) -> None:
    proof = verdict.proof
    if proof is None:
        indented(console, level, Text(f"not proven, {visible(verdict_words(verdict))}", style="dim"))
        return
    indented(console, level, Text(f"proven: {visible(proof.happened)}", style=STYLES[Evidence.PROVEN]))
    bundle = f"; bundle {proof.bundle[:BUNDLE]}" if proof.bundle else ""
    indented(console, level, Text(visible(seen_words(proof) + bundle)))


def _mending(console: Console, level: int, mending: Mending) -> None:
    if mending.fix is None:
        indented(console, level, Text(f"no fix: {visible(why_not(mending))}", style="dim"))
        return
    indented(console, level, Text(f"fix: {visible(fix_words(mending.fix))}", style=STYLES[Evidence.FIXED]))


def _way(trace: Trace, width: int) -> str:
    """`from app/views.py:12 through app/store.py, 5 steps`: where the value enters and which files it passes."""
    full = _way_words(trace, width, width)
    return full if cell_len(full) <= width else _way_words(trace, width // 2, width // 4)


def _way_words(trace: Trace, source_room: int, file_room: int) -> str:
    source, sink = trace.steps[0].location, trace.steps[-1].location
    start = f"line {source.line}" if source.path == sink.path else shortened(visible(str(source)), source_room)
    files = list(dict.fromkeys(s.location.path for s in trace.steps if s.location.path not in (source.path, sink.path)))
    through = f" through {shortened(visible(files[0]), file_room)}" if files else ""
    more = f" and {plural(len(files) - 1, 'more file')}" if len(files) > 1 else ""
    return f"from {start}{through}{more}, {plural(len(trace.steps), 'step')}"


def _examined(coverage: Coverage) -> str:
    counts = (
        plural(coverage.files, "file"),
        plural(coverage.lines, "line"),
        plural(coverage.functions, "function"),
        plural(coverage.entry_points, "entry point"),
        f"{coverage.sinks_reached:,} of {plural(coverage.sinks, 'sink')} reached",
    )
    return ", ".join(counts)


def _not_examined(console: Console, entries: Sequence[NotExamined]) -> None:
    missed = [entry for entry in losses(entries) if entry.reason is not Reason.NO_SOURCE]  # the last line says it
    if missed:
        console.print(Text("Not examined:", style="bold red"))
        groups = [(reason, list(group)) for reason, group in groupby(sorted(missed, key=_reason), key=_reason)]
        name = max(len(reason) for reason, _ in groups)
        count = max(len(f"{_amount(group):,}") for _, group in groups)
        for reason, group in groups:
            hanging(console, f"  {reason:<{name}}  {_amount(group):>{count},}  ", _names(group, console.width))
    asked = [entry for entry in entries if entry.deliberate]
    if asked:
        hanging(console, "Left out on purpose: ", f"{_amount(asked):,} ({_names(asked, console.width)})")


def _reason(entry: NotExamined) -> str:
    return entry.reason.value


def _names(entries: Sequence[NotExamined], width: int) -> str:
    names = [shortened(visible(_name(entry)), max(MIN_PLACE, width // 2)) for entry in sorted(entries)[:NAMES]]
    return ", ".join(names) + (", …" if len(entries) > NAMES else "")


def _name(entry: NotExamined) -> str:
    """What it is; of an exclusion by pattern which pattern it was."""
    if entry.reason is not Reason.EXCLUDED or not entry.detail:
        return entry.what
    if entry.deliberate:
        return entry.detail if entry.what == "." else entry.what
    return f"{entry.what}: {entry.detail}"


def _amount(entries: Iterable[NotExamined]) -> int:
    return sum(entry.files for entry in entries)


def _set_aside(console: Console, report: Report, shown: Mapping[Disposition, bool]) -> None:
    def line(words: str, amount: str, disposition: Disposition, more: str = "") -> None:
        options = [f"--show-{disposition}"] * (not shown[disposition]) + [more] * bool(more)
        hanging(console, f"{words}: ", amount + (f" ({', '.join(options)})" if options else ""))

    if meant := len(report.of(Disposition.BY_DESIGN)):
        line("By design, so no finding", f"{meant:,}", Disposition.BY_DESIGN)
    if known := len(report.of(Disposition.KNOWN)):
        line("Known from the baseline", f"{known:,}", Disposition.KNOWN)
    for by, here in hidden_by(report):
        untrusted = "" if here[0].personal else "--untrusted"
        line(f"Suppressed by {words.HIDER[by]}", amount_hidden(here), Disposition.SUPPRESSED, untrusted)


def _others(console: Console, since: Since | None) -> None:
    if since is not None:
        console.print(Text(others_words(since)), overflow="fold")


def _amiss(console: Console, remarks: Sequence[Remark]) -> None:
    for kind, heading in words.AMISS.items():
        if here := [remark for remark in remarks if remark.kind is kind]:
            console.print(Text(f"{heading}: {len(here):,}", style="bold yellow"))
            for remark in here[:REMARKS]:
                place = shortened(visible(str(remark.location)), max(MIN_PLACE, console.width // 2))
                hanging(console, f"  {place}  ", visible(remark.text))
            if len(here) > REMARKS:
                console.print(Text(f"  … and {len(here) - REMARKS:,} more (-o report.json)"))


def indented(console: Console, indent: int, text: Text) -> None:
    """A text some cells from the left, on as many lines as it takes."""
    console.print(Padding(text, (0, 0, 0, indent)), overflow="fold")


def hanging(console: Console, label: str, text: str) -> None:
    """A label and its text, whose further lines stand below the text's first."""
    indent = cell_len(label)
    lines: Iterable[Text] = Text(text).wrap(console, max(MIN_PLACE, console.width - indent), overflow="fold")
    for index, line in enumerate(lines):
        console.print(Text(label if index == 0 else " " * indent) + line, overflow="fold")
