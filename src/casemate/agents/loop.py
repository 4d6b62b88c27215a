"""Drives one agent in one role: prompt, reply, calls of tools, and again, until it is done or nothing new comes.

Whatever a model says or leaves unsaid ends in an outcome. A model has no say in how long it runs: rounds, calls a round and the
rounds without news are bounded here, and tokens and money by the port that it speaks through.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from casemate.agents.fence import NOTICE, fenced
from casemate.agents.schema import Misfit
from casemate.agents.tools import Bound
from casemate.agents.window import LEAST, TooSmall, clipped, fitted, tokens
from casemate.model.dialogue import Answer, Call, Message, NoAnswer, Role, Silence
from casemate.model.proposal import Told
from casemate.ports import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far one agent goes. window: tokens of its model. answer: of one answer. rounds: exchanges with an answer. quiet: rounds
    without news after which it ends. calls: of tools in one round. outages: exchanges without an answer that are tried again.
    seed: for models that take one."""

    window: int = LEAST
    answer: int = 1_024
    rounds: int = 24
    quiet: int = 3
    calls: int = 8
    outages: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.window < LEAST or min(self.answer, self.rounds, self.quiet, self.calls) < 1 or self.outages < 0:
            raise ValueError(f"no agent can work within {self!r}")


class End(StrEnum):
    """How it ended."""

    DONE = "done"  # it said so, or its tool did
    QUIET = "no news"  # rounds in which it learnt and did nothing new
    ROUNDS = "rounds spent"
    SILENT = "no answer"  # the model gave none
    BUDGET = "budget spent"  # and nobody may go on
    WINDOW = "window too small"

    @property
    def mute(self) -> bool:
        """Whether it ended because no answer came, and not by what the model did."""
        return self in (End.SILENT, End.BUDGET, End.WINDOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an agent ended. detail: in one line, none of it the model's own words. exchanges: with an answer or without. calls,
    refused: of tools. transcript: SHA-256 in hex over everything that was sent and came."""

    end: End
    detail: str
    exchanges: int = 0
    calls: int = 0
    refused: int = 0
    silence: Silence | None = None
    transcript: str = ""


class Agent:
    """One agent at work. system: its role's prompt. task: what it is to do, in our words; data: and about what, fenced.
    tools: all that it can do. notes: what it wrote down, which it is shown each time."""

    def __init__(
        self,
        model: LanguageModel,
        system: str,
        task: str,
        data: str,
        tools: Sequence[Bound],
        limits: Limits,
        *,
        notes: Callable[[], str],
    ) -> None:
        self._model = model
        self._limits = limits
        self._tools: Mapping[str, Bound] = {bound.spec.name: bound for bound in tools}
        about = f"\n\n{fenced(clipped(data, limits.window), 'what the task is about')}" if data else ""
        self._head = (
            Message(role=Role.SYSTEM, text=f"{system.strip()}\n\n{NOTICE}"),
            Message(role=Role.USER, text=task + about),
        )
        self._turns: list[tuple[Message, ...]] = []
        self._seen: set[bytes] = set()
        self._faults: Counter[str] = Counter()
        self._log = sha256()
        self._notes = notes
        self._exchanges = self._calls = self._refused = 0

    def run(self) -> Ended:
        """Until it ends."""
        quiet = outages = rounds = 0
        while rounds < self._limits.rounds:
            try:
                prompt = fitted(
                    self._headed(),
                    self._turns,
                    [bound.spec.tool for bound in self._tools.values()],
                    window=self._limits.window,
                    limit=self._limits.answer,
                    seed=self._limits.seed,
                )
            except TooSmall as error:
                return self._ended(End.WINDOW, str(error))
            reply = self._model.reply(prompt)
            self._exchanges += 1
            self._log.update(repr((prompt, reply)).encode("utf-8", "backslashreplace"))
            if isinstance(reply, NoAnswer):
                outages += 1
                if reply.again and outages <= self._limits.outages:
                    continue
                return self._silent(reply)
            outages = 0
            rounds += 1
            news, over = self._round(reply)
            if over is not None:
                return self._ended(End.DONE, over)
            quiet = 0 if news else quiet + 1
            if quiet >= self._limits.quiet:
                return self._ended(End.QUIET, f"{quiet} rounds without news{self._why()}")
        return self._ended(End.ROUNDS, f"{rounds} rounds{self._why()}")

    def _headed(self) -> tuple[Message, ...]:
        """What always stands in a prompt, with the notes so far."""
        notes = self._notes()
        if not notes:
            return self._head
        told = fenced(clipped(notes, self._limits.window // 2), "your notes")
        return (*self._head, Message(role=Role.USER, text=told))

    def _round(self, answer: Answer) -> tuple[bool, str | None]:
        """Do what an answer asks for: whether anything new came of it, and why it is over, None when it is not."""
        if not answer.calls:
            what = (
                "an answer was cut"
                if answer.cut
                else "an answer called no tool"
                if answer.text.strip()
                else "an answer was empty"
            )
            self._faults[what] += 1
            self._turns.append(
                (
                    Message(role=Role.ASSISTANT, text=clipped(answer.text, self._limits.window)),
                    Message(role=Role.USER, text=f"{what.capitalize()}. Call one of the tools, or `done`."),
                )
            )
            return False, None
        given = answer.calls[: self._limits.calls]
        share = self._limits.window // len(given)
        said: list[Call] = []
        turn: list[Message] = []
        news, over = False, None
        for number, call in enumerate(given):
            told = self._called(call)
            said.append(_sane(call, number, {one.id for one in said}, share))
            text = clipped(told.text, share)
            shown = fenced(text, told.what or call.tool) if told.data else text
            turn.append(Message(role=Role.TOOL, text=shown, answers=said[-1].id))
            key = sha256(f"{call.tool}\0{call.arguments}\0{told.text}".encode("utf-8", "surrogatepass")).digest()
            news = news or (key not in self._seen and not told.refused)
            self._seen.add(key)
            if told.ends:
                over = told.what or "it said so"
                break
        words = clipped(answer.text, self._limits.window // 4)
        self._turns.append((Message(role=Role.ASSISTANT, text=words, calls=tuple(said)), *turn))
        return news, over

    def _called(self, call: Call) -> Told:
        """What a call gives. A tool that is not this agent's does not exist for it."""
        self._calls += 1
        bound = self._tools.get(call.tool)
        if bound is None:
            self._faults["it called a tool that it does not have"] += 1
            told = Told(text=f"There is no such tool. There are {', '.join(self._tools)}.", refused=True)
        else:
            try:
                told = bound.run(bound.spec.read(call.arguments))
            except Misfit as why:
                self._faults["its arguments did not fit"] += 1
                told = Told(text=f"The call was not made: {why}.", refused=True)
        self._refused += told.refused
        return told

    def _silent(self, reply: NoAnswer) -> Ended:
        end = End.BUDGET if reply.why is Silence.BUDGET else End.SILENT
        return self._ended(end, f"{reply.why}: {reply.detail}"[:300], reply.why)

    def _why(self) -> str:
        return (
            f": {', '.join(f'{what} ({count})' for what, count in sorted(self._faults.items()))}"
            if self._faults
            else ""
        )

    def _ended(self, end: End, detail: str, silence: Silence | None = None) -> Ended:
        return Ended(
            end=end,
            detail=detail,
            exchanges=self._exchanges,
            calls=self._calls,
            refused=self._refused,
            silence=silence,
            transcript=self._log.hexdigest(),
        )


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _sane(call: Call, number: int, taken: Collection[str], share: int) -> Call:
    """A call as it is said back to the model: with an id that every provider takes and no other call of the round has, and
    without arguments that the window does not hold."""
    id = call.id if _ID.fullmatch(call.id) and call.id not in taken else f"call_{number}"
    fits = tokens(call.arguments) <= share // 4
    return Call(id=id, tool=call.tool[:64], arguments=call.arguments if fits else "{}")
