"""The runner of properties: what a prover says must never happen is shown to happen, and not to happen otherwise.

In fresh sandboxes: violated in each of `RUNS` runs of the one scenario, in none of the other, and in none of the target's own
tests. What comes of it is demonstrated, never proven: whether it must never happen is for a person to say.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from casemate.model.finding import Demonstration
from casemate.model.proposal import Property
from casemate.model.sandbox import Harness, Job, PlacedFile
from casemate.pipeline.study import Study
from casemate.pipeline.suite import TESTS_PATTERN
from casemate.proofs.campaign import Bench
from casemate.proofs.replay import RUNS, TARGET, Failed, canonical, reported
from casemate.proofs.scenario import condition_refusal, scenario_refusal

_SCENARIO: Final = b"from casemate_runtime.holding import scenario\nscenario('settings.json')\n"
_TESTS: Final = b"from casemate_runtime.holding import tests\ntests('settings.json')\n"
_FILES: Final = 30  # of tests that are run at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a property ended. shown: what is demonstrated; None when it is not, and why. executions: of the target."""

    shown: Demonstration | None
    why: str = ""
    executions: int = 0


def offered(study: Study) -> dict[str, frozenset[str]]:
    """The functions and classes of each module that is no test."""
    out: dict[str, frozenset[str]] = {}
    for path, module in study.modules.items():
        if not study.is_test(path):
            names = {name for name, binding in module.names if binding[0] in ("function", "class") and name[0] != "_"}
            out[module.name] = frozenset(names)
    return out


def held(claimed: Property, study: Study, bench: Bench) -> Held:
    """Put a property to the test. Nothing is run of what is no property."""
    if why := _refusal(claimed, study):
        return Held(shown=None, why=why)
    spent = 0
    for number in range(RUNS):
        seen = _run(bench, claimed, scenario=claimed.violates)
        spent += 1
        if why := _unseen(seen) or ("" if seen["violated"] else "it did not happen"):
            return Held(shown=None, why=f"run {number + 1} of {RUNS} that was to violate it: {why}", executions=spent)
    for number in range(2):
        seen = _run(bench, claimed, scenario=claimed.ordinary)
        spent += 1
        raised = f"it raised {seen['raised']}" if seen.get("raised") else ""
        if why := _unseen(seen) or raised or ("it happened there, too" if seen["violated"] else ""):
            return Held(shown=None, why=f"run {number + 1} of ordinary use: {why}", executions=spent)
    tests = [path for path in study.files if TESTS_PATTERN.search(path)][:_FILES]
    calls = 0
    if tests:
        seen = _run(bench, claimed, tests=tests)
        spent += 1
        if seen.get("failed") or not seen.get("passed"):
            tests = []  # they do not run here, so that they say nothing
        elif seen["violated"] or seen["unasked"]:
            return Held(shown=None, why="it happens in the target's own tests, too", executions=spent)
        else:
            calls = seen["calls"]
    return Held(
        shown=Demonstration(
            statement=claimed.statement,
            rests_on=f"{claimed.rests_on.path}:{claimed.rests_on.line}",
            watched=f"{claimed.watched.path}:{claimed.watched.line}",
            never=claimed.never,
            runs=RUNS,
            tests=len(tests),
            calls=calls,
        ),
        executions=spent,
    )


def _refusal(claimed: Property, study: Study) -> str:
    spot = study.at(claimed.watched.path, claimed.watched.line)
    if spot is None or not spot.name or spot.head != claimed.watched.line or study.is_test(spot.path):
        return "no function of the target begins at the watched line"
    lines = study.lines(claimed.rests_on.path)
    if lines is None or claimed.rests_on.line > len(lines) or not lines[claimed.rests_on.line - 1].strip():
        return "there is nothing at the line that it rests on"
    if why := condition_refusal(claimed.never):
        return f"the condition: {why}"
    names = offered(study)
    for text, what in ((claimed.violates, "what violates it"), (claimed.ordinary, "the ordinary use")):
        if why := scenario_refusal(text, names):
            return f"{what}: {why}"
    return ""


def _unseen(seen: Mapping[str, Any]) -> str:
    """Why a run says nothing."""
    if seen.get("failed"):
        return str(seen["failed"])
    if seen["unasked"]:
        return f"the condition could not be asked: {seen['unasked']}"
    if not seen["calls"]:
        raised = f"; it raised {seen['raised']}" if seen.get("raised") else ""
        return f"the watched function was never called{raised}"
    return ""


def _run(bench: Bench, claimed: Property, *, scenario: str = "", tests: Sequence[str] = ()) -> dict[str, Any]:
    patched = {change.path: b64encode(change.after).decode() for change in bench.patched or ()}
    settings = canonical(
        {
            "target": TARGET,
            "paths": bench.paths,
            "patched": patched,
            "scenario": scenario,
            "files": tests,
            "watched": {"path": claimed.watched.path, "line": claimed.watched.line, "never": claimed.never},
        }
    )
    files = (
        PlacedFile(at="casemate_holding.py", content=_TESTS if tests else _SCENARIO),
        PlacedFile(at="settings.json", content=settings),
    )
    told = reported(bench.sandbox.run(bench.profile, Job(what=Harness(path="casemate_holding.py"), files=files)))
    if isinstance(told, Failed):
        return {"failed": f"{told.result}: {told.why}"[:300]}
    try:
        value = json.loads(told)
        return {
            "calls": int(value["calls"]),
            "violated": int(value["violated"]),
            "unasked": str(value["unasked"])[:300],
            "raised": str(value.get("raised", ""))[:300],
            "passed": int(value.get("passed", 0)),
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"failed": "the report cannot be read"}
