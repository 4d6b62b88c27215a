"""The checks of `benchmarks/robust.py` with small numbers: what they would say of a fault, and that there is none."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import mutants  # noqa: E402
import robust  # noqa: E402

from robustness.conftest import CASEMATE, WEAK  # noqa: E402


@pytest.fixture
def bench(tmp_path):
    return robust.Bench(CASEMATE, tmp_path / "work")


@pytest.fixture
def work(bench):
    bench.work.mkdir()
    return bench.work


@pytest.fixture
def sources(tmp_path):
    """A few sources with a bit of everything."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "weak.py").write_text(WEAK)
    (folder / "own.py").write_bytes((ROOT / "src/casemate/taint/guards.py").read_bytes())
    (folder / "old.py").write_text("print 'a'\nexec x in y\nclass A:\n  def f(self, (a, b)): return `a`\n")
    return folder


def test_empty_files(bench, work):
    """Two thousand of them."""
    assert robust.empty_files(bench, 2_000).faults == []


def test_no_file(bench, work):
    """Said plainly."""
    assert robust.no_file(bench).faults == []


def test_many_lines(bench, work, sources):
    """Copies side by side, whose modules have the same names."""
    result = robust.many_lines(bench, sources, 2_000)
    assert result.faults == []
    assert result.name.startswith("2,")


def test_mutants(sources):
    """A hundred and fifty of them."""
    result = robust.fuzz(sources, 5, 2, cases=150)
    assert result.faults == []
    assert result.figures[0].startswith("150 cases in ")


def test_killed(bench, work):
    """At six moments."""
    assert robust.kill(bench, robust.EXAMPLE, 6, 1).faults == []


def test_a_mutant_is_made_again_by_its_number(sources):
    """The same bytes for the same seed and number, others for another."""
    pool = mutants.seeds(sources)
    made = [mutants.case(number, 1, pool) for number in range(50)]
    assert made == [mutants.case(number, 1, pool) for number in range(50)]
    assert len(set(made)) > 40
    assert made != [mutants.case(number, 2, pool) for number in range(50)]


def test_a_fault_is_told(sources, monkeypatch):
    """A front end that raises, or a program that fails, is no silence."""
    monkeypatch.setattr(robust, "lower", lambda source, **_: 1 // 0)
    result = robust.fuzz(sources, 1, 1, cases=2)
    assert [fault.partition(", ")[0] for fault in result.faults] == ["case 0: crashed", "case 1: crashed"]


def test_a_scan_that_fails_is_told(tmp_path, sources):
    """Its exit code and its last line."""
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'it broke' >&2\nexit 4\n")
    broken.chmod(0o755)
    bench = robust.Bench(broken, tmp_path / "work")
    bench.work.mkdir()
    assert robust.many_lines(bench, sources, 1).faults == ["exit code 4: it broke"] * 2
