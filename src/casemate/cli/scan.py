"""`casemate scan`: from paths to a report on the screen or in a file, and an exit code."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from casemate.cli import options
from casemate.cli.errors import say


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=options.TargetPath(path_type=Path))
@options.FORM
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the report to FILE; the table is shown as well.",
)
@options.FAIL_ON
@options.STRICT
@options.EXCLUDE
@options.RULE
@options.PERSONA
@click.option(
    "--since", metavar="REV", help="Report only what the change since REV (its merge base with HEAD) touches."
)
@click.option(
    "--knowledge", metavar="DIR", type=click.Path(path_type=Path), help="Also know what the TOML files in DIR say."
)
@click.option(
    "--rules",
    "own",
    metavar="DIR",
    type=click.Path(path_type=Path),
    is_eager=True,  # --rule may name one of them
    help="Also look for what the rules in DIR say.",
)
@click.option("--untrusted", is_flag=True, help="Ignore the target's own casemate.toml, and its ignore comments.")
@options.BASELINE
@options.TRIAGE
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Worker processes. Default: one per core.")
@options.NO_CACHE
@options.EVERYTHING
@click.option("--show-by-design", is_flag=True, help="Also show what an API is meant to do.")
@click.option("--show-known", is_flag=True, help="Also show what stands in the baseline.")
@click.option("--show-suppressed", is_flag=True, help="Also show what is hidden, with the reason.")
@options.TOKEN
@options.QUIET
def scan(
    paths: tuple[Path, ...],
    form: str | None,
    output: Path | None,
    fail_on: str,
    strict: bool,
    exclude: tuple[str, ...],
    rules: tuple[str, ...],
    persona: str,
    since: str | None,
    knowledge: Path | None,
    own: Path | None,
    untrusted: bool,
    baseline: Path | None,
    triage: Path | None,
    jobs: int | None,
    no_cache: bool,
    everything: bool,
    show_by_design: bool,
    show_known: bool,
    show_suppressed: bool,
    quiet: bool,
) -> None:
    """Find weaknesses in the source trees or files at PATH..., and never run a line of them.

    \b
    Exit codes:
      0  nothing at the level of --fail-on
      1  findings at that level or above
      2  wrong usage, or a path that does not exist
      3  with --strict: some of the target was not examined
      4  a fault of the machine or of Casemate
    """
    from casemate.app.scan import ScanRequest, run_scan
    from casemate.cli.deliver import Shown, deliver, exit_code, unheard
    from casemate.cli.input import read_report, read_triage
    from casemate.cli.moment import moment
    from casemate.cli.output import check_place
    from casemate.cli.progress import display

    if output is not None:
        check_place(output)
    if form == "gitlab":
        moment(os.environ)  # refused before any work is done
    form = form or options.SUFFIXES.get(output.suffix if output else "", "table")
    request = ScanRequest(
        paths=paths,
        exclude=exclude,
        untrusted=untrusted,
        rules=rules,
        jobs=jobs or len(os.sched_getaffinity(0)),
        cache=not no_cache,
        pedantic=persona == "pedantic",
        since=_revision(since),
        triage=read_triage(triage) if triage else (),
        baseline=read_report(baseline) if baseline else None,
        own=tuple(folder for folder in (knowledge, own) if folder is not None),
    )
    shown = Shown(everything=everything, by_design=show_by_design, known=show_known, suppressed=show_suppressed)
    started = time.monotonic()
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        report = run_scan(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    deliver(report, form, output, shown, request.own, quiet=quiet)
    if not quiet:
        say(f"time: {took:.1f} s")
    sys.exit(exit_code(report, fail_on=fail_on, strict=strict))


def _revision(since: str | None) -> str:
    if since is not None and (not since or since.startswith("-")):  # "" would silently report the whole
        raise click.BadParameter(f"{since!r} is no revision; name a branch, a tag or a commit", param_hint="--since")
    return since or ""
