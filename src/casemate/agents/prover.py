"""The prover: writes inputs, programs and properties for a lead. What happens is observed, and judged by others."""

from __future__ import annotations

from typing import Protocol

from casemate.agents.loop import Agent, Ended, Limits
from casemate.agents.role import prompt
from casemate.agents.tools import Noting, Proving, Reading, noting, proving, reading
from casemate.ports import LanguageModel


class Desk(Reading, Noting, Proving, Protocol):
    """What a prover holds."""


def prove(model: LanguageModel, desk: Desk, *, lead: str, limits: Limits) -> Ended:
    """Let a prover work on a lead. lead: in words, with the lines around it."""
    task = "Show that this lead is true: find an input that takes effect, or a property that is violated."
    tools = (*reading(desk), *noting(desk), *proving(desk))
    return Agent(model, prompt("prover").text, task, lead, tools, limits, notes=desk.notes).run()
