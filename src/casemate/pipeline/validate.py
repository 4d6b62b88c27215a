"""The ladder: what a patch is put to before it is offered. Whoever proposed it, this alone judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from casemate.model.finding import Disposition, Finding, Report
from casemate.model.fix import Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Lead
from casemate.pipeline.suite import Suite
from casemate.pipeline.tried import After, Before, Proven, after, alike, answered, before
from casemate.proofs.campaign import Bench

ATTEMPTS = 8
"""Patches that are put to the proof for one finding at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the ladder stands on. bench: of the unpatched target. suite: the target's own tests. report: of the unpatched target.
    rescan: the report of the target with a patch."""

    bench: Bench
    suite: Suite
    report: Report
    rescan: Callable[[Patch], Report]


def mend(proven: Proven, patches: Iterable[Patch], grounds: Grounds) -> Mending:
    """The first patch that climbs the whole ladder, and those that did not before it."""
    known: Before | None = None
    attempts: list[Fix] = []
    for number, patch in enumerate(patches):
        if number == ATTEMPTS:
            break
        if known is None:
            known = before(proven, grounds.bench)
        fix = climb(proven, patch, known, grounds)
        if fix.offered:
            return Mending(fix=fix, attempts=tuple(attempts))
        attempts.append(fix)
    if not attempts:
        return Mending(why="no rewrite knows how to change this code")
    return Mending(attempts=tuple(attempts), why=_why(attempts))


def climb(proven: Proven, patch: Patch, known: Before, grounds: Grounds) -> Fix:
    """Put a patch to every rung, the cheap ones first; below a rung that fails nothing more is tried."""
    rungs = {Rung.APPLIES: applies(patch, grounds.bench)}
    executions = 0
    if rungs[Rung.APPLIES].step is Step.HOLDS:
        rungs[Rung.CONTROL] = control(known)
    if climbing(rungs):
        seen = after(proven, grounds.bench, patch, known)
        executions = seen.executions
        rungs |= {climb.rung: climb for climb in driven(patch, known, seen)}
    if climbing(rungs):
        rungs[Rung.RESCAN] = rescan(proven.question.lead, patch, grounds)
    if climbing(rungs):
        rungs[Rung.TESTS] = grounds.suite.climb(patch)
    return Fix(
        patch=patch,
        ladder=tuple(rungs.get(rung) or Climb(rung=rung, step=Step.UNTRIED) for rung in Rung),
        executions=executions,
    )


def climbing(rungs: Mapping[Rung, Climb]) -> bool:
    """Whether nothing has failed so far."""
    return all(climb.step in (Step.HOLDS, Step.NOT_APPLICABLE) for climb in rungs.values())


def applies(patch: Patch, bench: Bench) -> Climb:
    """The files are those that it was made for."""
    other = [change.path for change in patch.changes if bench.source(change.path) != change.before]
    if other:
        return fails(Rung.APPLIES, f"{other[0]} is not the file that it was made for")
    return holds(Rung.APPLIES, "")


def control(known: Before) -> Climb:
    """The oracle fires on an unpatched copy that is driven just so."""
    if known.broken:
        return fails(Rung.CONTROL, f"an unpatched copy cannot be driven: {known.broken}")
    if not known.fires:
        return fails(Rung.CONTROL, "the oracle is quiet on an unpatched copy, so that its silence would say nothing")
    return holds(Rung.CONTROL, "the oracle fires on an unpatched copy")


def driven(patch: Patch, known: Before, seen: After) -> list[Climb]:
    """What driving the patched copy says."""
    if seen.broken:
        return [fails(Rung.LOADS, seen.broken)]
    if known.reached and not seen.reached:
        return [fails(Rung.LOADS, "no harmless input comes to the weak place any more")]
    out = [holds(Rung.LOADS, "")]
    if seen.fires:
        return [*out, fails(Rung.DEAD, "it still takes effect")]
    out.append(holds(Rung.DEAD, "quiet in every run, with new canaries"))
    if seen.beaten:
        return [*out, fails(Rung.VARIANTS, f"one of {seen.tried} other inputs takes effect: {seen.beaten}")]
    if not seen.tried:
        return [*out, Climb(rung=Rung.VARIANTS, step=Step.UNTRIED, detail="no other input could be driven")]
    out.append(holds(Rung.VARIANTS, f"{seen.tried} other inputs, and none took effect"))
    pairs = [pair for pair in zip(known.answers, seen.answers, strict=True) if answered(pair[0])]
    if not pairs:
        return [
            *out,
            Climb(rung=Rung.BENIGN, step=Step.UNTRIED, detail="no benign input gets an answer without the patch"),
        ]
    other = sum(not alike(was, now, weakly=patch.answers_differ) for was, now in pairs)
    if other:
        return [*out, fails(Rung.BENIGN, f"{other} of {len(pairs)} get another answer than before")]
    return [*out, holds(Rung.BENIGN, f"{len(pairs)} get the answer that they got before")]


def rescan(lead: Lead, patch: Patch, grounds: Grounds) -> Climb:
    """No rule finds in a function what it did not find there before; of this finding's own it is said whether it is gone."""
    report = grounds.rescan(patch)
    was, now = _counts(grounds.report.findings), _counts(report.findings)
    new = sorted(key for key, count in now.items() if count > was.get(key, 0))
    if new:
        rule, path, function = new[0]
        return fails(Rung.RESCAN, f"a new finding of {rule} in {path}{f', {function}' if function else ''}")
    if broken := [loss for loss in report.not_examined if loss not in grounds.report.not_examined]:
        return fails(Rung.RESCAN, f"{broken[0].what} cannot be examined any more: {broken[0].reason}")
    key = (lead.rule, lead.location.path, lead.function)
    gone = key not in was or now.get(key, 0) < was[key]
    return holds(Rung.RESCAN, "no new finding" + ("" if gone else "; the scan still reports this one"))


def _counts(findings: Sequence[Finding]) -> dict[tuple[str, str, str], int]:
    out: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        if finding.disposition is Disposition.ACTIVE:
            key = (finding.lead.rule, finding.lead.location.path, finding.lead.function)
            out[key] = out.get(key, 0) + 1
    return out


def holds(rung: Rung, detail: str) -> Climb:
    """A rung that holds."""
    return Climb(rung=rung, step=Step.HOLDS, detail=detail)


def fails(rung: Rung, detail: str) -> Climb:
    """A rung that fails."""
    return Climb(rung=rung, step=Step.FAILS, detail=detail)


def _why(attempts: Sequence[Fix]) -> str:
    """Of the attempt that came furthest, where it ended."""
    best = max(attempts, key=lambda fix: sum(climb.step is Step.HOLDS for climb in fix.ladder))
    failed = next((climb for climb in best.ladder if climb.step is Step.FAILS), None)
    ended = f"{failed.rung}: {failed.detail}" if failed is not None else "a rung could not be tried"
    patches = "the only patch" if len(attempts) == 1 else f"the best of {len(attempts)} patches"
    return f"{patches} failed at {ended}"
