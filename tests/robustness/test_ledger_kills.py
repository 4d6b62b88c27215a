"""A process that appends is killed at random moments (`benchmarks/ledger.py` does a thousand)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import ledger as benchmark


def test_killed_at_random_moments(tmp_path):
    """After each the ledger opens, verifies, and has all that was acknowledged; what was cut off is named."""
    rows, faults = benchmark.kill(tmp_path, kills=20, seed=5)
    assert faults == []
    assert rows[0] == ("killed (SIGKILL) at 20 random moments of appending", "0 faults")


def test_a_fault_would_be_told(tmp_path, monkeypatch):
    """Of a log that forgets what it acknowledged."""
    monkeypatch.setattr(benchmark.Ledger, "append_many", lambda self, entries: self.append(b"one") + len(entries))
    _, faults = benchmark.kill(tmp_path, kills=12, seed=6, moment=0.2)
    assert any("were acknowledged" in fault for fault in faults)


def test_small_measures(tmp_path):
    """Every measure runs; what it builds directly is a log like any other."""
    size = benchmark.build(tmp_path / "built", benchmark.filling(70_000))
    result = benchmark.audit(benchmark.ledger(tmp_path / "built"))
    assert (size, result.head.size, result.problems, result.leftovers) == (70_000, 70_000, (), ())
    assert len(benchmark.measure_audit(tmp_path, 512)) == 2
