"""What standard output is: its width, and whether it takes colour."""

from __future__ import annotations

import os
import shutil
import sys

PLAIN_WIDTH = 100  # cells, where there is no terminal to ask
WIDEST = 140  # longer lines are hard to read


def width() -> int:
    """Cells that a line may have. COLUMNS decides where it is set."""
    return min(shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns, WIDEST)


def takes_color() -> bool:
    """Whether colour may be used: on a terminal that has it, unless NO_COLOR (no-color.org) is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
