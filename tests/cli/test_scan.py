"""`casemate scan`: exit codes, outputs, and what the operator sees."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from evidence.support import NOT_EXAMINED, at, bank, lead, trace

from casemate.cli.deliver import exit_code
from casemate.cli.options import FORMATS
from casemate.governance.charter import Tier
from casemate.leads.catalogue import rules
from casemate.leads.rule import Persona

WEAK = """\
import os
from flask import Flask, request
app = Flask(__name__)

@app.get("/ping")
def ping():
    os.system("ping -c1 --password hunter2 " + request.args["host"])
    return "done"
"""
SOUND = "def double(number: int) -> int:\n    return number * 2\n"


@pytest.fixture
def target(tmp_path):
    """A folder with one weak file and one sound one."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "views.py").write_text(WEAK)
    (folder / "sums.py").write_text(SOUND)
    return folder


@pytest.fixture
def sound(target):
    """A folder in which there is nothing to find."""
    (target / "views.py").unlink()
    return target


def places(result):
    return [(f["rule"], f["location"]["path"], f["location"]["line"]) for f in json.loads(result.stdout)["findings"]]


# --- exit codes


TRACED = (lead("xss", at("a.py", 2), "m", way=trace(at("a.py", 1), at("a.py", 2))),)
SUSPECTED = (lead("xss", at("a.py", 2), "m"),)
HIDDEN = (lead("xss", at("backoffice/old.py", 2), "m"), lead("xss", at("a.py", 2), "m", by_design=True))
LOST, ASKED = NOT_EXAMINED[:1], NOT_EXAMINED[3:]


@pytest.mark.parametrize(
    ("leads", "missed", "fail_on", "strict", "code"),
    [
        ((), (), "traced", True, 0),
        (TRACED, (), "traced", False, 1),
        (TRACED, (), "proven", False, 0),
        (TRACED, (), "suspected", False, 1),
        (TRACED, (), "never", False, 0),
        (SUSPECTED, (), "traced", False, 0),
        (SUSPECTED, (), "suspected", False, 1),
        (HIDDEN, (), "suspected", True, 0),
        ((), LOST, "traced", False, 0),
        ((), LOST, "traced", True, 3),
        (TRACED, LOST, "traced", True, 1),
        (TRACED, LOST, "never", True, 3),
        ((), ASKED, "traced", True, 0),
    ],
)
def test_exit_codes(leads, missed, fail_on, strict, code):
    """Findings count before losses; what is by design, suppressed or left out on purpose counts for neither."""
    assert exit_code(bank(leads=leads, not_examined=missed), fail_on=fail_on, strict=strict) == code


def test_findings_and_their_absence(casemate, target):
    """1 with findings, 0 when they do not matter, 0 without."""
    assert casemate("scan", target).exit_code == 1
    assert casemate("scan", target, "--fail-on", "never").exit_code == 0
    assert casemate("scan", target / "sums.py").exit_code == 0


def test_a_path_that_leads_nowhere(casemate, tmp_path):
    """Usage, in one line with the next step; nothing was recorded for it."""
    result = casemate("scan", tmp_path / "nowhere")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert re.fullmatch(r"casemate: cannot look at '.*nowhere': No such file or directory; check the path .*", line)


# --- what is shown


def test_the_screen(casemate, target):
    """The table on standard output; charter and time, each in one line, on standard error."""
    result = casemate("scan", target)
    shown = re.sub(r"\b[0-9a-f]{8}\b", "0f0f0f0f", result.stdout)
    assert re.sub(r"\d+ lines, .*", "…", shown) == (
        "level, id  rule               CWE     place\n"
        "traced     command-injection  CWE-78  views.py:7\n"
        "0f0f0f0f   os.system runs a command made from the query string\n"
        "           from line 7, 4 steps\n"
        "\n"
        "Examined: 2 files, …\n"
        "\n"
        "1 finding (1 traced) in what was examined\n"
    )
    charter, time = result.stderr.splitlines()
    assert charter.startswith(f"charter: {Tier.FIND} under {target}, for ")
    assert re.fullmatch(r"time: \d+\.\d s", time)


def test_quiet_shows_the_report_alone(casemate, target):
    """Nothing on standard error; beside a file nothing at all."""
    result = casemate("scan", target, "--quiet")
    assert (result.stderr, result.stdout.splitlines()[-1]) == ("", "1 finding (1 traced) in what was examined")
    result = casemate("scan", target, "--quiet", "-o", target.parent / "r.json")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", 1)


@pytest.mark.parametrize(
    ("name", "options", "start"),
    [
        ("r.json", [], '{\n  "$schema": "urn:casemate:report:1"'),
        ("r.sarif", [], '{\n  "$schema": "https:'),
        ("r.html", [], "<!DOCTYPE html>"),
        ("r.md", [], "## Casemate: 1 finding"),
        ("r.json", ["--format", "gitlab"], '{\n  "scan"'),
        ("r.txt", [], "level, id "),
        ("r.txt", ["--format", "sarif"], '{\n  "$schema"'),
        ("r.json", ["--format", "table"], "level, id "),
    ],
)
def test_a_report_in_a_file(casemate, target, name, options, start):
    """In the form that was asked for, else that of the suffix; the table is shown as well, and where the report is."""
    place = target.parent / name
    result = casemate("scan", target, "-o", place, *options)
    assert place.read_text().startswith(start)
    assert result.stdout.startswith("level, id ")
    assert f"report: {place} (" in result.stderr


def test_a_time_that_is_none_is_refused_before_the_scan(casemate, target, monkeypatch):
    """Where it is needed, and only there."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    result = casemate("scan", target, "--format", "gitlab")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert casemate("scan", target, "--quiet", "--format", "md").exit_code == 1


def test_a_place_without_a_folder_is_refused_before_the_scan(casemate, target):
    """No charter was made, nothing was examined."""
    result = casemate("scan", target, "-o", target / "no" / "r.json")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_report_that_cannot_be_written_is_not_lost(casemate, target):
    """A fault of the machine, in one line, and the table on the screen."""
    result = casemate("scan", target, "--quiet", "-o", "/dev/full", "--format", "json")
    assert result.exit_code == 4
    assert result.stderr == (
        "casemate: cannot write the report to '/dev/full': No space left on device; "
        "free space there, or name another file\n"
    )
    assert result.stdout.endswith("1 finding (1 traced) in what was examined\n")


@pytest.mark.parametrize("form", FORMATS)
def test_two_scans_give_the_same_bytes(casemate, target, form):
    """With and without what the first one kept, in one worker or two."""
    runs = [
        casemate("scan", target, "--format", form, *more).stdout
        for more in ([], [], ["--no-cache"], ["--jobs", "1"], ["--jobs", "2"])
    ]
    assert len(set(runs)) == 1
    assert runs[0]


@pytest.mark.parametrize("form", FORMATS)
def test_a_secret_in_the_code_is_in_no_output(casemate, target, form):
    """It stands on the very line of the finding."""
    result = casemate("scan", target, "--format", form)
    assert "hunter2" not in result.output
    assert ("‹redacted›" in result.stdout) is (form != "table")


def test_several_paths_are_told_apart(casemate, target):
    """Their names come before their paths; one that lies in another is not examined twice."""
    other = target.parent / "other"
    other.mkdir()
    (other / "views.py").write_text(WEAK)
    assert [place for _, place, _ in places(casemate("scan", target, other, "--format", "json"))] == [
        "other/views.py",
        "shop/views.py",
    ]
    nested = casemate("scan", target, target / "views.py", target, "--format", "json")
    assert places(nested) == [("command-injection", "views.py", 7)]


# --- what is examined


def test_the_operator_leaves_something_out(casemate, target):
    """It is counted, and is no loss under --strict."""
    result = casemate("scan", target, "--exclude", "views.py", "--strict")
    assert result.exit_code == 0
    assert "Left out on purpose: 1 (1 file left out by --exclude 'views.py')\n" in result.stdout


def test_what_the_target_hides_is_counted(casemate, target):
    """A loss under --strict; --untrusted looks at it all the same."""
    (target / "casemate.toml").write_text('exclude = ["views.py"]\n')
    hidden = casemate("scan", target, "--strict")
    assert hidden.exit_code == 3
    assert hidden.stdout.endswith("nothing found in what was examined; 1 file was not\n")
    assert casemate("scan", target, "--untrusted").exit_code == 1


def test_what_the_target_suppresses_is_counted(casemate, target):
    """It stays in the report for programs, as suppressed."""
    (target / "casemate.toml").write_text('[[ignore]]\nrule = "command-injection"\npath = "views.py"\n')
    shown = casemate("scan", target)
    assert (
        shown.exit_code,
        "Suppressed by the target's own configuration: 1 (--show-suppressed, --untrusted)\n" in shown.stdout,
    ) == (
        0,
        True,
    )
    assert places(casemate("scan", target, "--format", "json")) == [("command-injection", "views.py", 7)]


def test_one_rule_only(casemate, target):
    """Others do not run, and the report says which did."""
    document = json.loads(casemate("scan", target, "--rule", "xxe", "--format", "json").stdout)
    assert (document["rules"], document["findings"]) == (["xxe"], [])


def test_broken_code_is_a_loss(casemate, sound):
    """Not silence: it is counted, and --strict fails."""
    (sound / "broken.py").write_bytes(b"x = 1\x00\n")
    result = casemate("scan", sound, "--strict")
    assert result.exit_code == 3
    assert "; 1 file was not" in result.stdout.splitlines()[-1]


def test_an_empty_folder_is_not_safe(casemate, tmp_path):
    """Nothing was examined, and the last line says so."""
    folder = tmp_path / "empty"
    folder.mkdir()
    assert casemate("scan", folder).stdout.endswith(
        "nothing found because nothing was examined: there is no Python file to examine\n"
    )


def test_every_scan_is_in_the_ledger(casemate, target):
    """With its outcome."""
    casemate("scan", target, "--quiet")
    (operation,) = json.loads(casemate("ledger", "show", "--json").stdout)
    assert (operation["before"]["operation"], operation["after"]["outcome"]) == ("scan", "completed")


def test_the_sarif_of_a_real_scan_is_valid(casemate, target):
    """By the official schema, with rules and pages as they are."""
    (target / "broken.py").write_bytes(b"\x00")
    schema = json.loads((Path(__file__).parents[1] / "evidence" / "sarif-2.1.0.json").read_text())
    document = json.loads(casemate("scan", target, "--format", "sarif").stdout)
    jsonschema.Draft4Validator(schema).validate(document)
    (run,) = document["runs"]
    everybody = {found.id for found in rules() if found.persona is Persona.DEFAULT}
    assert {found["id"] for found in run["tool"]["driver"]["rules"]} == everybody
    assert len(run["results"]) == len(run["invocations"][0]["toolExecutionNotifications"]) == 1
