"""The ladder of a patch for a property: the same rungs, with the two programs of the property in the place of a proof's inputs.

It needs no oracle, and makes nothing proven: as long as no person has accepted the property, what holds is a proposal for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from casemate.model.fix import Climb, Fix, Patch, Rung, Step
from casemate.model.lead import Lead
from casemate.model.proposal import Place, Property
from casemate.pipeline.properties import run, unseen
from casemate.pipeline.validate import Grounds, applies, climbing, rescan
from casemate.proofs.replay import RUNS


def uphold(claimed: Property, lead: Lead, patch: Patch, grounds: Grounds) -> Fix:
    """Put a patch to every rung, the cheap ones first; below a rung that fails nothing more is tried. claimed: it was
    demonstrated of the unpatched target. lead: that it is about."""
    rungs = {Rung.APPLIES: applies(patch, grounds.bench)}
    spent = 0
    moved = _moved(claimed, patch, grounds)
    if climbing(rungs) and moved is None:
        rungs[Rung.LOADS] = _fails(Rung.LOADS, "the function that the property is about is gone")
    if climbing(rungs):
        spent += 1
        rungs[Rung.CONTROL] = _control(run(replace(grounds.bench, patched=()), claimed, scenario=claimed.violates))
    if climbing(rungs) and moved is not None:
        bench = replace(grounds.bench, patched=patch.changes)
        spent += 1
        rungs |= {one.rung: one for one in _ordinary(run(bench, moved, scenario=moved.ordinary))}
        for number in range(RUNS if climbing(rungs) else 0):
            spent += 1
            rungs[Rung.DEAD] = _dead(run(bench, moved, scenario=moved.violates), number + 1)
            if not climbing(rungs):
                break
    if climbing(rungs):
        rungs[Rung.VARIANTS] = Climb(
            rung=Rung.VARIANTS, step=Step.NOT_APPLICABLE, detail="one way to violate it is known"
        )
        rungs[Rung.RESCAN] = rescan(lead, patch, grounds)
    if climbing(rungs):
        rungs[Rung.TESTS] = grounds.suite.climb(patch)
    return Fix(
        patch=patch,
        ladder=tuple(rungs.get(rung) or Climb(rung=rung, step=Step.UNTRIED) for rung in Rung),
        executions=spent,
    )


def _control(seen: Mapping[str, Any]) -> Climb:
    if why := unseen(seen) or ("" if seen["violated"] else "it does not happen"):
        return _fails(Rung.CONTROL, f"on an unpatched copy: {why}")
    return _holds(Rung.CONTROL, "violated on an unpatched copy")


def _ordinary(seen: Mapping[str, Any]) -> Iterator[Climb]:
    """The ordinary use still comes to the function and goes through it."""
    if why := unseen(seen):
        yield _fails(Rung.LOADS, f"in ordinary use: {why}")
        return
    yield _holds(Rung.LOADS, "ordinary use comes to the function")
    raised = f"it raises {seen['raised']}" if seen.get("raised") else ""
    if why := raised or ("it happens there" if seen["violated"] else ""):
        yield _fails(Rung.BENIGN, f"in ordinary use: {why}")
    else:
        yield _holds(Rung.BENIGN, "ordinary use goes on")


def _dead(seen: Mapping[str, Any], number: int) -> Climb:
    """It does not happen, or what would make it happen is refused by an exception."""
    refused = not seen.get("failed") and not seen["violated"] and seen.get("raised")
    if why := "" if refused else unseen(seen) or ("it still happens" if seen["violated"] else ""):
        return _fails(Rung.DEAD, f"run {number} of {RUNS}: {why}")
    return _holds(Rung.DEAD, f"not violated in {number} of {RUNS} runs")


def _moved(claimed: Property, patch: Patch, grounds: Grounds) -> Property | None:
    """The property with the line at which its function begins in the patched file; None when it is not there any more."""
    path, line = claimed.watched.path, claimed.watched.line
    change = next((change for change in patch.changes if change.path == path), None)
    if change is None:
        return claimed
    name = next((name for name, at in functions(change.before) if at == line), None)
    there = next((at for other, at in functions(change.after) if other == name), None)
    return None if there is None else replace(claimed, watched=Place(path=path, line=there))


def functions(text: bytes | str) -> Iterator[tuple[str, int]]:
    """Qualified name, as Python has it, and line of the `def` of each function; none for what does not parse."""

    def within(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{prefix}{child.name}", child.lineno
                yield from within(child, f"{prefix}{child.name}.<locals>.")
            elif isinstance(child, ast.ClassDef):
                yield from within(child, f"{prefix}{child.name}.")
            else:
                yield from within(child, prefix)

    try:
        yield from within(ast.parse(text), "")
    except (SyntaxError, ValueError, RecursionError):
        return


def _holds(rung: Rung, detail: str) -> Climb:
    return Climb(rung=rung, step=Step.HOLDS, detail=detail)


def _fails(rung: Rung, detail: str) -> Climb:
    return Climb(rung=rung, step=Step.FAILS, detail=detail)
