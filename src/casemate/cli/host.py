"""`casemate host`: from a root file system to findings, who becomes root, and the fixes that end it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli import options
from casemate.cli.errors import say

if TYPE_CHECKING:
    from casemate.model.finding import Report


@click.command()
@click.option(
    "--root",
    metavar="DIR",
    type=options.TargetPath(path_type=Path),
    help="A folder that holds the root: a mounted disk, an unpacked image. Default: this machine.",
)
@click.option(
    "--image",
    metavar="FILE",
    type=options.TargetPath(path_type=Path),
    help="A container image: an OCI layout, or what `docker save` or `docker export` writes.",
)
@options.FORM
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to FILE.")
@options.FAIL_ON
@options.STRICT
@options.RULE
@click.option(
    "--what-if",
    metavar="FIX",
    multiple=True,
    help="Look at it as if FIX had been made: a number of the cut, 'all', 'chmod 0755 PATH', 'chown 0:0 PATH', "
    "'setcap -r PATH', 'delete PATH:LINE', 'line PATH:LINE TEXT'. Repeatable.",
)
@click.option(
    "--fix-script",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the cut to DIR for review: fix.sh and fix.yml (Ansible), undo.sh and undo.yml.",
)
@click.option(
    "--sbom", metavar="FILE", type=click.Path(path_type=Path), help="Write what is installed as CycloneDX 1.6."
)
@click.option(
    "--db",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The advisories to compare packages with. Default: what `casemate db import` has made.",
)
@options.BASELINE
@options.TRIAGE
@options.EVERYTHING
@options.TOKEN
@options.QUIET
def host(
    root: Path | None,
    image: Path | None,
    form: str | None,
    output: Path | None,
    fail_on: str,
    strict: bool,
    rules: tuple[str, ...],
    what_if: tuple[str, ...],
    fix_script: Path | None,
    sbom: Path | None,
    db: Path | None,
    baseline: Path | None,
    triage: Path | None,
    everything: bool,
    quiet: bool,
) -> None:
    """Find who can become root on a Linux host, by which way, and the cheapest set of changes that ends it.

    Reads files, modes and owners of this machine, a folder or an image; nothing of it is run, loaded or changed. As an ordinary
    user it reads what that user can read, and says what it could not.

    \b
    Exit codes:
      0  nothing at the level of --fail-on
      1  findings at that level or above
      2  wrong usage, or a path that does not exist
      3  with --strict: some of the host was not examined
      4  a fault of the machine or of Casemate
    """
    from casemate.app.host import HostRequest, run_host
    from casemate.cli.deliver import Shown, deliver, exit_code, unheard
    from casemate.cli.input import read_report, read_triage
    from casemate.cli.moment import moment
    from casemate.cli.output import check_place, write_file
    from casemate.cli.progress import display

    if root is not None and image is not None:
        raise click.UsageError("--root and --image name two hosts; take one at a time")
    for place in (output, sbom):
        if place is not None:
            check_place(place)
    if form == "gitlab":
        moment(os.environ)
    form = form or options.SUFFIXES.get(output.suffix if output else "", "table")
    decided = read_triage(triage) if triage else ()
    earlier = read_report(baseline) if baseline else None
    started = time.monotonic()
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        request = HostRequest(
            root=root,
            image=image,
            rules=rules,
            imagined=what_if,
            advisories=db,
            sbom=sbom is not None,
            triage=decided,
            baseline=earlier,
        )
        audited = run_host(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    if sbom is not None:
        write_file(sbom, audited.sbom, "the bill of materials")
    if fix_script is not None:
        _write_scripts(audited.report, fix_script, quiet=quiet)
    shown = Shown(everything=everything, by_design=False, known=False, suppressed=False)
    deliver(audited.report, form, output, shown, (), quiet=quiet)
    if not quiet:
        say(f"time: {took:.1f} s")
    sys.exit(exit_code(audited.report, fail_on=fail_on, strict=strict))


def _write_scripts(report: Report, folder: Path, *, quiet: bool) -> None:
    from casemate.cli.output import make_folder, private, write_file
    from casemate.evidence.host_fixes import ansible, shell

    fixes = report.host.cut.fixes if report.host else ()
    make_folder(folder, "the cut")
    with private():  # a line that is changed may hold a secret
        for stem, undo in (("fix", False), ("undo", True)):
            write_file(folder / f"{stem}.sh", shell(fixes, undo=undo).encode("utf-8", "surrogateescape"), "the cut")
            write_file(folder / f"{stem}.yml", ansible(fixes, undo=undo).encode("utf-8", "backslashreplace"), "the cut")
    if not quiet:
        say(f"cut: {folder / 'fix.sh'}, fix.yml, undo.sh, undo.yml ({len(fixes)} changes; read before running)")
