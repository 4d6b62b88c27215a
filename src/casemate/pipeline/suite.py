"""The target's own tests as a rung of the ladder: the same results with a patch as without it. Compared, not trusted: what fails
or wavers before the patch says nothing after it.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from threading import Lock
from typing import Any, Final

from casemate.model.fix import Change, Climb, Patch, Rung, Step
from casemate.model.sandbox import Harness, Job, Limits, PlacedFile, Profile
from casemate.ports import Sandbox
from casemate.proofs.replay import TARGET, Failed, canonical, reported

LIMITS: Final = Limits(memory=2 << 30, processes=256, tmp=1 << 30, inodes=200_000, cpu=240, wall=240.0, output=8 << 20)
FILES: Final = 30
"""Files of tests that are run for one patch at most: those first that speak of what it changes."""
AGAIN: Final = 2
"""How often they are run once more with a patch that some fail with: what ends as before in each of these wavers."""

TESTS_PATTERN: Final = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests)\.py$")
_HARNESS: Final = b"from casemate_runtime.testing import run\nrun('settings.json')\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the tests ended. results: by test. runner: what ran them. problem: why there are none."""

    results: dict[str, str]
    runner: str = ""
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class Suite:
    """A target's tests. files: every file of the target by its path. source: bytes of one. paths: to import from."""

    held: Sandbox
    profile: Profile
    files: Sequence[str]
    source: Callable[[str], bytes | None]
    paths: Sequence[str]
    _lock: Lock = field(default_factory=Lock)
    _known: dict[tuple[str, ...], tuple[Outcome, frozenset[str]]] = field(default_factory=dict)
    _climbed: dict[tuple[Change, ...], Climb] = field(default_factory=dict)

    def climb(self, patch: Patch) -> Climb:
        """Run those that concern a patch, without it and with it; of the same changes only once."""
        if patch.changes not in self._climbed:
            self._climbed[patch.changes] = self._climb(patch)
        return self._climbed[patch.changes]

    def _climb(self, patch: Patch) -> Climb:
        chosen = self._chosen(patch)
        if not chosen:
            return _not_applicable("it has no tests")
        was, wavering = self._baseline(chosen)
        steady = {test: result for test, result in was.results.items() if test not in wavering}
        if "passed" not in steady.values():
            return _not_applicable(was.problem or f"none of its tests passes here without the patch ({was.runner})")
        now = self._run(chosen, patch.changes)
        if now.problem:
            return Climb(rung=Rung.TESTS, step=Step.FAILS, detail=now.problem)
        other = sorted(test for test, result in steady.items() if now.results.get(test) != result)
        worse = [test for test in other if steady[test] == "passed"]
        wavering |= self._wavering(chosen, patch, worse)
        worse = [test for test in worse if test not in wavering]
        if worse:
            return Climb(
                rung=Rung.TESTS, step=Step.FAILS, detail=f"{len(worse)} that passed do not, as {worse[0][:120]}"
            )
        counts = Counter(result for test, result in steady.items() if test not in wavering)
        left = f", {len(wavering)} that waver left out" if wavering else ""
        failing = f", {counts['failed']} fail as before" if counts["failed"] else ""
        detail = f"{counts['passed']} pass as before{failing}{left}, in {len(chosen)} of {len(self._tests())} files"
        return Climb(rung=Rung.TESTS, step=Step.HOLDS, detail=detail)

    def _wavering(self, chosen: Sequence[str], patch: Patch, worse: Sequence[str]) -> frozenset[str]:
        """Which of the tests that failed with a patch pass whenever they are run with it again."""
        left = frozenset(worse)
        for _ in range(AGAIN if worse else 0):
            now = self._run(chosen, patch.changes).results
            left = frozenset(test for test in left if now.get(test) == "passed")
            if len(left) < len(worse):
                break  # it fails with one of them: nothing more is to be learned
        return left if len(left) == len(worse) else frozenset()

    def run(self, chosen: Sequence[str], changes: Sequence[Change]) -> Outcome:
        """How these files of tests end, with changes."""
        return self._run(chosen, changes)

    def _tests(self) -> list[str]:
        return [path for path in self.files if TESTS_PATTERN.search(path) and not path.endswith("/conftest.py")]

    def _chosen(self, patch: Patch) -> tuple[str, ...]:
        """The files of tests for a patch, those that name a changed module before the others."""
        stems = {
            part.encode()
            for change in patch.changes
            for part in (PurePosixPath(change.path).stem, PurePosixPath(change.path).parent.name)
            if part and part not in ("__init__", "src", "tests")
        }
        tests = self._tests()
        if len(tests) <= FILES:
            return tuple(tests)
        weight = {path: sum(stem in (self.source(path) or b"") for stem in stems) for path in tests}
        best = sorted(tests, key=lambda path: (-weight[path], path))[:FILES]
        return tuple(sorted(best))

    def _baseline(self, chosen: tuple[str, ...]) -> tuple[Outcome, frozenset[str]]:
        """How they end without a patch, and which end differently when they are run again."""
        with self._lock:
            if chosen not in self._known:
                first = self._run(chosen, ())
                again = self._run(chosen, ()) if first.results else first
                wavering = frozenset(test for test in first.results if again.results.get(test) != first.results[test])
                self._known[chosen] = first, wavering
            return self._known[chosen]

    def _run(self, chosen: Sequence[str], changes: Sequence[Change]) -> Outcome:
        settings = canonical(
            {
                "target": TARGET,
                "paths": self.paths,
                "files": chosen,
                "patched": {change.path: b64encode(change.after).decode() for change in changes},
            }
        )
        files = (PlacedFile(at="casemate_tests.py", content=_HARNESS), PlacedFile(at="settings.json", content=settings))
        told = reported(self.held.run(self.profile, Job(what=Harness(path="casemate_tests.py"), files=files)))
        if isinstance(told, Failed):
            return Outcome(results={}, problem=f"its tests gave no result ({told.result}): {told.why}"[:300])
        return _outcome(told)


def _outcome(told: bytes) -> Outcome:
    """What the harness reported. Whatever it holds is the target's, and may be odd."""
    try:
        value: dict[str, Any] = json.loads(told)
        results = {str(test): str(result) for test, result in value["results"].items()}
        runner = str(value["with"])[:20]
        return Outcome(
            results=results,
            runner=runner,
            problem="" if results else f"its tests did not run: {value['problem']}"[:300],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Outcome(results={}, problem="its tests gave no result that can be read")


def _not_applicable(why: str) -> Climb:
    return Climb(rung=Rung.TESTS, step=Step.NOT_APPLICABLE, detail=why)
