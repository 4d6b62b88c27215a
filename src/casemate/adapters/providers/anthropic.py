"""Anthropic's messages.

Source: Anthropic's API reference, "Messages" and "Errors", version 2023-06-01; https://docs.anthropic.com/en/api/messages.
"""

from __future__ import annotations

import json
from typing import Any

from casemate.adapters.providers.provider import Malformed, Provider, Said, count, part, usage_of
from casemate.model.dialogue import Call, Message, Prompt, Role, Usage

VERSION = "2023-06-01"


class Anthropic(Provider):
    """Anthropic itself, or a gateway that speaks its protocol. It takes no seed."""

    PROVIDER = "anthropic"

    def _path(self) -> str:
        return "/v1/messages"

    def _headers(self, key: str) -> dict[str, str]:
        return {"anthropic-version": VERSION, **({"x-api-key": key} if key else {})}

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        system = "\n\n".join(one.text for one in prompt.messages if one.role is Role.SYSTEM and one.text)
        tools = [
            {"name": one.name, "description": one.description, "input_schema": json.loads(one.schema)}
            for one in prompt.tools
        ]
        return {
            "model": self._model,
            "max_tokens": prompt.limit,
            "messages": _turns(prompt.messages),
            **({"system": system} if system else {}),
            **({"tools": tools} if tools else {}),
        }

    def _said(self, body: dict[str, Any]) -> Said:
        texts: list[str] = []
        calls: list[Call] = []
        for block in part(body, "content", list):
            kind = part(block, "type", str)
            if kind == "text":
                texts.append(part(block, "text", str))
            elif kind == "tool_use":
                given = json.dumps(part(block, "input", dict))
                calls.append(Call(id=part(block, "id", str), tool=part(block, "name", str), arguments=given))
            # What else there is, such as thinking, is not for us; it is in the usage.
        ended = body.get("stop_reason")
        if ended is not None and not isinstance(ended, str):
            raise Malformed("stop_reason is of another type")
        return Said(
            text="".join(texts),
            calls=tuple(calls),
            cut=ended in ("max_tokens", "model_context_window_exceeded"),
            refusal=("".join(texts) or "it gives no reason") if ended == "refusal" else None,
            stated=_usage(body.get("usage")),
        )


def _usage(usage: Any) -> Usage | None:
    """Tokens that came from or went to the provider's cache are stated apart, and are sent all the same."""
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    found = [amount for name in names if (amount := count(usage, name)) is not None]
    return usage_of(sum(found) if found else None, count(usage, "output_tokens"))


def _turns(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """The turns, of which the protocol wants those of one side together, and none empty."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role is Role.SYSTEM:
            continue
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        if blocks := _blocks(message):
            if turns and turns[-1]["role"] == role:
                turns[-1]["content"] += blocks
            else:
                turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role is Role.TOOL:
        return [{"type": "tool_result", "tool_use_id": message.answers, "content": message.text}]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": message.text}] if message.text.strip() else []
    return blocks + [
        {"type": "tool_use", "id": call.id, "name": call.tool, "input": _input(call.arguments)}
        for call in message.calls
    ]


def _input(arguments: str) -> dict[str, Any]:
    """A call's arguments as the object that they must be; what was none stands in one."""
    try:
        given = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        given = None
    return given if isinstance(given, dict) else {"arguments": arguments}
