"""`casemate host`: what a person sees, what is written, and the exit codes."""

import json
import os
import subprocess
import tarfile

import pytest

from casemate.app.ground import recorded_ledger
from casemate.governance.audit import audit
from tests.host.tree import tree
from tests.host.weak_root import weak_root, write

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to the accounts of a root")


@pytest.fixture
def root(tmp_path):
    """A weak root on disk."""
    return write(weak_root(), tmp_path / "root")


def test_an_audit(casemate, root, tmp_path):
    """The screen tells ways and cut, the file is whole, the ledger has a pair of entries, and the root is as it was."""
    before = sorted((p, p.lstat().st_mode, p.lstat().st_mtime_ns) for p in root.rglob("*"))
    result = casemate("host", "--root", root, "-o", tmp_path / "report.json")
    assert result.exit_code == 1
    assert "  any local user reaches root" in result.stdout.splitlines()
    assert result.stderr.splitlines()[0].startswith(f"charter: find under {root}")
    assert [line.split(":")[0] for line in result.stderr.splitlines()][-2:] == ["report", "time"]
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["host"]["standings"][0]["root"] is True
    assert [one.before.operation for one in audit(recorded_ledger()).operations] == ["host"]
    assert sorted((p, p.lstat().st_mode, p.lstat().st_mtime_ns) for p in root.rglob("*")) == before


def test_the_written_cut_cuts(casemate, root, tmp_path):
    """The script, run over the root, ends every way; its undo brings them back."""
    result = casemate("host", "--root", root, "--fix-script", tmp_path / "cut")
    assert result.exit_code == 1
    assert sorted(p.name for p in (tmp_path / "cut").iterdir()) == ["fix.sh", "fix.yml", "undo.sh", "undo.yml"]
    environment = {"PATH": os.environ["PATH"], "ROOT": str(root)}
    subprocess.run(["sh", tmp_path / "cut" / "fix.sh"], env=environment, check=True, capture_output=True)
    after = casemate("host", "--root", root, "--format", "json", "--quiet")
    assert json.loads(after.stdout)["host"]["standings"] == []
    subprocess.run(["sh", tmp_path / "cut" / "undo.sh"], env=environment, check=True, capture_output=True)
    again = casemate("host", "--root", root, "--format", "json", "--quiet")
    assert json.loads(again.stdout)["host"]["standings"] != []


def test_what_if(casemate, root):
    """The whole cut supposed: nobody reaches root."""
    result = casemate("host", "--root", root, "--what-if", "all")
    assert "  nobody: no way to root, to another account or to a secret was found" in result.stdout.splitlines()
    assert any(line.startswith("  supposing: chmod 0644") for line in result.stdout.splitlines())


def test_a_clean_root_exits_with_nothing(casemate, tmp_path):
    """No finding, and a last line that does not say safe."""
    result = casemate("host", "--root", write(tree(""), tmp_path / "clean"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("nothing found in what was examined")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--root", "nowhere"), "cannot look at the folder 'nowhere'"),
        (("--root", "."), "holds no"),
        (("--root", ".", "--image", "x.tar"), "--root and --image name two hosts"),
    ],
)
def test_what_is_no_host_is_said(casemate, tmp_path, monkeypatch, words, why):
    """In one line, with the next step."""
    monkeypatch.chdir(tmp_path)
    result = casemate("host", *words)
    assert result.exit_code == 2
    assert why in result.stderr


def test_an_image(casemate, root, tmp_path):
    """The same tree as a container image gives the same findings; what is no image is the operator's to mend."""
    archive = tmp_path / "image.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(root, arcname=".")
    folder = json.loads(casemate("host", "--root", root, "--format", "json", "--quiet").stdout)
    image = json.loads(casemate("host", "--image", archive, "--format", "json", "--quiet").stdout)
    assert image["findings"] == folder["findings"]
    assert image["host"]["standings"] == folder["host"]["standings"]
    archive.write_bytes(b"none")
    result = casemate("host", "--image", archive)
    assert result.exit_code == 2
    assert "is no container image" in result.stderr
