"""What is said to a language model, and what it says: texts and calls of tools, whatever the provider.

Nothing that a model says is believed: an answer is a proposal, and a call's arguments are text until the tool has checked them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that may be called. schema: of its arguments, as JSON Schema in one spelling."""

    name: str
    description: str
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that a model asks for. id: as the provider names it. arguments: the text that came, whatever it is."""

    id: str
    tool: str
    arguments: str


class Role(StrEnum):
    """Whose words they are."""

    SYSTEM = "system"  # ours
    USER = "user"  # ours as well: the task, and what was found, fenced
    ASSISTANT = "assistant"  # the model's
    TOOL = "tool"  # what a tool gave


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn. calls: of an assistant's. answers: the id of the call that a tool's text answers."""

    role: Role
    text: str
    calls: tuple[Call, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Everything that one exchange sends. limit: tokens of the answer at most. seed: for providers that take one."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    limit: int
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of an exchange, both ways."""

    sent: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came. cut: it ended because of the limit. stated: tokens that the provider says to have counted, None when it does
    not; charged: what the budget was charged."""

    text: str
    calls: tuple[Call, ...] = ()
    cut: bool = False
    stated: Usage | None = None
    charged: Usage


class Silence(StrEnum):
    """Why there is no answer. It costs one step, never the run."""

    REFUSED = "refused"  # the model, or its provider, would not
    OUTAGE = "outage"  # no connection, an error of the server, a stall
    RATE = "rate"  # too many requests
    MALFORMED = "malformed"  # what came is no answer of the protocol
    ENDLESS = "endless"  # it went on beyond what was asked for
    BUDGET = "budget"  # nothing was sent: it would not have fitted
    DENIED = "denied"  # nothing was sent: the charter, the gate or the policy does not allow it


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """An exchange without an answer. detail: one line, without secrets. again: the same may work later."""

    why: Silence
    detail: str
    again: bool = False
    charged: Usage | None = None


Reply = Answer | NoAnswer
