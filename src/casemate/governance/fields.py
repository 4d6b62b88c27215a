"""Reading what a statement says, field by field: exactly these names, exactly these types, texts that are what they look like.

A field that is missing, of another type or not known is refused: what a reader skips over, its writer may have meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from casemate.governance.note import VerifierKey, parse_key

Value = TypeVar("Value")

MAX_TEXT = 4000  # code points of one text
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))  # Unicode's categories of what is not seen, or not text
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class InvalidStatement(ValueError):
    """A statement that is not what it should be, or not of whom it should be. The text says why, in one line."""


class Fields:
    """The fields of an object, each to be taken once. where: what it is, for messages."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise InvalidStatement(f"{where} is no object")
        self._left: dict[str, object] = dict(value)
        self._where = where

    def has(self, name: str) -> bool:
        """Whether a field of that name is left."""
        return name in self._left

    def names(self) -> tuple[str, ...]:
        """The names of the fields that are left, sorted; InvalidStatement when one is not what it looks like."""
        return tuple(sorted(visible_text(name, f"{self._where}: a name") for name in self._left))

    def text(self, name: str) -> str:
        """A text that shows all that it holds (Unicode's NFC, no control, format or private characters)."""
        return visible_text(self._typed(name, str), f"{self._where}: {name}")

    def integer(self, name: str, low: int = 0, high: int = 1 << 53) -> int:
        """An integer within these bounds, by default what a double carries exactly."""
        value = self._typed(name, int)
        if not low <= value <= high:
            raise InvalidStatement(f"{self._where}: {name} is {value}, not from {low} to {high}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        return self._typed(name, bool)

    def time(self, name: str) -> datetime:
        """A moment in UTC to the second, such as 2026-11-30T12:00:00Z; no other zone and no other form."""
        return parse_time(self.text(name), f"{self._where}: {name}")

    def digest(self, name: str) -> str:
        """A SHA-256 digest: 64 lower-case hex digits."""
        text = self.text(name)
        if not _DIGEST.fullmatch(text):
            raise InvalidStatement(f"{self._where}: {name} is no SHA-256 digest in hex")
        return text

    def key(self, name: str) -> VerifierKey:
        """A public key in its text form (vkey)."""
        try:
            return parse_key(self.text(name))
        except ValueError as error:
            raise InvalidStatement(f"{self._where}: {name} is no key ({error})") from error

    def choice(self, name: str, kind: Callable[[str], Value]) -> Value:
        """One of an enumeration."""
        text = self.text(name)
        try:
            return kind(text)
        except ValueError as error:
            raise InvalidStatement(f"{self._where}: {name} is {text[:40]!r}, which is not known") from error

    def each(self, name: str, limit: int = 1000) -> tuple[Fields, ...]:
        """A list of objects."""
        values = self._list(name, limit)
        return tuple(Fields(value, f"{self._where}: {name} {n}") for n, value in enumerate(values, 1))

    def texts(self, name: str, limit: int = 1000) -> tuple[str, ...]:
        """A list of texts."""
        values = self._list(name, limit)
        where = f"{self._where}: {name}"
        if not all(isinstance(value, str) for value in values):
            raise InvalidStatement(f"{where} holds something that is no text")
        return tuple(visible_text(value, where) for value in values)

    def part(self, name: str) -> Fields:
        """An object of its own."""
        return Fields(self._take(name), f"{self._where}: {name}")

    def end(self) -> None:
        """Nothing may be left. Raises InvalidStatement."""
        if self._left:
            raise InvalidStatement(f"{self._where} has a field {sorted(self._left)[0][:40]!r} that is not known")

    def _list(self, name: str, limit: int) -> list[Any]:
        values = self._typed(name, list)
        if len(values) > limit:
            raise InvalidStatement(f"{self._where}: {name} has {len(values)} items, of at most {limit}")
        return values

    def _typed(self, name: str, kind: type[Value]) -> Value:
        value = self._take(name)
        if type(value) is not kind:  # exactly: JSON's true is no integer
            raise InvalidStatement(f"{self._where}: {name} is no {_NAMES.get(kind, kind.__name__)}")
        return value

    def _take(self, name: str) -> object:
        if name not in self._left:
            raise InvalidStatement(f"{self._where} has no {name}")
        return self._left.pop(name)


_NAMES: dict[type, str] = {str: "text", int: "integer", bool: "true or false", list: "list"}


def visible_text(text: str, where: str) -> str:
    """The text, when people and programs see the same in it; InvalidStatement otherwise."""
    if len(text) > MAX_TEXT:
        raise InvalidStatement(f"{where} has {len(text)} characters, of at most {MAX_TEXT}")
    if text.isascii() and text.isprintable():
        return text  # at once: lists of revocations hold a hundred thousand of these
    for character in text:
        if unicodedata.category(character) in _HIDDEN and character != "\n":
            raise InvalidStatement(f"{where} holds the character U+{ord(character):04X}, which is not seen")
    if not unicodedata.is_normalized("NFC", text):
        raise InvalidStatement(f"{where} is not in Unicode's composed form (NFC)")
    return text


def parse_time(text: str, where: str) -> datetime:
    """The moment that a text of the one form names; InvalidStatement otherwise."""
    try:
        if not _TIME.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise InvalidStatement(f"{where} is {text[:40]!r}, not a time such as 2026-11-30T12:00:00Z") from error


def time_text(time: datetime) -> str:
    """A moment in the one form, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
