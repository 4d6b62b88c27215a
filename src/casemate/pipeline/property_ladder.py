"""The ladder for a violated property: the same rungs as for a proof, with the property in the place of the oracle.

Its own program, and that program with other values, must violate it no more; ordinary use, and other values that violated
nothing, must give the answers that they gave. Whether the property must hold is no rung: a person decides that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from casemate.evidence.stated import Stated
from casemate.leads.proposed import ID
from casemate.model.fix import Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Lead
from casemate.model.location import Location
from casemate.model.proposal import Place, Property
from casemate.pipeline.moved import moved
from casemate.pipeline.properties import Seen, run
from casemate.pipeline.tried import spoken
from casemate.pipeline.validate import Grounds, applies, climbing, fails, holds, rescan
from casemate.proofs.campaign import Bench
from casemate.proofs.mutation import literals
from casemate.proofs.replay import RUNS
from casemate.proofs.scenario import other_uses

OTHERS: Final = 16
"""Programs with other values that are tried at most."""

UNACCEPTED: Final = "a patch holds on every rung, and is offered once a person accepts the property"

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{6,}")
_GONE: Final = ("ImportError", "ModuleNotFoundError", "SyntaxError", "NameError", "AttributeError", "TypeError")
"""Errors by which a program ends that no longer fits the target: then it shows nothing."""


@dataclass(slots=True)
class Trying:
    """A property on the target as it is, and as a patch makes it. executions: of the target, so far."""

    stated: Stated
    bench: Bench
    patch: Patch
    executions: int = 0

    def before(self, program: str) -> Seen:
        """What a program does as the target is, in a copy, so that nothing but the patch is different afterwards."""
        return self._run(replace(self.bench, patched=()), self.stated.claimed, program)

    def after(self, program: str) -> Seen:
        """What it does with the patch."""
        return self._run(replace(self.bench, patched=self.patch.changes), self._moved(), program)

    def _run(self, bench: Bench, claimed: Property, program: str) -> Seen:
        self.executions += 1
        return run(bench, claimed, scenario=program, answers=True)

    def _moved(self) -> Property:
        """The property with the watched function where the patch has put it."""
        claimed, name = self.stated.claimed, self.stated.function.rpartition(".")[2]
        place = Location(path=claimed.watched.path, line=claimed.watched.line)
        line = moved(Lead(rule=ID, location=place, function="", message=""), self.patch.changes).lead.location.line
        change = next((one for one in self.patch.changes if one.path == place.path), None)
        if change is not None:
            head = re.compile(rf"\s*(async\s+)?def\s+{re.escape(name)}\b")
            lines = change.after.decode("utf-8", "replace").split("\n")
            heads = [number for number, text in enumerate(lines, 1) if head.match(text)]
            line = min(heads, key=lambda number: abs(number - line), default=line)
        return replace(claimed, watched=Place(path=place.path, line=line))


def climb(stated: Stated, lead: Lead, patch: Patch, grounds: Grounds) -> Fix:
    """Put a patch to every rung, the cheap ones first; below a rung that fails nothing more is tried."""
    trying = Trying(stated, grounds.bench, patch)
    rungs = {Rung.APPLIES: applies(patch, grounds.bench)}
    if climbing(rungs):
        rungs |= {one.rung: one for one in driven(trying)}
    if climbing(rungs):
        rungs[Rung.RESCAN] = rescan(lead, patch, grounds)
    if climbing(rungs):
        rungs[Rung.TESTS] = grounds.suite.climb(patch)
    ladder = tuple(rungs.get(rung) or Climb(rung=rung, step=Step.UNTRIED) for rung in Rung)
    return Fix(patch=patch, ladder=ladder, executions=trying.executions)


def driven(trying: Trying) -> list[Climb]:
    """The rungs that run the target, up to the first that fails."""
    claimed = trying.stated.claimed
    control = trying.before(claimed.violates)
    if control.unseen or not control.violated:
        why = control.unseen or "it holds on an unpatched copy, so that holding afterwards would say nothing"
        return [fails(Rung.CONTROL, why)]
    out = [holds(Rung.CONTROL, "it is violated on an unpatched copy")]
    uses = [trying.before(claimed.ordinary) for _ in range(2)]
    then = trying.after(claimed.ordinary)
    if why := next((one.ordinary for one in uses if one.ordinary), ""):
        return [*out, fails(Rung.CONTROL, f"ordinary use of an unpatched copy: {why}")]
    if why := then.ordinary:
        return [*out, fails(Rung.LOADS, f"ordinary use: {why}")]
    out.append(holds(Rung.LOADS, ""))
    for number in range(RUNS):
        seen = trying.after(claimed.violates)
        if why := _alive(seen, control):
            return [*out, fails(Rung.DEAD, f"run {number + 1} of {RUNS}: {why}")]
    out.append(holds(Rung.DEAD, f"the property holds in {RUNS} of {RUNS} runs"))
    steady = _answers(uses[0]) == _answers(uses[1])
    return [*out, *_others(trying, steady, uses[0], then)]


def _others(trying: Trying, steady: bool, was: Seen, now: Seen) -> list[Climb]:
    """What the same program does with other values: those that violate the property as it is must not, and all others, with the
    ordinary use, give the answers that they gave. steady: ordinary use answers the same each time."""
    claimed = trying.stated.claimed
    texts = [*spoken(trying.patch.changes), *literals("\n".join(trying.stated.code))]
    pairs, dead = [(was, now)], 0
    for program in other_uses(claimed.violates, texts, OTHERS):
        before = trying.before(program)
        if before.unseen or (before.raised and not before.violated):
            continue
        after = trying.after(program)
        if before.violated:
            if why := _alive(after, before):
                return [fails(Rung.VARIANTS, f"with other values: {why}")]
            dead += 1
        else:
            pairs.append((before, after))
    if dead:
        out = [holds(Rung.VARIANTS, f"{dead} with other values, and none violates it")]
    else:
        why = "no other values that were tried violate it without the patch"
        out = [Climb(rung=Rung.VARIANTS, step=Step.NOT_APPLICABLE, detail=why)]
    other = sum(not _alike(before, after, steady) for before, after in pairs)
    if other:
        return [*out, fails(Rung.BENIGN, f"{other} of {len(pairs)} get another answer than before")]
    return [*out, holds(Rung.BENIGN, f"{len(pairs)} get the answer that they got before")]


def _alive(seen: Seen, before: Seen) -> str:
    """Why a violation is not dead, "" when it is."""
    if seen.failed:
        return seen.failed
    if seen.unasked:
        return f"the condition could not be asked: {seen.unasked}"
    if seen.violated:
        return "it is still violated"
    kind = seen.raised.partition(":")[0]
    if kind in _GONE and kind != before.raised.partition(":")[0]:
        return f"the program that violates it does not fit any more: {seen.raised}"
    return ""


def _alike(before: Seen, after: Seen, steady: bool) -> bool:
    if after.failed or after.violated or before.raised.partition(":")[0] != after.raised.partition(":")[0]:
        return False
    return not steady or _answers(before) == _answers(after)


def _answers(seen: Seen) -> tuple[str, ...]:
    return tuple(_ADDRESS.sub("0x", answer) for answer in seen.answers)


def unoffered(tries: Sequence[Fix]) -> Mending:
    """Patches that were tried, as what they are before anybody has accepted the property."""
    if not tries:
        return Mending(why="nobody proposed a patch")
    held = any(fix.offered for fix in tries)
    return Mending(attempts=tuple(tries), why=UNACCEPTED if held else f"no patch of {len(tries)} holds")


def offer(mending: Mending) -> Mending:
    """The same once a person has accepted the property: the patch that holds is offered."""
    held = next((fix for fix in mending.attempts if fix.offered), None)
    if mending.fix is not None or held is None:
        return mending
    return Mending(fix=held, attempts=tuple(fix for fix in mending.attempts if fix is not held))
