"""`casemate rules`: what is looked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from casemate.cli.errors import ExitCode


@click.group(invoke_without_command=True)
@click.option("--host", is_flag=True, help="Those of `casemate host` instead of those for code.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_context
def rules(ctx: click.Context, host: bool, as_json: bool) -> None:
    """List the rules, or check rules of one's own."""
    if ctx.invoked_subcommand is None:
        _list(host, as_json)


@rules.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """Check the rules and the knowledge in DIR: read them, and run every example.

    \b
    Exit codes:
      0  every example gives exactly its marked lines
      1  some do not; each line that is missing or too many is named
      2  DIR cannot be read, or a file in it says what cannot be meant
    """
    from casemate.app.ground import read_own
    from casemate.cli.output import show
    from casemate.leads.own import mistakes

    own = read_own((folder,))
    wrong = list(mistakes(own))
    examples = sum(len(rule.examples) for rule in own.rules)
    lines = [*wrong, f"rules: {len(own.rules)}, examples: {examples}, lines that are wrong: {len(wrong)}"]
    if own.knowledge.replaced:
        lines.append(f"replaces what is packaged of {', '.join(own.knowledge.replaced)}")
    show("\n".join([*lines, ""]))
    sys.exit(ExitCode.FINDINGS if wrong else ExitCode.NOTHING)


def _list(host: bool, as_json: bool) -> None:
    from casemate.cli.output import emit, show
    from casemate.leads.catalogue import posture
    from casemate.leads.catalogue import rules as for_code

    found = sorted(posture() if host else for_code(), key=lambda rule: rule.id)
    if as_json:
        facts = [
            {
                "id": r.id,
                "title": r.title,
                "cwe": r.cwe,
                "severity": r.severity.value,
                "owasp": r.owasp,
                "persona": r.persona.value,
            }
            for r in found
        ]
        emit(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        return
    width = max(len(rule.id) for rule in found)
    lines = [f"{'rule':<{width}}  {'CWE':<8}  severity  title"]
    lines += [f"{r.id:<{width}}  {f'CWE-{r.cwe}':<8}  {r.severity:<8}  {r.title}" for r in found]
    more = "" if host else " casemate rules --host lists what is looked for on hosts."
    show("\n".join([*lines, "", f"casemate explain RULE shows a rule's page.{more}", ""]))
