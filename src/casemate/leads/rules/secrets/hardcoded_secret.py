"""A secret written in the code.

## What it is
A password, key or token stands in the code as a text: given to a name that says so, passed under such a name, compared with
one, or of a form that only a key has (`AKIA…`, `ghp_…`, `-----BEGIN PRIVATE KEY-----`).

## Why it matters
Everybody who can read the code has it: every copy, every backup, every former colleague, and whoever finds the repository
public one day. It is the same on every installation, and it cannot be changed without a release.

## How to fix it
Take it from the environment or from a secret store at start, and refuse to start without it. What stood in the history of
a repository is known: replace it where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.secrets.hardcoded_secret_examples import EXAMPLES
from casemate.leads.secretlike import form_of_a_key, looks, named
from casemate.model.lead import RuleId, Severity

if TYPE_CHECKING:
    from casemate.taint.solver import Solver


def find(solver: Solver) -> Iterator[Sighting]:
    """Texts that are a secret by their form, or by their name and their look. Only functions that have such a text, or one
    that could be one, are read."""
    for unit in solver.units():
        fn = solver.program.function(unit)
        if any(type(c) in (str, bytes) and _possible(_text(c)) for c in fn.consts):
            for pos, what in _in(fn):
                yield Sighting(unit[0], unit[1], pos, what)


def _in(fn: ir.Function) -> Iterator[tuple[int, str]]:
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            for name, operand in _given(fn, ins):
                text = _text(fn.consts[-1 - operand]) if type(operand) is int and operand < 0 else ""
                key = form_of_a_key(text)
                if key:
                    yield ins[1], key
                elif text and named(name) and looks(text, name):
                    yield ins[1], f"`{name}`"


def _given(fn: ir.Function, ins: ir.Instruction) -> Iterator[tuple[str, object]]:
    """Each value that an instruction gives to a name, or passes or compares under one; "" for no name."""
    op = ins[0]
    if op == ir.MOVE and type(ins[2]) is str:
        yield ins[2], ins[3]
    elif op == ir.SETGLOBAL:
        yield ins[3], ins[4]
    elif op == ir.SETATTR:
        yield ins[4], ins[5]
    elif op == ir.SETINDEX:
        yield _key(fn, ins[4]), ins[5]
    elif op == ir.MAPPING:
        for key, operand in ins[3]:
            yield _key(fn, key), operand
    elif op == ir.FUNCTION:
        yield from ins[4]
    elif op in (ir.CALL, ir.INVOKE):
        for operand in ins[-2]:
            yield "", operand
        for keyword, operand in ins[-1]:
            yield keyword or "", operand
    elif op == ir.COMPARE and ins[3] in ("==", "!="):
        yield str(ins[4]) if type(ins[4]) is str else "", ins[5]


def _key(fn: ir.Function, operand: object) -> str:
    const = fn.consts[-1 - operand] if type(operand) is int and operand < 0 else ""
    return const if type(const) is str and re.fullmatch(r"[\w-]{1,40}", const) else ""


def _text(const: object) -> str:
    return const if type(const) is str else const.decode("latin-1") if type(const) is bytes else ""


def _possible(text: str) -> bool:
    return 5 <= len(text) <= 8000 and (" " not in text or "PRIVATE KEY" in text)


RULE = DetectorRule(
    id=RuleId("hardcoded-secret"),
    title="A secret written in the code",
    cwe=798,
    owasp="A07:2021 Identification and Authentication Failures",
    severity=Severity.HIGH,
    message="{what} is a secret that stands in the code",
    also=(259, 321, 1392, 547),
    examples=EXAMPLES,
    find=find,
)
