"""Which language model a run asks, if any: by the operator's choice, within a budget, recorded, or replayed from a recording."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.app.ground import home
from casemate.governance.budget import HOUSE_LIMITS, Counts
from casemate.governance.spending import Terms
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.governance.wall import Operation
    from casemate.ports import LanguageModel

OWN_ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com", "compatible": ""}
"""The providers, each with the address that is its own; "" where one must be named."""

OWN_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""Variables of the environment with the key for a provider's own address. It is sent nowhere else."""

OTHER_KEY = "CASEMATE_MODEL_KEY"
"""The variable with the key for an address that the operator names."""

_KEY = re.compile(r"[!-~]{1,4096}", re.ASCII)
_NAME = re.compile(r"[!-~]{1,200}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_PRICE = re.compile(f"({_AMOUNT.pattern}):({_AMOUNT.pattern})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of a run: requests, tokens both ways, money in millionths, seconds of waiting. None: as `budget` has it."""

    requests: int = 500
    tokens: int = 2_000_000
    micros: int | None = None
    seconds: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A model that a run may ask, the recording of one (`replay`), or one that was `lent`. record: the file that exchanges are
    written to; None for the latter two."""

    model: LanguageModel
    terms: Terms
    limits: Limits
    record: Path | None
    keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """Which model: "provider:model"."""
        return self.model.name

    @property
    def endpoint(self) -> str:
        """Its address, which the charter must name; "" for a replay."""
        return self.model.endpoint

    def budget(self, base: Counts = HOUSE_LIMITS) -> Counts:
        """An operation's limits, with those of the exchanges."""
        limits, price = self.limits, max(self.terms.sent, self.terms.received)
        return replace(
            base,
            requests=limits.requests,
            tokens=limits.tokens,
            # Without a limit in money the tokens are the limit: no exchange costs more than all of them.
            micros=-(-limits.tokens * price // 1_000_000) + (limits.requests if price else 0)
            if limits.micros is None
            else limits.micros,
            waited_ms=limits.seconds * 1000,
        )

    def leaves(self) -> tuple[str, ...]:
        """What leaves the machine, in two lines, to be shown before the first exchange."""
        if self.record is None:
            return (f"model: {self.name}, replayed from a recording; nothing leaves this machine",)
        limits, plain = self.limits, self.endpoint.startswith("http://")
        money = f", {Decimal(limits.micros) / 1_000_000:.2f} of money" if limits.micros is not None else ""
        return (
            f"model: {self.name} at {self.endpoint}{' (not encrypted)' if plain else ''}; at most {limits.requests:,} requests, "
            f"{limits.tokens:,} tokens{money}, {limits.seconds:,} s of waiting",
            "what leaves: excerpts of the target (code, comments, paths, documents), results of tools, our instructions; "
            f"recognised secrets are replaced; all of it is kept in {self.record}",
        )

    def lent(self, model: LanguageModel) -> Talk:
        """For a part of an operation within which the model was opened already: that one's wall, budget and recording hold, and
        whether it may run was decided there. model: as `within` gave it, or what listens to it."""
        return replace(self, model=model, record=None, keys=())

    @contextmanager
    def within(self, operation: Operation) -> Iterator[LanguageModel]:
        """The model behind the wall of an operation, recorded, for any number of threads. The ledger will say which model,
        where, and the recording's digest. Raises Denied, UserError."""
        from casemate.adapters.clock import SystemClock
        from casemate.adapters.providers.recording import Recording

        operation.state(model=self.name, endpoint=self.endpoint)
        if self.record is None:
            yield self.model  # there is no exchange, or it is permitted and recorded where the model was opened
            return
        recording = Recording(self.record, model=self.name, endpoint=self.endpoint, terms=self.terms, keys=self.keys)
        try:
            guarded = operation.model(self.model, self.terms, recording.spent)
            yield recording.around(guarded, SystemClock().monotonic)
            operation.state(recording=recording.digest())
        finally:
            recording.close()


def talk(
    name: str | None = None,
    url: str | None = None,
    *,
    price: str | None = None,
    limits: Limits | None = None,
    patience: int = 300,
    record: Path | None = None,
    replay: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Talk | None:
    """What the options ask for; None when no model is named. price: "SENT:RECEIVED" for a million tokens each.

    Raises UserError.
    """
    limits = limits or Limits()
    if replay is not None:
        from casemate.adapters.providers.recording import Replay

        if record is not None:
            raise UserError("a replay asks no model, so there is nothing to record", "leave --model-record out")
        return Talk(model=Replay(replay), terms=Terms(), limits=limits, record=None)
    if not name:
        if url or record is not None:
            raise UserError("an address or a recording, and no model", "name one: --model PROVIDER:NAME")
        return None
    model, keys = _adapter(name, url or "", patience, environment)
    if limits.micros is not None and price is None:
        raise UserError(
            "a limit in money needs prices",
            "say them for a million tokens: --model-price SENT:RECEIVED, such as 3:15 or 0:0",
        )
    sent, received = _prices(price) if price is not None else (0, 0)
    terms = Terms(sent=sent, received=received, patience_ms=patience * 1000)
    return Talk(model=model, terms=terms, limits=limits, record=record or _fresh(), keys=keys)


def micros(amount: str) -> int:
    """An amount of money such as 5 or 0.25, in millionths. Raises UserError."""
    if not _AMOUNT.fullmatch(amount):
        raise UserError(f"{amount[:40]!r} is no amount of money", "write it as 5 or 0.25")
    return _in_micros(amount)


def _adapter(
    text: str, url: str, patience: float, environment: Mapping[str, str]
) -> tuple[LanguageModel, tuple[str, ...]]:
    """The adapter for "PROVIDER:NAME" at a base address, by default the provider's own, and the keys that it was given. Nothing
    is sent yet. Raises UserError."""
    from casemate.adapters.providers.anthropic import Anthropic
    from casemate.adapters.providers.openai import Compatible, OpenAI
    from casemate.adapters.providers.wire import checked, is_here

    provider, _, name = text.partition(":")
    makers: dict[str, type[OpenAI] | type[Anthropic]] = {
        "openai": OpenAI,
        "anthropic": Anthropic,
        "compatible": Compatible,
    }
    if provider not in makers or not _NAME.fullmatch(name):
        raise UserError(
            f"{text[:80]!r} names no model",
            "write PROVIDER:NAME, with openai, anthropic or compatible (with --model-url) as the provider",
        )
    own = OWN_ADDRESSES[provider]
    address = url or own
    if not address:
        raise UserError(
            "a compatible model has no address of its own", "name it: --model-url, such as http://127.0.0.1:11434/v1"
        )
    variable = OWN_KEYS[provider] if address == own else OTHER_KEY
    key = environment.get(variable, "").strip()
    if address == own and not key:
        raise UserError(f"there is no key for {own}", f"set {variable} in the environment")
    if key and not _KEY.fullmatch(key):
        raise UserError(f"{variable} holds no key", "set it to printable ASCII without spaces")
    if key and checked(address).startswith("http://") and not is_here(address):
        raise UserError(
            f"{variable} would be sent without encryption",
            f"name an https address, or unset {variable} if none is needed",
        )
    model = makers[provider](name, endpoint=checked(address), key=key, patience=patience)
    return model, (key,) if key else ()


def _prices(text: str) -> tuple[int, int]:
    found = _PRICE.fullmatch(text)
    if not found:
        raise UserError(
            f"{text[:40]!r} is no price", "write SENT:RECEIVED for a million tokens each, such as 3:15 or 0.25:1.5"
        )
    sent, received = map(_in_micros, found.groups())
    return sent, received


def _in_micros(amount: str) -> int:
    return int(Decimal(amount) * 1_000_000)


def _fresh() -> Path:
    """A file of its own for this run."""
    from casemate.adapters.clock import SystemClock

    return home() / "exchanges" / f"{SystemClock().now():%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl"
