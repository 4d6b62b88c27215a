"""`casemate scan`: from paths to a report on the screen or in a file, and an exit code."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from casemate.cli.errors import say
from casemate.cli.rulenames import all_known, complete

FORMATS = ("table", "json", "sarif", "html", "md", "gitlab")
LEVELS = ("suspected", "traced", "proven", "never")
SUFFIXES = {".json": "json", ".sarif": "sarif", ".html": "html", ".htm": "html", ".md": "md"}


class TargetPath(click.Path):
    """A path that is not empty: an empty variable in a script must not become a scan of the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises BadParameter."""
        if value == "":
            self.fail("an empty path ''; name a folder or a file, \".\" for the current folder", param, ctx)
        return super().convert(value, param, ctx)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=TargetPath(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: by the suffix of --output, else table.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the report to FILE; the table is shown as well.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="traced",
    show_default=True,
    help="Exit with 1 when there are findings at this level of evidence or above.",
)
@click.option("--strict", is_flag=True, help="Exit with 3 when some of the target was not examined.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Leave out what matches, as in .gitignore. Repeatable.")
@click.option(
    "--rule",
    "rules",
    metavar="RULE",
    callback=all_known,
    shell_complete=complete,
    multiple=True,
    help="Only this rule. Repeatable.",
)
@click.option(
    "--persona",
    type=click.Choice(("default", "pedantic")),
    default="default",
    show_default=True,
    help="Pedantic: also rules for a review with time to spare.",
)
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
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="An earlier report, JSON or SARIF: what stands in it is counted, and no reason to fail.",
)
@click.option(
    "--triage",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What was decided about findings (see `casemate triage --help`).",
)
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Worker processes. Default: one per core.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write facts of earlier scans.")
@click.option("--all", "everything", is_flag=True, help="Show every finding, not only the first ones.")
@click.option("--show-by-design", is_flag=True, help="Also show what an API is meant to do.")
@click.option("--show-known", is_flag=True, help="Also show what stands in the baseline.")
@click.option("--show-suppressed", is_flag=True, help="Also show what is hidden, with the reason.")
@click.option("--quiet", is_flag=True, help="Only the report: no charter, progress or time; no table beside --output.")
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
    form = form or SUFFIXES.get(output.suffix if output else "", "table")
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
