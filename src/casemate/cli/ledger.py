"""`casemate ledger`: what was recorded, whether it is intact, and the proof of one entry."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli.ledger_witness import export, receipt, timestamp, witness, witnessed

if TYPE_CHECKING:
    from casemate.app.ledger import Verified
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
@click.option(
    "--from", "folder", metavar="EXPORT", type=click.Path(path_type=Path), help="An export, instead of the own ledger."
)
@click.option("--key", metavar="VKEY", default="", help="The ledger's public key. Needed with --from.")
@click.option(
    "--witness", "witnesses", metavar="VKEY", multiple=True, help="A witness that must have seen it. Repeatable."
)
@click.option(
    "--checkpoint",
    "checkpoints",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A checkpoint that you had from elsewhere, such as from the witness. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON.")
def verify(
    folder: Path | None, key: str, witnesses: tuple[str, ...], checkpoints: tuple[Path, ...], as_json: bool
) -> None:
    """Check everything, and that it continues what witnesses hold.

    All is computed again from the entries. Exit code 1 when the ledger is damaged, or does not continue what a witness has seen.
    With --from and --key, nothing of this machine is used: that is how a stranger checks a ledger.
    """
    from casemate.app import ledger as app
    from casemate.cli.input import read_file
    from casemate.governance.errors import LedgerDamaged

    if folder is not None and not key:
        raise click.UsageError("--from needs --key: the ledger's public key, from a place that you trust.")
    given = [read_file(path, app.MAX_CHECKPOINT, "name a file with a checkpoint") for path in checkpoints]
    try:
        if folder is None:
            found = app.verify(key=key, witnesses=witnesses, given=given)
        else:
            found = app.verify_export(folder, key=key, witnesses=witnesses, given=given)
    except LedgerDamaged as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_verified_json(found), indent=2, ensure_ascii=False))
    else:
        _print_verified(found)
    if found.problems:
        raise click.ClickException(
            "the ledger is damaged; see docs/ledger.md on how to set it aside, and keep it: it is evidence"
        )
    if not as_json:
        click.echo(_conclusion(found, folder is not None))


@ledger.command()
@click.option("--witness", is_flag=True, help="The key that this machine cosigns others' ledgers with, instead.")
def key(witness: bool) -> None:
    """Print the key that others verify this ledger with.

    Give it to them in another way than what it verifies.
    """
    from casemate.app.ground import recorded_ledger
    from casemate.app.witnesses import witness as this

    click.echo(this().key if witness else recorded_ledger().key)


@ledger.command()
@click.argument("first")
@click.argument("second", type=click.IntRange(min=0), required=False)
@click.option("--json", "as_json", is_flag=True, help="Both heads and the proof, as JSON.")
def consistency(first: str, second: int | None, as_json: bool) -> None:
    """Prove that the ledger's first entries are what they were.

    FIRST is a size, or a file with an earlier checkpoint; SECOND a later size, by default that of now. The proof (RFC 6962,
    hashes in base64) is verified, then printed. Exit code 1 when the ledger does not continue the checkpoint in the file.
    """
    from casemate.app import ledger as app
    from casemate.governance.errors import LedgerDamaged

    try:
        found = app.consistency(_size_or_checkpoint(first), second)
    except LedgerDamaged as error:
        raise click.ClickException(str(error)) from error
    proof = [b64encode(node).decode() for node in found.proof]
    one, two = found.first, found.second
    roots = b64encode(one.root).decode(), b64encode(two.root).decode()
    if as_json:
        heads = {"first": {"size": one.size, "root": roots[0]}, "second": {"size": two.size, "root": roots[1]}}
        click.echo(json.dumps({"origin": one.origin, **heads, "proof": proof}, indent=2))
        return
    click.echo(f"first       size {one.size}, root {roots[0]}")
    click.echo(f"second      size {two.size}, root {roots[1]}")
    for node in proof:
        click.echo(f"proof       {node}")
    click.echo(f"What the ledger held at size {one.size} is unchanged at size {two.size}.")


@ledger.command()
@click.option(
    "--for-witness",
    "old",
    metavar="SIZE|FILE",
    help="A request to a witness instead: with the proof from the size, or the checkpoint in a file, that it holds. 0 at first.",
)
@click.option("--witnessed", is_flag=True, help="The largest checkpoint that a witness holds, instead of the latest.")
@click.option("--json", "as_json", is_flag=True, help="The parts, as JSON.")
def checkpoint(old: str | None, witnessed: bool, as_json: bool) -> None:
    """Print the signed checkpoint, to be handed out.

    It says how many entries the ledger has, and their root hash, with the cosignatures that are held of it. Whoever keeps it sees
    any later change of these entries.
    """
    from casemate.app import ledger as app

    if old is not None:
        click.echo(app.witness_request(_size_or_checkpoint(old)), nl=False)
        return
    note = app.checkpoint(witnessed=witnessed).decode()
    if not as_json:
        click.echo(note, nl=False)
        return
    origin, size, root = note.split("\n")[:3]
    signatures = note.rpartition("\n\n")[2].splitlines()
    click.echo(json.dumps({"origin": origin, "size": int(size), "root": root, "signatures": signatures}, indent=2))


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


def _size_or_checkpoint(text: str) -> int | bytes:
    """A size, or what stands in a file. Raises UserError."""
    from casemate.app.ledger import MAX_CHECKPOINT
    from casemate.cli.input import read_file

    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return read_file(Path(text), MAX_CHECKPOINT, "give a size, or a file of `casemate ledger checkpoint`")


def _print_verified(found: Verified) -> None:
    from casemate.evidence.escape import visible

    result = found.audit
    click.echo(f"checkpoint  {result.head.size} entries, signature valid under {found.key}")
    click.echo(f"root        {b64encode(result.head.root).decode()}")
    click.echo(f"compared    {result.tiles} tiles and entry bundles, each computed again from the entries")
    click.echo(f"operations  {result.begun}, {result.unfinished} of them unfinished")
    if result.unknown:
        click.echo(f"unknown     {result.unknown} entries of a form that this version does not know")
    if result.leftovers:
        click.echo(f"leftovers   {len(result.leftovers)} files of an interrupted append, which belong to no checkpoint")
    for name in result.foreign:
        click.echo(f"foreign     {visible(name)} is none of the ledger's files")
    for one in found.held:
        click.echo(
            visible(f"held        {one.checkpoint.size} entries by {one.who} since {one.time:%Y-%m-%d %H:%M:%S}Z")
        )
    for note in found.notes:
        click.echo(f"note        {note}")
    for problem in found.problems:
        click.echo(visible(f"damaged     {problem}"))


def _conclusion(found: Verified, stranger: bool) -> str:
    """What follows for the reader. Of an export only witnesses that they named count: anybody can make a key and call it one."""
    held = found.named if stranger or found.named else found.held
    if not held:
        if stranger and found.held:
            return (
                "The ledger is intact. No --witness was named: whether its owner rewrote it whole, this does not show."
            )
        return "The ledger is intact. No witness holds its checkpoints: the owner of the key could have rewritten it whole."
    from casemate.evidence.escape import visible

    last, size = held[-1], found.audit.head.size
    return visible(
        f"The ledger is intact. Its first {last.checkpoint.size} of {size} entries are as {last.who} saw them on "
        f"{last.time:%Y-%m-%d %H:%M:%S}Z; no one but the owner of the key answers for the others."
    )


def _verified_json(found: Verified) -> dict[str, object]:
    result = found.audit
    return {
        "key": str(found.key),
        "size": result.head.size,
        "root": b64encode(result.head.root).decode(),
        "compared": result.tiles,
        "operations": result.begun,
        "unfinished": result.unfinished,
        "unknown": result.unknown,
        "leftovers": list(result.leftovers),
        "foreign": list(result.foreign),
        "held": [
            {
                "by": one.who,
                "size": one.checkpoint.size,
                "root": b64encode(one.checkpoint.root).decode(),
                "since": f"{one.time:%Y-%m-%dT%H:%M:%SZ}",
                "named": one in found.named,
            }
            for one in found.held
        ],
        "notes": list(found.notes),
        "problems": list(found.problems),
    }


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


for command in (witness, witnessed, export, receipt, timestamp):
    ledger.add_command(command)
