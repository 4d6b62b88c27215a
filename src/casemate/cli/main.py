"""The command line: a table of commands, of which only the one that runs is imported.

`casemate --help` imports no command, so that it costs little (DESIGN §9).
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

from casemate import __version__
from casemate.cli.errors import one_line_errors


class Entry(NamedTuple):
    """A command: where it is, and its short help."""

    target: str
    help: str


COMMANDS: Mapping[str, Entry] = {
    "scan": Entry("casemate.cli.scan:scan", "Find weaknesses in source trees; runs no line of them."),
    "hunt": Entry("casemate.cli.hunt:hunt", "Find, prove and fix weaknesses, in a sandbox."),
    "prove": Entry("casemate.cli.prove:prove", "Answer claims: proven, not triggered, by design, not examined."),
    "host": Entry("casemate.cli.host:host", "Find who can become root on a host, and the cheapest cut."),
    "fix": Entry("casemate.cli.fix:fix", "Show patches for what is proven, write them, put them back."),
    "verify": Entry("casemate.cli.verify:verify", "See the proof in an evidence bundle again, in a sandbox."),
    "diff": Entry("casemate.cli.diff:diff", "Compare two reports: what is new, fixed, unchanged."),
    "triage": Entry("casemate.cli.triage:triage", "Keep what people decided about findings."),
    "property": Entry("casemate.cli.property:property_", "Accept or refuse what agents say must never happen."),
    "export": Entry("casemate.cli.export:export", "Draft an advisory of a finding: CSAF 2.0 or OpenVEX."),
    "rules": Entry("casemate.cli.rules:rules", "List the rules."),
    "explain": Entry("casemate.cli.explain:explain", "Show a rule's page: what, why, and how to fix it."),
    "schema": Entry("casemate.cli.schema:schema", "Print the JSON schema of the JSON report."),
    "doctor": Entry("casemate.cli.doctor:doctor", "Say what is installed, and what a missing thing disables."),
    "completion": Entry("casemate.cli.completion:completion", "Print a script that completes casemate in a shell."),
    "db": Entry("casemate.cli.db:db", "Bring advisories into a database, and show what it holds."),
    "charter": Entry("casemate.cli.charter:charter", "Who may examine what, how far, until when."),
    "token": Entry("casemate.cli.token:token", "Hand authority to another process or machine, and take it back."),
    "release": Entry("casemate.cli.release:release", "Hand out proofs: ask, agree, deliver."),
    "gate": Entry("casemate.cli.gate:gate", "Ask whether a system, with a model or without, may run."),
    "eval": Entry("casemate.cli.evaluate:evaluate", "Measure what a system can do, on cases whose answers are known."),
    "incident": Entry("casemate.cli.incident:incident", "Open, close and list incidents and near-misses."),
    "safeguards": Entry("casemate.cli.safeguards:safeguards", "Attack the safeguards, and count what gets through."),
    "assess": Entry("casemate.cli.assess:assess", "Write, sign and show a risk assessment."),
    "transparency": Entry("casemate.cli.transparency:transparency", "Write the public report, in counts and figures."),
    "mcp": Entry("casemate.cli.mcp:mcp", "Offer these tools to a client of the Model Context Protocol."),
    "ledger": Entry("casemate.cli.ledger:ledger", "Show and check the record of every operation."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they run; faults of any of them are shown as one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name].target!r} is no command: {command!r}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every fault ends in one line and an exit code."""
        try:
            with one_line_errors():
                return super().invoke(ctx)
        finally:
            gc.freeze()  # the process ends here: to look through what it leaves for cycles takes longer than some commands


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="casemate", message="%(prog)s %(version)s")
def main() -> None:
    """Find weaknesses in code and on hosts, prove them in a sandbox, mend them, and account for every step.

    Offline and deterministic: the same input gives the same report.
    """
