"""The permissions that are computed are those of the kernel: the check of `benchmarks/host_access.py`, small."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import host_access


@pytest.mark.parametrize("seed", range(2))
def test_every_decision_is_the_kernels(tmp_path: Path, seed: int):
    """Reading, writing, executing and replacing, for random users over a random tree of modes, access lists and links."""
    why = host_access.unfit(tmp_path)
    if why:
        pytest.skip(why)
    root = tmp_path / "root"
    root.mkdir()
    found = host_access.differences(root, random.Random(f"suite:{seed}"), 8, 250)
    assert [str(difference) for difference in found] == []
