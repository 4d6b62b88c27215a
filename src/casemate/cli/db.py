"""`casemate db`: the database of advisories that the packages of hosts are compared with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from casemate.model.advisory import DatabaseSource

FORMS = ("osv", "debian-tracker", "oval", "csaf", "kev", "epss")


@click.group(invoke_without_command=True)
@click.option("--db", "path", type=click.Path(path_type=Path), help="The database, if not in the data folder.")
@click.option("--json", "as_json", is_flag=True, help="What it holds, as JSON, without ages.")
@click.pass_context
def db(context: click.Context, path: Path | None, as_json: bool) -> None:
    """Show what the database of advisories was made from, and how old that is.

    Nothing is ever downloaded: get the files from their publishers and bring them in with `casemate db import`.
    """
    context.obj = path
    if context.invoked_subcommand is not None:
        return
    from casemate.app.db import database, held

    sources = held(path)
    if as_json:
        click.echo(json.dumps([_as_json(source) for source in sources], indent=2, ensure_ascii=False))
    elif sources:
        _print_table(sources)
    else:
        click.echo(f"No database of advisories at {database(path)}: bring files in with `casemate db import FILE`.")


@db.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--date", default="", metavar="YYYY-MM-DD", help="The day that the data is of, where the files do not say."
)
@click.option("--format", "form", type=click.Choice(FORMS), help="The form, if it is not to be recognised.")
@click.option("--db", "path", type=click.Path(path_type=Path), help="The database, if not in the data folder.")
@click.pass_context
def bring(context: click.Context, files: tuple[Path, ...], date: str, form: str | None, path: Path | None) -> None:
    """Bring files of advisories in: OSV (JSON, lines, zip), Debian's tracker, OVAL, CSAF and VEX, CISA KEV, EPSS.

    Of a file that is not what it should be nothing is kept, nor of those that were named with it.
    """
    from casemate.app.db import run_import
    from casemate.cli.errors import say
    from casemate.evidence.escape import visible
    from casemate.model.advisory import Origin

    if date and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise click.BadParameter(f"{date!r} is no day like 2026-11-01.", param_hint="--date")
    origin = Origin(form) if form else None
    for source in run_import(files, into=path or context.obj, date=date, form=origin, announce=say):
        dated = f" of {source.date}" if source.date else ", of a day that it does not say"
        about = f" about {source.scope}" if source.scope else ""
        click.echo(visible(f"{source.name}: {source.count} entries ({source.origin.value}{dated}){about}"))


def _as_json(source: DatabaseSource) -> dict[str, object]:
    return {
        "name": source.name,
        "form": source.origin.value,
        "about": source.scope,
        "date": source.date or None,
        "entries": source.count,
        "bytes": source.size,
        "sha256": source.sha256,
    }


def _print_table(sources: tuple[DatabaseSource, ...]) -> None:
    from datetime import date

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from casemate.app.ground import today
    from casemate.evidence.escape import visible

    table = Table("file", "form", "about", "date", "age", "entries", "sha256", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[2].overflow = "fold"
    for source in sources:
        try:
            days = (today() - date.fromisoformat(source.date)).days
            age = f"{days} day{'' if days == 1 else 's'}"
        except ValueError:
            age = "unknown"
        row = (
            source.name,
            source.origin.value,
            source.scope,
            source.date or "?",
            age,
            str(source.count),
            source.sha256[:12],
        )
        table.add_row(*(Text(visible(cell)) for cell in row))
    Console().print(table)
