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
    assert {p.stat().st_mode & 0o077 for p in (tmp_path / "cut").iterdir()} == {0}
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


def test_packages_are_compared_and_listed(casemate, tmp_path):
    """With a database a vulnerable package is a finding; without one it is not examined; --sbom lists it either way."""
    text = "# file: /var/lib/dpkg/status\nPackage: tool\nStatus: install ok installed\nVersion: 1-1\n"
    root = write(tree(text), tmp_path / "root")
    said = {
        "id": "CVE-2025-1000",
        "affected": [{"package": {"ecosystem": "Debian:12", "name": "tool"}, "versions": ["1-1"]}],
    }
    (tmp_path / "osv.json").write_text(json.dumps(said))
    sbom, database = tmp_path / "bom.json", tmp_path / "db"
    without = casemate("host", "--root", root, "--db", database, "--sbom", sbom, "--format", "json", "--quiet")
    assert "no-database" in without.stdout
    assert json.loads(sbom.read_text())["components"][0]["purl"] == "pkg:deb/debian/tool@1-1?distro=debian-12"
    assert casemate("db", "import", tmp_path / "osv.json", "--db", database).exit_code == 0
    found = casemate("host", "--root", root, "--db", database, "--format", "json", "--quiet")
    assert found.exit_code == 1
    assert "CVE-2025-1000" in found.stdout
    assert "no-database" not in found.stdout


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


def test_what_was_known_is_no_reason_to_fail(casemate, root, tmp_path):
    """Beside an earlier report all findings are known, and the exit code says so."""
    casemate("host", "--root", root, "-o", tmp_path / "earlier.json", "--quiet")
    result = casemate("host", "--root", root, "--baseline", tmp_path / "earlier.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("nothing new and 4 known from the baseline")
