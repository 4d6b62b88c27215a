"""OpenAI's chat completions, and the servers that speak them: Ollama, vLLM, llama.cpp, gateways.

Source: OpenAI's API reference, "Chat Completions"; https://platform.openai.com/docs/api-reference/chat.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from casemate.adapters.providers.provider import Malformed, Provider, Said, count, optional, part, several, usage_of
from casemate.model.dialogue import Call, Message, Prompt, Role


class OpenAI(Provider):
    """OpenAI itself."""

    PROVIDER = "openai"
    LIMIT: ClassVar[str] = "max_completion_tokens"  # reasoning is within it

    def _path(self) -> str:
        return "/chat/completions"

    def _headers(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        tools = [
            {
                "type": "function",
                "function": {"name": one.name, "description": one.description, "parameters": json.loads(one.schema)},
            }
            for one in prompt.tools
        ]
        return {
            "model": self._model,
            "messages": [_message(one) for one in prompt.messages],
            self.LIMIT: prompt.limit,
            "seed": prompt.seed,
            "stream": False,
            **({"tools": tools} if tools else {}),
        }

    def _said(self, body: dict[str, Any]) -> Said:
        choices = part(body, "choices", list)
        if not choices:
            raise Malformed("no choice")
        message = part(choices[0], "message", dict)
        usage = body.get("usage")
        ended, refusal = choices[0].get("finish_reason"), optional(message, "refusal")
        text = _content(message)
        if ended == "content_filter":
            refusal = refusal or "stopped by a filter of its provider"
        return Said(
            text=text,
            calls=tuple(_call(one) for one in several(message, "tool_calls")),
            cut=ended == "length",
            refusal=refusal or None,
            stated=usage_of(count(usage, "prompt_tokens"), count(usage, "completion_tokens")),
        )


class Compatible(OpenAI):
    """A server that speaks the same protocol, as it was before reasoning models: all of them know `max_tokens`."""

    PROVIDER = "compatible"
    LIMIT = "max_tokens"


def _message(message: Message) -> dict[str, Any]:
    if message.role is Role.TOOL:
        return {"role": "tool", "tool_call_id": message.answers, "content": message.text}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.tool, "arguments": call.arguments}}
        for call in message.calls
    ]
    content = message.text or (None if calls else "")
    return {"role": message.role.value, "content": content, **({"tool_calls": calls} if calls else {})}


def _content(message: dict[str, Any]) -> str:
    """The text, which some servers give in parts."""
    if not isinstance(message.get("content"), list):
        return optional(message, "content")
    return "".join(part(one, "text", str) for one in message["content"] if part(one, "type", str) == "text")


def _call(call: Any) -> Call:
    function = part(call, "function", dict)
    arguments = function.get("arguments")
    if isinstance(arguments, dict):  # as some servers have it
        arguments = json.dumps(arguments)
    if arguments is not None and not isinstance(arguments, str):
        raise Malformed("arguments of a call are of another type")
    return Call(id=optional(call, "id"), tool=part(function, "name", str), arguments=arguments or "")
