"""Unknown users told apart by time.

## What it is
A login looks up the user and answers at once when there is none; only for a known user is the password's hash worked out.

## Why it matters
Hashing a password takes long on purpose: who measures the answers learns which names and addresses have an account.

## How to fix it
Verify the given password in either case, against the hash of some fixed password where there is no user, and answer the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.secrets.unknown_user_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.taint.names import split

if TYPE_CHECKING:
    from casemate.taint.solver import Solver

LOGINS = frozenset({"auth", "authenticate", "login", "signin", "credentials"})
VERIFIES = frozenset(
    {"check_password_hash", "check_password", "verify_password", "checkpw", "check_encrypted_password"}
)


def find(solver: Solver) -> Iterator[Sighting]:
    """A branch on whether a user was found, whose way for none verifies no password."""
    for unit in solver.units():
        fn = solver.program.function(unit)
        if fn.kind == "function" and LOGINS & set(split(fn.name)) and ir.mentions(fn, VERIFIES):
            for pos, name in _in(fn):
                yield Sighting(*unit, pos, name)


def _in(fn: ir.Function) -> Iterator[tuple[int, str]]:
    blocks = ir.graph(fn)
    called: dict[Any, str] = {}
    whose: dict[Any, str] = {}  # the variable of which an operand is an attribute
    compared: dict[
        Any, tuple[Any, bool]
    ] = {}  # a comparison with None: of what, and the answer that says there is none
    looked_up: set[Any] = set()
    hashing: dict[int, set[str]] = {}  # blocks that verify, and whose password
    for number, (instructions, _, _) in enumerate(blocks):
        for ins in instructions:
            op, dst = ins[0], ins[2]
            if op in (ir.GLOBAL, ir.FREE, ir.IMPORT):
                called[dst] = str(ins[3]).rpartition(".")[2]
            elif op == ir.ATTR:
                called[dst] = ins[4]
                whose[dst] = ins[3] if type(ins[3]) is str else whose.get(ins[3], "")
            elif op == ir.COMPARE and ins[3] in ("is", "is not", "==", "!=") and _none(fn, ins[5]):
                compared[dst] = (ins[4], ins[3] in ("is", "=="))
            elif op in (ir.CALL, ir.INVOKE):
                name = ins[4] if op == ir.INVOKE else called.get(ins[3], "")
                args = (ins[3], *ins[5]) if op == ir.INVOKE else ins[4]
                looked_up.add(dst)
                if name in VERIFIES:
                    hashing.setdefault(number, set()).update(a if type(a) is str else whose.get(a, "") for a in args)
            elif op == ir.MOVE and ins[3] in looked_up:
                looked_up.add(dst)
    users = {name for names in hashing.values() for name in names} & looked_up
    for _, terminator, _ in blocks:
        if terminator[0] == ir.BRANCH:
            _, pos, condition, then, otherwise = terminator
            operand, answer = compared.get(condition, (condition, False))
            if operand in users and not hashing.keys() & _reached(blocks, then if answer else otherwise):
                yield pos, str(operand)
                return


def _none(fn: ir.Function, operand: Any) -> bool:
    return type(operand) is int and operand < 0 and fn.consts[-1 - operand] is None


def _reached(blocks: tuple[ir.Block, ...], start: int) -> set[int]:
    seen = {start}
    queue = [start]
    while queue:
        _, terminator, _ = blocks[queue.pop()]
        for way in ir.ways(terminator):
            if way not in seen:
                seen.add(way)
                queue.append(way)
    return seen


RULE = DetectorRule(
    id=RuleId("unknown-user"),
    title="Unknown users told apart by time",
    cwe=208,
    also=(203, 204),
    owasp="A07:2021 Identification and Authentication Failures",
    severity=Severity.LOW,
    message="{function} answers at once when there is no `{what}`, and verifies a password only when there is one",
    find=find,
    examples=EXAMPLES,
)
