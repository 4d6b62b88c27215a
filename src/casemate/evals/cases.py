"""The corpus: small programs, each with a planted weakness, a twin that looks alike and is safe, tests, and what decides.

A case is one text file. Its head is TOML; then each part begins with `=== FILE`. Lines that begin with `-|` are of the weak
program alone, those with `+|` of its twin; a line that ends in ` #!` is the place. `#~` begins a part of a file that may stand
elsewhere; `#{`, `#|`, `#}` hold ways to write the same thing. docs/evals.md has an example.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, Final

from casemate.model.errors import UserError

SUITE: Final = "casemate/corpus"
VERSION: Final = "1"

CHECK: Final = "check.py"
HELD: Final = "held.py"
SUFFIX: Final = ".case"

_PART = re.compile(r"^=== (\S+)\n", re.MULTILINE)
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Difficulty(StrEnum):
    """How hard a case is meant to be: by how many things must be seen together, not by measured results."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    VERY_HARD = "very hard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it is written. id: of its file. decided: an oracle's name, or "property". what: what must never happen, in plain
    words. names: words that variants replace, each with what stands for it. parts: text by file."""

    id: str
    difficulty: Difficulty
    cwe: int
    decided: str
    what: str
    names: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, str], ...]


def read_case(id: str, text: str) -> Case:
    """The case that a file holds. Raises UserError for a file that is none."""
    head, *rest = _PART.split(text)
    try:
        if not _PLAIN.fullmatch(id):
            raise ValueError("its name is lower-case letters, digits and hyphens")
        told: dict[str, Any] = tomllib.loads(head)
        parts = tuple(zip(rest[::2], rest[1::2], strict=True))
        case = Case(
            id=id,
            difficulty=Difficulty(told["difficulty"]),
            cwe=int(told["cwe"]),
            decided=str(told["decided"]),
            what=str(told["what"]),
            names=tuple(tuple(str(words).split()) for words in told["names"]),
            parts=parts,
        )
        files = [name for name, _ in parts]
        if len(set(files)) != len(files) or not {CHECK, HELD} <= set(files) or not program_files(files):
            raise ValueError(f"it has a program, {HELD} and {CHECK}, each once")
        if any("/" in name or name.startswith(".") for name in files):
            raise ValueError("its files lie in one folder")
        if any(len(words) < 2 for words in case.names):
            raise ValueError("a name has something that stands for it")
        if not any(" #!" in text for _, text in parts):
            raise ValueError("it marks no place")
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{id!r} is no case of a corpus: {error}", "docs/evals.md shows the form") from error
    return case


def program_files(files: Iterable[str]) -> list[str]:
    """Those that are the program: neither tests nor what is held back."""
    return [name for name in files if name not in (CHECK, HELD) and not name.startswith("test_")]


@cache
def corpus() -> tuple[Case, ...]:
    """The cases that come with Casemate, by name."""
    folder = resources.files("casemate.evals") / "corpus"
    files = sorted((file.name, file) for file in folder.iterdir() if file.name.endswith(SUFFIX))
    return tuple(read_case(name.removesuffix(SUFFIX), file.read_text("utf-8")) for name, file in files)


def read_corpus(folder: Path) -> tuple[Case, ...]:
    """The cases in somebody's own folder. Raises UserError."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
        texts = [(path.stem, path.read_text("utf-8")) for path in files]
    except (OSError, UnicodeError) as error:
        raise UserError(f"{str(folder)!r} cannot be read: {error}", "name a folder of cases") from error
    if not texts:
        raise UserError(f"{str(folder)!r} holds no file *{SUFFIX}", "docs/evals.md shows the form")
    return tuple(read_case(id, text) for id, text in texts)


def digest(cases: Sequence[Case]) -> str:
    """SHA-256 over all of the cases, in hex, whatever their order."""
    whole = sha256()
    for case in sorted(cases, key=lambda case: case.id):
        for text in (case.id, repr(case)):
            data = text.encode()
            whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()
