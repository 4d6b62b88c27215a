"""What a model is sent each time: the task always, then as much of what was said last as its window holds.

A token is counted as at most three bytes of UTF-8. Tokenizers in use give fewer for code and English, so that what fits by this
count fits; where a model counts otherwise its provider says so, and that is an outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

from casemate.model.dialogue import Message, Prompt, Role, Tool

LEAST = 8_192
"""Tokens of the smallest window that is worked with."""

_BYTES = 3  # of a token, at least
_MESSAGE = 8  # tokens around each message
_SHARE = 3  # one part in so many of a window is the most that one tool's answer takes
_LEFT_OUT = "(Earlier turns are left out: the window does not hold them. What was noted or proposed is kept.)"


class TooSmall(ValueError):
    """The task and the tools alone fill the window."""


def tokens(text: str) -> int:
    """How many tokens a text is counted as."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES)


def clipped(text: str, window: int) -> str:
    """A tool's answer, no larger than its share of a window."""
    most = window // _SHARE * _BYTES
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= most:
        return text
    head = data[:most].decode("utf-8", "ignore").rpartition("\n")[0] or data[:most].decode("utf-8", "ignore")
    return f"{head}\n(cut here: ask for less at a time)"


def fitted(
    head: Sequence[Message],
    turns: Sequence[Sequence[Message]],
    tools: Sequence[Tool],
    *,
    window: int,
    limit: int,
    seed: int,
) -> Prompt:
    """The prompt. head: what always stands in it. turns: what was said since, oldest first; a turn is kept whole or left out.
    window: tokens of the model, the answer's limit among them. Raises TooSmall."""
    room = window - limit - sum(tokens(one.name + one.description + one.schema) + _MESSAGE for one in tools)
    room -= sum(map(_cost, head))
    kept: list[Sequence[Message]] = []
    marker = Message(role=Role.USER, text=_LEFT_OUT)
    spare = _cost(marker)
    for turn in reversed(turns):
        cost = sum(map(_cost, turn))
        if cost + (spare if len(kept) + 1 < len(turns) else 0) > room:
            break
        room -= cost
        kept.append(turn)
    if room < 0 or (turns and not kept):
        raise TooSmall(f"a window of {window} tokens does not hold the task, the tools and one turn")
    said = [message for turn in reversed(kept) for message in turn]
    gap = [marker] if len(kept) < len(turns) else []
    return Prompt(messages=(*head, *gap, *said), tools=tuple(tools), limit=limit, seed=seed)


def _cost(message: Message) -> int:
    calls = sum(tokens(call.id + call.tool + call.arguments) + _MESSAGE for call in message.calls)
    return tokens(message.text) + calls + _MESSAGE
