"""`casemate safeguards`: attack the safeguards, and show by class what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli.errors import ExitCode, say

if TYPE_CHECKING:
    from casemate.governance.assessment import Safeguards
    from casemate.safeguards.trial import Row

CASES = 10_000


@click.command()
@click.option(
    "--cases",
    metavar="N",
    type=click.IntRange(min=1),
    default=CASES,
    show_default=True,
    help="Attempts in all; classes that write files get a tenth of the others' share, every class at least ten.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same attempts."
)
@click.option("--only", metavar="CLASS", multiple=True, help="Only this class. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="The table as JSON, with every variant.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write that JSON to FILE.")
@click.option(
    "--sign",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the table to FILE, signed, for an assessment.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
def safeguards(
    cases: int,
    seed: int,
    only: tuple[str, ...],
    as_json: bool,
    output: Path | None,
    sign: Path | None,
    quiet: bool,
) -> None:
    """Attack the safeguards with cases that are made by chance, and count what gets through.

    Everything is tried on keys, files and clocks of its own, in this process. Exit code 1 when any attempt succeeded.
    """
    from casemate.cli.output import check_place, emit, write_file
    from casemate.cli.progress import display
    from casemate.safeguards.catalogue import attacks
    from casemate.safeguards.trial import run

    classes = attacks()
    if unknown := sorted(set(only) - {attack.id for attack in classes}):
        known = ", ".join(attack.id for attack in classes)
        raise click.BadParameter(f"there is no class {unknown[0]!r}; there are {known}.", param_hint="--only")
    for place in filter(None, (output, sign)):
        check_place(place)
    chosen = [attack for attack in classes if not only or attack.id in only]
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        rows = list(
            run(chosen, cases=cases, seed=seed, progress=lambda _, done, all_: progress("attacking", done, all_))
        )
    if as_json:
        emit(_json(rows, seed))
    else:
        _show(rows)
    if output is not None:
        write_file(output, _json(rows, seed), "the table")
    if sign is not None:
        write_file(sign, _signed(rows, seed), "the signed table")
        say(f"signed: {sign}")
    if any(row.successes for row in rows):
        sys.exit(ExitCode.FINDINGS)


def _table(rows: Sequence[Row], seed: int) -> Safeguards:
    from casemate import __version__
    from casemate.governance.assessment import AttackClass, Safeguards

    classes = (AttackClass(id=row.attack.id, attempts=row.attempts, successes=row.successes) for row in rows)
    return Safeguards(version=__version__, seed=seed, classes=tuple(classes))


def _signed(rows: Sequence[Row], seed: int) -> bytes:
    from casemate.app.authority import ground
    from casemate.governance.safeguard_table import SAFEGUARDS, table_body
    from casemate.governance.statement import sign_statement

    own = ground()
    return sign_statement(SAFEGUARDS, table_body(_table(rows, seed), own.now()), own.signer)


def _json(rows: Sequence[Row], seed: int) -> str:
    from casemate import __version__

    shown = {
        "version": __version__,
        "seed": seed,
        "attempts": sum(row.attempts for row in rows),
        "successes": sum(row.successes for row in rows),
        "classes": [
            {
                "id": row.attack.id,
                "title": row.attack.title,
                "aim": row.attack.aim,
                "attempts": row.attempts,
                "successes": row.successes,
                "variants": dict(row.variants),
                "succeeded": [{"what": one.what, "answer": one.answer} for one in row.succeeded],
            }
            for row in rows
        ],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _show(rows: Sequence[Row]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from casemate.evidence.escape import visible

    table = Table("class", "what an attacker tries", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("attempts", justify="right")
    table.add_column("successes", justify="right")
    for row in rows:
        cells = (row.attack.id, row.attack.title, f"{row.attempts:,}", f"{row.successes:,}")
        table.add_row(*(Text(cell) for cell in cells), style="bold red" if row.successes else None)
    Console().print(table)
    for row in rows:
        for one in row.succeeded:
            click.echo(visible(f"succeeded  {row.attack.id}: {one.what}: {one.answer}"))
    attempts, successes = sum(row.attempts for row in rows), sum(row.successes for row in rows)
    classes = "1 class" if len(rows) == 1 else f"{len(rows)} classes"
    click.echo(f"{attempts:,} attempts in {classes}: {successes:,} succeeded.")
