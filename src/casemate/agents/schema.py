"""What a tool may be asked: a schema for the model, and the strict check of what came. One description gives both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casemate.model.dialogue import Tool

MOST = 65_536
"""Characters of a call's arguments at most."""

Arguments = Mapping[str, Any]


class Misfit(ValueError):
    """Arguments that are not what the schema says, and why, in one line that quotes nothing of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of so many characters. choices: the only ones, where there are some."""

    name: str
    says: str
    most: int = 400
    least: int = 1
    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        choices = {"enum": list(self.choices)} if self.choices else {"minLength": self.least, "maxLength": self.most}
        return {"type": "string", "description": self.says, **choices}

    def check(self, value: object) -> None:
        """Raises Misfit."""
        if type(value) is not str:
            raise Misfit(f"{self.name} is to be a string")
        if self.choices and value not in self.choices:
            raise Misfit(f"{self.name} is to be one of {', '.join(self.choices)}")
        if not self.choices and not self.least <= len(value) <= self.most:
            raise Misfit(f"{self.name} is to have {self.least} to {self.most} characters")
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Misfit(f"{self.name} holds a character that no text has")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number."""

    name: str
    says: str
    least: int = 1
    most: int = 10_000_000

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "integer", "description": self.says, "minimum": self.least, "maximum": self.most}

    def check(self, value: object) -> None:
        """Raises Misfit."""
        if type(value) is not int:
            raise Misfit(f"{self.name} is to be a whole number")
        if not self.least <= value <= self.most:
            raise Misfit(f"{self.name} is to be from {self.least} to {self.most}")


Field = Text | Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A tool as models are told of it; every field is needed, and there is no other."""

    name: str
    description: str
    fields: tuple[Field, ...]

    @property
    def tool(self) -> Tool:
        """For a prompt."""
        schema = {
            "type": "object",
            "properties": {field.name: field.schema() for field in self.fields},
            "required": [field.name for field in self.fields],
            "additionalProperties": False,
        }
        return Tool(
            name=self.name,
            description=self.description,
            schema=json.dumps(schema, sort_keys=True, separators=(",", ":")),
        )

    def read(self, arguments: str) -> Arguments:
        """The arguments of a call. Raises Misfit."""
        if len(arguments) > MOST:
            raise Misfit(f"the arguments have more than {MOST} characters")
        try:
            value = json.loads(arguments, object_pairs_hook=_once, parse_constant=_no_constant)
        except Misfit:
            raise
        except (ValueError, RecursionError):
            raise Misfit("the arguments are no JSON") from None
        if not isinstance(value, dict):
            raise Misfit("the arguments are to be a JSON object")
        named = {field.name for field in self.fields}
        if value.keys() - named:
            raise Misfit(f"there is an argument beside {', '.join(sorted(named)) or 'none'}")
        for field in self.fields:
            if field.name not in value:
                raise Misfit(f"{field.name} is missing")
            field.check(value[field.name])
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Misfit("an argument is given twice")
    return found


def _no_constant(name: str) -> None:
    raise Misfit("a number is none that JSON has")
