"""A report where it was asked for, in the form that was asked for, and the exit code that it means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.cli.errors import ExitCode, say

if TYPE_CHECKING:
    from casemate.model.finding import Report


def exit_code(report: Report, *, fail_on: str, strict: bool) -> ExitCode:
    """Findings count before what was not examined. fail_on: one of LEVELS."""
    from casemate.evidence.counts import losses
    from casemate.model.finding import Disposition
    from casemate.model.lead import Evidence

    if fail_on != "never":
        threshold = Evidence(fail_on).rung
        if any(finding.evidence.rung >= threshold for finding in report.of(Disposition.ACTIVE)):
            return ExitCode.FINDINGS
    if strict and losses(report.not_examined):
        return ExitCode.NOT_EXAMINED
    return ExitCode.NOTHING


class Shown(NamedTuple):
    """What a table lists: all findings rather than the first ones, and beside them what does not count."""

    everything: bool
    by_design: bool
    known: bool
    suppressed: bool

    def table(self, report: Report, width: int, color: bool, *, whole: bool = False) -> str:
        """The table. whole: for a file, where nothing is cut off."""
        from casemate.evidence.table import ROWS, render

        limit = None if whole or self.everything else ROWS
        beside = {"by_design": self.by_design, "known": self.known, "suppressed": self.suppressed}
        return render(report, width, color, limit=limit, **beside)


def deliver(
    report: Report, form: str, output: Path | None, shown: Shown, own: tuple[Path, ...], *, quiet: bool
) -> None:
    """The report where it was asked for. A report that cannot be written to its file is still shown."""
    from casemate.cli.output import emit, show, write_file

    def table() -> str:
        from casemate.cli.screen import takes_color, width

        return shown.table(report, width(), takes_color())

    if output is None:
        show(table()) if form == "table" else emit(_document(report, form, shown, own))
        return
    try:
        write_file(output, _document(report, form, shown, own))
    except Exception:
        show(table())  # what the scan found is not lost
        raise
    if not quiet:
        show(table())
        say(f"report: {output} ({form})")


def _document(report: Report, form: str, shown: Shown, own: tuple[Path, ...]) -> str:
    """The report for a file or a program: whole, and the same whatever the screen is."""
    if form == "json":
        from casemate.evidence import jsonreport

        return jsonreport.render(report)
    if form == "table":
        from casemate.cli.screen import PLAIN_WIDTH

        return shown.table(report, PLAIN_WIDTH, False, whole=True)
    from casemate.app.ground import rule_texts

    rules = rule_texts(own, host=report.host is not None)
    if form == "html":
        from casemate.evidence import html

        return html.render(report, rules)
    if form == "md":
        from casemate.evidence import markdown

        return markdown.render(report, rules, by_design=shown.by_design)
    if form == "gitlab":
        from casemate.cli.moment import moment
        from casemate.evidence import gitlab

        return gitlab.render(report, rules, by_design=shown.by_design, moment=moment(os.environ))
    from casemate.evidence import sarif

    return sarif.render(report, rules, by_design=shown.by_design)


def unheard(text: str) -> None:
    """Where a line goes that nobody wants to see."""
