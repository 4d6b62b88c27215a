"""`casemate ledger`: what was recorded, whether it is intact, and the proof of one entry."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from casemate.governance.audit import Operation

UNFINISHED = "unfinished"


@click.group()
def ledger() -> None:
    """Show and check the record of every operation."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="The entries themselves, as JSON.")
def show(as_json: bool) -> None:
    """List the recorded operations, oldest first.

    The whole ledger is checked first; exit code 1 when it is damaged.
    """
    from casemate.app.ground import recorded_ledger
    from casemate.governance.audit import audit

    result = audit(recorded_ledger())
    if as_json:
        click.echo(json.dumps([_as_json(operation) for operation in result.operations], indent=2, ensure_ascii=False))
    else:
        _print_table(result.operations)
    if result.problems:
        raise click.ClickException(
            "the ledger is damaged, and what is shown may be false; run `casemate ledger verify`"
        )


@ledger.command()
def verify() -> None:
    """Compute everything again from the entries and compare it; exit code 1 when the ledger is damaged."""
    from casemate.app.ground import recorded_ledger
    from casemate.evidence.escape import visible
    from casemate.governance.audit import audit
    from casemate.governance.errors import LedgerDamaged

    log = recorded_ledger()
    try:
        result = audit(log)
    except LedgerDamaged as error:
        raise click.ClickException(str(error)) from error
    unfinished = sum(operation.after is None for operation in result.operations)
    click.echo(f"checkpoint  {result.head.size} entries, signature valid under {log.key}")
    click.echo(f"root        {b64encode(result.head.root).decode()}")
    click.echo(f"compared    {result.tiles} tiles and entry bundles, each computed again from the entries")
    click.echo(f"operations  {len(result.operations)}, {unfinished} of them unfinished")
    if result.unknown:
        click.echo(f"unknown     {len(result.unknown)} entries of a form that this version does not know")
    if result.leftovers:
        click.echo(f"leftovers   {len(result.leftovers)} files of an interrupted append, which belong to no checkpoint")
    for name in result.foreign:
        click.echo(f"foreign     {visible(name)} is none of the ledger's files")
    for problem in result.problems:
        click.echo(f"damaged     {problem}")
    if result.problems:
        raise click.ClickException(
            "the ledger is damaged; see docs/ledger.md on how to set it aside, and keep it: it is evidence"
        )
    click.echo(
        "The ledger is intact. No witness holds its checkpoints: the owner of the key could have rewritten it whole."
    )


@ledger.command()
@click.argument("index", type=click.IntRange(min=0))
@click.option("--json", "as_json", is_flag=True, help="The proof's parts as JSON.")
def prove(index: int, as_json: bool) -> None:
    """Print the proof that entry INDEX stands in the ledger, in the form of c2sp.org/tlog-proof."""
    from casemate.app.ground import recorded_ledger
    from casemate.governance.merkle import leaf_hash
    from casemate.governance.proof import encode_proof

    log = recorded_ledger()
    try:
        inclusion = log.prove(index)
    except IndexError as error:
        size = log.head()[0].size
        raise click.BadParameter(f"{index} is not below the ledger's {size} entries.", param_hint="INDEX") from error
    if not as_json:
        click.echo(encode_proof(inclusion), nl=False)
        click.echo(f"key of this ledger, to be had from a place that the reader trusts: {log.key}", err=True)
        return
    parts = {
        "key": str(log.key),
        "index": index,
        "size": inclusion.checkpoint.size,
        "entry": inclusion.entry.decode(),
        "leaf_hash": b64encode(leaf_hash(inclusion.entry)).decode(),
        "inclusion_proof": [b64encode(node).decode() for node in inclusion.proof],
        "root": b64encode(inclusion.checkpoint.root).decode(),
        "checkpoint": inclusion.note.decode(),
    }
    click.echo(json.dumps(parts, indent=2, ensure_ascii=False))


def _as_json(operation: Operation) -> dict[str, object]:
    after = None if operation.after is None else json.loads(operation.after.encode())
    return {
        "index": operation.index,
        "before": json.loads(operation.before.encode()),
        "end": operation.end,
        "after": after,
    }


def _print_table(operations: tuple[Operation, ...]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from casemate.evidence.escape import visible

    table = Table("index", "time", "operation", "subject", "outcome", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[3].overflow = "fold"
    for operation in operations:
        before, after = operation.before, operation.after
        more = before.count - len(before.names)
        subject = ", ".join(before.names) + (f" and {more} more" if more else "")
        outcome = UNFINISHED if after is None else after.outcome.value
        row = (str(operation.index), f"{before.time:%Y-%m-%d %H:%M:%S}Z", before.operation, subject, outcome)
        table.add_row(*(Text(visible(cell)) for cell in row))
    Console().print(table)
