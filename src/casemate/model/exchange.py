"""Prompts and replies in one spelling, for digests and recordings."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from casemate.model.dialogue import Answer, Call, Message, NoAnswer, Prompt, Reply, Role, Silence, Tool, Usage


def spelled(prompt: Prompt) -> bytes:
    """The prompt as JSON, always in the same spelling, with what UTF-8 cannot carry escaped."""
    return json.dumps(asdict(prompt), sort_keys=True, separators=(",", ":")).encode()


def prompt_digest(prompt: Prompt) -> str:
    """SHA-256 of the prompt's spelling, in hex: by it a recording finds the reply."""
    return sha256(spelled(prompt)).hexdigest()


def prompt_fields(prompt: Prompt) -> dict[str, Any]:
    """The prompt as JSON has it."""
    return asdict(prompt)


def reply_fields(reply: Reply) -> dict[str, Any]:
    """The reply as JSON has it; an answer has "text", and what is no answer "why"."""
    return asdict(reply)


def read_prompt(fields: dict[str, Any]) -> Prompt:
    """What `prompt_fields` gave. Raises ValueError, KeyError or TypeError for anything else."""
    messages = tuple(
        Message(**{**one, "role": Role(one["role"]), "text": _text(one["text"]), "calls": _calls(one["calls"])})
        for one in fields["messages"]
    )
    return Prompt(**{**fields, "messages": messages, "tools": tuple(Tool(**tool) for tool in fields["tools"])})


def read_reply(fields: dict[str, Any]) -> Reply:
    """What `reply_fields` gave. Raises ValueError, KeyError or TypeError for anything else."""
    charged = None if fields["charged"] is None else _usage(fields["charged"])
    if "why" in fields:
        return NoAnswer(
            **{**fields, "why": Silence(fields["why"]), "detail": _text(fields["detail"]), "charged": charged}
        )
    if charged is None:
        raise ValueError("an answer that nothing was charged for")
    stated = None if fields["stated"] is None else _usage(fields["stated"])
    given = {"text": _text(fields["text"]), "calls": _calls(fields["calls"]), "stated": stated, "charged": charged}
    return Answer(**{**fields, **given})


def _usage(fields: dict[str, int]) -> Usage:
    usage = Usage(**fields)
    if type(usage.sent) is not int or type(usage.received) is not int or min(usage.sent, usage.received) < 0:
        raise ValueError(f"tokens are counts: {fields!r}")
    return usage


def _calls(calls: list[dict[str, str]]) -> tuple[Call, ...]:
    return tuple(Call(**{name: _text(value) for name, value in call.items()}) for call in calls)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected: {value!r}")
    return value
