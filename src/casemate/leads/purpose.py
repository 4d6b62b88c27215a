"""What an act is for, as far as the code around says: whether it is the concern of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Final

from casemate.languages import ir
from casemate.leads.becomes import Becomes, becomes
from casemate.leads.given import asked_for, only_drawn
from casemate.leads.rule import ActRule
from casemate.taint.frame import Unit
from casemate.taint.names import split
from casemate.taint.solver import Solver

BESIDE_LINES: Final = 4
"""So far from an act, in lines, a name speaks of what it is for."""
SIGNED: Final = frozenset({"signature", "signed", "sign"})
ABOUT: Final = frozenset({
    "suffix", "prefix", "name", "length", "len", "size", "count", "index", "delay", "timeout", "interval", "age", "path", "field",
})  # fmt: skip
"""Last words of names of what is no secret, whatever it is of."""


class Said(IntEnum):
    """How a rule's words are said of an act."""

    NOT = 0
    BESIDE = 1  # of something that stands near
    NAMED = 2  # of its result, or of the function that is there to make it


def matters(solver: Solver, unit: Unit, at: int, rule: ActRule, act: str) -> Said:
    """How a rule's words are said of an act: of what its result becomes, where the rule asks for that and names tell."""
    fn = solver.program.function(unit)
    if rule.hides and only_drawn(fn, fn.pos + at):
        return Said.NOT
    if rule.schemes and asked_for(fn, fn.pos + at, frozenset(rule.schemes)):
        return Said.NOT
    if rule.becomes:
        return _named(becomes(fn, fn.pos + at), fn, rule, own=act not in rule.quantities)
    return Said.BESIDE if speaks_of(solver, unit, at, rule.where) else Said.NOT


def _named(found: Becomes, fn: ir.Function, rule: ActRule, *, own: bool) -> Said:
    """Whether the names that a result is given, its function's, or the texts that it is put beside have one of a rule's words;
    where it is given no name, all texts of its function. A function's name speaks of what it gives back. A name that says that it
    is only part of something's name, or how long that takes, speaks for the others; a salt is no secret, whatever is made with
    it."""
    spelled = [split(name) for name in (*found.names, *found.called)]
    if found.passes or any(name[-1:] == ["salt"] for name in spelled):
        return Said.NOT
    signed = any(SIGNED & set(name) for name in spelled) or bool(SIGNED & _texts(fn))
    words = {w for w in rule.where if w not in rule.signed or not signed}
    about = [name for name in spelled if name[-1:] and name[-1] in ABOUT and _has(name, words)]
    if any(_has(name, words) for name in spelled if name not in about):
        return Said.NAMED
    if about:
        return Said.NOT
    if own and found.returned and any(_has(split(name), words) for name in _makers(fn)):
        return Said.NAMED
    if own and any(_has(split(name), words) for name in fn.qualname.split(".")):
        return Said.BESIDE
    texts = found.texts if found.names else _texts(fn)
    return Said.BESIDE if any(word in text for text in texts for word in words) else Said.NOT


def _makers(fn: ir.Function) -> list[str]:
    """The names of a function, and of the classes around it: not of a function in which it helps."""
    return fn.qualname.rpartition("<locals>.")[2].split(".")


def _has(name: Sequence[str], words: Iterable[str]) -> bool:
    joined = f"_{'_'.join(name)}_"
    return any(f"_{word}_" in joined for word in words)


def speaks_of(solver: Solver, unit: Unit, at: int, words: Sequence[str]) -> bool:
    """Whether what a function does at a position (relative to its start) stands beside one of the words: the function goes by
    it, uses a name that has it a few lines away at most, or has it in a text. A name has it as one or several of its own words
    (`key` and `session_key` of `session_key`, `remember` of `rememberMe`), a text anywhere."""
    fn = solver.program.function(unit)
    module = solver.program.modules[unit[0]]
    here = module.line(fn.pos + at)
    names = set(fn.qualname.split("."))
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if abs(module.line(ins[1]) - here) <= BESIDE_LINES:
                names.update(_names(ins[2:]))
    spelled = [f"_{'_'.join(split(name))}_" for name in names]
    texts = _texts(fn)
    return any(word in text for text in texts for word in words) or any(
        f"_{word}_" in name for name in spelled for word in words
    )


def _names(parts: Iterable[Any]) -> Iterator[str]:
    """The names in the parts of an instruction, those of arguments among them."""
    for part in parts:
        if type(part) is str:
            yield part
        elif type(part) is tuple:
            yield from _names(part)


def mentioned(fn: ir.Function) -> tuple[set[str], set[str]]:
    """The names that a function uses or goes by, and its short texts in lower case."""
    names = {*fn.qualname.split("."), *(p.name for p in fn.params)}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            names.update(part for part in ins[2:5] if type(part) is str)
    return names, _texts(fn)


def _texts(fn: ir.Function) -> set[str]:
    return {c.lower() for c in fn.consts if type(c) is str and len(c) < 200}
