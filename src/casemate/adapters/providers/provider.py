"""What the adapters of all providers have in common: one request, and an outcome in our words for whatever comes back."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from casemate.adapters.providers.secrets import redacted, without
from casemate.adapters.providers.wire import Broken, End, Response, parsed, post
from casemate.evidence.redact import redact
from casemate.governance.spending import counted, most, sent
from casemate.model.dialogue import Answer, Call, NoAnswer, Prompt, Reply, Silence, Usage

BYTES_OF_AN_ANSWER = 64  # for each token of the limit: a long token, escaped in JSON
AROUND_AN_ANSWER = 65_536  # bytes beside it
LONGEST_DETAIL = 160
LARGEST_COUNT = 2**53  # that JSON carries exactly: a provider that states more states no count

_NOTHING = Usage(sent=0, received=0)


class Malformed(ValueError):
    """What came is no answer of the protocol. Its text says what is missing, in our words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as a protocol gives it. refusal: the model's words when it would not, None when it did."""

    text: str
    calls: tuple[Call, ...] = ()
    cut: bool = False
    refusal: str | None = None
    stated: Usage | None = None


class Provider(ABC):
    """A `ports.LanguageModel` behind a base address. key: for this address alone, "" for none. patience: seconds of an
    exchange."""

    PROVIDER: str

    def __init__(self, model: str, *, endpoint: str, key: str = "", patience: float = 120) -> None:
        self._model = model
        self._endpoint = endpoint
        self._keys = (key,) if key else ()
        self._patience = patience

    @property
    def name(self) -> str:
        """Which one."""
        return f"{self.PROVIDER}:{self._model}"

    @property
    def endpoint(self) -> str:
        """The base address, as the operator wrote it."""
        return self._endpoint

    @abstractmethod
    def _path(self) -> str:
        """Of the requests, below the base address."""

    @abstractmethod
    def _headers(self, key: str) -> dict[str, str]:
        """Of this protocol."""

    @abstractmethod
    def _body(self, prompt: Prompt) -> dict[str, Any]:
        """The request."""

    @abstractmethod
    def _said(self, body: dict[str, Any]) -> Said:
        """The answer. Raises Malformed."""

    def reply(self, prompt: Prompt) -> Reply:
        """One exchange, of one request."""
        prompt = redacted(prompt, self._keys)
        headers = self._headers(self._keys[0] if self._keys else "")
        came = post(
            self._endpoint.rstrip("/") + self._path(),
            {"Content-Type": "application/json", "Accept": "application/json", **headers},
            json.dumps(self._body(prompt)).encode(),
            patience=self._patience,
            most=AROUND_AN_ANSWER + BYTES_OF_AN_ANSWER * prompt.limit,
        )
        if isinstance(came, Broken):
            return self._broken(came, prompt)
        if came.status != 200:
            return self._failed(came, prompt)
        try:
            body = _object(parsed(came.body))
            if body.get("error"):  # as some gateways have it, with a status of 200
                return self._none(
                    Silence.OUTAGE, f"the server failed{self._message(came.body)}", again=True, charged=most(prompt)
                )
            said = self._said(body)
        except Malformed as error:
            return self._none(Silence.MALFORMED, f"no answer of the protocol: {error}", charged=most(prompt))
        except ValueError:
            what = f"{came.kind or 'something'} that is no JSON"
            return self._none(Silence.MALFORMED, f"no answer of the protocol: {what}", charged=most(prompt))
        if said.refusal is not None:
            charged = self._counted(prompt, Said(text=said.refusal, stated=said.stated))
            return self._none(Silence.REFUSED, f"the model would not: {said.refusal}", charged=charged)
        return Answer(
            text=self._own(said.text),
            calls=tuple(
                Call(id=self._own(call.id), tool=self._own(call.tool), arguments=self._own(call.arguments))
                for call in said.calls
            ),
            cut=said.cut,
            stated=said.stated,
            charged=self._counted(prompt, said),
        )

    def _broken(self, broken: Broken, prompt: Prompt) -> NoAnswer:
        if broken.why is End.UNREACHABLE:
            return self._none(Silence.OUTAGE, f"no connection: {broken.detail}", again=True, charged=_NOTHING)
        why = {End.ENDLESS: Silence.ENDLESS, End.MALFORMED: Silence.MALFORMED}.get(broken.why, Silence.OUTAGE)
        detail = {End.ENDLESS: "the answer did not end", End.STALLED: "it stalled", End.CUT: "it was cut off"}
        return self._none(
            why,
            f"{detail.get(broken.why, 'no answer of the protocol')}: {broken.detail}",
            again=why is Silence.OUTAGE,
            charged=most(prompt),
        )

    def _failed(self, response: Response, prompt: Prompt) -> NoAnswer:
        """What a status other than 200 says. The prompt was sent, so it is charged as sent."""
        status, charged = response.status, Usage(sent=sent(prompt), received=0)
        if 300 <= status < 400:
            detail = f"it redirects to {response.location or 'nowhere'}, which is not followed"
            return self._none(Silence.OUTAGE, detail, charged=charged)
        said = f"HTTP {status}{self._message(response.body)}"
        if status == 429:
            wait = f"; it asks to wait {response.wait} s" if response.wait else ""
            return self._none(Silence.RATE, f"too many requests{wait}: {said}", again=True, charged=charged)
        if status >= 500 or status in (408, 409, 425):
            return self._none(Silence.OUTAGE, f"the server failed: {said}", again=True, charged=charged)
        if status in (401, 403):
            return self._none(Silence.REFUSED, f"the key is not accepted: {said}", charged=charged)
        if 400 <= status < 500:
            return self._none(Silence.REFUSED, f"the request was refused: {said}", charged=charged)
        return self._none(Silence.MALFORMED, f"no answer of the protocol: {said}", charged=charged)

    def _message(self, body: bytes) -> str:
        """What an error says of itself, in both protocols under the same name."""
        try:
            error = _object(parsed(body)).get("error")
        except ValueError:
            return ""
        message = error.get("message") if isinstance(error, dict) else error
        return f": {message}" if isinstance(message, str) and message else ""

    def _counted(self, prompt: Prompt, said: Said) -> Usage:
        return counted(prompt, Answer(text=said.text, calls=said.calls, stated=said.stated, charged=_NOTHING))

    def _none(self, why: Silence, detail: str, *, charged: Usage, again: bool = False) -> NoAnswer:
        return NoAnswer(why=why, detail=_line(self._own(detail)), again=again, charged=charged)

    def _own(self, text: str) -> str:
        return without(text, self._keys).encode("utf-8", "replace").decode()


def _line(text: str) -> str:
    """One line without secrets and without what steers a terminal."""
    shown = "".join(character if character.isprintable() else " " for character in redact(text[:2000]))
    shown = " ".join(shown.split())
    return shown if len(shown) <= LONGEST_DETAIL else shown[: LONGEST_DETAIL - 1] + "…"


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("no JSON object")
    return value


def part(value: Any, name: str, kind: type[Any]) -> Any:
    """A field of an object. Raises Malformed when it is absent or of another type."""
    found = _object(value).get(name)
    if type(found) is not kind:
        raise Malformed(f"{name} is missing or of another type")
    return found


def optional(value: Any, name: str) -> str:
    """A text that may be absent or null. Raises Malformed for anything else."""
    found = _object(value).get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Malformed(f"{name} is of another type")
    return found


def several(value: Any, name: str) -> list[Any]:
    """A list that may be absent or null. Raises Malformed for anything else."""
    found = _object(value).get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Malformed(f"{name} is of another type")
    return found


def count(usage: Any, name: str) -> int | None:
    """A count that a provider states; None for what is none."""
    found = usage.get(name) if isinstance(usage, dict) else None
    return found if type(found) is int and 0 <= found <= LARGEST_COUNT else None


def usage_of(sent: int | None, received: int | None) -> Usage | None:
    """What a provider states, when it states something."""
    return None if sent is None and received is None else Usage(sent=sent or 0, received=received or 0)
