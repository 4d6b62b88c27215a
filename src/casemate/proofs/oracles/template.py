"""A template engine worked out what stood in the input: the canary word came out turned round or in capitals, or was called.

Neither form stands in the input, so what is echoed, stripped or escaped is quiet; and what the target itself does to every value
it also does to the control's. Where the engine reads the input in its sandbox, and only there, that is what a sandbox is for:
then only a call says something.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.template import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import called, shows


def judge(run: Run) -> str:
    """The result of an expression came out."""
    if not run.seen.passed:
        return ""
    word, calm = run.words.canary, run.words.calm
    if called(run):
        return "an expression in the input was worked out by a template"
    if run.calm is None or _sandboxed(run):
        return ""
    for turned, other in ((word[::-1], calm[::-1]), (word.upper(), calm.upper())):
        if shows(run.seen, turned) and not shows(run.calm, other) and not shows(run.calm, turned):
            return "an expression in the input was worked out by a template"
    return ""


def _sandboxed(run: Run) -> bool:
    """Whether what holds the canary was read as a template in a sandbox, and nowhere else."""
    read = [event.args for event in run.seen.events if event.name == "template.read"]
    where = {args[1] for args in read if len(args) > 1 and run.words.canary in str(args[0])}
    return where == {"sandbox"}


ORACLE = Oracle(
    id="template",
    cwes=(1336, 94),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("engines",),
)
