"""`casemate hunt`: find, then prove what was found, in a sandbox."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli import options
from casemate.cli.errors import say

if TYPE_CHECKING:
    from casemate.app.models import Talk
    from casemate.app.prove import Sealed
    from casemate.model.finding import Report


@click.command()
@click.argument("path", metavar="PATH", type=options.TargetPath(path_type=Path))
@options.PYTHON
@options.BUDGET
@options.FORM
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to FILE.")
@options.FAIL_ON
@options.STRICT
@options.EXCLUDE
@options.RULE
@options.PERSONA
@options.BUNDLES
@click.option(
    "--include-proofs",
    is_flag=True,
    help="Say in the report what proofs were driven with: a release, which the ledger records.",
)
@click.option("--no-fix", is_flag=True, help="Leave out the patches for what is proven.")
@click.option(
    "--patches",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the patches for what is proven to DIR, numbered, for `git am`.",
)
@options.DECISIONS
@options.DECIDED_BY
@click.option("--jobs", metavar="N", type=click.IntRange(min=1), help="Sandboxes at a time. Default: one per core.")
@options.NO_CACHE
@options.EVERYTHING
@options.TOKEN
@options.models
@options.QUIET
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
    no_fix: bool,
    patches: Path | None,
    decisions: Path | None,
    decided_by: tuple[str, ...],
    jobs: int | None,
    no_cache: bool,
    everything: bool,
    talk: Talk | None,
    quiet: bool,
) -> None:
    """Find weaknesses at PATH, prove them with harmless inputs in a sandbox without a network, and offer patches that hold.

    Oracles judge what is proven, and a ladder of trials what is offered; nothing is written into the target.

    With --model, agents look for what rules do not express; oracles and the ladder judge what they propose. Without, no model is
    asked.

    Unlike `casemate scan` this runs the target, and nowhere but in the sandbox. Where no sandbox holds, nothing is run and
    nothing is proven. Exit codes are those of `casemate scan`.
    """
    from casemate.app.prove import HuntRequest, run_hunt
    from casemate.app.scan import ScanRequest
    from casemate.cli.bundles import keep, tell
    from casemate.cli.deliver import Shown, deliver, exit_code, unheard
    from casemate.cli.moment import moment
    from casemate.cli.output import check_place
    from casemate.cli.patches import check_folder, tell_notes, tell_patches, write_patches
    from casemate.cli.progress import display

    if no_fix and patches is not None:
        raise click.UsageError("--no-fix leaves out what --patches asks for")
    if patches is not None:
        check_folder(patches)
    if output is not None:
        check_place(output)
    if form == "gitlab":
        moment(os.environ)
    form = form or options.SUFFIXES.get(output.suffix if output else "", "table")
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
        request = HuntRequest(
            scan=scan,
            python=python,
            budget=budget,
            fix=not no_fix,
            series=patches is not None,
            talk=talk,
            decisions=options.decisions(decisions, bundles, decided_by),
        )
        found = run_hunt(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    report, sealed = found.report, found.sealed
    where = keep(sealed, bundles, path)
    written = write_patches(found, patches) if patches is not None else 0
    if include_proofs and sealed:
        report = _released(path, report, sealed, announce=unheard if quiet else say)
    shown = Shown(everything=everything, by_design=False, known=False, suppressed=decisions is not None)
    deliver(report, form, output, shown, (), quiet=quiet)
    if not quiet:
        tell(sealed, where)
        if patches is not None:
            tell_patches(written, patches)
            tell_notes(found)
        say(f"time: {took:.1f} s")
    sys.exit(exit_code(report, fail_on=fail_on, strict=strict))


def _released(path: Path, report: Report, sealed: Sequence[Sealed], *, announce: Callable[[str], None]) -> Report:
    """The report with the inputs of its proofs, once the ledger has it that they are handed out."""
    from casemate.app.release import hand_out
    from casemate.evidence.bundle import digest
    from casemate.evidence.verdicts import released

    proofs = {f.verdict.proof.bundle for f in report.findings if f.verdict is not None and f.verdict.proof is not None}
    bundles = [one.data for one in sealed if digest(one.data) in proofs]  # what is only demonstrated is told nothing of
    if bundles:
        hand_out(path, [digest(data) for data in bundles], announce=announce)
    return released(report, bundles)
