"""`casemate diff OLD NEW`: what changed between two reports."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from casemate.cli.errors import ExitCode
from casemate.cli.options import LEVELS


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "md")),
    default="table",
    show_default=True,
    help="Of the output.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="traced",
    show_default=True,
    help="Exit with 1 when there are new findings at this level of evidence or above.",
)
def diff(old: Path, new: Path, form: str, fail_on: str) -> None:
    """Compare two reports of `casemate scan`, JSON or SARIF.

    Findings are the same when their identities are: rule, file, function and the text of the line. So a finding that
    moved with its lines is unchanged.

    \b
      new        counts now and did not before
      hidden     counted before; now suppressed or by design
      unseen     counted before; gone, but nobody looked: its rule did not run
                 or its file was not examined
      fixed      counted before; gone from what was examined
      unchanged  counts as before; the table gives only their number

    Exit code 1 when there are new findings at the level of --fail-on, else 0.
    """
    from casemate.cli.input import read_report
    from casemate.cli.output import emit, show
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.compare import Change, as_json, compare
    from casemate.evidence.compare_text import markdown, table
    from casemate.model.lead import Evidence

    comparison = compare(read_report(old), read_report(new))
    if form == "table":
        show(table(comparison, width(), takes_color()))
    else:
        emit(as_json(comparison) if form == "json" else markdown(comparison))
    if fail_on != "never" and any(r.evidence.rung >= Evidence(fail_on).rung for r in comparison.of(Change.NEW)):
        sys.exit(ExitCode.FINDINGS)
