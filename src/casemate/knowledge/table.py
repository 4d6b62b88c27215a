"""Strict reading of one TOML table: every key is known, every value has its shape, every error says where and what next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from casemate.knowledge.entries import ALL, KEYS, RECEIVER, Selector

NAME: Final = re.compile(r"(?:\*\.)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
SPECIAL: Final = (RECEIVER, ALL, KEYS)


class KnowledgeError(Exception):
    """A knowledge file says something that cannot be meant. Of a packaged file the tests find it before anybody scans."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}; {remedy}")
        self.what = f"{where}: {problem}"
        self.remedy = remedy


def dotted(where: str, name: object) -> str:
    """The name, when it is a dotted name as a program would import it."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise KnowledgeError(
            where, f"not a dotted name: {name!r}", 'write it as a program imports it, like "os.path.join"'
        )
    return name


def selector(where: str, value: object) -> Selector:
    """Where an argument is found: one position or keyword, or alternatives for the same parameter in a list."""
    parts = value if isinstance(value, list) else [value]
    for part in parts:
        plain = isinstance(part, int) and not isinstance(part, bool) and part >= 0
        if not plain and not (isinstance(part, str) and (part.isidentifier() or part in SPECIAL)):
            raise KnowledgeError(
                where,
                f"not a place of an argument: {part!r}",
                f"write a position, a keyword, or one of {', '.join(SPECIAL)}",
            )
    if not parts or (len(parts) > 1 and any(p in SPECIAL for p in parts)):
        raise KnowledgeError(
            where, f"not a place of an argument: {value!r}", 'write positions and keywords, like [0, "path"]'
        )
    return tuple(parts)


class Table:
    """A TOML table at a place (`flask.toml: call."flask.redirect"`), read key by key; unknown keys are refused at once."""

    __slots__ = ("content", "where")

    def __init__(self, where: str, content: object, keys: frozenset[str]) -> None:
        if not isinstance(content, Mapping):
            raise KnowledgeError(where, f"not a table: {content!r}", f"give it keys out of {', '.join(sorted(keys))}")
        for key in content:
            if key not in keys:
                raise KnowledgeError(where, f"unknown key {key!r}", f"use one of {', '.join(sorted(keys))}")
        self.where = where
        self.content = content

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def at(self, key: str) -> str:
        """The place of a key, for an error."""
        return f"{self.where}.{key}"

    def required(self, key: str) -> object:
        """The value of a key that must be there."""
        if key not in self.content:
            raise KnowledgeError(self.where, f"{key!r} is missing", "add it")
        return self.content[key]

    def text(self, key: str, default: str | None = "") -> str:
        """A non-empty string; without a default the key is required."""
        value = self.required(key) if default is None else self.content.get(key, default)
        if not isinstance(value, str) or (key in self.content and not value):
            raise KnowledgeError(self.at(key), f"not a text: {value!r}", "write a string that is not empty")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = "") -> str:
        """A string out of a fixed set; without a default the key is required."""
        value = self.text(key, default)
        if key in self.content and value not in allowed:
            raise KnowledgeError(self.at(key), f"unknown value {value!r}", f"use one of {', '.join(allowed)}")
        return value

    def name(self, key: str, default: str | None = "") -> str:
        """A dotted name; without a default the key is required."""
        value = self.text(key, default)
        return dotted(self.at(key), value) if key in self.content else value

    def flag(self, key: str) -> bool:
        """True or false; false when left out."""
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise KnowledgeError(self.at(key), f"neither true nor false: {value!r}", "write true, or leave it out")
        return value

    def items(self, key: str) -> list[object]:
        """A list; empty when left out."""
        value = self.content.get(key, [])
        if not isinstance(value, list):
            raise KnowledgeError(self.at(key), f"not a list: {value!r}", "put it in square brackets")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of non-empty strings, none twice; empty when left out."""
        out: list[str] = []
        for value in self.items(key):
            if not isinstance(value, str) or not value or value in out:
                raise KnowledgeError(
                    self.at(key), f"empty, repeated or not a text: {value!r}", "list different strings"
                )
            out.append(value)
        return tuple(out)

    def selector(self, key: str) -> Selector:
        """Where an argument is found; required."""
        return selector(self.at(key), self.required(key))

    def selectors(self, key: str) -> tuple[Selector, ...]:
        """A list of places of arguments; empty when left out."""
        return tuple(selector(f"{self.at(key)}[{i}]", v) for i, v in enumerate(self.items(key)))

    def tables(self, key: str, keys: frozenset[str]) -> Iterator[Table]:
        """The tables of a list, each with its place."""
        for i, value in enumerate(self.items(key)):
            yield Table(f"{self.at(key)}[{i}]", value, keys)
