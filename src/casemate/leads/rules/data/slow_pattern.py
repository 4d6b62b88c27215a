"""Pattern that takes exponential time.

## What it is
A regular expression kept by a module can read some text in a number of ways that doubles with every few characters.

## Why it matters
Such a pattern is a flaw wherever it meets a text that somebody else wrote: forty characters stop the process. It stands here
once and is used in many places, by those who import it as well.

## How to fix it
Let each character be read in one way: alternatives that begin differently (`\\\\.|[^'\\\\]`, where `\\\\.|[^']` can both take a
backslash), no repetition directly inside another (`[^.]+(?:\\.[^.]+)*` for `.+(?:\\..+)*`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Example, Sighting
from casemate.model.lead import RuleId, Severity
from casemate.taint.redos import explosive

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

MATCHERS = ("re", "regex")
KEPT = ("module", "class")


def find(solver: Solver) -> Iterator[Sighting]:
    """Texts that bodies of modules and classes keep, where the module matches patterns."""
    for name in sorted(solver.program.modules):
        module = solver.program.modules[name]
        if any(b[0] == ir.BOUND_IMPORT and b[1].split(".")[0] in MATCHERS for _, b in module.names):
            for fn in module.functions:
                if fn.kind in KEPT:
                    for pos, text in _patterns(fn):
                        yield Sighting(name, fn.number, pos, repr(text[:60]))


def _patterns(fn: ir.Function) -> Iterator[tuple[int, str]]:
    slow = {-1 - n: c for n, c in enumerate(fn.consts) if type(c) is str and explosive(c)}
    if not slow:
        return
    seen: set[str] = set()
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            for operand in _given(ins):
                text = slow.get(operand, "") if type(operand) is int else ""
                if text and text not in seen:
                    seen.add(text)
                    yield ins[1], text


def _given(ins: Any) -> tuple[Any, ...]:
    """What an instruction keeps or hands on whole: not what is put together with something else."""
    if ins[0] in (ir.CALL, ir.INVOKE):
        return (*ins[-2], *(v for _, v in ins[-1]))
    if ins[0] == ir.SEQUENCE:
        return tuple(ins[4])
    if ins[0] == ir.MAPPING:
        return tuple(v for _, v in ins[3])
    return (ins[4],) if ins[0] == ir.SETGLOBAL else (ins[3],) if ins[0] == ir.MOVE else ()


RULE = DetectorRule(
    id=RuleId("slow-pattern"),
    title="Pattern that takes exponential time",
    cwe=1333,
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.MEDIUM,
    message="{what} can be kept busy for very long by some text",
    also=(400, 730),
    find=find,
    examples=(
        Example(
            name="a domain's labels, which may hold the dot themselves",
            code="""
import re

HOST = re.compile(r"^(?P<name>[^/]+(?:\\.[^/]+)*)$")  # finding

def is_host(text):
    return HOST.match(text) is not None
""",
        ),
        Example(
            name="a table of tokens",
            code="""
import re

TOKENS = [
    (r"[a-z]+", "word"),
    (r"'(?:\\\\.|[^'])*'", "text"),  # finding
]

class Lexer:
    rules = [(re.compile(pattern).match, name) for pattern, name in TOKENS]
""",
        ),
        Example(
            name="a class's pattern",
            code="""
import re

class Tags:
    LIST = re.compile(r"^(?:\\w+[, ]?)+;$", re.ASCII)  # finding
""",
        ),
        Example(
            name="near-miss: each character can be read in one way",
            code="""
import re

HOST = re.compile(r"^(?P<name>[^/.]+(?:\\.[^/.]+)*)$")
TEXT = r"'(?:\\\\.|[^'\\\\])*'"
""",
        ),
        Example(
            name="near-miss: nothing can fail after it",
            code="""
import re

WORDS = re.compile(r"(?:[a-z]+,?)+")
""",
        ),
        Example(
            name="near-miss: a piece of a larger pattern",
            code="""
import re

PIECE = r"(?:\\w+\\s?)" + "{1,9}"
WHOLE = re.compile("^" + PIECE + ";")
""",
        ),
        Example(
            name="near-miss: a text where nothing is matched",
            code="""
HELP = "(a+)+$ is a pattern that takes long"
""",
        ),
    ),
)
