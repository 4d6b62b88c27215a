"""A fix seen again: the patch that a bundle holds, applied to the target as it is here, and put to the proof anew.

What runs the target is repeated: that it is driven as before, that the proof and other inputs are dead, that benign inputs get
their answers, that the oracle would speak. The target's tests and the re-scan are not: they need no bundle.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from casemate.evidence.bundle import Bundle
from casemate.evidence.mended import Mended
from casemate.model.fix import Change, Climb, Patch, Rung, Step
from casemate.model.outcome import NotExamined
from casemate.model.sandbox import Profile
from casemate.pipeline.tried import Proven, after, before
from casemate.pipeline.validate import control, driven
from casemate.ports import Sandbox, SourceFile, SourceTree
from casemate.proofs.campaign import Bench
from casemate.proofs.oracle import Oracle
from casemate.proofs.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a fix is put to the proof with."""

    proven: Proven
    bench: Bench
    patch: Patch


def verify_fix(
    bundle: Bundle, *, oracle: Oracle, tree: SourceTree, sandbox: Sandbox, profile: Profile
) -> tuple[Climb, ...]:
    """The rungs that are put to the proof here; the first is that it applies. bundle: one with a fix."""
    try:
        found = replayed(bundle, oracle=oracle, tree=tree, sandbox=sandbox, profile=profile)
    except (ValueError, KeyError, TypeError):
        found = Climb(rung=Rung.APPLIES, step=Step.UNTRIED, detail="the bundle holds no patch that can be applied")
    if isinstance(found, Climb):
        return (found,)
    known = before(found.proven, found.bench)
    ladder = [Climb(rung=Rung.APPLIES, step=Step.HOLDS), control(known)]
    if ladder[-1].step is Step.HOLDS:
        ladder += driven(found.patch, known, after(found.proven, found.bench, found.patch, known))
    return tuple(ladder)


def replayed(
    bundle: Bundle, *, oracle: Oracle, tree: SourceTree, sandbox: Sandbox, profile: Profile
) -> Replayed | Climb:
    """The patch made anew from a bundle with a fix and the target's files; why it cannot be."""
    assert bundle.fix is not None
    files = {seen.path: seen for seen in tree.walk() if isinstance(seen, SourceFile)}

    def source(path: str) -> bytes | None:
        data = tree.read(files[path]) if path in files else None
        return None if isinstance(data, NotExamined) else data

    patch = patch_of(bundle.fix, source)
    if isinstance(patch, str):
        return Climb(rung=Rung.APPLIES, step=Step.UNTRIED, detail=patch)
    settings = json.loads(bundle.exhibit.settings)
    finding = bundle.finding
    question = Question(identity=finding.identity, cwe=finding.cwe, lead=finding.lead)
    return Replayed(
        proven=Proven.of(question, oracle, bundle.exhibit),
        bench=Bench(
            sandbox=sandbox,
            profile=profile,
            source=source,
            paths=tuple(settings["paths"]),
            copied=bool(settings["copied"]),
            stubs=bool(settings["stubs"]),
        ),
        patch=patch,
    )


def patch_of(fix: Mended, source: Callable[[str], bytes | None]) -> Patch | str:
    """The patch that a bundle tells of, made anew from the target's files; why it cannot be."""
    changes = []
    for file in fix.files:
        content = source(file.path)
        made = None if content is None else file.applied(content)
        if content is None or made is None:
            return f"{file.path} is not the file that it was made for, or the bundle leaves out a line with a secret"
        changes.append(Change(path=file.path, before=content, after=made))
    return Patch(proposer=fix.proposer, what=fix.what, changes=tuple(changes), answers_differ=fix.answers_differ)
