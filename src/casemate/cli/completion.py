"""`casemate completion SHELL`: the script that makes a shell complete commands, options and rules."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes casemate's commands, options and rule names in SHELL.

    \b
    bash  casemate completion bash > ~/.local/share/bash-completion/completions/casemate
    zsh   casemate completion zsh > "${fpath[1]}/_casemate"
    fish  casemate completion fish > ~/.config/fish/completions/casemate.fish
    """
    from click.shell_completion import get_completion_class

    from casemate.cli.main import main
    from casemate.cli.output import show

    kind = get_completion_class(shell)
    if kind is None:
        raise AssertionError(f"click completes no {shell!r}")
    made = kind(main, {}, "casemate", "_CASEMATE_COMPLETE")
    show(made.source_template % made.source_vars() + "\n")  # `source()` would run bash to ask for its version
