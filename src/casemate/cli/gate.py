"""`casemate gate`: whether a system may run, and which line decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemate.cli.options import TIERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from casemate.governance.launch import Decision
    from casemate.governance.system import System

_FILE = click.Path(path_type=Path)


def _asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a question names system and tier."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Every line, as JSON."),
        click.option(
            "--tier", type=click.Choice(TIERS), default="find", show_default=True, help="How far it is to go."
        ),
        click.option("--system", "file", type=_FILE, help="A file that `casemate gate system` printed."),
        click.option("--model", metavar="PROVIDER:NAME", default="", help="The model; without one, the engine alone."),
    ):
        command = option(command)
    return command


@click.group()
def gate() -> None:
    """Ask whether a system (a model with its prompts and tools, or the engine alone) may run.

    It may when a signed assessment, the evaluations that it rests on and the thresholds say so now; docs/gate.md.
    """


@gate.command()
@_asked
def check(model: str, file: Path | None, tier: str, as_json: bool) -> None:
    """Say in one line whether a system may run; exit code 1 when it may not."""
    decision = _ask(model, file, tier)
    if as_json:
        _echo_json(decision)
    else:
        click.echo(_line(decision))
    if not decision.allows:
        raise click.exceptions.Exit(1)


@gate.command()
@_asked
def explain(model: str, file: Path | None, tier: str, as_json: bool) -> None:
    """Show everything that was looked at, and which line decided."""
    from casemate.evidence.escape import visible

    decision = _ask(model, file, tier)
    if as_json:
        _echo_json(decision)
        return
    width = max(len(line.what) for line in decision.lines)
    for line in decision.lines:
        click.echo(visible(f"{'holds' if line.holds else 'fails'}  {line.what:{width}}  {line.why}"))
    click.echo()
    click.echo(_line(decision))


@gate.command()
@click.option("--model", metavar="PROVIDER:NAME", default="", help="The model; without one, the engine alone.")
def system(model: str) -> None:
    """Print a system as it is now on this machine, as JSON, and its hash on standard error."""
    import json

    from casemate.app.agents import crew_system
    from casemate.app.launch import system_now

    found = crew_system(model) if model else system_now()
    click.echo(json.dumps(found.body(), indent=1, sort_keys=True, ensure_ascii=False))
    click.echo(found.id, err=True)


@gate.command()
@click.option("--sign", "file", type=_FILE, help="Sign an organisation's own thresholds (TOML) instead.")
@click.option("-o", "--output", type=_FILE, help="Where the signed file goes.")
def thresholds(file: Path | None, output: Path | None) -> None:
    """Show what is asked of a system, with margin, reason and source; or sign thresholds of one's own."""
    from textwrap import wrap

    from casemate.app.authority import ground
    from casemate.app.launch import in_force, sign_thresholds
    from casemate.cli.output import check_place, write_file
    from casemate.evidence.escape import visible

    if (file is None) != (output is None):
        raise click.UsageError("--sign and --output go together.")
    if file is not None and output is not None:
        check_place(output)
        write_file(output, sign_thresholds(file), "the thresholds")
        click.echo(f"signed; set them with `casemate gate add {visible(str(output))}`")
        return
    for found in in_force(ground()):
        click.echo(visible(f"{found.name}, number {found.number}"))
        for one in found.thresholds:
            click.echo()
            of = f" of {one.task}" if one.task else ""
            on = f" on {one.suite}" if one.suite else ""
            who = ", for systems with a model" if one.models else ""
            click.echo(visible(f"  {one.id}: {one.measure}{of}{on}, from {one.tier} on{who}"))
            most = "" if one.most is None else f", at most {one.most} at all"
            click.echo(f"    limit {one.limit}, margin {one.margin}, at least {one.least} cases{most}")
            for text in (one.rationale, *(f"- {source}" for source in one.sources)):
                click.echo("\n".join(visible(f"    {line}") for line in wrap(text, 100)))


@gate.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
def add(files: tuple[Path, ...]) -> None:
    """Keep signed assessments, evaluations and thresholds for the gate, once their signatures are verified."""
    from casemate.app.launch import add as keep

    for file in files:
        kind, id = keep(file)
        click.echo(f"{kind} {id[:12]} is kept")


@gate.command()
@click.argument("rule", type=_FILE)
def register(rule: Path) -> None:
    """Register in the ledger, before an evaluation, the text of how it will be judged.

    Its proof, `casemate ledger prove INDEX`, goes into the evaluation's log.
    """
    from casemate.app.launch import register as put

    digest, entry = put(rule)
    click.echo(f"rule {digest}")
    click.echo(f"entry {entry}")


def _ask(model: str, file: Path | None, tier: str) -> Decision:
    from casemate.app.agents import crew_system
    from casemate.app.launch import ask, system_from, system_now
    from casemate.governance.charter import Tier

    if model and file is not None:
        raise click.UsageError("a system is named by --model or by --system, not by both.")
    found: System = system_from(file) if file is not None else crew_system(model) if model else system_now()
    return ask(found, Tier(tier))


def _line(decision: Decision) -> str:
    from casemate.evidence.escape import visible
    from casemate.governance.fields import time_text

    name = f"{decision.system.name} ({decision.system.id[:12]}), {decision.tier}"
    line = decision.deciding
    if not decision.allows:
        return visible(f"closed for {name}: {line.what}: {line.why}")
    end = "" if decision.until is None else f"; it closes at {time_text(decision.until)} by {line.what}"
    return visible(f"open for {name}{end}")


def _echo_json(decision: Decision) -> None:
    import json

    from casemate.governance.fields import time_text

    lines = [
        {
            "what": line.what,
            "holds": line.holds,
            "why": line.why,
            "until": None if line.until is None else time_text(line.until),
        }
        for line in decision.lines
    ]
    shown = {
        "decision": "allow" if decision.allows else "deny",
        "system": decision.system.id,
        "name": decision.system.name,
        "tier": decision.tier.value,
        "decided_by": decision.deciding.what,
        "until": None if decision.until is None else time_text(decision.until),
        "lines": lines,
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
