"""The benchmark's modules stand beside `benchmarks/run.py`, which is run as a program: its folder is their path."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
