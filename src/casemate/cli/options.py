"""Options that several commands have, and what they may say."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemate.cli.rulenames import all_known, complete

if TYPE_CHECKING:
    from casemate.app.models import Talk
    from casemate.app.property import Decisions

FORMATS = ("table", "json", "sarif", "html", "md", "gitlab")
TIERS = ("find", "prove", "fix", "release")
LEVELS = ("suspected", "traced", "proven", "never")
SUFFIXES = {".json": "json", ".sarif": "sarif", ".html": "html", ".htm": "html", ".md": "md"}
BUDGET_OF_A_HUNT = 20_000  # executions


class TargetPath(click.Path):
    """A path that is not empty: an empty variable in a script must not become a scan of the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises BadParameter."""
        if value == "":
            self.fail("an empty path ''; name a folder or a file, \".\" for the current folder", param, ctx)
        return super().convert(value, param, ctx)


def _act_under(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    """Let the command act under a token, until it ends."""
    if value is not None:
        from casemate.app.authority import TOKEN

        before = TOKEN.set(value)
        ctx.call_on_close(lambda: TOKEN.reset(before))


FORM = click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Default: by the suffix of --output, else table."
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="traced",
    show_default=True,
    help="Exit with 1 when there are findings at this level of evidence or above.",
)
STRICT = click.option("--strict", is_flag=True, help="Exit with 3 when some of the target was not examined.")
EXCLUDE = click.option(
    "--exclude", metavar="GLOB", multiple=True, help="Leave out what matches, as in .gitignore. Repeatable."
)
RULE = click.option(
    "--rule",
    "rules",
    metavar="RULE",
    callback=all_known,
    shell_complete=complete,
    multiple=True,
    help="Only this rule. Repeatable.",
)
PERSONA = click.option(
    "--persona",
    type=click.Choice(("default", "pedantic")),
    default="default",
    show_default=True,
    help="Pedantic: also rules for a review with time to spare.",
)
BASELINE = click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="An earlier report, JSON or SARIF: what stands in it is counted, and no reason to fail.",
)
TRIAGE = click.option(
    "--triage",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What was decided about findings (see `casemate triage --help`).",
)
NO_CACHE = click.option("--no-cache", is_flag=True, help="Neither read nor write facts of earlier scans.")
EVERYTHING = click.option("--all", "everything", is_flag=True, help="Show every finding, not only the first ones.")
QUIET = click.option(
    "--quiet", is_flag=True, help="Only the report: no charter, progress or time; no table beside --output."
)
PYTHON = click.option(
    "--python",
    metavar="PYTHON",
    type=click.Path(path_type=Path),
    help="The target's interpreter or virtual environment. Default: the one in the target, else ours.",
)
TARGET = click.option(
    "--target",
    metavar="PATH",
    type=TargetPath(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="What the claims are about.",
)
BUDGET = click.option(
    "--budget",
    metavar="N",
    type=click.IntRange(min=1),
    default=BUDGET_OF_A_HUNT,
    show_default=True,
    help="Executions that the search for inputs may take.",
)
BUNDLES = click.option(
    "--bundles",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep the evidence bundles of what is proven in DIR. Default: beside the ledger.",
)
DECISIONS = click.option(
    "--decisions",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="What people decided about properties (see `casemate property --help`); these are put to the test again.",
)
DECIDED_BY = click.option(
    "--decided-by",
    "decided_by",
    metavar="VKEY",
    multiple=True,
    help="The key of a person whose decisions count as well. Repeatable. Default: the operator, or whom the charter names.",
)
TOKEN = click.option(
    "--token",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar="CASEMATE_TOKEN",
    expose_value=False,
    callback=_act_under,
    help="Act under the token in FILE, and no further. Default: what CASEMATE_TOKEN names.",
)


_COUNT = click.IntRange(min=1)
_MODEL = {
    "model": click.option(
        "--model",
        metavar="PROVIDER:NAME",
        envvar="CASEMATE_MODEL",
        help="Ask this language model as well: openai:…, anthropic:… or compatible:… Default: none.",
    ),
    "model_url": click.option(
        "--model-url",
        metavar="URL",
        envvar="CASEMATE_MODEL_URL",
        help="The model's base address. Default: the provider's own.",
    ),
    "model_price": click.option(
        "--model-price", metavar="SENT:RECEIVED", help="Prices of a million tokens each way, such as 3:15."
    ),
    "model_timeout": click.option(
        "--model-timeout",
        metavar="SECONDS",
        type=_COUNT,
        default=300,
        show_default=True,
        help="How long one exchange with the model may take.",
    ),
    "max_requests": click.option(
        "--max-requests", metavar="N", type=_COUNT, default=500, show_default=True, help="Exchanges with the model."
    ),
    "max_tokens": click.option(
        "--max-tokens",
        metavar="N",
        type=_COUNT,
        default=2_000_000,
        show_default=True,
        help="Tokens sent and received together.",
    ),
    "max_cost": click.option("--max-cost", metavar="AMOUNT", help="Money, in the currency of --model-price."),
    "max_wait": click.option(
        "--max-wait",
        metavar="SECONDS",
        type=_COUNT,
        default=3600,
        show_default=True,
        help="Waiting for the model, of all workers together.",
    ),
    "model_record": click.option(
        "--model-record",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Record the exchanges in FILE, and go on from what it holds. Default: a new file beside the ledger.",
    ),
    "replay": click.option(
        "--replay",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Take the model's answers from a recording; nothing is sent.",
    ),
}


def models(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of language models. They arrive as one parameter, `talk`: an `app.models.Talk`, or None when no
    model is asked for."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        command(talk=_talk({name: values.pop(name) for name in _MODEL}), **values)

    decorated: Callable[..., None] = run
    for option in reversed(_MODEL.values()):
        decorated = option(decorated)
    return decorated


def _talk(asked: dict[str, Any]) -> Talk | None:
    if not any(asked[name] for name in ("model", "model_url", "model_record", "replay")):
        return None
    from casemate.app.models import Limits, micros, talk

    cost = asked["max_cost"]
    return talk(
        asked["model"],
        asked["model_url"],
        price=asked["model_price"],
        limits=Limits(
            requests=asked["max_requests"],
            tokens=asked["max_tokens"],
            micros=None if cost is None else micros(cost),
            seconds=asked["max_wait"],
        ),
        patience=asked["model_timeout"],
        record=asked["model_record"],
        replay=asked["replay"],
    )


def decisions(folder: Path | None, bundles: Path | None, by: tuple[str, ...]) -> Decisions | None:
    """What was decided about properties, and where these are kept; None where no folder is named. Raises UsageError."""
    if folder is None:
        if by:
            raise click.UsageError("--decided-by says whose decisions count: name their folder with --decisions DIR")
        return None
    from casemate.app.property import Decisions
    from casemate.app.prove import bundles_folder

    return Decisions(folder=folder, bundles=(*(() if bundles is None else (bundles,)), bundles_folder()), by=by)
