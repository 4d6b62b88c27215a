"""`casemate property`: what people decide about properties that were seen to be violated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemate.cli import options
from casemate.cli.errors import say
from casemate.cli.triage import day
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.app.property import Decisions, Kept
    from casemate.model.decision import Stance
    from casemate.model.finding import Demonstration

FOLDER = ".casemate-properties"

_WHICH = click.argument("which", metavar="ID|BUNDLE")
_DECISIONS = click.option(
    "--decisions",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(FOLDER),
    show_default=True,
    help="Where decisions lie, for version control.",
)
_BUNDLES = click.option(
    "--bundles",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the evidence bundles lie. Default: beside the ledger.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
_DECIDING = (
    click.option("--reason", metavar="TEXT", required=True, help="Why, which every report shows."),
    click.option("--who", metavar="NAME", default="", help="Your name, for people. Default: the account's."),
    click.option(
        "--until", metavar="YYYY-MM-DD", callback=day, help="The last day on which it holds. Default: in a year."
    ),
    click.option("--yes", is_flag=True, help="Do not ask."),
)


def _deciding(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_DECIDING):
        command = option(command)
    return command


@click.group("property")
def property_() -> None:
    """Decide about properties: say what must hold, so that its violation is proven.

    A property is what an agent says must never happen (`casemate hunt --model`),
    and was seen to happen: demonstrated. Whether it must hold no oracle and no
    model knows. A person reads it, and accepts or refuses it under their own
    key. The decision is bound to every word of the property and to the code
    that it is about; `casemate hunt PATH --decisions DIR` puts the property to
    the test again, without a model, and follows what was decided.
    """


@property_.command("list")
@_DECISIONS
@_BUNDLES
@options.DECIDED_BY
def list_(decisions: Path, bundles: Path | None, decided_by: tuple[str, ...]) -> None:
    """List what is kept, and what was decided about it."""
    from casemate.cli.output import show
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.property_text import table

    asked = _asked(decisions, bundles, decided_by)
    rows = [(one.bundle, _standing(one, asked)) for one in asked.everything().values()]
    amount = f"{len(rows):,} propert{'y' if len(rows) == 1 else 'ies'}\n"
    show(table(rows, width(), takes_color()) + amount)


@property_.command("show")
@_WHICH
@_DECISIONS
@_BUNDLES
@options.DECIDED_BY
@_JSON
def show_(which: str, decisions: Path, bundles: Path | None, decided_by: tuple[str, ...], as_json: bool) -> None:
    """Show all that is decided about.

    That is its words, the code, both programs, and what was seen. It is named by the beginning of the finding's identity (the id
    in a table), or by its evidence bundle.
    """
    from casemate.cli.output import emit
    from casemate.evidence import property_text

    asked = _asked(decisions, bundles, decided_by)
    one = _named(which, asked)
    if as_json:
        emit(property_text.as_json(one.bundle, _standing(one, asked), one.digest))
    else:
        _read(one, asked)


@property_.command()
@_WHICH
@_deciding
@_DECISIONS
@_BUNDLES
def accept(
    which: str, reason: str, who: str, until: date | None, yes: bool, decisions: Path, bundles: Path | None
) -> None:
    """Say that a property must hold: its violation is then proven.

    You are shown what you sign, and asked.
    """
    from casemate.model.decision import Stance

    _decide(which, Stance.ACCEPTED, reason, who, until, yes, _asked(decisions, bundles, ()))


@property_.command()
@_WHICH
@_deciding
@_DECISIONS
@_BUNDLES
def refuse(
    which: str, reason: str, who: str, until: date | None, yes: bool, decisions: Path, bundles: Path | None
) -> None:
    """Say that a property need not hold: it counts no more.

    Every report says who decided so, and why. You are shown what you sign, and asked.
    """
    from casemate.model.decision import Stance

    _decide(which, Stance.REFUSED, reason, who, until, yes, _asked(decisions, bundles, ()))


def _decide(which: str, stance: Stance, reason: str, who: str, until: date | None, yes: bool, asked: Decisions) -> None:
    from casemate.app.property import decide

    if not reason.strip():
        raise UserError("the reason is empty", "say why by --reason: every report shows it")
    one = _named(which, asked)
    _read(one, asked)
    verb = {"accepted": "It must hold", "refused": "It need not hold"}[stance]
    if not yes and not click.confirm(f"{verb}, and you sign that?", err=True):
        raise click.ClickException("not decided, and nothing was written")
    decision, file = decide(one, stance, reason=reason, who=who, until=until, folder=asked.folder)
    say(f"{stance}: {one.identity[:12]} by {decision.who} until {decision.until.isoformat()} ({file})")
    say(f"put it to the test: casemate hunt PATH --decisions {asked.folder}")


def _asked(decisions: Path, bundles: Path | None, by: tuple[str, ...]) -> Decisions:
    from casemate.app.property import Decisions
    from casemate.app.prove import bundles_folder

    return Decisions(folder=decisions, bundles=(bundles if bundles is not None else bundles_folder(),), by=by)


def _named(which: str, asked: Decisions) -> Kept:
    """The property that is meant. Raises UserError."""
    from casemate.app.property import Kept
    from casemate.evidence.triage import resolve

    if "/" in which or which.endswith(".casemate"):
        from casemate.cli.input import read_bundle

        bundle, digest = read_bundle(Path(which))
        if bundle.finding.demonstration is None:
            raise UserError(
                f"{which!r} is the bundle of a proof, about which nobody decides", "`casemate verify` sees it again"
            )
        return Kept(bundle, digest)
    found = asked.everything()
    return found[resolve(which, found, " and ".join(repr(str(folder)) for folder in asked.bundles))]


def _standing(one: Kept, asked: Decisions) -> Demonstration:
    """What was demonstrated, with what was decided about it."""
    from dataclasses import replace

    from casemate.app.property import said_of

    shown, said = one.bundle.finding.demonstration, said_of(one, asked)
    assert shown is not None
    return replace(shown, void=said) if isinstance(said, str) else replace(shown, decided=said)


def _read(one: Kept, asked: Decisions) -> None:
    """Show it whole."""
    from casemate.cli.output import show
    from casemate.cli.screen import takes_color, width
    from casemate.evidence.property_text import as_text

    show(as_text(one.bundle, _standing(one, asked), one.digest, width(), takes_color()))
