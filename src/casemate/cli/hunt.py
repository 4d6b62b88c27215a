"""`casemate hunt`: find, then prove what was found, in a sandbox."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli.errors import say
from casemate.cli.rulenames import all_known, complete
from casemate.cli.scan import FORMATS, LEVELS, SUFFIXES, TargetPath

if TYPE_CHECKING:
    from casemate.app.prove import Sealed
    from casemate.model.finding import Report

BUDGET = 20_000


@click.command()
@click.argument("path", metavar="PATH", type=TargetPath(path_type=Path))
@click.option(
    "--python",
    metavar="PYTHON",
    type=click.Path(path_type=Path),
    help="The target's interpreter or virtual environment. Default: the one in the target, else ours.",
)
@click.option(
    "--budget",
    metavar="N",
    type=click.IntRange(min=1),
    default=BUDGET,
    show_default=True,
    help="Executions that the search for inputs may take.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: by the suffix of --output, else table.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to FILE.")
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
    "--bundles",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep the evidence bundles of what is proven in DIR. Default: beside the ledger.",
)
@click.option(
    "--include-proofs",
    is_flag=True,
    help="Say in the report what proofs were driven with: a release, which the ledger records.",
)
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Sandboxes at a time. Default: one per core.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write facts of earlier scans.")
@click.option("--all", "everything", is_flag=True, help="Show every finding, not only the first ones.")
@click.option("--quiet", is_flag=True, help="Only the report: no charter, progress or time; no table beside --output.")
def hunt(
    path: Path,
    python: Path | None,
    budget: int,
    form: str | None,
    output: Path | None,
    fail_on: str,
    strict: bool,
    exclude: tuple[str, ...],
    rules: tuple[str, ...],
    persona: str,
    bundles: Path | None,
    include_proofs: bool,
    jobs: int | None,
    no_cache: bool,
    everything: bool,
    quiet: bool,
) -> None:
    """Find weaknesses at PATH, and prove them: harmless inputs, in a sandbox without a network, judged by oracles.

    Unlike `casemate scan` this runs the target, and nowhere but in the sandbox. Where no sandbox holds, nothing is run and
    nothing is proven. Exit codes are those of `casemate scan`.
    """
    from casemate.app.prove import HuntRequest, run_hunt
    from casemate.app.scan import ScanRequest
    from casemate.cli.deliver import Shown, deliver, exit_code, unheard
    from casemate.cli.moment import moment
    from casemate.cli.output import check_place
    from casemate.cli.progress import display

    if output is not None:
        check_place(output)
    if form == "gitlab":
        moment(os.environ)
    form = form or SUFFIXES.get(output.suffix if output else "", "table")
    scan = ScanRequest(
        paths=(path,),
        exclude=exclude,
        rules=rules,
        jobs=jobs or len(os.sched_getaffinity(0)),
        cache=not no_cache,
        pedantic=persona == "pedantic",
    )
    started = time.monotonic()
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        request = HuntRequest(scan=scan, python=python, budget=budget)
        report, sealed = run_hunt(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    where = keep(sealed, bundles)
    if include_proofs and sealed:
        report = _released(path, report, sealed, announce=unheard if quiet else say)
    shown = Shown(everything=everything, by_design=False, known=False, suppressed=False)
    deliver(report, form, output, shown, (), quiet=quiet)
    if not quiet:
        if sealed:
            say(f"evidence: {len(sealed)} bundle{'s' * (len(sealed) > 1)} in {where} (casemate verify)")
        say(f"time: {took:.1f} s")
    sys.exit(exit_code(report, fail_on=fail_on, strict=strict))


def _released(path: Path, report: Report, sealed: Sequence[Sealed], *, announce: Callable[[str], None]) -> Report:
    """The report with the inputs of its proofs, once the ledger has it that they are handed out."""
    from casemate.app.prove import run_release
    from casemate.evidence.bundle import digest
    from casemate.evidence.verdicts import released

    bundles = [one.data for one in sealed]
    run_release(path, [digest(data) for data in bundles], announce=announce)
    return released(report, bundles)


def keep(sealed: Sequence[Sealed], folder: Path | None) -> Path:
    """Write the bundles and their receipts; the folder. A bundle of the same name is replaced: it is of the same finding.

    Raises EnvironmentFault.
    """
    from casemate.app.prove import bundles_folder
    from casemate.cli.output import make_folder, write_file

    place = folder if folder is not None else bundles_folder()
    if sealed:
        make_folder(place, "evidence bundles")
    for one in sealed:
        write_file(place / f"{one.name}.casemate", one.data, "an evidence bundle")
        write_file(place / f"{one.name}.receipt", one.receipt, "a receipt")
    return place
