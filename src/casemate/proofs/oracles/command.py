"""The canary command ran: a shell, or the target itself, took it for a program.

Observed from outside the process: the canary is a program whose only act is to note that it ran.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.command import INPUTS
from casemate.proofs.oracle import Oracle, Run

_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn")


def judge(run: Run) -> str:
    """The canary program ran, and the finding's line started a command that holds it."""
    ran = any(event.name == "canary.ran" and event.args[:1] == (run.words.canary,) for event in run.seen.events)
    started = [e for e in run.seen.at_sink(*_STARTS) if run.words.canary in str(e.args)]
    return "a program named in the input was run" if ran and started else ""


ORACLE = Oracle(
    id="command",
    cwes=(78, 77),
    kind=ProofKind.CANARY,
    observer=Observer.OUTSIDE,
    judge=judge,
    inputs=INPUTS,
)
