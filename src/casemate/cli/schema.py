"""`casemate schema`: the JSON schema of the JSON report."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON schema of what `casemate scan --format json` writes."""
    from casemate.cli.output import emit
    from casemate.evidence.jsonreport import schema_text

    emit(schema_text())
