"""The scan as a whole: the same bytes twice, and a second scan that equals a first one."""

from __future__ import annotations

import random
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from casemate.adapters.cache import FileStore
from casemate.adapters.filesystem import FileTree
from casemate.adapters.nostore import NoStore
from casemate.adapters.processes import ProcessExecutor
from casemate.evidence import jsonreport
from casemate.evidence.excerpts import Quotes
from casemate.evidence.redact import redact
from casemate.languages import ir
from casemate.model.finding import Report
from casemate.model.outcome import Reason
from casemate.pipeline.scan import ScanOptions, scan
from casemate.ports import Store
from casemate.taint import interpreter, solver

BANK = Path(__file__).parents[2] / "examples" / "bank"


def scanned(*roots: Path, store: Store | None = None, **options: Any) -> Report:
    with ExitStack() as held:
        return scan(
            [held.enter_context(FileTree(root)) for root in roots],
            store=store or NoStore(),
            executor=ProcessExecutor(jobs=1),
            options=ScanOptions(**options),
            progress=lambda stage, done, total: None,
        )


def report(root: Path, store: Store | None = None, **options: Any) -> str:
    return jsonreport.render(scanned(root, store=store, **options))


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the example to edit."""
    return Path(shutil.copytree(BANK, tmp_path / "bank", ignore=shutil.ignore_patterns("__pycache__")))


def cached(root: Path, cache: Path) -> str:
    with FileStore(cache) as store:
        return report(root, store)


EDITS = {
    "a line before everything": lambda text: "# moved\n" + text,
    "a new function": lambda text: text + "\n\ndef added(name):\n    import os\n    os.system('ls ' + name)\n",
    "every check gone": lambda text: text.replace(" not in ", " is not ").replace("startswith", "endswith"),
    "nothing left": lambda text: "",
    "broken": lambda text: text + "\ndef broken(:\n",
}


@pytest.mark.parametrize("edit", EDITS, ids=str)
@pytest.mark.parametrize(
    "path", ["backoffice/db.py", "backoffice/storage.py", "backoffice/services.py", "batch/base.py"]
)
def test_a_scan_after_an_edit_equals_a_scan_from_nothing(bank: Path, tmp_path: Path, path: str, edit: str):
    """What is remembered never changes a report, whatever a change does to the facts that others rest on."""
    before = cached(bank, tmp_path / "cache")
    original = (bank / path).read_text()
    (bank / path).write_text(EDITS[edit](original))
    assert cached(bank, tmp_path / "cache") == report(bank)
    (bank / path).write_text(original)
    assert cached(bank, tmp_path / "cache") == before == report(bank)


def test_files_that_come_and_go(bank: Path, tmp_path: Path):
    """A module that vanishes takes what rested on it along, and brings it back."""
    before = cached(bank, tmp_path / "cache")
    moved = bank / "backoffice" / "dao.py"
    content = moved.read_text()
    moved.unlink()
    without = cached(bank, tmp_path / "cache")
    assert without == report(bank) != before
    moved.write_text(content)
    assert cached(bank, tmp_path / "cache") == before


def test_random_edits_leave_no_trace(bank: Path, tmp_path: Path):
    """Fifteen edits one after the other, lines dropped and doubled, each scanned with the memory of all before."""
    rng = random.Random(7)
    files = sorted(p for p in bank.rglob("*.py") if "tests" not in p.parts)
    for _ in range(15):
        path = rng.choice(files)
        lines = path.read_text().splitlines(keepends=True)
        if lines:
            at = rng.randrange(len(lines))
            lines[at : at + 1] = rng.choice([[], [lines[at]] * 2])
            path.write_text("".join(lines))
        with FileStore(tmp_path / "cache") as store:
            warm = report(bank, store)
        assert warm == report(bank)


def test_the_rule_asked_for_is_the_only_one(bank: Path):
    """`rules` narrows what is looked for."""
    assert '"rule": "sql-injection"' in report(bank, rules=("sql-injection",))
    assert '"rule": "xss"' not in report(bank, rules=("sql-injection",))


def test_two_trees_are_one_program(tmp_path: Path):
    """Values flow from one tree into the other, and paths say which is which."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "_helper.py").write_text("import os\n\ndef go(name):\n    os.system('ls ' + name)\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("import flask\nfrom _helper import go\n\ngo(flask.request.args['a'])\n")
    found = scanned(tmp_path / "lib", tmp_path / "app")
    (finding,) = found.findings
    assert finding.lead.location.path == "lib/_helper.py"
    assert finding.lead.trace is not None
    assert finding.lead.trace.steps[0].location.path == "app/main.py"


def test_what_a_test_sends_is_no_outsider_s(tmp_path: Path):
    """A route in test code calls the program with what the test sends; the program's own route is reported."""
    route = "from flask import Flask\nfrom work import _go\napp = Flask(__name__)\n\n@app.route('/<name>')\n"
    route += "def view(name):\n    _go(name)\n"
    (tmp_path / "work.py").write_text("import os\n\ndef _go(name):\n    os.system('ls ' + name)\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_go.py").write_text(route)
    assert scanned(tmp_path).findings == ()
    (tmp_path / "main.py").write_text(route)
    assert [f.lead.location.path for f in scanned(tmp_path).findings] == ["work.py"]


def test_lost_lines_are_said(tmp_path: Path):
    """A broken statement is not examined, and the rest of its file is."""
    (tmp_path / "a.py").write_text("import sys, os\n\ndef broken(:\n    pass\n\nos.system('ls ' + sys.argv[1])\n")
    found = scanned(tmp_path)
    assert [f.lead.location.line for f in found.findings] == [6]
    assert [(n.what, n.reason) for n in found.not_examined] == [("a.py:3", Reason.SYNTAX)]


def test_a_fault_of_the_engine_costs_one_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is told by its place, and what another function does is found: the one that calls it goes on behind the call."""
    (tmp_path / "a.py").write_text(
        "import os, sys\n"
        "def broken(a):\n    b = ~a\n    raise ValueError\n"
        "def sound():\n    broken(1)\n    os.system(sys.argv[1])\n"
    )
    whole = scanned(tmp_path)
    assert (len(whole.findings), whole.not_examined) == (0, ())  # `broken` never returns

    def fault(frame: object, ins: object) -> None:
        raise KeyError("x")

    handlers = tuple(fault if op == ir.UNARY else handler for op, handler in enumerate(interpreter.HANDLERS))
    monkeypatch.setattr(interpreter, "HANDLERS", handlers)
    report = scanned(tmp_path)
    assert [finding.lead.location.line for finding in report.findings] == [7]
    (lost,) = report.not_examined
    assert (lost.what, lost.reason, lost.detail) == (
        "a.py:2",
        Reason.CRASHED,
        "this function was not followed to its end: crashed with KeyError",
    )


def test_every_step_has_its_source_line(bank: Path) -> None:
    """As it stands in the file, with its neighbours; no line that the file does not have."""
    found = scanned(bank)
    quotes = Quotes(found)
    for finding in found.findings:
        assert finding.lead.trace is not None
        for step in finding.lead.trace.steps:
            lines = (bank / step.location.path).read_text().splitlines()
            for line in quotes.around(step.location):
                assert line.text == redact(lines[line.number - 1].rstrip())
            assert any(line.hit for line in quotes.around(step.location))


def test_a_function_whose_facts_keep_changing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Given up after so many runs, it is not examined to the end: it does not read as clean."""
    (tmp_path / "a.py").write_text(
        "def ping(a, n):\n    return pong(a, n - 1) if n else a\n"
        "def pong(a, n):\n    return ping(a, n - 1) if n else None\n"
    )
    assert scanned(tmp_path).not_examined == ()
    monkeypatch.setattr(solver, "MAX_RUNS", 1)
    lost = scanned(tmp_path).not_examined
    assert {entry.reason for entry in lost} == {Reason.STEP_LIMIT}
    assert lost[0].what.startswith("a.py:")


def test_a_way_through_a_recursion_is_told_once(tmp_path: Path):
    """A function that calls itself before it reaches the sink stands in the trace once or twice, not as often as it may run."""
    (tmp_path / "a.py").write_text(
        "import os\nfrom flask import Flask, request\napp = Flask(__name__)\n"
        "def walk(names, depth):\n"
        "    for name in names.split('/'):\n"
        "        walk(name + '/', depth + 1)\n"
        "        walk(name, depth)\n"
        "        run(name)\n"
        "def run(name):\n    os.system('ls ' + name)\n"
        "@app.route('/')\ndef view():\n    walk(request.args['n'], 0)\n    return {}\n"
    )
    (finding,) = scanned(tmp_path).findings
    trace = finding.lead.trace
    assert trace is not None
    assert [step.note for step in trace.steps].count("passed to walk") <= 2
    assert trace.steps[-1].note == "reaches os.system"
