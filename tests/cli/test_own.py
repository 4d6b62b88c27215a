"""`casemate rules check`, and a scan with rules and knowledge of one's own."""

import json
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "examples" / "house"
CODE = """from flask import Flask, request
from letters import Letter
app = Flask(__name__)

@app.route("/")
def letter():
    Letter().paragraph(request.args["x"])
    return {}
"""


def test_the_bundled_folder_is_in_order(casemate):
    """Nothing is wrong with it."""
    result = casemate("rules", "check", HOUSE)
    assert (result.exit_code, result.stdout) == (0, "rules: 1, examples: 2, lines that are wrong: 0\n")


def test_a_wrong_example_is_named(casemate, tmp_path):
    """Exit code 1, and the line."""
    for file in HOUSE.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace("  # finding", ""))
    rule = tmp_path / "letter_markup.toml"
    rule.write_text(rule.read_text().replace("page = Letter()", "page = Letter()  # finding", 1))
    result = casemate("rules", "check", tmp_path)
    assert result.exit_code == 1
    assert "letter-markup: 'a form field in a letter': example.py:8: a finding too many" in result.stdout


def test_a_folder_that_is_not_there(casemate, tmp_path):
    """A usage error that names it."""
    result = casemate("rules", "check", tmp_path / "none")
    assert result.exit_code == 2
    assert "none'" in result.stderr


def test_a_file_that_cannot_be_meant(casemate, tmp_path):
    """A usage error, not a fault of ours."""
    (tmp_path / "a.toml").write_text("a = 1")
    result = casemate("rules", "check", tmp_path)
    assert result.exit_code == 2
    assert "a.toml: neither a rule nor about a library" in result.stderr


def test_a_scan_with_own_rules(casemate, tmp_path):
    """The finding is reported, with its rule's text in SARIF; without the folder there is none."""
    (tmp_path / "app.py").write_text(CODE)
    assert casemate("scan", tmp_path / "app.py").exit_code == 0
    result = casemate("scan", tmp_path / "app.py", "--knowledge", HOUSE, "--rules", HOUSE, "--format", "sarif")
    assert result.exit_code == 1
    (run,) = json.loads(result.stdout)["runs"]
    assert [r["ruleId"] for r in run["results"]] == ["letter-markup"]
    assert "letter-markup" in [r["id"] for r in run["tool"]["driver"]["rules"]]


def test_what_is_replaced_is_said(casemate, tmp_path):
    """One line on the screen."""
    (tmp_path / "app.py").write_text(CODE)
    own = tmp_path / "own"
    own.mkdir()
    (own / "os.toml").write_text('library = "os"\ndocs = "https://own.example.com/"\n[call."os.system"]\n')
    result = casemate("scan", tmp_path / "app.py", "--knowledge", own)
    assert "own knowledge replaces what is packaged of os.system" in result.stderr


@pytest.mark.parametrize("order", [0, 1])
def test_a_rule_of_ones_own_is_asked_for_by_name(casemate, tmp_path, order):
    """Alone, wherever the options stand; explained from the same folder; a name that nobody has suggests its neighbours."""
    (tmp_path / "app.py").write_text(CODE)
    words = [["--rule", "letter-markup"], ["--rules", HOUSE, "--knowledge", HOUSE]]
    first, second = words if order else reversed(words)
    result = casemate("scan", tmp_path / "app.py", *first, *second, "--format", "json", "--quiet")
    assert json.loads(result.stdout)["rules"] == ["letter-markup"]
    assert casemate("explain", "letter-markup", "--rules", HOUSE).stdout.startswith("# Markup in a printed letter\n")
    assert "did you mean letter-markup?" in casemate("explain", "letter-mark", "--rules", HOUSE).stderr
    assert "there is no rule 'letter-markup'" in casemate("explain", "letter-markup").stderr
