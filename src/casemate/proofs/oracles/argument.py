"""An argument became an option: it begins with a hyphen, where the control's stood as the value that it was meant to be.

What stands behind `--`, or may be the value of an option before it, is taken for what it is, and quiet.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.argv import holds_value
from casemate.proofs.inputs.argument import INPUTS
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Oracle, Run

_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
_SHELLS = frozenset(("sh", "bash", "dash", "zsh"))


def judge(run: Run) -> str:
    """A command that the finding's line started has an option of the input's making."""
    if run.calm is None:
        return ""
    controls = list(_commands(run.calm))
    for argv in _commands(run.seen):
        for at, part in enumerate(argv):
            if at == 0 or not part.startswith("-") or run.words.canary not in part:
                continue
            if "--" in argv[:at] or holds_value(argv[at - 1], argv[0]):
                continue
            if any(_same_place(argv, other, at, run.words.calm) for other in controls):
                return "a part of the input became an option of the program that was started"
    return ""


def _same_place(argv: list[str], other: list[str], at: int, calm: str) -> bool:
    if len(other) != len(argv) or calm not in other[at] or other[at].startswith("-"):
        return False
    return argv[0] == other[0]


def _commands(seen: Observation) -> Iterator[list[str]]:
    for event in seen.at_sink(*_STARTS):
        if event.name == "os.system":
            yield from _split(event.args[0])
            continue
        place = 2 if event.name == "os.spawn" else 1
        argv = event.args[place] if len(event.args) > place else []
        if not isinstance(argv, list):
            yield from _split(argv)
            continue
        argv = [str(part) for part in argv]
        if len(argv) > 2 and argv[0].rpartition("/")[2] in _SHELLS and argv[1] == "-c":
            yield from _split(argv[2])
        else:
            yield argv


def _split(line: object) -> Iterator[list[str]]:
    """The words of a command for a shell."""
    try:
        yield shlex.split(str(line))
    except ValueError:
        return


ORACLE = Oracle(
    id="argument",
    cwes=(88,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
