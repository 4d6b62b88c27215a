"""A copy of the target in which some files are others."""

import base64
import os
from pathlib import Path

import pytest

from casemate.proofs.runtime import overlay


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def files(folder: Path) -> list[Path]:
    """Every file, also below linked folders."""
    return [Path(top) / name for top, _, names in os.walk(folder, followlinks=True) for name in names]


@pytest.fixture
def target(tmp_path):
    """Two packages and a file beside them."""
    for path in ("app/core/a.py", "app/core/b.py", "app/views.py", "data/list.txt"):
        (tmp_path / "target" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "target" / path).write_text(f"# {path}\n")
    return tmp_path / "target"


@pytest.mark.parametrize("whole", [True, False])
def test_only_what_is_patched_is_another(target, tmp_path, whole):
    """The copy has the new text; every other file reads as it was, and the target itself is left alone."""
    copy = tmp_path / "copy"
    overlay.lay(
        str(target), str(copy), {"app/core/a.py": coded("new = 1\n"), "app/more.py": coded("more = 1\n")}, whole
    )
    found = {str(path.relative_to(copy)): path.read_text() for path in files(copy)}
    assert found == {
        "app/core/a.py": "new = 1\n",
        "app/core/b.py": "# app/core/b.py\n",
        "app/more.py": "more = 1\n",
        "app/views.py": "# app/views.py\n",
        "data/list.txt": "# data/list.txt\n",
    }
    assert (target / "app/core/a.py").read_text() == "# app/core/a.py\n"
    assert not (target / "app/more.py").exists()
    linked = {name for name in found if (copy / name).is_symlink() or (copy / name).parent.is_symlink()}
    assert linked == (set() if whole else {"app/core/b.py", "app/views.py", "data/list.txt"})


def test_a_patched_link_becomes_a_file(target, tmp_path):
    """What a link leads to is not written to."""
    (target / "app/core/c.py").symlink_to("b.py")
    overlay.lay(str(target), str(tmp_path / "copy"), {"app/core/c.py": coded("c = 1\n")}, True)
    assert (tmp_path / "copy/app/core/c.py").read_text() == "c = 1\n"
    assert (tmp_path / "copy/app/core/b.py").read_text() == "# app/core/b.py\n"


def test_what_does_not_parse_is_refused(target, tmp_path):
    """Before anything is copied; other files than Python's may hold what they like."""
    with pytest.raises(SyntaxError):
        overlay.lay(str(target), str(tmp_path / "copy"), {"app/views.py": coded("def (\n")}, True)
    assert not (tmp_path / "copy").exists()
    overlay.lay(str(target), str(tmp_path / "copy"), {"data/list.txt": coded("def (\n")}, True)
