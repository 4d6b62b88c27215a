"""A language model that is listened to: what it said, what it called tools with, and what that cost, for one program."""

from __future__ import annotations

from collections.abc import Callable

from casemate.evals.answers import Used
from casemate.governance.spending import Terms, cost
from casemate.model.dialogue import Answer, Prompt, Reply
from casemate.ports import LanguageModel


class Heard:
    """`ports.LanguageModel` around another one. said, calls: every text, and the arguments of every call, in order. used: of the
    exchanges; the time is that of the waiting. monotonic: seconds."""

    def __init__(self, model: LanguageModel, terms: Terms, monotonic: Callable[[], float]) -> None:
        self._model = model
        self._terms = terms
        self._monotonic = monotonic
        self.said: list[str] = []
        self.calls: list[str] = []
        self.used = Used()

    @property
    def name(self) -> str:
        """Of the model."""
        return self._model.name

    @property
    def endpoint(self) -> str:
        """Of the model."""
        return self._model.endpoint

    def reply(self, prompt: Prompt) -> Reply:
        """What the model replies. What the wall refused was not sent, and costs nothing."""
        started = self._monotonic()
        reply = self._model.reply(prompt)
        if reply.charged is not None:
            waited = round((self._monotonic() - started) * 1000)
            amounts = cost(self._terms, reply.charged, waited)
            self.used += Used(
                milliseconds=waited,
                micro=amounts["micros"],
                requests=amounts["requests"],
                input_tokens=reply.charged.sent,
                output_tokens=reply.charged.received,
            )
        if isinstance(reply, Answer):
            self.said.append(reply.text)
            self.calls += [call.arguments for call in reply.calls]
        return reply
