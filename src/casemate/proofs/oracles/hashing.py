"""A broken hash ran on data that matters: it was fed with the input, or what it gave came out.

Which function ran is seen, not how its name is written. A hash that says `usedforsecurity=False`, and HMAC, are quiet.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import kept, spelled


def judge(run: Run) -> str:
    """One object of a broken hash: made, fed or read on the finding's line, and with data that matters."""
    if run.calm is None or not run.seen.passed:
        return ""
    here: dict[object, str] = {}
    matters: set[object] = set()
    for event in run.seen.events:
        if not event.name.startswith("hash.") or len(event.args) < 3:
            continue
        number, name, data = event.args[:3]
        if event.at_sink:
            here[number] = str(name)
        if event.name == "hash.fed" and run.words.canary in str(data):
            matters.add(number)
        if event.name == "hash.out" and _comes_out(run, str(data)):
            matters.add(number)
    for number in sorted(here, key=str):
        if number in matters:
            return f"{here[number].upper()}, which is broken, was used on data that matters"
    return ""


def _comes_out(run: Run, digest: str) -> bool:
    forms = [form[:16] for form in spelled(digest)]
    return len(digest) >= 16 and any(form in text for text in kept(run.seen) for form in forms)


ORACLE = Oracle(
    id="hash",
    cwes=(328, 327, 916),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("hashes", "keeping"),
)
