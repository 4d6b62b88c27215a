"""Regression tests for a series of patches, themselves put to the proof: each fails without the patches and passes with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casemate.evidence.patchfile import LetterWithTest
from casemate.fixes.regression import NoTest, RegressionTest, regression_test
from casemate.model.finding import Finding, FindingId
from casemate.model.fix import Change
from casemate.model.proof import Exhibit
from casemate.pipeline.combine import Series
from casemate.pipeline.suite import Outcome
from casemate.pipeline.validate import Grounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A test for a finding's fix. why: there is none, "" when there is one."""

    identity: FindingId
    test: RegressionTest | None = None
    why: str = ""


def checked(series: Series, exhibits: Mapping[FindingId, Exhibit], grounds: Grounds) -> tuple[Checked, ...]:
    """A test for each patch of the series that one can be written for, and why there is none for the others."""
    findings = {finding.identity: finding for finding in grounds.report.findings}
    written: dict[FindingId, RegressionTest] = {}
    why: dict[FindingId, str] = {}
    for part in series.parts:
        identity = part.identity
        try:
            written[identity] = regression_test(
                findings[identity], exhibits[identity], grounds.suite.files, grounds.bench.source
            )
        except NoTest as reason:
            why[identity] = str(reason)
    if written:
        paths = sorted({test.path for test in written.values()})
        new = tuple(Change(path=test.path, before=b"", after=test.content) for test in written.values())
        without, patched = grounds.suite.run(paths, new), grounds.suite.run(paths, (*series.changes(), *new))
        for identity, test in list(written.items()):
            if problem := _problem(test, without, patched):
                why[identity] = problem
                del written[identity]
    return tuple(
        Checked(identity=part.identity, test=written.get(part.identity), why=why.get(part.identity, ""))
        for part in series.parts
    )


def letters_of_tests(
    tests: Sequence[Checked], findings: Mapping[FindingId, Finding], *, before: int
) -> tuple[LetterWithTest, ...]:
    """The tests as mails behind those of the series. before: how many these are."""
    there = [(one.identity, one.test) for one in tests if one.test is not None]
    return tuple(
        LetterWithTest(
            finding=findings[identity],
            path=test.path,
            content=test.content,
            number=before + number,
            of=before + len(there),
        )
        for number, (identity, test) in enumerate(there, 1)
    )


def _problem(test: RegressionTest, without: Outcome, patched: Outcome) -> str:
    """Why a test shows nothing, "" when it does."""
    before, after = _ended(test, without), _ended(test, patched)
    if not before or not after:
        return f"it does not run here: {without.problem or patched.problem or 'no result was told'}"
    if before == "passed":
        return "called so, the function does nothing that a test could see"
    if after != "passed":
        return "it does not pass with the fix"
    return ""


def _ended(test: RegressionTest, outcome: Outcome) -> str:
    """How the one test of a file ended; "" when it was not told."""
    stem = test.path.rpartition("/")[2].removesuffix(".py")
    return next((result for name, result in outcome.results.items() if stem in name), "")
