"""The group of commands: its table is right, and faults end in one line."""

from importlib import import_module

import click
import pytest

from casemate import __version__
from casemate.cli.main import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_names_commands_that_exist(name):
    """Under that name, with a help text of their own that begins a sentence."""
    module, _, attribute = COMMANDS[name].target.partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_help_lists_every_command_with_its_words(casemate):
    """In the order of the table."""
    result = casemate("--help")
    assert result.exit_code == 0
    listed = [line.split(maxsplit=1) for line in result.stdout.partition("Commands:\n")[2].splitlines()]
    assert listed == [[name, entry.help] for name, entry in COMMANDS.items()]


def test_version(casemate):
    """The same version as in every report."""
    assert casemate("--version").stdout == f"casemate {__version__}\n"


@pytest.mark.parametrize("arguments", [["scna"], ["--nonsense"], ["scan"], ["scan", "--nonsense", "."]])
def test_wrong_usage_is_exit_code_2(casemate, arguments):
    """With a word on what is wrong, and no traceback."""
    result = casemate(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr
    assert "Traceback" not in result.stderr
