"""Rule names on the command line: an unknown one is a usage error that suggests its nearest neighbours."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click
from click.shell_completion import CompletionItem


def known(ctx: click.Context, param: click.Parameter, name: str) -> str:
    """The name, when there is such a rule, packaged or in the folder of --rules. Raises BadParameter."""
    names = _names(ctx)
    if name not in names:
        own = _own(ctx.params.get("own"))
        if name in own:
            return name
        near = get_close_matches(name.lower().replace("_", "-"), [*names, *own], n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`casemate rules` lists them."
        raise click.BadParameter(f"there is no rule {name!r}; {hint}", ctx, param)
    return name


def _names(ctx: click.Context) -> tuple[str, ...]:
    """The packaged rules that a command may be told: those for hosts, those for code, or all of them."""
    from casemate.leads.catalogue import MODULES
    from casemate.leads.posture.catalogue import POSTURE

    if ctx.command.name == "host":
        return tuple(POSTURE)
    return (*MODULES, *POSTURE) if ctx.command.name == "explain" else tuple(MODULES)


def _own(folder: Path | None) -> list[str]:
    """The ids of the operator's own rules; the option that names their folder is read first (`is_eager`)."""
    if folder is None:
        return []
    from casemate.app.ground import read_own

    return [rule.id for rule in read_own((folder,)).rules]


def all_known(ctx: click.Context, param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, when there are such rules. Raises BadParameter."""
    return tuple(known(ctx, param, name) for name in names)


def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules that a shell may complete to, with their titles where it shows them."""
    from casemate.leads.catalogue import rule

    return [CompletionItem(name, help=rule(name).title) for name in _names(ctx) if name.startswith(incomplete)]
