"""What the operator names is examined, once, or its absence is said; nothing is examined that was not named."""

import pytest

from robustness.conftest import WEAK


def test_an_empty_path_is_wrong_use(scan, target):
    """An empty variable in a script does not scan the current folder."""
    result = scan("")
    assert (result.code, result.out) == (2, b"")
    assert "an empty path ''" in result.said[-1]
    assert scan("target", "").code == 2


def test_a_path_inside_another_is_examined_once(scan, target):
    """Named twice over, found once, under its path in the whole."""
    assert scan("target", "target/weak.py", "target").found == ["weak.py:5"]


def test_a_file_that_is_no_source_by_its_name(scan, put, target):
    """Named beside the folder that it lies in, it is examined all the same."""
    put(**{"tool.txt": WEAK})
    assert scan("target").found == ["weak.py:5"]
    assert sorted(scan("target", "target/tool.txt").found) == ["tool.txt:5", "weak.py:5"]


def test_what_lies_in_a_skipped_folder(scan, put, target):
    """A virtual environment is skipped, but not a file or the whole of it that was named."""
    put(**{".venv/pyvenv.cfg": "", ".venv/x.py": WEAK, ".venv/y.py": WEAK})
    assert scan("target").found == ["weak.py:5"]
    assert sorted(scan("target", "target/.venv/x.py").found) == ["target/weak.py:5", "x.py/x.py:5"]
    both = scan("target", "target/.venv/x.py", "target/.venv")
    assert sorted(both.found) == [".venv/x.py:5", ".venv/y.py:5", "target/weak.py:5"]


@pytest.mark.parametrize("options", [(), ("--exclude", "*.py")])
def test_a_tree_with_nothing_to_examine(scan, put, tmp_path, options):
    """It is said plainly, in every format, and is no pass under --strict."""
    put(**{"README.md": "# Nothing here\n"}, **({"m.py": WEAK} if options else {}))
    assert scan("target", *options).code == 0
    result = scan("target", "--strict", *options)
    assert result.code == 3
    assert (".", "no-source") in result.missed
    last = scan("target", "--format", "table", *options).out.decode().splitlines()[-1]
    assert last == "nothing found because nothing was examined: there is no Python file to examine"
    assert b"there is no Python file to examine" in scan("target", "--format", "sarif", *options).out
