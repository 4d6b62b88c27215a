"""`casemate triage`: what people decided about findings, kept in a file beside the code."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casemate.cli.errors import ExitCode
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casemate.evidence.triage import Entry
    from casemate.model.finding import FindingId

STATES = ("accepted", "false", "fixed-later")
NAME = ".casemate-triage.toml"

_FILE = click.option(
    "--file",
    "place",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path(NAME),
    show_default=True,
    help="The triage file.",
)


def day(ctx: click.Context, param: click.Parameter, text: str | None) -> date | None:
    """A day as people and TOML write it. Raises BadParameter."""
    try:
        if text is None or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return None if text is None else date.fromisoformat(text)
    except ValueError:
        pass
    raise click.BadParameter(f"{text!r} is no day; write it like 2026-12-31.", ctx, param)


@click.group()
def triage() -> None:
    """Keep what people decided about findings, in a file for version control.

    \b
      accepted     true, and borne: hidden
      false        not true: hidden
      fixed-later  true, and to be fixed: stays, and counts

    What is hidden is counted in every report, with who decided and why. A
    decision holds until the last day that it names; then its finding counts
    again, and the scan says so. A scan follows the file only when it is told
    to: `casemate scan PATH --triage FILE`.
    """


@triage.command("list")
@_FILE
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_entries(place: Path, as_json: bool) -> None:
    """List the decisions, in the order of the file."""
    from casemate.app.ground import today
    from casemate.cli.input import read_triage
    from casemate.cli.output import emit, show

    entries = read_triage(place)
    if as_json:
        emit(json.dumps([_as_json(entry, today()) for entry in entries], indent=2, ensure_ascii=False) + "\n")
    else:
        day = today()
        show(_table(("expired " if entry.over(day) else "", entry) for entry in entries) + _amount(len(entries)))


@triage.command("set")
@click.argument("identity")
@click.argument("state", type=click.Choice(STATES))
@click.option("--why", metavar="TEXT", required=True, help="The reason, which every report shows.")
@click.option("--who", metavar="NAME", help="Who decided. Default: the account's name.")
@click.option("--until", metavar="YYYY-MM-DD", callback=day, help="The last day it holds.")
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A report, JSON or SARIF, that holds the finding: takes the beginning of an identity, notes rule and place.",
)
@_FILE
def set_entry(
    identity: str, state: str, why: str, who: str | None, until: date | None, report: Path | None, place: Path
) -> None:
    """Decide about the finding IDENTITY, or decide anew.

    IDENTITY is all 64 digits, or their beginning (the id in a table) together with --report, or for a finding that
    the file already knows.
    """
    from casemate.app.ground import operator
    from casemate.cli.output import alone, write_file
    from casemate.evidence.triage import Entry, State, resolve
    from casemate.evidence.triagefile import parse, with_entry

    _check(place)
    with alone(place):
        content = _existing(place)
        known = {entry.identity: entry for entry in parse(content, str(place))}
        rule = at = ""
        if report is not None:
            from casemate.cli.input import read_report

            results = read_report(report).results
            full = resolve(identity, results, repr(str(report)))
            rule, at = results[full].rule, f"{results[full].path}:{results[full].line}"
        else:
            full = _whole(identity) or resolve(identity, known, f"{str(place)!r}, and no --report is given,")
            if full in known:
                rule, at = known[full].rule, known[full].place
        entry = Entry(
            identity=full,
            state=State(state),
            why=_line(why, "--why"),
            who=_line(operator() if who is None else who, "--who"),
            until=until,
            rule=rule,
            place=at,
        )
        write_file(place, with_entry(content, str(place), entry).decode(), "the triage file")
    click.echo(f"{'changed' if full in known else 'added'}: {full} is {state} ({place})", err=True)


@triage.command("remove")
@click.argument("identity")
@_FILE
def remove_entry(identity: str, place: Path) -> None:
    """Take back what was decided about IDENTITY.

    Its beginning is enough, when no other decision begins so.
    """
    from casemate.cli.input import read_triage
    from casemate.cli.output import alone, write_file
    from casemate.evidence.triage import resolve
    from casemate.evidence.triagefile import without_entry

    _check(place)
    with alone(place):
        entries = read_triage(place)
        full = resolve(identity, [entry.identity for entry in entries], repr(str(place)))
        write_file(place, without_entry(_existing(place), str(place), full).decode(), "the triage file")
    click.echo(f"removed: {full} ({place})", err=True)


@triage.command("check")
@click.argument("report", type=click.Path(path_type=Path))
@_FILE
def check_entries(report: Path, place: Path) -> None:
    """Compare the decisions with REPORT, JSON or SARIF.

    \b
      expired  its last day is over
      stale    its finding is gone from what was examined: remove it
      unseen   its finding is gone, but nobody looked: its rule did not run
               or its file was not examined

    Exit code 1 when a decision is expired or stale.
    """
    from casemate.app.ground import today
    from casemate.cli.input import read_report, read_triage
    from casemate.cli.output import show
    from casemate.evidence.triage import Doubt, doubts

    entries = read_triage(place)
    found = doubts(entries, read_report(report), today())
    counts = {doubt: sum(kind is doubt for kind, _ in found) for doubt in Doubt}
    words = ", ".join(f"{count:,} {doubt}" for doubt, count in counts.items() if count)
    show(_table((f"{doubt} ", entry) for doubt, entry in found) + _amount(len(entries), words or "all in order"))
    if counts[Doubt.EXPIRED] or counts[Doubt.STALE]:
        sys.exit(ExitCode.FINDINGS)


def _check(place: Path) -> None:
    from casemate.cli.output import check_place

    check_place(place)


def _existing(place: Path) -> bytes:
    """The file's content; nothing when there is none yet."""
    from casemate.cli.input import MAX_TRIAGE, read_file

    return read_file(place, MAX_TRIAGE, "name another file with --file") if place.exists() else b""


def _whole(identity: str) -> FindingId | None:
    from casemate.evidence.earlier import IDENTITY
    from casemate.model.finding import FindingId

    return FindingId(identity.lower()) if IDENTITY.fullmatch(identity.lower()) else None


def _line(text: str, option: str) -> str:
    """What stands in one line of the file. Raises UserError."""
    from casemate.evidence.escape import visible
    from casemate.evidence.triagefile import MAX_TEXT

    line = visible(" ".join(text.split()))
    if not line and option == "--why":
        raise UserError(f"{option} is {text!r}", "give a reason: every report shows it")
    if len(line) > MAX_TEXT:
        raise UserError(f"{option} has {len(line):,} characters, of at most {MAX_TEXT:,}", "shorten it")
    return line


def _amount(count: int, words: str = "") -> str:
    return f"{count:,} decision{'' if count == 1 else 's'}{words and ': ' + words}\n"


def _table(rows: Iterable[tuple[str, Entry]]) -> str:
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.triage_text import table

    return table(list(rows), width(), takes_color())


def _as_json(entry: Entry, day: date) -> dict[str, object]:
    return {
        "identity": entry.identity,
        "state": entry.state.value,
        "why": entry.why,
        "who": entry.who,
        "until": entry.until and entry.until.isoformat(),
        "expired": entry.over(day),
        "rule": entry.rule,
        "place": entry.place,
    }
