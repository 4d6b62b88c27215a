"""`casemate token`: authority that is handed to another process or machine: signed, bound to its holder's key, expiring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from casemate.cli import options

if TYPE_CHECKING:
    from casemate.governance.limits import Limits

Command = TypeVar("Command", bound=Callable[..., Any])

TOKEN_FILE = click.argument("token", metavar="TOKEN", type=click.Path(path_type=Path))
PLACES = click.argument("paths", nargs=-1, metavar="[PATH]...", type=options.TargetPath(path_type=Path))
MARK = click.option(
    "--mark",
    "marks",
    metavar="KIND:NAME",
    multiple=True,
    help="A target by repository:NAME, image:sha256:DIGEST or host:ID. Repeatable.",
)
OUTPUT = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to FILE. Default: standard output."
)


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A moment in UTC to the second. Raises BadParameter."""
    from casemate.governance.fields import InvalidStatement, parse_time

    try:
        return parse_time(value, "it") if value is not None else None
    except InvalidStatement as error:
        raise click.BadParameter(f"{error}: in UTC, with a Z at its end") from error


def _limits(command: Command) -> Command:
    """The options that say what a token allows."""
    for option in reversed(
        (
            click.option("--tier", type=click.Choice(options.TIERS), help="How far."),
            MARK,
            click.option("--port", "ports", metavar="NAME", multiple=True, help="Only these ports. Repeatable."),
            click.option(
                "--operation",
                "operations",
                metavar="NAME",
                multiple=True,
                help="Only these operations, such as scan. Repeatable. Default: all on targets that the tier takes.",
            ),
            click.option(
                "--model",
                "models",
                metavar="URL",
                multiple=True,
                help="A model endpoint that may see content. Repeatable.",
            ),
            click.option("--no-model", is_flag=True, help="No model endpoint."),
            click.option("--executions", metavar="N", type=click.IntRange(0), help="Executions a day."),
            click.option("--releases", metavar="N", type=click.IntRange(0), help="Released bundles a day."),
            click.option("--from", "begins", metavar="TIME", callback=_moment, help="Such as 2026-11-30T12:00:00Z."),
            click.option("--until", "ends", metavar="TIME", callback=_moment, help="From then on it permits nothing."),
        )
    ):
        command = option(command)
    return command


@click.group()
def token() -> None:
    """Hand authority to another process or machine, and take it back."""


@token.command()
@click.option("--verifier", is_flag=True, help="The key of the ledger here, for which others present their tokens.")
def key(verifier: bool) -> None:
    """Print this machine's key, by which others name it as a holder."""
    from casemate.app.token import own_keys

    click.echo(str(own_keys()[1 if verifier else 0]))


@token.command()
@PLACES
@click.option("--holder", metavar="KEY", required=True, help="Of whoever may use it: `casemate token key` there.")
@click.option("--charter", metavar="ID", default="", help="Under which installed charter, where there are several.")
@_limits
@OUTPUT
def issue(paths: tuple[Path, ...], holder: str, charter: str, output: Path | None, **asked: Any) -> None:
    """Make a token.

    For PATH..., by default for all targets of the charter; to find, for eight hours. An installed charter must name this
    machine's key, and the token allows no more than it.
    """
    from casemate.app.token import parse_holder, run_issue

    limits = _asked(paths, **{**asked, "tier": asked["tier"] or "find"})
    _deliver(run_issue(limits, parse_holder(holder), charter), output)


@token.command()
@TOKEN_FILE
@PLACES
@click.option("--holder", metavar="KEY", help="Who may use the narrower one. Default: this machine's key.")
@_limits
@OUTPUT
def attenuate(token: Path, paths: tuple[Path, ...], holder: str | None, output: Path | None, **asked: Any) -> None:
    """Make a narrower token out of TOKEN.

    This machine must be its holder. What is not given stays as it is. It needs nobody's leave and no network: the token
    carries one block more.
    """
    from casemate.app.token import parse_holder, run_attenuate

    limits = _asked(paths, **asked)
    _deliver(run_attenuate(token, limits, parse_holder(holder) if holder else None), output)


@token.command()
@TOKEN_FILE
def inspect(token: Path) -> None:
    """Say what TOKEN says, block by block. Nothing is verified."""
    from casemate.app.token import run_inspect
    from casemate.cli.tokenwords import chain_lines

    for line in chain_lines(run_inspect(token)):
        click.echo(line)


@token.command()
@TOKEN_FILE
@PLACES
@MARK
@click.option("--operation", metavar="NAME", required=True, help="What is to be done, such as scan.")
@click.option(
    "--verifier", metavar="KEY", required=True, help="Of whoever is to check: `casemate token key --verifier` there."
)
@OUTPUT
def present(
    token: Path, paths: tuple[Path, ...], marks: tuple[str, ...], operation: str, verifier: str, output: Path | None
) -> None:
    """Prove that this machine holds TOKEN.

    To one other machine, for one operation on PATH..., within five minutes and once.
    """
    from casemate.app.token import places, run_present

    _deliver(run_present(token, operation, places(paths, marks), verifier), output)


@token.command()
@TOKEN_FILE
@PLACES
@MARK
@click.option("--proof", metavar="FILE", type=click.Path(path_type=Path), help="What `casemate token present` made.")
@click.option("--operation", metavar="NAME", help="What is to be done, such as scan.")
def verify(token: Path, paths: tuple[Path, ...], marks: tuple[str, ...], proof: Path | None, operation: str) -> None:
    """Check TOKEN, and say what it allows.

    Against the charters and the revocations that are installed here. With --proof also that whoever presents it is its holder,
    and may do the operation on PATH... now; that uses the proof up. Exit code 2 when it is refused.
    """
    from casemate.app.token import places, run_accept, run_check
    from casemate.cli.tokenwords import checked_lines

    subject = places(paths, marks)
    if proof is None:
        if operation or subject:
            raise click.UsageError("an operation and its targets are compared with a proof: give --proof as well")
        lines = checked_lines(run_check(token), None, "")
    else:
        if not operation or not subject:
            raise click.UsageError("a proof is for an operation on targets: give --operation and PATH")
        lines = checked_lines(*run_accept(token, proof, operation, subject), operation)
    for line in lines:
        click.echo(line)


@token.command()
@click.argument("named", nargs=-1, required=True, metavar="TOKEN|ID...")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True, help="The new list.")
def revoke(named: tuple[str, ...], output: Path) -> None:
    """Sign a list of what is revoked.

    It is the list before it and TOKEN..., or the ids of blocks. It counts where it is installed (`casemate charter add`), and
    where the charter's issuer signed it. Of a token its last block is revoked, and with that all that was narrowed from it.
    """
    from casemate.app.token import run_revoke
    from casemate.cli.output import write_file

    write_file(output, run_revoke(named), "a list of revocations")


def _asked(
    paths: tuple[Path, ...],
    *,
    tier: str | None,
    marks: tuple[str, ...],
    ports: tuple[str, ...],
    operations: tuple[str, ...],
    models: tuple[str, ...],
    no_model: bool,
    executions: int | None,
    releases: int | None,
    begins: datetime | None,
    ends: datetime | None,
) -> Limits:
    from casemate.app.token import places
    from casemate.governance.charter import Tier
    from casemate.governance.limits import Limits
    from casemate.governance.policy import WORK

    if unknown := sorted(set(operations) - WORK):
        raise click.UsageError(f"{unknown[0]!a} is no operation on targets; these are: {', '.join(sorted(WORK))}")
    if no_model and models:
        raise click.UsageError("--no-model and --model exclude each other")
    return Limits(
        tier=Tier(tier) if tier else None,
        targets=places(paths, marks) or None,
        ports=frozenset(ports) or None,
        operations=frozenset(operations) or None,
        models=frozenset(models) if models or no_model else None,
        executions=executions,
        releases=releases,
        begins=begins,
        ends=ends,
    )


def _deliver(text: str, output: Path | None) -> None:
    from casemate.cli.output import write_file

    if output is None:
        click.echo(text)
    else:
        write_file(output, f"{text}\n".encode(), "a token")
