"""How a case is run: the one job that every proof consists of, and what can be read from its outcome.

Searching, confirming and verifying all go through here, so that what is verified is what was proven.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casemate.model import sandbox
from casemate.model.proof import Result
from casemate.model.sandbox import Folder, Harness, Job, Limits, PlacedFile, Profile
from casemate.proofs.observation import Observation, parse
from casemate.proofs.oracle import Words

RUNS = 5
"""Confirming runs in which an oracle must see the same."""

TARGET = "target"
"""The name under which the target is lent."""

LIMITS = Limits(memory=1 << 30, processes=64, tmp=256 << 20, inodes=40_000, cpu=20, wall=60.0)
_HARNESS = b"from casemate_runtime.prove import prepare\ncase = prepare('settings.json')\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A run of which nothing can be read."""

    result: Result
    why: str


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def profile(target: str, interpreter: str, *, single: str = "", limits: Limits = LIMITS) -> Profile:
    """For a target at an absolute path; single: its name when it is a file and no folder."""
    at = f"{TARGET}/{single}" if single else TARGET
    return Profile(interpreter=interpreter, folders=(Folder(host=target, at=at),), limits=limits)


def job(settings: bytes, case: bytes | None = None) -> Job:
    """The job of one case; without a case, of a server that is sent them."""
    files = (PlacedFile(at="prove.py", content=_HARNESS), PlacedFile(at="settings.json", content=settings))
    return Job(what=Harness(path="prove.py", case=case), files=files)


def reported(run: sandbox.Run) -> bytes | Failed:
    """What the harness reported, or why it did not."""
    match run:
        case sandbox.Finished(seen=seen) if len(seen.reports) == 1:
            return seen.reports[0]
        case sandbox.Finished(exit_code=code, signal=number, seen=seen):
            said = _last_line(seen.stderr)
            how = f"signal {number}" if number else f"exit code {code}"
            if len(seen.reports) > 1:
                return Failed(result=Result.BROKEN, why="the harness reported more than once")
            return Failed(result=Result.BROKEN, why=f"it ended ({how}) before the harness could report{said}")
        case sandbox.TimedOut(clock=clock):
            return Failed(result=Result.TIMED_OUT, why=f"it was ended for the {clock.value} time that it took")
        case sandbox.OutOfMemory():
            return Failed(result=Result.OUT_OF_MEMORY, why="it was ended for the memory that it took")
        case sandbox.TooLarge(what=what):
            return Failed(result=Result.UNSAFE, why=f"it was ended for too much {what.value}")
        case sandbox.Broken(why=why, seen=seen):
            return Failed(result=Result.BROKEN, why=why + _last_line(seen.stderr))
        case sandbox.Refused(why=why):
            return Failed(result=Result.NOT_EXAMINED, why=why)


def observed(run: sandbox.Run) -> Observation | Failed:
    """What a case showed."""
    report = reported(run)
    if isinstance(report, Failed):
        return report
    try:
        return parse(report)
    except ValueError as error:
        return Failed(result=Result.BROKEN, why=str(error))


def ways(run: sandbox.Run) -> tuple[list[dict[str, Any]], str] | Failed:
    """The ways of driving that a harness has found, and what was amiss. What it reports is the target's, and may be odd."""
    report = reported(run)
    if isinstance(report, Failed):
        return report
    try:
        told = json.loads(report)
        found, problems = told.get("variants", []), "; ".join(map(str, told.get("problems", ())))
    except (ValueError, TypeError, AttributeError, RecursionError):
        found, problems = None, ""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return Failed(result=Result.BROKEN, why="the ways of driving it cannot be read")
    return found, problems


def words(identity: str, number: int) -> Words:
    """The words of a finding's run: the same for the same finding and number, and standing nowhere in its target. The calm word
    is that of all its runs, so that an oracle knows it in the control's."""
    digest = hashlib.sha256(f"{identity}/{number}".encode()).hexdigest()
    calm = hashlib.sha256(f"{identity}/calm".encode()).hexdigest()
    return Words(canary=f"cm{digest[:10]}", calm=f"ok{calm[:10]}")


def words_of(case: bytes) -> Words:
    """Those that a case was made with. Raises ValueError for what is no case."""
    try:
        told = json.loads(case)
        return Words(canary=str(told["canary"]), calm=str(told["calm"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no case: {error}") from error


def minutes(seen: Observation, happened: str, of: Words) -> bytes:
    """What is kept of a run: what the verdict rests on, with the words put back to their names, so that two campaigns
    keep the same bytes."""
    events = [
        {"name": event.name, "args": event.args, "stack": event.stack}
        for event in seen.events
        if event.at_sink or event.name.startswith("canary.")
    ]
    told = canonical(
        {
            "happened": happened,
            "passed": seen.passed > 0,
            "fidelity": seen.fidelity,
            "stubs": seen.stubs,
            "events": events,
            "status": None if seen.response is None else seen.response.status,
        }
    )
    return told.replace(of.canary.encode(), b"{canary}").replace(of.calm.encode(), b"{calm}")


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1][:300]}" if lines else ""
