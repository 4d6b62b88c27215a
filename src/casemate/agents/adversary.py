"""The adversary: tries to refute a lead from the code alone, before anything is spent on it."""

from __future__ import annotations

from typing import Protocol

from casemate.agents.loop import Agent, Ended, Limits
from casemate.agents.role import prompt
from casemate.agents.tools import Noting, Reading, Refuting, noting, reading, refuting
from casemate.ports import LanguageModel


class Desk(Reading, Noting, Refuting, Protocol):
    """What an adversary holds."""


def refute(model: LanguageModel, desk: Desk, *, lead: str, limits: Limits) -> Ended:
    """Let an adversary look at a lead. lead: in words, with the lines around it."""
    task = "Try to refute this lead: not reachable, guarded, or meant to be so. Then say whether it stands."
    tools = (*reading(desk), *noting(desk), *refuting(desk))
    return Agent(model, prompt("adversary").text, task, lead, tools, limits, notes=desk.notes).run()
