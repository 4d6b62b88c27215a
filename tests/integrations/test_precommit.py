"""The hooks for pre-commit: each is run as pre-commit runs it."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from integrations.conftest import ROOT, WEAK

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


@pytest.fixture
def hook(clone, tmp_path):
    """Run a hook on staged files: the entry, its arguments, and the files only where it asks for them."""

    def run(name):
        staged = clone.git("diff", "--cached", "--name-only", "--diff-filter=d", "-z").split("\0")
        python = [path for path in staged if path.endswith(".py")]
        if not python:
            return None  # types: [python], so it is skipped
        described = HOOKS[name]
        program, *words = shlex.split(described["entry"])
        files = python if described["pass_filenames"] else []
        return subprocess.run(
            [Path(sys.executable).with_name(program), *words, *described["args"], *files],
            cwd=clone.folder,
            env={"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_commit_that_adds_a_weakness(hook, clone):
    """It is stopped, and shown only what it adds."""
    clone.write(**{"more.py": WEAK})
    clone.git("add", "more.py")
    done = hook("casemate")
    assert done.returncode == 1
    assert "more.py:4" in done.stdout
    assert "old.py" not in done.stdout
    assert "2 others are not touched by the change since HEAD" in done.stdout


def test_a_commit_that_adds_none(hook, clone):
    """It passes, whatever else there is in the repository; the other hook sees that."""
    clone.write(**{"sound.py": "X = 2\n"})
    clone.git("add", "sound.py")
    assert hook("casemate").returncode == 0
    everything = hook("casemate-all")
    assert everything.returncode == 1
    assert "old.py:4" in everything.stdout


def test_a_flow_into_a_file_that_is_not_committed(hook, clone):
    """The file names of a commit are not enough: the sink lies in a file that the commit does not have."""
    clone.commit(**{"shell.py": "import os\n\n\ndef _run(name):\n    os.system('ls ' + name)\n"})
    clone.write(**{"main.py": "import sys\n\nfrom shell import _run\n\n_run(sys.argv[1])\n"})
    clone.git("add", "main.py")
    done = hook("casemate")
    assert done.returncode == 1
    assert "shell.py:5" in done.stdout
    assert HOOKS["casemate"]["pass_filenames"] is False


def test_a_commit_without_python(hook, clone):
    """The hook does not run."""
    clone.write(**{"README.md": "words\n"})
    clone.git("add", "README.md")
    assert hook("casemate") is None


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_what_pre_commit_demands(name):
    """The keys that its schema requires, and no other than it knows."""
    described = HOOKS[name]
    assert {"id", "name", "entry", "language"} <= described.keys()
    known = {"id", "name", "description", "entry", "args", "language", "types", "pass_filenames", "require_serial"}
    assert described.keys() <= known
    assert described["language"] == "python"
    assert described["types"] == ["python"]
