"""The runner of properties: what a prover says must never happen is shown to happen, and not to happen otherwise.

In fresh sandboxes: violated in each of `RUNS` runs of the one scenario, in none of the other, and in none of the target's own
tests. What comes of it is demonstrated, never proven: whether it must never happen is for a person to say. What shows it again is
kept, so that nobody has to be asked for it a second time.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from casemate.evidence.redact import redact, redact_lines
from casemate.evidence.stated import MOST_TEXT, Stated
from casemate.model.finding import Demonstration
from casemate.model.lead import Lead
from casemate.model.proof import Exhibit, Result
from casemate.model.proposal import Place, Property
from casemate.model.sandbox import Harness, Job, PlacedFile
from casemate.pipeline.study import Study
from casemate.pipeline.suite import TESTS_PATTERN
from casemate.proofs.campaign import Bench
from casemate.proofs.replay import RUNS, TARGET, Failed, canonical, reported
from casemate.proofs.scenario import condition_refusal, scenario_refusal

USES: Final = 2
"""Runs of ordinary use."""

_SCENARIO: Final = b"from casemate_runtime.holding import scenario\nscenario('settings.json')\n"
_TESTS: Final = b"from casemate_runtime.holding import tests\ntests('settings.json')\n"
_FILES: Final = 30  # of tests that are run at most
_WHOLE: Final = 1 << 20  # characters of a line
_NEAR: Final = 4_000  # lines around its old place in which a line is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a property ended. shown: what is demonstrated; None when it is not, and why. stated: it with the code that it is about;
    None when it is no property. exhibit: what shows it again. executions: of the target. result: how the attempt ended, as of a
    proof. seen, quiet: runs in which it was violated, and ordinary uses in which it was not."""

    shown: Demonstration | None
    stated: Stated | None = None
    exhibit: Exhibit | None = None
    why: str = ""
    executions: int = 0
    result: Result = Result.NOT_EXAMINED
    seen: int = 0
    quiet: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One run. failed, result: why nothing can be read of it, and how it ended. unasked: why the condition could not be asked.
    raised: what ended the program. passed: of tests. answers: of the function, and what the program kept."""

    failed: str = ""
    result: Result = Result.NOT_TRIGGERED
    calls: int = 0
    violated: int = 0
    unasked: str = ""
    raised: str = ""
    passed: int = 0
    python: str = ""
    answers: tuple[str, ...] = ()

    @property
    def unseen(self) -> str:
        """Why the run says nothing of the property, "" when it does."""
        if self.failed:
            return self.failed
        if self.unasked:
            return f"the condition could not be asked: {self.unasked}"
        if not self.calls:
            return "the watched function was never called" + (f"; it raised {self.raised}" if self.raised else "")
        return ""

    @property
    def ordinary(self) -> str:
        """Why it is no ordinary use in which the property holds, "" when it is."""
        raised = f"it raised {self.raised}" if self.raised else ""
        return self.unseen or raised or ("it happened there, too" if self.violated else "")


def offered(study: Study) -> dict[str, frozenset[str]]:
    """The functions and classes of each module that is no test."""
    out: dict[str, frozenset[str]] = {}
    for path, module in study.modules.items():
        if not study.is_test(path):
            names = {name for name, binding in module.names if binding[0] in ("function", "class") and name[0] != "_"}
            out[module.name] = frozenset(names)
    return out


def stated(claimed: Property, study: Study, claim: str) -> Stated | str:
    """A property with the code that it is about; why it is none. Nothing is run of what is none. claim: what is said to be
    wrong."""
    if not claimed.statement.strip():
        return "it does not say what must never happen"
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
    code = _told(study, spot.path, _decorated(study.lines(spot.path) or [], spot.head), spot.last)
    if sum(map(len, code)) > MOST_TEXT:
        return f"the watched function has more than {MOST_TEXT:,} characters"
    (line,) = _told(study, claimed.rests_on.path, claimed.rests_on.line, claimed.rests_on.line)
    return Stated(claimed=claimed, claim=redact(claim), function=spot.name, code=code, line=line)


def placed(kept: Stated, study: Study) -> Property:
    """A kept property with its places where they are now: the function of that name, the line of that text. What is not found
    stays where it was."""
    claimed, lines = kept.claimed, study.lines(kept.claimed.rests_on.path) or ()
    module = study.modules.get(claimed.watched.path)
    heads = [
        max(1, module.line(function.pos))
        for function in (module.functions if module is not None else ())
        if module is not None and function.kind == "function" and function.qualname == kept.function
    ]
    watched, rests = claimed.watched.line, claimed.rests_on.line
    numbers = [
        number
        for number in sorted(range(1, len(lines) + 1), key=lambda number: abs(number - rests))[:_NEAR]
        if _told(study, claimed.rests_on.path, number, number) == (kept.line,)
    ]
    return replace(
        claimed,
        watched=Place(path=claimed.watched.path, line=min(heads, key=lambda n: abs(n - watched), default=watched)),
        rests_on=Place(path=claimed.rests_on.path, line=numbers[0] if numbers else rests),
    )


def held(claimed: Property, study: Study, bench: Bench, lead: Lead) -> Held:
    """Put a property to the test. lead: what it is to be an instance of. Nothing is run of what is no property."""
    whole = stated(claimed, study, lead.message)
    if isinstance(whole, str):
        return Held(shown=None, why=whole)
    seen: list[Seen] = []
    counts = [0, 0]

    def ended(why: str, last: Seen) -> Held:
        return Held(
            shown=None, stated=whole, why=why, executions=len(seen), result=last.result, seen=counts[0], quiet=counts[1]
        )

    for number in range(RUNS):
        one = run(bench, claimed, scenario=claimed.violates)
        seen.append(one)
        if why := one.unseen or ("" if one.violated else "it did not happen"):
            return ended(f"run {number + 1} of {RUNS} that was to violate it: {why}", one)
        counts[0] += 1
    for number in range(USES):
        one = run(bench, claimed, scenario=claimed.ordinary)
        seen.append(one)
        if why := one.ordinary:
            return ended(f"run {number + 1} of ordinary use: {why}", one)
        counts[1] += 1
    tests = [path for path in study.files if TESTS_PATTERN.search(path)][:_FILES]
    calls = 0
    if tests:
        one = run(bench, claimed, tests=tests)
        seen.append(one)
        if one.failed or not one.passed:
            tests = []  # they do not run here, so that they say nothing
        elif one.violated:
            return ended("it happens in the target's own tests, too", one)
        elif one.unasked:
            return ended(f"in the target's own tests the condition could not be asked: {one.unasked}", one)
        else:
            calls = one.calls
    return Held(
        shown=Demonstration(
            statement=claimed.statement,
            rests_on=f"{claimed.rests_on.path}:{claimed.rests_on.line}",
            watched=f"{claimed.watched.path}:{claimed.watched.line}",
            never=claimed.never,
            runs=RUNS,
            tests=len(tests),
            calls=calls,
            digest=whole.digest,
        ),
        stated=whole,
        exhibit=_exhibit(whole, bench, seen, (claimed.watched.path, claimed.rests_on.path, lead.location.path)),
        executions=len(seen),
        result=Result.PROVEN,
        seen=counts[0],
        quiet=counts[1],
    )


def _exhibit(whole: Stated, bench: Bench, seen: Sequence[Seen], about: Sequence[str]) -> Exhibit:
    """What shows it again, in the form that every proof has."""
    contents = ((path, bench.source(path)) for path in sorted(set(about)))
    reports = (
        {"calls": one.calls, "violated": one.violated, "raised": one.raised, "passed": one.passed} for one in seen
    )
    return Exhibit(
        settings=canonical({"property": whole.as_json(), "paths": bench.paths}),
        cases=(canonical({"payload": {"text": whole.claimed.violates}}),) * RUNS,
        controls=(canonical({"payload": {"text": whole.claimed.ordinary}}),) * USES,
        reports=tuple(canonical(one) for one in reports),
        python=seen[0].python,
        sandbox=bench.held_by or bench.sandbox.name,
        sources=tuple((path, sha256(data).hexdigest()) for path, data in contents if data is not None),
    )


def _decorated(lines: Sequence[str], head: int) -> int:
    """The line of the first decorator of a function whose `def` stands at a line; that line where it has none."""
    indent, first = _indent(lines[head - 1]), head
    for number in range(head - 1, 0, -1):
        line = lines[number - 1]
        if _indent(line) == indent and line.lstrip().startswith("@"):
            first = number
        elif not line.strip() or (_indent(line) <= indent and line.strip()[0] not in ")]}"):
            break
    return first


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _told(study: Study, path: str, first: int, last: int) -> tuple[str, ...]:
    """Lines as a person is shown them: redacted, and nothing else."""
    lines = study.lines(path) or []
    return tuple(redact_lines([], lines[first - 1 : last], {}, width=_WHOLE))


def run(
    bench: Bench, claimed: Property, *, scenario: str = "", tests: Sequence[str] = (), answers: bool = False
) -> Seen:
    """Watch the function while a program, or tests of the target, run in a sandbox of their own. answers: what comes of each call
    is told as well."""
    patched = {change.path: b64encode(change.after).decode() for change in bench.patched or ()}
    settings = canonical(
        {
            "target": TARGET,
            "paths": bench.paths,
            "patched": patched,
            "scenario": scenario,
            "files": tests,
            "watched": {
                "path": claimed.watched.path,
                "line": claimed.watched.line,
                "never": claimed.never,
                "answers": answers,
            },
        }
    )
    files = (
        PlacedFile(at="casemate_holding.py", content=_TESTS if tests else _SCENARIO),
        PlacedFile(at="settings.json", content=settings),
    )
    told = reported(bench.sandbox.run(bench.profile, Job(what=Harness(path="casemate_holding.py"), files=files)))
    if isinstance(told, Failed):
        return Seen(failed=f"{told.result}: {told.why}"[:300], result=told.result)
    try:
        return _read(json.loads(told))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Seen(failed="the report cannot be read", result=Result.BROKEN)


def _read(value: Mapping[str, Any]) -> Seen:
    return Seen(
        result=Result.NOT_TRIGGERED if value["calls"] else Result.NOT_REACHED,
        calls=int(value["calls"]),
        violated=int(value["violated"]),
        unasked=str(value["unasked"])[:300],
        raised=str(value.get("raised", ""))[:300],
        passed=int(value.get("passed", 0)),
        python=str(value["python"])[:20],
        answers=tuple(map(str, value.get("answers", ()))),
    )
