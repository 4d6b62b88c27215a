"""`casemate explain RULE`: a rule's documentation page."""

from __future__ import annotations

from pathlib import Path

import click

from casemate.cli.rulenames import complete, known


@click.command()
@click.argument("rule", callback=known, shell_complete=complete)
@click.option(
    "--rules",
    "own",
    metavar="DIR",
    type=click.Path(path_type=Path),
    is_eager=True,  # RULE may name one of them
    help="Also know the rules in DIR.",
)
def explain(rule: str, own: Path | None) -> None:
    """Show the page of RULE: what it is, why it matters, how to fix it.

    On a terminal the page is laid out, elsewhere it is Markdown.
    """
    import sys

    from casemate.app.ground import rule_texts
    from casemate.cli.output import show
    from casemate.leads.posture.catalogue import POSTURE

    texts = rule_texts((own,) if own else (), host=rule in POSTURE)
    about = next(one for one in texts if one.id == rule)
    title, _, body = about.page.partition("\n")
    text = f"{title}\n\n`{about.id}`, CWE-{about.cwe}, {about.owasp}, severity {about.severity}\n{body}"
    show(_laid_out(text) if sys.stdout.isatty() else text)


def _laid_out(markdown: str) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    from casemate.cli.screen import takes_color, width

    color = takes_color()
    out = StringIO()
    console = Console(file=out, width=width(), force_terminal=color, color_system="standard" if color else None)
    console.print(Markdown(markdown))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
