"""What an exchange with a model uses: at most, before it; and as counted, after it.

No tokenizer is at hand that fits every model, and a provider's own count is not trusted. Two bounds stand in for one. A token
stands for at least one byte of text (byte-level BPE, which tokenizers in use are built on or fall back to), so the bytes are the
most that a text can be: that is reserved. Code and prose have three to four bytes a token; a text counts as one token for three
bytes, which is on the high side, and the provider's count is taken where it is higher.
"""

from __future__ import annotations

from dataclasses import dataclass

from casemate.model.dialogue import Answer, Call, Prompt, Usage

BYTES_OF_A_TOKEN = 3
AROUND_A_MESSAGE = 16  # tokens that mark who speaks
AROUND_TOOLS = (
    600  # tokens of the instructions that a provider adds when there are tools (Anthropic documents up to about 500)
)
AROUND_A_TOOL = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What exchanges cost. sent, received: price of a million tokens in millionths of the currency, so that 3.00 is 3_000_000.
    patience_ms: milliseconds that one exchange lasts at most, which the adapter enforces."""

    sent: int = 0
    received: int = 0
    patience_ms: int = 120_000

    def __post_init__(self) -> None:
        if min(self.sent, self.received, self.patience_ms) < 0:
            raise ValueError(f"prices and patience are counts: {self!r}")

    def reservation(self, prompt: Prompt) -> dict[str, int]:
        """What to reserve for an exchange, by the names of the counts."""
        return cost(self, most(prompt), self.patience_ms)


def cost(terms: Terms, usage: Usage, waited_ms: int) -> dict[str, int]:
    """What an exchange costs, by the names of the counts; parts of a millionth are rounded up."""
    return {
        "requests": 1,
        "tokens": usage.sent + usage.received,
        "micros": -(-(usage.sent * terms.sent + usage.received * terms.received) // 1_000_000),
        "waited_ms": waited_ms,
    }


def most(prompt: Prompt) -> Usage:
    """The most that an exchange can use: every byte a token, and an answer up to its limit."""
    return Usage(sent=_around(prompt) + sum(map(_bytes, _texts(prompt))), received=prompt.limit)


def sent(prompt: Prompt) -> int:
    """Tokens of a prompt, as we count."""
    return _around(prompt) + sum(map(_tokens, _texts(prompt)))


def counted(prompt: Prompt, answer: Answer) -> Usage:
    """What an exchange used: the larger of what we count and what the provider states, each way. What the adapter counted and
    does not show, such as a model's reasoning, is in `charged`."""
    stated = answer.stated or Usage(sent=0, received=0)
    ours = _tokens(answer.text) + sum(map(_tokens, _spoken(answer.calls)))
    return Usage(
        sent=max(sent(prompt), stated.sent, answer.charged.sent),
        received=max(ours, stated.received, answer.charged.received),
    )


def _texts(prompt: Prompt) -> list[str]:
    texts = [message.text for message in prompt.messages]
    texts += [text for message in prompt.messages for text in _spoken(message.calls)]
    return texts + [text for tool in prompt.tools for text in (tool.name, tool.description, tool.schema)]


def _spoken(calls: tuple[Call, ...]) -> list[str]:
    return [text for call in calls for text in (call.tool, call.arguments)]


def _around(prompt: Prompt) -> int:
    calls = sum(1 + len(message.calls) for message in prompt.messages)
    return AROUND_A_MESSAGE * (1 + calls) + (AROUND_TOOLS + AROUND_A_TOOL * len(prompt.tools) if prompt.tools else 0)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _tokens(text: str) -> int:
    return -(-_bytes(text) // BYTES_OF_A_TOKEN)
