"""A clone with one old finding and one that its last change made, and a machine without network to run steps on.

The steps' own installs run: the packages of this environment are on the new one's path, so that pip finds what the lock
asks for, and builds the project itself from this folder.
"""

import ensurepip
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from cli.repository import Repository

ROOT = Path(__file__).parents[2]
WEAK = "import os, sys\n\n\nos.system('ls ' + sys.argv[1])\n"
assert ensurepip  # what `python3 -m venv` takes pip from


@pytest.fixture
def clone(tmp_path):
    """The clone of a project, with `old.py` from its first commit and `new.py` from its second."""
    repo = Repository(tmp_path / "project")
    repo.commit(**{"old.py": WEAK, "sound.py": "X = 1\n"})
    repo.commit(**{"new.py": WEAK})
    return repo


@pytest.fixture
def shell(clone, tmp_path):
    """Run a script as a step, in the clone."""

    def run(script: str, *command: str, **variables: str) -> subprocess.CompletedProcess:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path / "home"),
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: without isolation
            **variables,
        }
        return subprocess.run(
            [*command, "-c", script], cwd=clone.folder, env=environment, capture_output=True, text=True, check=False
        )

    return run
