"""A broken cipher, or a mode that shows patterns, encrypted the input on the finding's line."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """One object of a broken cipher: made or fed on the finding's line, and fed with the input."""
    if run.calm is None or not run.seen.passed:
        return ""
    here: dict[object, str] = {}
    fed: set[object] = set()
    for event in run.seen.events:
        if event.name in ("cipher.made", "cipher.fed") and len(event.args) > 2:
            if event.at_sink:
                here[event.args[0]] = str(event.args[1])
            if event.name == "cipher.fed" and run.words.canary in str(event.args[2]):
                fed.add(event.args[0])
    for number in sorted(here, key=str):
        if number in fed:
            return f"{here[number]}, which is broken, encrypted the input"
    return ""


ORACLE = Oracle(
    id="cipher",
    cwes=(327,),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("hashes",),
)
