"""`casemate mcp`: Casemate as tools for a client of the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from casemate.cli import options
from casemate.cli.errors import say


@click.command()
@click.option(
    "--root",
    "roots",
    metavar="PATH",
    type=options.TargetPath(path_type=Path),
    multiple=True,
    default=(Path(),),
    show_default="the current folder",
    help="A folder that a client may name places in; nothing leads out of it. Repeatable.",
)
@click.option(
    "--allow",
    type=click.Choice(("find", "prove", "fix", "apply")),
    default="fix",
    show_default=True,
    help="How far a client may go. Only with apply are patches written to a target.",
)
@click.option("--http", "port", metavar="PORT", type=click.IntRange(0, 65535), help="Serve HTTP on PORT; 0 for any.")
@click.option(
    "--bind", "address", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="With --http: where to listen."
)
@click.option(
    "--host-name",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="With --http: a further name it is reached under. Repeatable.",
)
@click.option(
    "--bearer",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="With --http: the bearer token is in FILE. Default: in CASEMATE_MCP_TOKEN, else one is made for this start.",
)
@options.PYTHON
@options.TOKEN
def mcp(
    roots: tuple[Path, ...],
    allow: str,
    port: int | None,
    address: str,
    hosts: tuple[str, ...],
    bearer: Path | None,
    python: Path | None,
) -> None:
    """Offer Casemate's tools to a client of the Model Context Protocol, on standard input and output.

    With the operator's permissions, budgets and ledger: what a client asks for goes the same way as a command. No tool gives out
    inputs of proofs. Needs the extra `agents`.
    """
    if port is None and (hosts or bearer is not None or address != "127.0.0.1"):
        raise click.UsageError("--bind, --host-name and --bearer are of HTTP: give --http as well")
    from casemate.mcp.catalogue import Level
    from casemate.mcp.start import desk, need_extra, over_http, over_stdio, quiet_logging

    need_extra()
    quiet_logging()
    made = desk(roots, Level(allow), python=python)
    if port is None:
        over_stdio(made)
    else:
        over_http(made, address=address, port=port, hosts=hosts, token_file=bearer, say=say)
