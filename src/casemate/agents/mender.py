"""The mender: proposes patches for what is proven. The ladder says which of them is a fix."""

from __future__ import annotations

from typing import Protocol

from casemate.agents.loop import Agent, Ended, Limits
from casemate.agents.role import prompt
from casemate.agents.tools import Mending, Noting, Reading, mending, noting, reading
from casemate.ports import LanguageModel


class Desk(Reading, Noting, Mending, Protocol):
    """What a mender holds."""


def mend(model: LanguageModel, desk: Desk, *, finding: str, limits: Limits) -> Ended:
    """Let a mender work on a finding that is proven. finding: in words, with the lines around it."""
    task = "Mend this weakness with the smallest change that keeps what the program does for honest input."
    tools = (*reading(desk), *noting(desk), *mending(desk))
    return Agent(model, prompt("mender").text, task, finding, tools, limits, notes=desk.notes).run()
