"""`casemate fix`: patches for what is proven, shown, written, put back."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli import options
from casemate.cli.errors import ExitCode, say

if TYPE_CHECKING:
    from casemate.app.prove import Proved
    from casemate.evidence.mending_text import Outcome
    from casemate.pipeline.claims import Answers


@click.command()
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@options.TARGET
@options.PYTHON
@options.BUDGET
@options.BUNDLES
@options.DECISIONS
@options.DECIDED_BY
@click.option("--apply", is_flag=True, help="Write the patches to the target's files; what these were is kept.")
@click.option("--undo", is_flag=True, help="Put back what --apply wrote last, and do nothing else.")
@click.option("--confirm", is_flag=True, help="Drop what --apply kept, and do nothing else.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the patches to DIR, numbered, for `git am`.",
)
@click.option(
    "--with-tests",
    is_flag=True,
    help="With -o: add regression tests. They hold inputs of proofs: a release, which the ledger records.",
)
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 3 when some claim was not examined.")
@options.TOKEN
@click.option("--quiet", is_flag=True, help="Only the answers: no charter, progress or time.")
def fix(
    claims: tuple[str, ...],
    target: Path,
    python: Path | None,
    budget: int,
    bundles: Path | None,
    decisions: Path | None,
    decided_by: tuple[str, ...],
    apply: bool,
    undo: bool,
    confirm: bool,
    output: Path | None,
    with_tests: bool,
    form: str,
    strict: bool,
    quiet: bool,
) -> None:
    """Prove each CLAIM about a target, and show a patch for what is proven, with all that the patch was put to.

    A CLAIM is RULE:FILE:LINE, CWE-NN:FILE:LINE, or the first eight digits of a finding's identity; without one, everything that
    a scan finds is put to the proof. Only --apply changes the target.

    \b
    Exit codes:
      0  nothing was proven, or all of it has a fix (with --apply: was fixed)
      1  something that was proven has none, or it was not written
      2  wrong usage, or a claim that cannot be meant
      3  with --strict: some claim was not examined
      4  a fault of the machine or of Casemate
    """
    if undo or confirm:
        if claims or apply or with_tests or output is not None or (undo and confirm):
            raise click.UsageError("--undo and --confirm stand alone, but for --target")
        sys.exit(_put_back(target, undo=undo, quiet=quiet))
    from casemate.app.prove import HuntRequest, ProveRequest, run_prove
    from casemate.app.scan import ScanRequest
    from casemate.cli.bundles import keep, tell
    from casemate.cli.deliver import unheard
    from casemate.cli.output import emit, show
    from casemate.cli.patches import check_folder, tell_patches, write_patches
    from casemate.cli.progress import display
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.mending_text import as_json, as_text

    if with_tests and output is None:
        raise click.UsageError("--with-tests writes patches that add the tests: name a folder with -o DIR")
    if output is not None:
        check_folder(output)
    scan = ScanRequest(paths=(target,), jobs=len(os.sched_getaffinity(0)), pedantic=bool(claims))
    series = apply or output is not None
    hunt = HuntRequest(
        scan=scan,
        python=python,
        budget=budget,
        fix=True,
        series=series,
        tests=with_tests,
        decisions=options.decisions(decisions, bundles, decided_by),
    )
    request = ProveRequest(hunt=hunt, claims=claims, every=not claims)
    started = time.monotonic()
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        told, found = run_prove(request, announce=unheard if quiet else say, progress=progress)
    took = time.monotonic() - started
    where = keep(found.sealed, bundles, target)
    if with_tests:
        _release(found, target, announce=unheard if quiet else say)
    written = write_patches(found, output) if output is not None else 0
    outcome = _outcome(found, target, apply=apply)
    if form == "json":
        emit(as_json(told.answers, told.not_examined, outcome))
    else:
        show(as_text(told.answers, told.not_examined, outcome, width(), takes_color()))
    if not quiet:
        tell(found.sealed, where)
        if output is not None:
            tell_patches(written, output)
        if outcome.written:
            say(
                "what was there before is kept: `casemate fix --undo` puts it back, `casemate fix --confirm` lets it go"
            )
        say(f"time: {took:.1f} s")
    sys.exit(_exit_code(told, outcome, strict=strict))


def _release(found: Proved, target: Path, *, announce: Callable[[str], None]) -> None:
    """Record, before they are written, that tests hold the inputs of proofs."""
    from casemate.app.release import hand_out

    of = {test.identity for test in found.tests if test.test is not None}
    bundles = [
        f.verdict.proof.bundle for f in found.report.findings if f.identity in of and f.verdict and f.verdict.proof
    ]
    if bundles:
        hand_out(target, bundles, announce=announce)


def _outcome(found: Proved, target: Path, *, apply: bool) -> Outcome:
    """Write the patches where that is wanted, and say what became of them."""
    from casemate.cli.patches import notes
    from casemate.evidence.mending_text import Outcome

    series = found.series
    findings = [finding for finding in found.report.findings if finding.mending is not None]
    said = notes(series, findings)
    tests = {
        test.identity: test.test.path if test.test else f"none could be written, {test.why}" for test in found.tests
    }
    if series is None:
        offered = (finding.identity for finding in findings if finding.mending and finding.mending.fix)
        return Outcome(notes=said, tests=tests, delivered=frozenset(offered))
    if not apply:
        return Outcome(notes=said, tests=tests, delivered=frozenset(part.identity for part in series.parts))
    from casemate.app.apply import run_apply
    from casemate.cli.deliver import unheard

    bundles = {f.identity: f.verdict.proof.bundle for f in findings if f.verdict and f.verdict.proof}
    done = run_apply(target, series, bundles, announce=unheard)
    return Outcome(notes=said, tests=tests, delivered=done.fixed, written=done.paths, withheld=done.withheld)


def _exit_code(told: Answers, outcome: Outcome, *, strict: bool) -> ExitCode:
    proven = {one.finding.identity for one in told.answers if one.finding and one.verdict.proof}
    if proven - outcome.delivered:
        return ExitCode.FINDINGS
    if strict and (told.not_examined or not all(one.verdict.result.decided for one in told.answers)):
        return ExitCode.NOT_EXAMINED
    return ExitCode.NOTHING


def _put_back(target: Path, *, undo: bool, quiet: bool) -> ExitCode:
    """Put files back, or drop what is kept of them."""
    from casemate.app.apply import run_confirm, run_undo
    from casemate.cli.deliver import unheard
    from casemate.cli.output import show
    from casemate.evidence.escape import visible

    act = run_undo if undo else run_confirm
    done = act(target, announce=unheard if quiet else say)
    label = "put back" if undo else "confirmed"
    lines = [f"{label}: {path}" for path in done.paths]
    lines += [f"not {label}: {entry.path}: {entry.why}" for entry in done.withheld]
    show("".join(f"{visible(line)}\n" for line in lines or ["there is nothing that a patch has written here"]))
    return ExitCode.FINDINGS if done.withheld else ExitCode.NOTHING
