"""`casemate transparency`: the public report."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(path_type=Path)
FORMS = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


@click.command()
@click.option(
    "-o", "--output", metavar="FILE", type=_FILE, help="Where it goes: .html, .md, or .json, which is signed."
)
@click.option("--safeguards", metavar="FILE", type=_FILE, help="What `casemate safeguards --sign` wrote.")
@click.option(
    "--evaluation",
    "evaluations",
    metavar="FILE",
    type=_FILE,
    multiple=True,
    help="A signed evaluation log, beside those that the gate keeps. Repeatable.",
)
@click.option("--check", metavar="FILE", type=_FILE, help="Instead: check the signature of a report in JSON.")
@click.option("--key", metavar="KEY", default="", help="With --check: the key that must have signed it.")
def transparency(
    output: Path | None, safeguards: Path | None, evaluations: tuple[Path, ...], check: Path | None, key: str
) -> None:
    """Write the public report: what Casemate can do, measured; what it cannot; how it was used here, in counts.

    It names no target and no person. docs/transparency.md says how a stranger checks it.
    """
    if (output is None) == (check is None):
        raise click.UsageError("-o FILE writes a report, --check FILE checks one; one of them is needed.")
    if key and check is None:
        raise click.UsageError("--key goes with --check.")
    if check is not None:
        _check(check, key)
    elif output is not None:
        _write(output, safeguards, evaluations)


def _write(output: Path, safeguards: Path | None, evaluations: tuple[Path, ...]) -> None:
    from casemate.app.transparency import rendered, report
    from casemate.cli.output import check_place, write_file
    from casemate.safeguards.catalogue import attacks

    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise click.BadParameter(f"{str(output)!r} ends in none of {', '.join(FORMS)}.", param_hint="--output")
    check_place(output)
    titles = [(attack.id, attack.title) for attack in attacks()] if safeguards is not None else []
    found = report(safeguards=safeguards, evaluations=evaluations, titles=titles)
    write_file(output, rendered(found, form))
    click.echo(f"written: {output} ({form})")


def _check(file: Path, key: str) -> None:
    from casemate.app.transparency import check

    made, signer = check(file, key)
    click.echo(f"signed by {signer}")
    click.echo(f"made at {made}")
    if not key:
        click.echo("The key is the one that the report names: whose it is, you must know from elsewhere.")
