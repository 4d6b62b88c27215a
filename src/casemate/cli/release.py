"""`casemate release`: handing out proofs, with a second person's agreement where the charter asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli.errors import say
from casemate.cli.options import TOKEN, TargetPath

if TYPE_CHECKING:
    from casemate.app.release import Bundle
    from casemate.governance.release import Request

BUNDLES = click.argument("bundles", metavar="BUNDLE", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group()
def release() -> None:
    """Hand out proofs: ask, let a second person agree, deliver.

    Evidence bundles and regression tests hold what a weakness was shown with. Reports do not, and may be passed on as they are.
    """


@release.command()
@BUNDLES
@click.option("--target", type=TargetPath(path_type=Path), required=True, metavar="PATH", help="What they are of.")
@click.option("--to", "recipient", required=True, metavar="WHOM", help="Who is to have them.")
@click.option("--reason", required=True, metavar="WHY", help="Why.")
@click.option("--days", type=click.IntRange(1, 30), default=7, show_default=True, help="How long the request holds.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where it goes.")
@TOKEN
def request(bundles: tuple[Path, ...], target: Path, recipient: str, reason: str, days: int, output: Path) -> None:
    """Ask to hand out evidence bundles: a signed file, for the person who is to agree."""
    from casemate.app.release import run_request
    from casemate.cli.output import check_place, write_file

    check_place(output)
    data, made = run_request(target, _read(bundles), recipient=recipient, reason=reason, days=days, announce=say)
    write_file(output, data, "the request")
    for line in _words(made):
        say(line)
    say(f"the person who agrees runs: casemate release approve {output}")


@release.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Default: the same file.")
def approve(file: Path, yes: bool, output: Path | None) -> None:
    """Agree to a request: a second signature over exactly what it says."""
    from casemate.app.release import read_asked, run_approve
    from casemate.cli.output import check_place, write_file

    data, asked = read_asked(file)
    check_place(output or file)
    for line in _words(asked):
        say(line)
    if not yes and not click.confirm("Agree to this release?", err=True):
        raise click.ClickException("not agreed, and nothing was written")
    write_file(output or file, run_approve(data, asked), "the request")
    say(f"agreed; who asked runs: casemate release deliver {output or file} BUNDLE… -o DIR")


@release.command()
@click.argument("file", type=click.Path(path_type=Path))
@BUNDLES
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where they go.")
@TOKEN
def deliver(file: Path, bundles: tuple[Path, ...], output: Path) -> None:
    """Hand out what was asked for, and agreed to where the charter wants that; once for each request."""
    from casemate.app.release import hand_out, read_asked
    from casemate.cli.output import make_folder, write_file

    data, asked = read_asked(file)
    read = _read(bundles)
    make_folder(output, "evidence bundles")
    hand_out(Path(asked.target), [one.digest for one in read], announce=say, request=(data, asked))
    for one in read:
        write_file(output / f"{one.name}.casemate", one.data, "an evidence bundle")
        if one.receipt:
            write_file(output / f"{one.name}.receipt", one.receipt, "a receipt")
    say(f"handed out: {len(read)} bundle{'s' * (len(read) != 1)} in {output}")


def _read(paths: tuple[Path, ...]) -> list[Bundle]:
    """The bundles, each read once, with the receipts beside them. Raises UserError."""
    from casemate.app.release import Bundle
    from casemate.cli.input import read_file, read_receipt
    from casemate.evidence.archive import MAX_ARCHIVE
    from casemate.evidence.bundle import digest
    from casemate.evidence.bundle import read as parse

    read = []
    for path in paths:
        data = read_file(path, MAX_ARCHIVE, "name the evidence bundle of a proven finding")
        parse(data, str(path))
        beside = path.with_suffix(".receipt")
        read.append(Bundle(path.stem, digest(data), data, read_receipt(beside) if beside.is_file() else ""))
    return read


def _words(asked: Request) -> list[str]:
    lines = [f"asked by     {asked.requester.name}", f"target       {asked.target}", f"to           {asked.recipient}"]
    lines += [f"reason       {asked.reason}", f"until        {asked.ends:%Y-%m-%d %H:%M:%S}Z"]
    lines.append(f"charter      {asked.charter[:12] or 'made for the operator'}")
    return [*lines, *(f"bundle       {digest}" for digest in asked.bundles)]
