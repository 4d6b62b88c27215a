"""`casemate verify BUNDLE`: whether a proof that somebody hands over holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from casemate.cli.errors import ExitCode, say
from casemate.cli.options import TOKEN, TargetPath


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--target", metavar="PATH", type=TargetPath(path_type=Path), help="The folder or file that the bundle is of."
)
@click.option(
    "--python",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The target's interpreter, or its virtual environment. Default: what a hunt would take.",
)
@click.option(
    "--receipt",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What a ledger recorded of the bundle: checked as well.",
)
@click.option("--key", metavar="VKEY", default="", help="The key of that ledger. Default: that of the own one.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Of the output.",
)
@TOKEN
@click.option("--quiet", is_flag=True, help="Only the answer: no charter.")
def verify(
    bundle: Path, target: Path | None, python: Path | None, receipt: Path | None, key: str, form: str, quiet: bool
) -> None:
    """Replay the proof in an evidence bundle from scratch, each run in a fresh sandbox, and judge it anew.

    The target is run, sealed from this machine: nothing that the bundle says of its own runs is believed.

    \b
    Exit codes:
      0  it holds: the oracle fired in every run, and was quiet on the control
      1  it does not hold
      2  wrong usage, or a bundle that is damaged or not to be read
      3  it cannot be checked here, and why
      4  a fault of the machine or of Casemate
    """
    from casemate.app.prove import VerifyRequest, run_verify
    from casemate.cli.input import read_bundle
    from casemate.cli.output import emit, show
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.verification import as_json, as_text
    from casemate.model.verification import Answer

    opened, digest = read_bundle(bundle)
    recorded = "" if receipt is None else _recorded(receipt, key, digest)
    request = VerifyRequest(bundle=opened, target=target, python=python)
    found = run_verify(request, announce=say if not quiet else lambda line: None)
    if form == "json":
        emit(as_json(opened, digest, found, recorded))
    else:
        show(as_text(opened, digest, found, recorded, width(), takes_color()))
    codes = {Answer.HOLDS: ExitCode.NOTHING, Answer.FAILS: ExitCode.FINDINGS, Answer.UNCHECKED: ExitCode.NOT_EXAMINED}
    sys.exit(codes[found.answer])


def _recorded(receipt: Path, key: str, digest: str) -> str:
    """What a receipt says of the bundle, in words. Raises UserError."""
    from casemate.app.prove import check_receipt
    from casemate.cli.input import read_receipt
    from casemate.model.errors import UserError

    found = check_receipt(read_receipt(receipt), str(receipt), key)
    if found.bundle != digest:
        raise UserError(
            f"the receipt {str(receipt)!r} is of the bundle {found.bundle}, not of this one", "name the one beside it"
        )
    said = found.said
    return f"{said.operation}, {said.outcome} {said.time:%Y-%m-%d %H:%M:%S}Z, in entry {found.entry} of its ledger"
