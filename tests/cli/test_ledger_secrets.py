"""What the ledger never holds: secrets, source lines and inputs of proofs, however an operation ended."""

import json
import shutil
import zipfile

import pytest
from click.testing import CliRunner

from casemate.app.ground import examine_sandbox
from casemate.cli.main import main

SECRET = "AKIA" + "QYLPMN5HHHFPZAM2"  # in two parts, so that no scanner takes this file for a leak
SOURCE = f'''import os

TOKEN = "{SECRET}"
PASSWORD = "correct horse battery staple 9417"


def label(name):
    marker_of_this_line_4711 = os.system("echo label " + name)
    return marker_of_this_line_4711
'''


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEMATE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "shop.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def texts_in(ledger):
    """All bytes of all files of the ledger."""
    files = [path for path in ledger.rglob("*") if path.is_file()]
    assert len(files) > 3
    return b"\0".join(path.read_bytes() for path in files)


def forbidden():
    """The secrets, and every line of the source that is long enough to mean something."""
    lines = [line.strip() for line in SOURCE.splitlines() if len(line.strip()) >= 12]
    return [SECRET, "correct horse", "marker_of_this_line", *lines]


def test_a_scan(home):
    """It found the secret, and the ledger does not know it; the same check would see it if it were there."""
    result = CliRunner().invoke(main, ["scan", "shop", "--format", "json", "--quiet"])
    assert result.exit_code == 1
    held = texts_in(home / "ledger")
    assert [word for word in forbidden() if word.encode() in held] == []
    assert b"shop" in held  # what the operator named, and nothing below it
    assert b"shop.py" not in held
    shutil.copy("shop/shop.py", home / "ledger" / "tile" / "copy")
    held = texts_in(home / "ledger")
    assert all(word.encode() in held for word in forbidden())


def test_a_hunt(home, tmp_path):
    """What was proven, with inputs that carry canaries: none of them is in the ledger, though its bundles' root is."""
    if why := examine_sandbox()[0].refusal:
        pytest.skip(why)
    words = ["hunt", "shop", "--no-fix", "--rule", "command-injection", "--bundles", "evidence", "--quiet"]
    result = CliRunner().invoke(main, [*words, "--fail-on", "never", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    (bundle,) = (tmp_path / "evidence").glob("*.casemate")
    with zipfile.ZipFile(bundle) as archive:
        cases = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("cases/")]
    held = texts_in(home / "ledger")
    assert b'"evidence":{"count":1' in held
    inputs = [text for text in _texts(cases) if len(text) >= 6 and any(character in text for character in ";|$`&(")]
    assert inputs
    assert [word for word in (*forbidden(), *inputs) if word.encode() in held] == []


def _texts(value):
    """All texts within what JSON holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
