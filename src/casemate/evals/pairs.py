"""Known flaws in real code, given by path: for each the release that has it, the one that mends it, and the place.

A file of pairs is TOML, with folders relative to it:

    [[pair]]
    id = "some-package"
    cwe = 22
    weak = "releases/some-package-1.0"
    fixed = "releases/some-package-1.1"
    file = "package/files.py"
    first = 10      # lines of the flawed function in the weak release
    last = 24
    fixed_first = 10    # and in the fixed one
    fixed_last = 30
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from casemate.evals.answers import Answer, Posed, Solver, Used, found
from casemate.evals.variants import Place, Program
from casemate.governance.evaluation import Item, Task
from casemate.model.errors import UserError

SUITE: Final = "casemate/pairs"
_STEP: Final = "docs/evals.md shows the form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """As in the file. weak, fixed: folders."""

    id: str
    cwe: int
    weak: Path
    fixed: Path
    file: str
    first: int
    last: int
    fixed_first: int
    fixed_last: int


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs in a file. Raises UserError."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))["pair"]
        pairs = tuple(_pair(one, path.parent) for one in told)
        if not pairs or len({pair.id for pair in pairs}) != len(pairs):
            raise ValueError("there are none, or two have the same id")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{str(path)!r} holds no pairs: {error}", _STEP) from error
    for pair in pairs:
        for folder in (pair.weak, pair.fixed):
            if not (folder / pair.file).is_file():
                raise UserError(f"{str(folder)!r} has no file {pair.file!r}, which {pair.id} names", _STEP)
    return pairs


def _pair(told: dict[str, Any], base: Path) -> Pair:
    values = {field.name: told[field.name] for field in fields(Pair)}
    if set(told) != set(values):
        raise ValueError(f"it has what pairs have not: {sorted(set(told) - set(values))}")
    numbers = ("cwe", "first", "last", "fixed_first", "fixed_last")
    if any(type(values[name]) is not int or values[name] < 1 for name in numbers):
        raise ValueError(f"{', '.join(numbers)} are numbers from 1 on")
    return Pair(**{**values, "weak": base / values["weak"], "fixed": base / values["fixed"]})


def digest(pairs: Sequence[Pair]) -> str:
    """SHA-256 over the pairs and every Python file of their releases, in hex."""
    whole = sha256()
    for pair in pairs:
        lines = (pair.first, pair.last, pair.fixed_first, pair.fixed_last)
        whole.update(repr((pair.id, pair.cwe, pair.file, lines)).encode())
        for folder in (pair.weak, pair.fixed):
            whole.update(repr(sorted(_files(folder).items())).encode())
    return whole.hexdigest()


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*.py"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A whole run."""

    items: tuple[Item, ...]
    used: Used


def run(pairs: Sequence[Pair], solver: Solver, *, progress: Callable[[str, int, int], None]) -> Found:
    """Put both releases of every pair to the solver, once each: real code has no variants."""
    items: list[Item] = []
    used = Used()
    for done, pair in enumerate(pairs):
        progress("evaluating", done, len(pairs))
        releases = (
            ("a", pair.weak, pair.first, pair.last),
            ("b", pair.fixed, pair.fixed_first, pair.fixed_last),
        )
        answers: list[tuple[Answer, bool]] = []
        for side, folder, first, last in releases:
            places = tuple(Place(path=pair.file, line=line) for line in range(first, last + 1))
            program = Program(files=_files(folder), places=places)
            answer = solver(Posed(name=f"{pair.id}-{side}", task=Task.FIND, files=program.files))
            used += answer.used
            answers.append((answer, found(program, pair.cwe, answer.claims)))
        (one, hit), (other, alarm) = answers
        items.append(
            Item(
                id=pair.id,
                attempts=1,
                unanswered=int(bool(one.silence) and not hit),
                successes=int(hit),
                controls=1,
                unsettled=int(bool(other.silence) and not alarm),
                false_alarms=int(alarm),
            )
        )
    progress("evaluating", len(pairs), len(pairs))
    return Found(items=tuple(items), used=used)
