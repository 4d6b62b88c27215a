"""The scout: looks for what rules do not express, and proposes claims that can be tested. It judges none of them."""

from __future__ import annotations

from typing import Protocol

from casemate.agents.loop import Agent, Ended, Limits
from casemate.agents.role import prompt
from casemate.agents.tools import Noting, Proposing, Reading, Triaging, noting, proposing, reading, triaging
from casemate.ports import LanguageModel


class Desk(Reading, Noting, Proposing, Triaging, Protocol):
    """What a scout holds."""


def scout(model: LanguageModel, desk: Desk, *, overview: str, limits: Limits) -> Ended:
    """Let a scout look. overview: of the target, from its index."""
    task = "Look for weaknesses that the rules have not found, and propose each as a claim that a test can refute."
    tools = (*reading(desk), *noting(desk), *proposing(desk), *triaging(desk))
    return Agent(model, prompt("scout").text, task, overview, tools, limits, notes=desk.notes).run()
