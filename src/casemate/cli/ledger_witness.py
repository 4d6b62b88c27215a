"""Commands of `casemate ledger` for more than one machine: witnesses, exports, receipts under a witnessed checkpoint, times."""

from __future__ import annotations

from pathlib import Path

import click

OUTPUT = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to FILE. Default: standard output."
)


@click.command()
@click.argument("request", metavar="[REQUEST]", type=click.Path(path_type=Path), required=False)
@click.option("--key", metavar="VKEY", default="", help="The key of the ledger, the first time that it is seen here.")
@OUTPUT
def witness(request: Path | None, key: str, output: Path | None) -> None:
    """Cosign the checkpoint of somebody else's ledger.

    REQUEST is what they made by `casemate ledger checkpoint --for-witness SIZE`, SIZE being what this machine cosigned last, 0 at
    first. It is cosigned only if it continues that. The cosigned checkpoint is printed: send it back. Without REQUEST, the key of
    this witness and the ledgers that it knows are shown.

    \b
    Exit codes:
      0  cosigned
      1  refused: a smaller tree, a second branch, no valid proof, an unknown key
      2  wrong usage, or a file that is no request
      4  a fault of the machine, or a memory that was set back
    """
    from casemate.app import witnesses as app
    from casemate.cli.errors import say
    from casemate.cli.input import read_file
    from casemate.governance.witness import MAX_REQUEST, Refused

    if request is None:
        _show_witness()
        return
    data = read_file(request, MAX_REQUEST, "name what `casemate ledger checkpoint --for-witness` printed")
    try:
        found = app.run_witness(data, key, announce=say)
    except Refused as error:
        raise click.ClickException(str(error)) from error
    _out(found.note, output)
    say(f"cosigned {found.checkpoint.size} entries of {found.log.name}; key of this witness: {found.witness}")


def _show_witness() -> None:
    from casemate.app import witnesses as app
    from casemate.evidence.escape import visible

    this = app.witness()
    click.echo(f"key of this witness: {this.key}")
    for one in this.logs():
        click.echo(visible(f"{one.checkpoint.size} entries of {one.log.name} since {one.time:%Y-%m-%d %H:%M:%S}Z"))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", metavar="VKEY", required=True, help="The key of the witness, from a place that you trust.")
def witnessed(file: Path, key: str) -> None:
    """Take back a checkpoint that a witness has cosigned.

    It is kept beside the ledger, and recorded. From then on `casemate ledger verify` compares the ledger with it.
    """
    from casemate.app.ledger import MAX_CHECKPOINT
    from casemate.app.witnesses import add_cosigned
    from casemate.cli.errors import say
    from casemate.cli.input import read_file

    data = read_file(file, MAX_CHECKPOINT, "name what `casemate ledger witness` printed")
    found = add_cosigned(data, key, announce=say)
    click.echo(
        f"{found.witness.name} holds {found.checkpoint.size} entries of this ledger since {found.time:%Y-%m-%d %H:%M:%S}Z."
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write all that an outsider needs to check the ledger.

    FOLDER is made: entries, tiles, checkpoint, cosignatures and times, and no private key. It is checked anywhere, offline, by
    `casemate ledger verify --from FOLDER --key VKEY`. Entries name targets and people: hand it to whom that may be shown.
    """
    from casemate.app.ground import recorded_ledger
    from casemate.app.ledger import export as write

    entries, files = write(folder)
    click.echo(f"{entries} entries in {files} files. Key of this ledger, to be given in another way than the folder:")
    click.echo(recorded_ledger().key)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--bundle", metavar="FILE", type=click.Path(path_type=Path), help="The evidence bundle that it must be of."
)
@click.option("--key", metavar="VKEY", default="", help="The key of the ledger. Default: that of the own one.")
@click.option(
    "--witness", "witnesses", metavar="VKEY", multiple=True, help="A witness that must have seen it. Repeatable."
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The witnessed checkpoint, had from elsewhere.",
)
@click.option("--renew", is_flag=True, help="Print the same receipt under the largest checkpoint that a witness holds.")
def receipt(
    file: Path, bundle: Path | None, key: str, witnesses: tuple[str, ...], checkpoint: Path | None, renew: bool
) -> None:
    """Check that a ledger recorded an evidence bundle.

    FILE is the receipt. With --key and --witness nothing of this machine is used, and nothing is run: what the bundle proves,
    `casemate verify` shows.
    """
    from casemate.app import witnesses as app
    from casemate.app.ledger import MAX_CHECKPOINT
    from casemate.cli.input import read_bundle, read_file, read_receipt

    text = read_receipt(file)
    if renew:
        click.echo(app.renew_receipt(text), nl=False)
        return
    digest = None if bundle is None else read_bundle(bundle)[1]
    held = None if checkpoint is None else read_file(checkpoint, MAX_CHECKPOINT, "name a cosigned checkpoint")
    shown = app.show_receipt(text, key=key, witnesses=witnesses, bundle=digest, held=held)
    said = shown.receipt.said
    click.echo(f"bundle      {shown.receipt.bundle}{'' if bundle is None else ', which is the one that was given'}")
    click.echo(f"recorded    {said.operation}, {said.outcome} {said.time:%Y-%m-%d %H:%M:%S}Z by the ledger's own clock")
    click.echo(f"ledger      entry {shown.receipt.entry} of {shown.checkpoint.size} in {shown.checkpoint.origin}")
    for name, time in shown.since:
        click.echo(f"witnessed   by {name} on {time:%Y-%m-%d %H:%M:%S}Z: it was recorded by then, and not later")
    if not shown.since:
        click.echo("No witness was named: that it was recorded then, and not later, rests on the ledger's owner alone.")


@click.group()
def timestamp() -> None:
    """Have a checkpoint's time confirmed (RFC 3161).

    By an authority. Needs `pip install casemate[timestamp]`. Nothing is sent: the request is a file, and so is the answer.
    """


@timestamp.command()
@click.argument("file", type=click.Path(path_type=Path))
def request(file: Path) -> None:
    """Write the request for the checkpoint of now to FILE (.tsq).

    Send it to an authority in the way that it asks for: mostly by HTTP POST, as application/timestamp-query.
    """
    from casemate.app.stamps import stamp_request
    from casemate.cli.output import check_place, write_file

    check_place(file)
    write_file(file, stamp_request(), "the request")


@timestamp.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--root",
    metavar="CERT",
    type=click.Path(path_type=Path),
    required=True,
    help="The authority's root certificate (PEM).",
)
def add(file: Path, root: Path) -> None:
    """Check the answer in FILE (.tsr), keep and record it.

    `casemate ledger verify` then shows it, and checks that the ledger continues what it is of.
    """
    from casemate.app.stamps import MAX_FILE, add_stamp
    from casemate.cli.errors import say
    from casemate.cli.input import read_file

    answer = read_file(file, MAX_FILE, "name the .tsr file that the authority sent")
    stamp = add_stamp(answer, read_file(root, MAX_FILE, "name a certificate in PEM"), announce=say)
    click.echo(
        f"{stamp.authority} saw the checkpoint on {stamp.time:%Y-%m-%d %H:%M:%S}Z, checked under the root {stamp.root}."
    )


def _out(note: bytes, output: Path | None) -> None:
    from casemate.cli.output import write_file

    if output is None:
        click.echo(note, nl=False)
    else:
        write_file(output, note, "the cosigned checkpoint")
