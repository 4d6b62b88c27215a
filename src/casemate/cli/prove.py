"""`casemate prove`: answers to single findings and to the claims of others."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from casemate.cli import options
from casemate.cli.errors import ExitCode, say


@click.command()
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@click.option(
    "--sarif",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Answer all that another tool says in its SARIF. Repeatable.",
)
@options.TARGET
@options.PYTHON
@options.BUDGET
@options.BUNDLES
@options.DECISIONS
@options.DECIDED_BY
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 3 when some claim was not examined.")
@options.TOKEN
@click.option("--quiet", is_flag=True, help="Only the answers: no charter, progress or time.")
def prove(
    claims: tuple[str, ...],
    sarif: tuple[Path, ...],
    target: Path,
    python: Path | None,
    budget: int,
    bundles: Path | None,
    decisions: Path | None,
    decided_by: tuple[str, ...],
    form: str,
    strict: bool,
    quiet: bool,
) -> None:
    """Answer each CLAIM about a target: proven, not triggered, by design, or not examined and why.

    A CLAIM is RULE:FILE:LINE, CWE-NN:FILE:LINE, or the first eight digits of a finding's identity.

    \b
    Exit codes:
      0  nothing was proven
      1  a claim was proven
      2  wrong usage, or a claim that cannot be meant
      3  with --strict: some claim was not examined
      4  a fault of the machine or of Casemate
    """
    from casemate.app.prove import HuntRequest, ProveRequest, run_prove
    from casemate.app.scan import ScanRequest
    from casemate.cli.bundles import keep, tell
    from casemate.cli.deliver import unheard
    from casemate.cli.input import MAX_REPORT, read_file
    from casemate.cli.output import emit, show
    from casemate.cli.progress import display
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.answers import as_json, as_text
    from casemate.leads.claims import NEXT_STEP
    from casemate.model.proof import Result

    if not claims and not sarif:
        raise click.UsageError("name a claim, RULE:FILE:LINE, or --sarif FILE")
    scan = ScanRequest(paths=(target,), jobs=len(os.sched_getaffinity(0)), pedantic=True)
    request = ProveRequest(
        hunt=HuntRequest(
            scan=scan, python=python, budget=budget, decisions=options.decisions(decisions, bundles, decided_by)
        ),
        claims=claims,
        sarif=tuple((str(path), read_file(path, MAX_REPORT, NEXT_STEP)) for path in sarif),
    )
    started = time.monotonic()
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        told, found = run_prove(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    where = keep(found.sealed, bundles, target)
    if form == "json":
        emit(as_json(told.answers, told.not_examined))
    else:
        show(as_text(told.answers, told.not_examined, width(), takes_color()))
    if not quiet:
        tell(found.sealed, where)
        say(f"time: {took:.1f} s")
    results = {one.verdict.result for one in told.answers}
    if Result.PROVEN in results:
        sys.exit(ExitCode.FINDINGS)
    if strict and (told.not_examined or not all(result.decided for result in results)):
        sys.exit(ExitCode.NOT_EXAMINED)
