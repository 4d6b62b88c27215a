"""What does not leave: recognised secrets of the target, and the operator's own keys."""

from __future__ import annotations

from dataclasses import replace

from casemate.evidence.redact import PLACEHOLDER, REACH, redact_lines
from casemate.model.dialogue import Call, Message, Prompt

SHORTEST_KEY = 8


def redacted(prompt: Prompt, keys: tuple[str, ...] = ()) -> Prompt:
    """The prompt with secrets replaced in everything but the descriptions of tools, which are ours. keys: also these, wherever
    they stand. A line of more than 4,000 characters is cut, because no more of it is searched."""
    return replace(prompt, messages=tuple(_message(message, keys) for message in prompt.messages))


def without(text: str, keys: tuple[str, ...]) -> str:
    """The text without these. What is shorter than a secret can be, as what servers without keys are given, is none."""
    for key in keys:
        if len(key) >= SHORTEST_KEY:
            text = text.replace(key, PLACEHOLDER)
    return text


def _message(message: Message, keys: tuple[str, ...]) -> Message:
    calls = tuple(
        Call(id=without(call.id, keys), tool=call.tool, arguments=_text(call.arguments, keys)) for call in message.calls
    )
    return replace(message, text=_text(message.text, keys), calls=calls, answers=without(message.answers, keys))


def _text(text: str, keys: tuple[str, ...]) -> str:
    carried = without(text, keys).encode("utf-8", "replace").decode()  # what UTF-8 cannot carry no server reads
    return "\n".join(redact_lines((), carried.split("\n"), {}, width=REACH))
