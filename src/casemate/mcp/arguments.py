"""What a tool takes: one description that says it to clients as JSON schema, and that what they send is checked by.

Everything has a largest size. What does not fit is refused before anything is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

MAX_PATH = 4096  # characters: PATH_MAX of Linux
MAX_TEXT = 512


class Kind(Protocol):
    """A kind of value."""

    @property
    def required(self) -> bool:
        """Whether it must be given."""

    def schema(self) -> dict[str, Any]:
        """As JSON schema (draft 2020-12)."""

    def refusal(self, value: object) -> str:
        """Why a value is none of these, "" when it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text. most: characters. pattern: the whole of it. choices: nothing else, where there are any."""

    about: str
    most: int = MAX_TEXT
    pattern: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        told: dict[str, Any] = {"type": "string", "description": self.about, "minLength": 1, "maxLength": self.most}
        told |= {"pattern": f"^(?:{self.pattern})$"} if self.pattern else {}
        return told | ({"enum": list(self.choices)} if self.choices else {})

    def refusal(self, value: object) -> str:
        """Why it is no such text."""
        if not isinstance(value, str):
            return "must be a text"
        if not 1 <= len(value) <= self.most:
            return f"must have 1 to {self.most} characters"
        if "\0" in value or not value.isprintable():
            return "holds characters that cannot be shown"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            return f"must be of the form {self.pattern}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A list of texts. most: how many. least: if it is given."""

    about: str
    each: Text
    most: int
    least: int = 0
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        size = {"minItems": self.least, "maxItems": self.most}
        return {"type": "array", "description": self.about, "items": self.each.schema(), **size}

    def refusal(self, value: object) -> str:
        """Why it is no such list."""
        if not isinstance(value, list):
            return "must be a list"
        if not self.least <= len(value) <= self.most:
            return f"must have {self.least} to {self.most} entries"
        return next(
            (f"entry {number}: {why}" for number, one in enumerate(value) if (why := self.each.refusal(one))), ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number, both ends included."""

    about: str
    least: int
    most: int
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        return {"type": "integer", "description": self.about, "minimum": self.least, "maximum": self.most}

    def refusal(self, value: object) -> str:
        """Why it is no such number."""
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be a whole number"
        return "" if self.least <= value <= self.most else f"must be {self.least} to {self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """True or false."""

    about: str
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        return {"type": "boolean", "description": self.about}

    def refusal(self, value: object) -> str:
        """Why it is no flag."""
        return "" if isinstance(value, bool) else "must be true or false"


def schema(kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Of all arguments of a tool. Others than these are refused."""
    return {
        "type": "object",
        "properties": {name: kind.schema() for name, kind in kinds.items()},
        "required": [name for name, kind in kinds.items() if kind.required],
        "additionalProperties": False,
    }


def refusal(kinds: Mapping[str, Kind], given: Mapping[str, object]) -> str:
    """Why these arguments do not fit, in one line that quotes nothing large; "" when they do."""
    for name in given:
        if name not in kinds:
            known = ", ".join(kinds) or "none"
            return f"there is no argument {str(name)[:60]!r}; the arguments are: {known}"
    for name, kind in kinds.items():
        if name not in given:
            if kind.required:
                return f"the argument {name!r} is missing"
        elif why := kind.refusal(given[name]):
            return f"the argument {name!r} {why}" if not why.startswith("entry") else f"the argument {name!r}, {why}"
    return ""
