"""`casemate triage`: deciding, listing, taking back, checking."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from casemate.cli.triage import NAME, STATES
from casemate.evidence import triagefile
from casemate.evidence.jsonreport import render
from casemate.evidence.triage import State
from tests.evidence.support import LEADS, bank

IDENTITY = {finding.lead.rule: finding.identity for finding in bank().findings}
SQL = IDENTITY["sql-injection"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A current folder with a report."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.json").write_text(render(bank()))
    return tmp_path


@pytest.fixture
def file(here):
    return here / NAME


def test_the_commands_own_lists_are_those_of_the_file():
    """They stand there twice so that `--help` costs little."""
    assert (tuple(State), triagefile.NAME) == (STATES, NAME)


def test_decide_by_the_beginning_of_an_identity(casemate, here, file):
    """With a report: rule and place are noted for people."""
    done = casemate(
        "triage", "set", SQL[:8], "accepted", "--why", " it is\n bound ", "--who", "alice", "--report", "report.json"
    )
    assert (done.exit_code, done.stderr) == (0, f"added: {SQL} is accepted ({NAME})\n")
    assert file.read_text().endswith(
        f'\n[[finding]]\nidentity = "{SQL}"\nstate = "accepted"\nwhy = "it is bound"\nwho = "alice"\n'
        'rule = "sql-injection"\nplace = "backoffice/dao.py:27"\n'
    )
    again = casemate("triage", "set", SQL[:8], "false", "--why", "a constant", "--who", "bob", "--until", "2026-12-31")
    assert again.stderr.startswith("changed: ")
    assert file.read_text().endswith(
        f'\n[[finding]]\nidentity = "{SQL}"\nstate = "false"\nwhy = "a constant"\nwho = "bob"\n'
        'rule = "sql-injection"\nplace = "backoffice/dao.py:27"\nuntil = 2026-12-31\n'
    )
    assert [place.name for place in here.iterdir() if "triage" in place.name] == [NAME]


def test_decide_by_a_whole_identity(casemate, file):
    """Without any report; who decides is who runs the command."""
    assert casemate("triage", "set", SQL.upper(), "false", "--why", "x").exit_code == 0
    (entry,) = triagefile.parse(file.read_bytes(), NAME)
    assert (entry.identity, entry.rule, bool(entry.who)) == (SQL, "", True)


BAD = {
    "an unknown state": ([SQL, "ignored", "--why", "x"], "'ignored' is not one of 'accepted', 'false', 'fixed-later'"),
    "no reason": ([SQL, "false"], "Missing option '--why'"),
    "an empty reason": ([SQL, "false", "--why", " "], "--why is ' '; give a reason"),
    "a long reason": ([SQL, "false", "--why", "x" * 1001], "--why has 1,001 characters, of at most 1,000; shorten it"),
    "no day": (
        [SQL, "false", "--why", "x", "--until", "2026-02-30"],
        "'2026-02-30' is no day; write it like 2026-12-31.",
    ),
    "a day otherwise": ([SQL, "false", "--why", "x", "--until", "31.12.2026"], "'31.12.2026' is no day"),
    "a week": ([SQL, "false", "--why", "x", "--until", "2026-W01-1"], "'2026-W01-1' is no day"),
    "a beginning of nothing": (
        [SQL[:8], "false", "--why", "x"],
        f"no finding of '{NAME}', and no --report is given, has an",
    ),
    "not in the report": (
        ["0" * 64, "false", "--why", "x", "--report", "report.json"],
        "no finding of 'report.json' has an",
    ),
    "no report": (
        [SQL, "false", "--why", "x", "--report", "no.json"],
        "cannot read 'no.json': No such file or directory; ",
    ),
    "no folder": (
        [SQL, "false", "--why", "x", "--file", "no/t.toml"],
        "there is no folder 'no'; make it, or name another",
    ),
    "a folder": ([SQL, "false", "--why", "x", "--file", "."], "'.' is a folder; "),
}


@pytest.mark.parametrize("name", BAD)
def test_a_decision_that_cannot_be(casemate, file, name):
    """Usage: what is wrong, and nothing is written."""
    arguments, why = BAD[name]
    result = casemate("triage", "set", *arguments)
    assert result.exit_code == 2
    assert why in " ".join(result.stderr.split())
    assert not file.exists()


@pytest.mark.parametrize(
    "command", [["list"], ["remove", SQL], ["check", "report.json"], ["set", SQL, "false", "--why", "x"]]
)
def test_a_broken_file_is_not_touched(casemate, file, command):
    """One line that says where it is broken."""
    file.write_text("[[finding]\n")
    result = casemate("triage", *command)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"casemate: the triage file '{NAME}' cannot be used: Expected")
    assert file.read_text() == "[[finding]\n"


@pytest.mark.parametrize("command", [["list"], ["remove", SQL], ["check", "report.json"]])
def test_a_file_that_is_not_there(casemate, here, command):
    """What makes one."""
    result = casemate("triage", *command)
    assert (result.exit_code, result.stderr) == (
        2, f"casemate: cannot read '{NAME}': No such file or directory; `casemate triage set` makes one, or name another file\n"
    )  # fmt: skip


def test_a_full_disk_leaves_the_file_as_it_was(casemate, file, monkeypatch):
    """It is replaced whole, or not at all."""
    casemate("triage", "set", SQL, "false", "--why", "x")
    before = file.read_bytes()

    def full(descriptor):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    result = casemate("triage", "set", "0" * 64, "false", "--why", "x")
    assert (result.exit_code, result.stderr) == (
        4,
        f"casemate: cannot write the triage file to '{NAME}': No space left on device; free space there, or name another file\n",
    )
    assert file.read_bytes() == before


def test_a_link_to_the_file_stays_one(casemate, here, file):
    """What it leads to is changed."""
    (here / "shared.toml").write_text("")
    file.symlink_to("shared.toml")
    casemate("triage", "set", SQL, "false", "--why", "x")
    assert file.is_symlink()
    assert SQL in (here / "shared.toml").read_text()
    assert stat.S_ISREG((here / "shared.toml").stat().st_mode)


@pytest.fixture
def three(casemate, here):
    """Three decisions: one over, one whose finding is gone, one in order."""
    for identity, *options in (
        (SQL, "accepted", "--why", "bound", "--until", "2001-01-31", "--report", "report.json"),
        ("0" * 64, "false", "--why", "a constant"),
        (
            IDENTITY["command-injection"],
            "fixed-later",
            "--why",
            "SEC-12",
            "--until",
            "9999-12-31",
            "--report",
            "report.json",
        ),
    ):
        assert casemate("triage", "set", identity, *options, "--who", "alice").exit_code == 0


def test_the_list(casemate, three):
    """State, last day, rule and place; below it identity, reason and who. What is over says so."""
    assert casemate("triage", "list").stdout == (
        "        state, id    until       rule               place\n"
        "expired accepted     2001-01-31  sql-injection      backoffice/dao.py:27\n"
        f"        {SQL[:8]}     bound (alice)\n"
        "        false        -\n"
        "        00000000     a constant (alice)\n"
        "        fixed-later  9999-12-31  command-injection  backoffice/settlement/runner.py:88\n"
        f"        {IDENTITY['command-injection'][:8]}     SEC-12 (alice)\n"
        "\n"
        "3 decisions\n"
    )
    first, *_ = json.loads(casemate("triage", "list", "--json").stdout)
    assert first == {
        "identity": SQL,
        "state": "accepted",
        "why": "bound",
        "who": "alice",
        "until": "2001-01-31",
        "expired": True,
        "rule": "sql-injection",
        "place": "backoffice/dao.py:27",
    }


def test_an_empty_list(casemate, file):
    """Is one."""
    file.write_text("")
    assert casemate("triage", "list").stdout == "0 decisions\n"


def test_decisions_made_at_once_are_all_kept(here, file):
    """Each of ten processes waits for those that came first."""
    identities = [f"{number:x}" * 64 for number in range(10)]
    words = [Path(sys.executable).with_name("casemate"), "triage", "set"]
    running = [
        subprocess.Popen(
            [*words, identity, "fixed-later", "--why", "not now", "--who", "alice"], stderr=subprocess.PIPE
        )
        for identity in identities
    ]
    said = [process.communicate(timeout=60)[1] for process in running]
    assert all(line.startswith(b"added: ") for line in said)
    assert sorted(entry.identity for entry in triagefile.parse(file.read_bytes(), "triage")) == identities


def test_control_characters_do_not_reach_the_screen(casemate, file):
    """A file may come from anybody who commits."""
    file.write_text(f'[[finding]]\nidentity = "{SQL}"\nstate = "false"\nwhy = "\\u001b[2J\\u202e"\nplace = "\\u0007"\n')
    text = casemate("triage", "list").stdout
    assert r"\x1b[2J\u202e" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_take_a_decision_back(casemate, file, three):
    """By the beginning of its identity."""
    done = casemate("triage", "remove", "0000")
    assert (done.exit_code, done.stderr) == (0, f"removed: {'0' * 64} ({NAME})\n")
    assert "0000" not in file.read_text().replace("2001-01", "")
    assert casemate("triage", "remove", "0000").exit_code == 2


def test_check_says_what_wants_a_look(casemate, here, three):
    """1 when a decision is over or its finding is gone."""
    result = casemate("triage", "check", "report.json")
    assert result.exit_code == 1
    assert result.stdout == (
        "        state, id  until       rule           place\n"
        "expired accepted   2001-01-31  sql-injection  backoffice/dao.py:27\n"
        f"        {SQL[:8]}   bound (alice)\n"
        "stale   false      -\n"
        "        00000000   a constant (alice)\n"
        "\n"
        "3 decisions: 1 expired, 1 stale\n"
    )


def test_check_of_what_nobody_looked_at(casemate, here):
    """Is no fault of the decision: the rule did not run."""
    casemate("triage", "set", SQL, "false", "--why", "x", "--report", "report.json")
    assert casemate("triage", "check", "report.json").stdout == "1 decision: all in order\n"
    document = json.loads(render(bank(leads=LEADS[1:])))
    document["rules"].remove("sql-injection")
    (here / "part.json").write_text(json.dumps(document))
    result = casemate("triage", "check", "part.json")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 decision: 1 unseen")


@pytest.mark.parametrize("command", ["", "list", "set", "remove", "check"])
def test_help(casemate, command):
    """Every command says what it does."""
    result = casemate("triage", *command.split(), "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
