"""Which places below a root its walk comes to."""

import os

import pytest

from casemate.adapters.filesystem import FileTree
from casemate.adapters.walk import MAX_DEPTH, reaches
from casemate.ports import SourceFile


@pytest.fixture
def root(tmp_path):
    """A tree with a virtual environment, a folder that only has the name of one, and packages of node."""
    for path in ("app/m.py", "app/tool.txt", ".venv/x.py", ".venv/pyvenv.cfg", "env/y.py", "node_modules/a/z.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


@pytest.mark.parametrize("path", ["app", "app/m.py", "app/tool.txt", "env", "env/y.py"])
def test_what_the_walk_comes_to(root, path):
    """Also a file that it would not take for a source."""
    assert reaches(root, root / path)


@pytest.mark.parametrize("path", [".venv", ".venv/x.py", "node_modules", "node_modules/a/z.py", "pipe.py"])
def test_what_the_walk_skips(root, path):
    """A folder that is skipped, what lies in it, and what is no file."""
    os.mkfifo(root / "pipe.py")
    assert not reaches(root, root / path)


def test_how_deep_it_comes(tmp_path):
    """Exactly as deep as the walk itself."""
    at = [tmp_path]
    for _ in range(MAX_DEPTH + 1):
        at.append(at[-1] / "d")
        at[-1].mkdir()
        (at[-1] / "m.py").touch()
    walked = [seen for seen in FileTree(tmp_path).walk() if isinstance(seen, SourceFile)]
    assert [reaches(tmp_path, folder / "m.py") for folder in at[1:]] == [True] * MAX_DEPTH + [False]
    assert len(walked) == MAX_DEPTH
