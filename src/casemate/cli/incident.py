"""`casemate incident`: what went wrong, how severe it is, and what was tried and refused."""

from __future__ import annotations

import json

import click

FACTOR = click.IntRange(0, 3)


@click.group()
def incident() -> None:
    """Open, close and list incidents; a severe one closes the launch gate. docs/incidents.md has the scale."""


@incident.command("open")
@click.option("--what", required=True, help="What happened, in words.")
@click.option("--gain", type=FACTOR, required=True, help="What somebody could do with it that they could not before.")
@click.option("--breadth", type=FACTOR, required=True, help="Who or what is affected.")
@click.option("--weaponisation", type=FACTOR, required=True, help="How ready for use its form is.")
@click.option("--discoverability", type=FACTOR, required=True, help="How easily others find it.")
def begin(what: str, gain: int, breadth: int, weaponisation: int, discoverability: int) -> None:
    """Open an incident; each factor is from 0 to 3, and its severity, from 0 to 4, follows from them."""
    from casemate.app.incident import open_new
    from casemate.governance.incident import Factors

    factors = Factors(gain=gain, breadth=breadth, weaponisation=weaponisation, discoverability=discoverability)
    id, severity = open_new(what, factors)
    click.echo(f"incident {id[:12]} is open, severity {severity}")


@incident.command()
@click.argument("id")
@click.option("--reason", required=True, help="What was done, so that somebody else can judge it.")
def close(id: str, reason: str) -> None:
    """Close the open incident ID, or the only one whose ID begins so."""
    from casemate.app.incident import close as end

    click.echo(f"incident {end(id, reason)[:12]} is closed")


@incident.command("list")
@click.option("--limit", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Near-misses to show.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def show(limit: int, as_json: bool) -> None:
    """List open incidents, the most severe first, and near-misses (what was tried and refused), the newest first."""
    from casemate.app.authority import ground
    from casemate.app.incident import closed, open_now, refused
    from casemate.evidence.escape import visible
    from casemate.governance.fields import time_text

    own = ground()
    opened, (count, closings), misses = open_now(own), closed(own), refused(own, limit)
    if as_json:
        shown = {
            "open": [
                {"id": one.id, "severity": one.severity, **({} if one.incident is None else one.incident.body())}
                for one in opened
            ],
            "closed": count,
            "closings": [one.body() for one in closings],
            "near_misses": [
                {
                    "entry": miss.index,
                    "time": time_text(miss.time),
                    "operation": miss.operation,
                    "actor": miss.actor,
                    "subject": list(miss.names),
                    "reason": miss.reason,
                    "refused": miss.refused,
                }
                for miss in misses
            ],
        }
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    click.echo(f"{len(opened)} open, {count} closed")
    for one in opened:
        what = (
            "its file is gone or was changed; the ledger holds it open" if one.incident is None else one.incident.what
        )
        click.echo(visible(f"  {one.id[:12]}  severity {one.severity}  {' '.join(what.split())}"))
    for done in closings:
        click.echo(visible(f"  {done.incident[:12]}  closed {time_text(done.closed)}: {' '.join(done.reason.split())}"))
    click.echo(f"near-misses, the last {len(misses)}" if misses else "no near-misses")
    for miss in misses:
        why = miss.reason or f"{miss.refused} calls were refused"
        click.echo(visible(f"  {time_text(miss.time)}  {miss.operation}  {', '.join(miss.names)}: {why}"))
