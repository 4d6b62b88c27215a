"""Speed, memory, cores, and the same bytes."""

from measure import Run
from speed import lines, measure, rows

from .helpers import scanner


def run(cpu: float, wall: float, peak: int = 100_000_000) -> Run:
    """A run that cost this much."""
    return Run(code=0, cpu=cpu, wall=wall, peak=peak, timed_out=False, error="")


def figures(table, measure_name):
    """The texts of one row."""
    (row,) = [row for row in table if row.measure == measure_name]
    return {tool: figure.text for tool, figure in row.figures.items()}


def test_medians_per_tool():
    """Three runs: the middle one counts, not the one that was disturbed."""
    table = rows(50_000, {"bandit": [run(2, 3), run(2.5, 3), run(9, 9)]}, {})
    assert figures(table, "thousand lines per CPU second") == {"bandit": "20.0"}
    assert figures(table, "CPU seconds") == {"bandit": "2.50"}
    assert figures(table, "peak memory, one process, MB") == {"bandit": "100"}
    assert len(table) == 4


def test_two_processes_against_one():
    """Wall time of one process over that of two, only for tools that ran both ways."""
    one = {"bandit": [run(9, 9)], "casemate": [run(6, 6.0)]}
    table = rows(1000, one, {"casemate": [run(6.6, 3.2)]})
    assert figures(table, "two processes, times as fast as one") == {"casemate": "1.88"}
    assert figures(table, "wall seconds, two processes") == {"casemate": "3.20"}


def test_physical_lines_of_python_files_only(tmp_path):
    """Blank lines count, other files do not."""
    (tmp_path / "a.py").write_text("x = 1\n\n\n")
    (tmp_path / "b.txt").write_text("x\n" * 9)
    assert lines(tmp_path) == 3


def test_a_real_run(tmp_path):
    """Parsers and a scanner run; the results are compared byte by byte; what fails is named, not counted as zero."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("eval(input())\n" * 200)
    (tmp_path / "work").mkdir()
    broken = scanner(tmp_path, name="bandit", behaviour="crash")
    section = measure(package, [scanner(tmp_path), broken], tmp_path / "work", repeat=2)
    first = section.rows[0]
    assert sorted(first.figures) == ["ast", "casemate", "tree-sitter"]
    assert all(figure.value > 0 for figure in first.figures.values())
    assert section.notes == ["casemate: 4 cold runs on the package, with one process and with two, gave the same bytes"]
    assert {item.why for item in section.missing} == {"wrote no report: Error: it broke"}
