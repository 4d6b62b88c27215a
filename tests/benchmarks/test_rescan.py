"""The scan after one edited file."""

import ast

from rescan import FILES, edit, edited, measure

from .helpers import scanner


def package(folder):
    """A package of 30 modules, two hubs among them."""
    root = folder / "package"
    for number in range(28):
        (root / f"part{number % 4}").mkdir(parents=True, exist_ok=True)
        (root / f"part{number % 4}" / f"m{number}.py").write_text("value = 1  # a line of this module\n" * 40)
    for hub in ("http/request.py", "conf/__init__.py"):
        (root / hub).parent.mkdir()
        (root / hub).write_text('"""A hub."""\nfrom __future__ import annotations\n')
    return root


def test_hubs_come_first_and_no_file_twice(tmp_path):
    """Twenty different files, those that everything imports first; the same choice every time."""
    root = package(tmp_path)
    chosen = edited(root)
    assert [path.relative_to(root).as_posix() for path in chosen[:2]] == ["http/request.py", "conf/__init__.py"]
    assert len(chosen) == len(set(chosen)) == FILES
    assert chosen == edited(root)


def test_a_small_package_gives_what_it_has(tmp_path):
    """Fewer files than wanted: each once."""
    (tmp_path / "a.py").write_text("value = 1\n" * 200)
    assert edited(tmp_path) == [tmp_path / "a.py"]


def test_an_edit_moves_every_line_and_defines_something_new(tmp_path):
    """The file still parses, its old lines stand one lower, and a new function is at its end."""
    path = tmp_path / "a.py"
    path.write_text('"""A module."""\nfrom __future__ import annotations\nx = 1\n')
    edit(path, 7)
    tree = ast.parse(path.read_text())
    assert tree.body[2].lineno == 4
    assert tree.body[-1].name == "benchmark_edit_7"


def test_every_scan_sees_the_edits_before(tmp_path):
    """The original stays untouched; the last scan and a cold one of the same tree are compared."""
    root = package(tmp_path)
    before = {path: path.read_text() for path in root.rglob("*.py")}
    (tmp_path / "work").mkdir()
    section = measure(root, [scanner(tmp_path)], tmp_path / "work")
    assert {path: path.read_text() for path in root.rglob("*.py")} == before
    assert [row.measure for row in section.rows] == [
        "nothing changed",
        "one file changed, median",
        "one file changed, worst",
    ]
    assert section.notes == [
        "casemate: 20 files edited one after the other, up to 8 of them hubs; "
        "the last of these scans gave the same bytes as a cold scan of the same tree"
    ]
    assert len(list((tmp_path / "work" / "casemate" / "package").rglob("*.py"))) == 30


def test_a_failing_scan_is_named(tmp_path):
    """No figure for a tool that failed on any of the scans."""
    root = package(tmp_path)
    (tmp_path / "work").mkdir()
    section = measure(root, [scanner(tmp_path, behaviour="crash")], tmp_path / "work")
    assert section.rows == []
    assert [item.why for item in section.missing] == ["wrote no report: Error: it broke"]
