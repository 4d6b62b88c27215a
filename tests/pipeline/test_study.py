"""The index that agents ask: what it lists, and that it reads nothing else."""

import pytest
from governance.support import InlineExecutor

from casemate.adapters.filesystem import FileTree
from casemate.adapters.nostore import NoStore
from casemate.model.proposal import Place
from casemate.model.trace import Boundary
from casemate.pipeline.desk import HITS, NOTES, Desk
from casemate.pipeline.scan import ScanOptions, scan
from casemate.pipeline.study import Study

APP = '''"""A shop."""

import subprocess
import sys


def checked(name):
    if not name.isalnum():
        raise ValueError(name)
    return name


def label(name):
    """Print a label."""

    def inner():
        return name

    return subprocess.run("echo " + inner(), shell=True)


def main():
    label(sys.argv[1])
    label(checked("x"))
'''


@pytest.fixture
def study(tmp_path):
    """Of a small shop with a test and a document."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "test_app.py").write_text("from app import label\n\n\ndef test_label():\n    label('a')\n")
    (tmp_path / "README.md").write_text("# A shop\n\nLabels are for staff.\n")
    (tmp_path / "logo.bin").write_bytes(b"\0\1\2")
    quiet = lambda stage, done, total: None  # noqa: E731
    with FileTree(tmp_path) as tree:
        options = ScanOptions()
        report = scan([tree], store=NoStore(), executor=InlineExecutor(), options=options, progress=quiet)
        yield Study(tree, report, store=NoStore(), executor=InlineExecutor(), options=options, progress=quiet)


def test_functions(study):
    """The innermost around a line; the body of the module where there is none."""
    assert [study.at("app.py", line).name for line in (1, 8, 13, 17, 19, 23)] == [
        "",
        "checked",
        "label",
        "label.<locals>.inner",
        "label",
        "main",
    ]
    assert study.at("README.md", 1) is None and study.at("no.py", 1) is None
    assert study.at("app.py", 14).parameters == ("name",)


def test_calls(study):
    """Both ways, and the shortest chains from where nobody calls."""
    label = study.at("app.py", 14)
    assert {spot.name for spot in study.callers(label)} == {"main", "test_label"}
    assert {spot.name for spot in study.callees(study.at("app.py", 23))} == {"label", "checked"}
    assert sorted([spot.name for spot in way] for way in study.chains(label, 5)) == [
        ["main", "label"],
        ["test_label", "label"],
    ]


def test_what_the_solver_found(study):
    """Sources, sinks and checks, by place."""
    assert [(str(place), name) for place, name in study.sinks()] == [("app.py:19", "subprocess.run")]
    assert study.source_at("app.py", 23).boundary is Boundary.LOCAL and study.source_at("app.py", 3) is None
    assert "checked" in {spot.name for spot in study.guards()}
    assert study.is_test("test_app.py") and study.is_test("a/conftest.py") and not study.is_test("app.py")


def test_a_desk_tells_lines(study):
    """With numbers; of what is no text, or not listed, nothing."""
    desk = Desk(study)
    assert desk.read("README.md", 1, 2).text == "    1  # A shop\n    2  "
    assert desk.read("README.md", 3, 900).what == "README.md, lines 3 to 4"
    for path, first, last in (("logo.bin", 1, 1), ("no.md", 1, 1), ("README.md", 9, 9), ("README.md", 3, 2)):
        assert desk.read(path, first, last).refused
    assert "app.py:19" in desk.search("subprocess.run").text and desk.search("nowhere").text == "(no line)"
    assert "main" in desk.around(Place(path="app.py", line=14)).text
    assert "command-injection" in desk.paths(Place(path="app.py", line=14)).text
    assert desk.around(Place(path="README.md", line=1)).refused


def test_lists(study):
    """Every one that a tool names has something to say here."""
    desk = Desk(study)
    assert desk.listed("files").text.split("\n") == ["README.md", "app.py", "test_app.py"]
    for what in ("sources", "sinks", "guards", "findings"):
        assert "app.py" in desk.listed(what).text
    assert desk.listed("secrets").refused


def test_notes_are_bounded(study):
    """And there is a last one."""
    desk = Desk(study)
    assert not any(desk.note(str(number)).refused for number in range(NOTES))
    assert desk.note("more").refused and desk.notes().split("\n") == [str(number) for number in range(NOTES)]


def test_many_hits_are_cut(study, tmp_path):
    """And it is said that there are more."""
    found, more = study.search("a", 2)
    assert len(found) == 2 and more and HITS > 2


def test_behind_another_tree_nothing_is_remembered(study):
    """What was read for one is read anew, by the other's grant."""

    class Shut:
        name = "shut"

        def walk(self):
            return iter(())

        def read(self, file):
            return None

    assert study.lines("app.py") is not None
    assert study.behind(Shut()).lines("app.py") is None and study.lines("app.py") is not None
