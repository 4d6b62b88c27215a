"""`casemate db`: files come in whole, each import stands in the ledger, and ages are on the screen alone."""

import json

import pytest
from click.testing import CliRunner

from casemate.cli.main import main

OSV = {
    "id": "CVE-2024-6387",
    "modified": "2026-11-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "Debian:12", "name": "openssh"}, "versions": ["1"]}],
}


@pytest.fixture
def casemate(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "osv.json").write_text(json.dumps(OSV))
    return lambda *arguments: CliRunner().invoke(main, ["db", *arguments])


def test_import_and_show(casemate):
    """What came in, with its day, hash and count; twice is once; the ledger has an entry for each."""
    assert "No database" in casemate().output
    for _ in range(2):
        done = casemate("import", "osv.json")
        assert done.exit_code == 0, done.output
        assert "osv.json: 1 entries (osv of 2026-11-01) about Debian" in done.output
    (shown,) = json.loads(casemate("--json").output)
    assert (shown["name"], shown["date"], shown["entries"], shown["about"]) == ("osv.json", "2026-11-01", 1, "Debian")
    assert "age" not in shown
    table = casemate().output
    assert "days" in table
    assert shown["sha256"][:12] in table
    recorded = json.loads(CliRunner().invoke(main, ["ledger", "show", "--json"]).output)
    assert [operation["before"]["operation"] for operation in recorded] == ["import", "import"]


def test_a_bad_file_brings_nothing(casemate, tmp_path):
    """The error names file, place and next step; a good file named with it is not kept either."""
    (tmp_path / "bad.json").write_text('[{"id": "X"}, {"affected": []}]')
    done = casemate("import", "osv.json", "bad.json")
    assert done.exit_code == 2
    assert "'bad.json' was not imported at $[1].id" in done.output
    assert "No database" in casemate().output


def test_another_place_and_day(casemate, tmp_path):
    """--db names the database, --date the day where it is known better."""
    assert casemate("import", "osv.json", "--db", "own.sqlite", "--date", "2026-10-31").exit_code == 0
    assert json.loads(casemate("--db", "own.sqlite", "--json").output)[0]["date"] == "2026-10-31"
    assert casemate("import", "osv.json", "--date", "yesterday").exit_code == 2
    assert casemate("import", "none.json").exit_code == 2


def test_a_form_that_is_named(casemate, tmp_path):
    """--format reads the file in that form."""
    (tmp_path / "scores").write_text("cve,epss\nCVE-2021-3156,0.9\n")
    assert "(epss, of a day that it does not say)" in casemate("import", "scores", "--format", "epss").output
    assert casemate("import", "osv.json", "--format", "kev").exit_code == 2
