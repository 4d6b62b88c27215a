"""`casemate rules`: what is looked for."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def rules(as_json: bool) -> None:
    """List the rules."""
    from casemate.cli.output import emit, show
    from casemate.leads.catalogue import rules as catalogue

    found = sorted(catalogue(), key=lambda rule: rule.id)
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
    show("\n".join([*lines, "", "casemate explain RULE shows a rule's page.", ""]))
