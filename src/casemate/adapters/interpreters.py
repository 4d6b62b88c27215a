"""Which Python a target runs on: the one that was named, its own virtual environment's, or the one below ours."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from casemate.model.errors import UserError
from casemate.targets.selection import ENVIRONMENT_FOLDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """path: absolute. why: how it was chosen, in a few words."""

    path: str
    why: str


def target_python(target: Path, named: Path | None) -> Python:
    """The interpreter for a target. named: what the operator said, a program or a virtual environment. Raises UserError when
    that is none."""
    if named is not None:
        path = named / "bin" / "python" if named.is_dir() else named
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise UserError(
                f"there is no Python at {str(named)!r}", "name an interpreter, or the folder of a virtual environment"
            )
        return Python(path=str(path.absolute()), why="as named")
    root = target if target.is_dir() else target.parent
    for name in sorted(ENVIRONMENT_FOLDERS):
        path = root / name / "bin" / "python"
        if (root / name / "pyvenv.cfg").is_file() and os.access(path, os.X_OK):
            return Python(path=str(path), why="the target's own environment")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    below = Path(sys.base_prefix) / "bin" / version
    found = below if os.access(below, os.X_OK) else Path(sys.executable)
    return Python(path=str(found.absolute()), why="the target has no environment of its own; --python names another")
