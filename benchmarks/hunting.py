"""A hunt in a process of its own, with what a measure wants to know of it as JSON.

    python benchmarks/hunting.py REQUEST.json RESULT.json

A request names a target, its interpreter and the spots of interest; the result has a line for each finding that was put to
the proof, and tells whether the modules that the request names can be imported at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BUDGET = 20_000  # the default of `casemate hunt`
PROVEN = "proven"
RAN = (PROVEN, "not triggered")  # verdicts that say that the finding's line ran
UNLOADED = ("harness broken", "dependency missing")
_IMPORT = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module(sys.argv[2])
print("imported", end="")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a finding is of interest. first, last: lines, the whole file by default. cwes: any when empty. steps: a trace of at
    most that many steps that passes here counts too, 0 for none."""

    path: str
    first: int = 1
    last: int = 1 << 30
    cwes: tuple[int, ...] = ()
    steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A hunt. spots: findings of interest, all when empty. modules: files of which is asked whether they can be imported.
    fix: what is proven is to be fixed as well."""

    target: Path
    python: Path | None = None
    spots: tuple[Spot, ...] = ()
    modules: tuple[str, ...] = ()
    pedantic: bool = False
    budget: int = BUDGET
    jobs: int = 1
    fix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it. findings: as `_finding` tells them, those that were tried. failure: "" when there is a result."""

    findings: tuple[dict[str, Any], ...] = ()
    imported: Mapping[str, str] | None = None
    seconds: float = 0.0
    failure: str = ""

    @property
    def executions(self) -> int:
        """Runs of the target in all searches and confirmations."""
        return sum(one["executions"] for one in self.findings)


def hunted(asked: Asked, work: Path, *, timeout: float) -> Told:
    """Let a process of its own hunt. work: a folder for its state, request and result, which are kept; a result of the very same
    request that stands there is taken as it is."""
    work.mkdir(parents=True, exist_ok=True)
    request, result = work / "request.json", work / "result.json"
    words = json.dumps({**asdict(asked), "target": str(asked.target), "python": str(asked.python or "")}, indent=1)
    if not (request.is_file() and request.read_text() == words and result.is_file()):
        request.write_text(words)
        result.unlink(missing_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CASEMATE_", "PYTHON"))}
        state = {"CASEMATE_HOME": str(work.parent / "home"), "CASEMATE_CACHE": str(work.parent / "cache")}
        command = [sys.executable, __file__, str(request), str(result)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=timeout, env={**kept, **state}, check=False
            )
        except subprocess.TimeoutExpired:
            return Told(failure=f"it took longer than {timeout:.0f} s")
        if not result.is_file():
            return Told(failure=f"exit code {done.returncode}: {done.stderr.strip().rpartition(chr(10))[2][:300]}")
    told = json.loads(result.read_text())
    return Told(findings=tuple(told["findings"]), imported=told["imported"], seconds=told["seconds"])


def main(words: Sequence[str]) -> None:
    """Hunt, and write what came of it."""
    from casemate.app.prove import HuntRequest, run_hunt
    from casemate.app.scan import ScanRequest
    from casemate.cli.bundles import keep

    request, result = map(Path, words)
    told = json.loads(request.read_text())
    spots = [Spot(**{**spot, "cwes": tuple(spot["cwes"])}) for spot in told["spots"]]
    mendings = _timed()
    target = Path(told["target"])
    python = Path(told["python"]) if told["python"] else None
    started = time.monotonic()
    report, bundles, *_ = run_hunt(
        HuntRequest(
            scan=ScanRequest(paths=(target,), jobs=told["jobs"], pedantic=told["pedantic"], cache=False),  # all anew
            budget=told["budget"],
            fix=told["fix"],
            python=python,
            wanted=lambda finding: not spots or any(of_interest(finding, spot) for spot in spots),
        ),
        announce=lambda line: None,
        progress=lambda what, done, of: None,
    )
    seconds = time.monotonic() - started
    keep(bundles, result.parent / "bundles", target)
    out = {
        "findings": [_finding(one) | _mending(one, mendings) for one in report.findings if one.verdict is not None],
        "imported": {path: imported(target, python, path) for path in told["modules"]},
        "seconds": round(seconds, 2),
    }
    result.write_text(json.dumps(out, indent=1) + "\n")


def places(finding: Any, steps: int) -> list[tuple[str, int]]:
    """The primary place, and those of a trace that is short enough."""
    lead = finding.lead
    found = [(lead.location.path, lead.location.line)]
    if lead.trace is not None and len(lead.trace.steps) <= steps:
        found += [(step.location.path, step.location.line) for step in lead.trace.steps]
    return found


def of_interest(finding: Any, spot: Spot) -> bool:
    """Whether the finding is at the spot."""
    if spot.cwes and finding.cwe not in spot.cwes:
        return False
    return any(path == spot.path and spot.first <= line <= spot.last for path, line in places(finding, spot.steps))


def imported(target: Path, python: Path | None, path: str) -> str:
    """Whether a file of the target can be imported, in the sandbox and without any stand-in: "" when it can, else why not."""
    from casemate.adapters.interpreters import target_python
    from casemate.app.prove import sandbox
    from casemate.model.sandbox import Finished, Job, Program
    from casemate.proofs.replay import TARGET, profile

    folder, parts = (target / path).parent, [Path(path).stem]
    while (folder / "__init__.py").is_file() and folder != target:
        parts.insert(0, folder.name)
        folder = folder.parent
    if parts[-1] == "__init__":
        parts.pop()
    interpreter = target_python(target, python).path
    root = f"{TARGET}/{folder.relative_to(target)}"
    job = Job(what=Program(argv=(interpreter, "-c", _IMPORT, root, ".".join(parts))))
    run = sandbox().run(profile(str(target.resolve()), interpreter), job)
    if not isinstance(run, Finished):
        return str(run)[:300]
    if run.seen.stdout.endswith(b"imported"):
        return ""
    return run.seen.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:300] or f"exit code {run.exit_code}"


def _finding(finding: Any) -> dict[str, Any]:
    """What a measure needs of a finding."""
    lead, verdict = finding.lead, finding.verdict
    steps = lead.trace.steps if lead.trace is not None else ()
    proof = verdict.proof
    return {
        "identity": finding.identity,
        "rule": lead.rule,
        "cwe": finding.cwe,
        "path": lead.location.path,
        "line": lead.location.line,
        "function": lead.function,
        "boundary": lead.boundary.value if lead.boundary is not None else "",
        "disposition": finding.disposition.value,
        "steps": [[step.location.path, step.location.line, step.note] for step in steps],
        "result": verdict.result.value,
        "detail": verdict.detail,
        "executions": verdict.executions,
        "proof": None
        if proof is None
        else {
            "oracle": proof.oracle,
            "kind": proof.kind.value,
            "fidelity": proof.fidelity.value,
            "happened": proof.happened,
            "stubs": list(proof.stubs),
        },
    }


def _timed() -> dict[str, float]:
    """Seconds from a proof to what became of the attempt to fix it, by the finding's identity; filled while the hunt runs."""
    from casemate.pipeline import mend

    took: dict[str, float] = {}
    one = mend._one

    def timed(finding: Any, *given: Any) -> Any:
        started = time.monotonic()
        try:
            return one(finding, *given)
        finally:
            took[finding.identity] = time.monotonic() - started

    mend._one = timed
    return took


def _mending(finding: Any, took: Mapping[str, float]) -> dict[str, Any]:
    """What a measure needs of an attempt to fix it."""
    from casemate.evidence.fixes import as_json

    if finding.mending is None:
        return {}
    changes = finding.mending.fix.patch.changes if finding.mending.fix else ()
    return {
        "fix": as_json(finding.mending)
        | {
            "seconds": round(took[finding.identity], 2),
            "tested": finding.mending.fix is not None and finding.mending.fix.tested,
            "after": {change.path: change.after.decode("latin-1") for change in changes},
        }
    }


if __name__ == "__main__":
    main(sys.argv[1:])
