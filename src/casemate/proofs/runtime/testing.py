"""Runs a target's own tests and reports how each ended. On the target's interpreter, with pytest where that is there, otherwise
with unittest; of a Django project in its set-up. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import unittest

from . import bytecode, overlay, report, testing_django

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST = 20_000  # tests that are told


def run(path: str) -> None:
    """Run what the settings in a file say: target, patched, paths, files (of tests)."""
    send = report.claim()
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    told = told_of(laid(settings), settings)
    send(json.dumps(told, sort_keys=True).encode("utf-8", "backslashreplace"))
    os._exit(0)  # threads that tests have left would wait for ever


def laid(settings: dict[str, Any]) -> str:
    """A copy of the target as the settings say, to work in and to import from; where it lies."""
    target = os.path.realpath(settings["target"])
    copy = os.path.join(os.path.realpath(os.environ.get("TMPDIR", "/tmp")), "work", os.path.basename(target))
    overlay.lay(target, copy, settings.get("patched", {}), True)
    bytecode.also(copy, target)
    sys.path.remove(os.getcwd())  # nothing of ours is in the way of a module of theirs
    os.chdir(copy)
    sys.path[:0] = [os.path.normpath(os.path.join(copy, one)) for one in settings.get("paths", ["."])]
    return copy


def told_of(copy: str, settings: dict[str, Any]) -> dict[str, Any]:
    """How the tests in the settings' files ended, in a copy."""
    problem = testing_django.ready([copy, *sys.path[:1]], settings["files"])
    try:
        pytest: Any = importlib.import_module("pytest")
    except Exception:
        pytest = None
    told = _pytest(pytest, settings["files"]) if pytest is not None else _unittest(settings["files"])
    told["problem"] = told["problem"] or (problem if "passed" not in told["results"].values() else "")
    return told


class _Noted:
    """A plugin of pytest that notes how each test ended."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """The worst of a test's phases counts."""
        if report.when == "call" or report.outcome != "passed":
            known = self.results.get(report.nodeid)
            if known not in ("failed",) and len(self.results) < _MOST:
                self.results[report.nodeid] = report.outcome

    def pytest_collectreport(self, report: Any) -> None:
        """A file that cannot be collected is a test that failed."""
        if report.failed:
            self.results[report.nodeid] = "failed"


def _pytest(pytest: Any, files: list[str]) -> dict[str, Any]:
    noted = _Noted()
    options = [
        "-q",
        "--no-header",
        "--no-summary",
        "--tb=no",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
    ]
    code = pytest.main([*options, *files], plugins=[noted])
    return {"with": "pytest", "results": noted.results, "problem": "" if noted.results else f"exit code {int(code)}"}


class _Result(unittest.TestResult):
    def __init__(self) -> None:
        super().__init__()
        self.results: dict[str, str] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        """Passed, until something else is told."""
        super().startTest(test)
        self.results[test.id()] = "passed"

    def addError(self, test: Any, err: Any) -> None:
        """It raised."""
        super().addError(test, err)
        self.results[test.id()] = "failed"

    def addFailure(self, test: Any, err: Any) -> None:
        """It failed."""
        super().addFailure(test, err)
        self.results[test.id()] = "failed"

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        """A part of it failed."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.results[test.id()] = "failed"

    def addUnexpectedSuccess(self, test: Any) -> None:
        """It was to fail."""
        super().addUnexpectedSuccess(test)
        self.results[test.id()] = "failed"

    def addSkip(self, test: Any, reason: str) -> None:
        """It was skipped."""
        super().addSkip(test, reason)
        self.results[test.id()] = "skipped"


def _unittest(files: list[str]) -> dict[str, Any]:
    result = _Result()
    loader = unittest.TestLoader()
    for path in files:
        name = path[:-3].replace("/", ".") if path.endswith(".py") else path
        try:
            loader.loadTestsFromName(name).run(result)
        except (Exception, SystemExit):  # a file that cannot be loaded is a test that failed
            result.results[name] = "failed"
    return {"with": "unittest", "results": result.results, "problem": "" if result.results else "no test was found"}
