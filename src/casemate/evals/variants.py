"""Variants of a case by seed: names, constants, the order of definitions, ways of writing and unrelated code change; what the
program does, and where it is weak, does not. So a remembered answer is no answer.

The same case and seed give the same bytes. The weak program and its twin of one seed differ in the planted lines alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from casemate.evals.cases import CHECK, HELD, Case, program_files
from casemate.evals.filler import functions

PLACE: Final = " #!"
MOVABLE: Final = "#~"
END: Final = "#~."  # of what is movable
MOST_FILLER: Final = 3  # unrelated functions in one file


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a program, counted from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program as a solver sees it: files by name, its own tests among them. places: where it is weak, or where its twin would
    be; no solver that is to find them sees them."""

    files: Mapping[str, str]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A case with a seed. held: tests that a solver never sees. check: a module whose function `violated` says whether what must
    never happen happens."""

    case: Case
    seed: int
    weak: Program
    twin: Program
    held: str
    check: str


def variant(case: Case, seed: int) -> Variant:
    """The variant of that seed."""
    random = Random(f"{case.id}\0{seed}")
    words = {one[0]: random.choice([word for word in one if not word.startswith("K_")]) for one in case.names}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    renamed = partial(pattern.sub, lambda found: words[found.group()])
    own = set(program_files(path for path, _ in case.parts))
    seeds = {path: random.random() for path, _ in case.parts}  # of each file, for the weak program as for its twin

    def program(keep: str, drop: str) -> Program:
        files: dict[str, str] = {}
        places: list[Place] = []
        for path, text in case.parts:
            if path in (CHECK, HELD):
                continue
            of_file = Random(seeds[path])
            chosen = _chosen(_kept(renamed(text), keep, drop), of_file)
            lines = (_moved(chosen, of_file) if path in own else chosen).splitlines()
            stem, dot, end = path.partition(".")
            name = renamed(stem) + dot + end
            places += [Place(path=name, line=at) for at, line in enumerate(lines, 1) if line.endswith(PLACE)]
            files[name] = "\n".join(line.removesuffix(PLACE) for line in lines) + "\n"
        return Program(files=files, places=tuple(places))

    hidden = {name: renamed(text) for name, text in case.parts if name in (CHECK, HELD)}
    return Variant(
        case=case,
        seed=seed,
        weak=program("-|", "+|"),
        twin=program("+|", "-|"),
        held=hidden[HELD],
        check=hidden[CHECK],
    )


def _kept(text: str, keep: str, drop: str) -> str:
    lines = (line.removeprefix(keep) for line in text.splitlines() if not line.startswith(drop))
    return "\n".join(lines) + "\n"


def _chosen(text: str, random: Random) -> str:
    """The text with one of each set of ways to write."""

    def choose(found: re.Match[str]) -> str:
        return random.choice(re.split(r"^#\|\n", found.group(1), flags=re.MULTILINE))

    return re.sub(r"^#\{\n(.*?)^#\}\n", choose, text, flags=re.MULTILINE | re.DOTALL)


def _moved(text: str, random: Random) -> str:
    """The text with its movable parts in another order, and unrelated ones between them."""
    text, ended, tail = text.partition(f"\n{END}\n")
    head, *blocks = re.split(rf"^{MOVABLE}\n", text, flags=re.MULTILINE)
    if not blocks:
        return text
    method = blocks[0].startswith(" ")
    blocks = [block.rstrip("\n") for block in blocks]
    blocks += functions(random, random.randrange(MOST_FILLER + 1), method=method)
    random.shuffle(blocks)
    gap = "\n\n" if method else "\n\n\n"
    return gap.join([head.rstrip("\n"), *blocks, *([tail.rstrip("\n")] if ended else [])]) + "\n"
