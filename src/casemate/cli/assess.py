"""`casemate assess`: a risk assessment, from a draft to a signed file."""

from __future__ import annotations

from pathlib import Path

import click

from casemate.cli.errors import say
from casemate.cli.options import TIERS

_FILE = click.Path(path_type=Path)


@click.group()
def assess() -> None:
    """Write, sign and show the risk assessment that the launch gate asks for; docs/assessment.md."""


@assess.command()
@click.option("-o", "--output", metavar="FILE", type=_FILE, required=True, help="Where the draft goes (TOML).")
@click.option("--model", metavar="PROVIDER:NAME", default="", help="The model; without one, the engine alone.")
@click.option("--system", metavar="FILE", type=_FILE, help="A file that `casemate gate system` printed.")
@click.option("--tier", type=click.Choice(TIERS), default="find", show_default=True, help="How far it is to go.")
@click.option("--safeguards", metavar="FILE", type=_FILE, help="What `casemate safeguards --sign` wrote.")
@click.option(
    "--evaluation",
    "evaluations",
    metavar="FILE",
    type=_FILE,
    multiple=True,
    help="A signed evaluation log. Repeatable.",
)
def new(
    output: Path, model: str, system: Path | None, tier: str, safeguards: Path | None, evaluations: tuple[Path, ...]
) -> None:
    """Write a draft: what can be filled is filled, and what people must write is marked OPEN."""
    from casemate.app.assess import new as make
    from casemate.cli.output import check_place, write_file
    from casemate.governance.charter import Tier

    if model and system is not None:
        raise click.UsageError("a system is named by --model or by --system, not by both.")
    if output.exists():
        raise click.UsageError(f"{str(output)!r} is there already; what somebody wrote in it is not overwritten.")
    check_place(output)
    written = make(model=model, system=system, tier=Tier(tier), safeguards=safeguards, evaluations=evaluations)
    write_file(output, written.data, "the draft")
    _say_open(written.open, str(output))


@assess.command()
@click.argument("file", type=_FILE)
@click.option(
    "-o", "--output", metavar="FILE", type=_FILE, help="Where it goes. Default: FILE with .signed for its suffix."
)
def sign(file: Path, output: Path | None) -> None:
    """Sign the draft in FILE; or put a signature beside the others of a signed assessment."""
    from casemate.app.assess import sign as make
    from casemate.cli.output import check_place, write_file

    output = file.with_suffix(".signed") if output is None else output
    check_place(output)
    written = make(file)
    write_file(output, written.data, "the signed assessment")
    click.echo(f"signed: {output}")
    _say_open(written.open, str(output))


@assess.command()
@click.argument("file", type=_FILE)
def show(file: Path) -> None:
    """Show an assessment in words: what is open, who signed, until when it holds.

    Exit code 1 when somebody whom it names has not signed.
    """
    from casemate.app.assess import show as told
    from casemate.cli.output import show as put

    text, whole = told(file)
    put(text)
    if not whole:
        raise click.exceptions.Exit(1)


def _say_open(left: tuple[str, ...], place: str) -> None:
    if left:
        say(f"{len(left)} open in {place}, which somebody must write: {', '.join(left)}")
        say("the launch gate stays closed while anything is open")
