"""`casemate assess`: from a draft to a signed file that the gate opens for, and what stays open until people have written it."""

import json
import re
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from casemate.adapters.clock import SystemClock
from casemate.app import launch
from casemate.app.authority import ground
from casemate.app.launch import system_now
from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.evaluation import EVALUATION, Task
from casemate.governance.safeguard_table import SAFEGUARDS, table_body
from casemate.governance.statement import person_key, sign_statement
from casemate.safeguards.launching import a_system, an_evaluation, signed_evaluation, signer

OPEN = ["use", "residual-acceptable", "monitoring"]


@pytest.fixture(autouse=True, scope="module")
def one_examination():
    """The sandbox of this machine is examined once for all tests of this page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "examine_sandbox", cache(launch.examine_sandbox))
        yield


@pytest.fixture
def table(tmp_path):
    """A table of safeguards, signed by the operator: ten thousand attempts, none of which succeeded."""
    rows = (AttackClass(id="policy-emptied", attempts=10_000, successes=0),)
    own = ground()
    body = table_body(Safeguards(version="0.1.0", seed=1, classes=rows), own.now())
    (tmp_path / "safeguards.signed").write_bytes(sign_statement(SAFEGUARDS, body, own.signer))
    return tmp_path / "safeguards.signed"


@pytest.fixture
def drafted(casemate, tmp_path, table):
    """The draft for the engine without a model."""
    done = casemate("assess", "new", "-o", tmp_path / "engine.toml", "--safeguards", table)
    assert (done.exit_code, done.stdout) == (0, "")
    return tmp_path / "engine.toml"


def written(text: str) -> str:
    """The draft once people have answered what was open."""
    return re.sub(r'(# OPEN:[^#]*?answer = """\n)(""")', r"\1The bank's own code; the head of security.\n\2", text)


def test_a_draft_marks_what_is_open(drafted):
    """What is known is filled, each question says who asks it and whom that binds, and three wait for people."""
    text = drafted.read_text()
    body = tomllib.loads(text)
    assert text.splitlines()[1] == f"# 3 open, each marked OPEN: {', '.join(OPEN)}."
    assert text.count("# OPEN: somebody must write this") == 3
    assert [s["id"] for s in body["sections"] if not s["answer"].strip()] == OPEN
    assert all(s["source"] and s["binds"] and s["question"].endswith("?") for s in body["sections"])
    by_id = {s["id"]: s for s in body["sections"]}
    assert (
        "known flaws in releases of packages that are flagged: 49 of 80, 61.3 % (50.3 to 71.2)"
        in by_id["tests"]["answer"]
    )
    assert by_id["safeguards"]["answer"].strip() == "10000 attempts in 1 classes, 0 succeeded (version 0.1.0, seed 1)."
    assert by_id["cyber-offence"]["answer"].strip() == "The question does not arise: there is no model."
    assert by_id["cyber-offence"]["binds"].startswith("the model's provider")
    assert body["system"]["policy"] == system_now().policy


def test_of_a_model_nothing_is_answered_for_people(casemate, tmp_path):
    """Neither what is known of the engine, nor any figure of it, stands in the assessment of a system with a model."""
    casemate("assess", "new", "-o", tmp_path / "m.toml", "--model", "ollama:some-model")
    body = tomllib.loads((tmp_path / "m.toml").read_text())
    assert [s["id"] for s in body["sections"] if s["answer"].strip()] == []
    assert body["residual"].strip() == ""
    assert {f"Measure 7.{n}" for n in range(1, 8)} == {
        found for s in body["sections"] for found in re.findall(r"Measure 7\.\d", s["source"])
    }


def test_the_gate_opens_for_what_was_answered_and_signed(casemate, drafted, tmp_path, monkeypatch):
    """End to end: closed while anything is open, open once people have written and signed it."""
    casemate("assess", "sign", drafted)
    casemate("gate", "add", tmp_path / "engine.signed")
    closed = casemate("gate", "check")
    assert closed.exit_code == 1
    assert f"open questions: 3 that people must write and have not: {', '.join(OPEN)}" in closed.stdout
    drafted.write_text(written(drafted.read_text()))
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(SystemClock, "now", lambda self: later)
    done = casemate("assess", "sign", drafted, "-o", tmp_path / "whole.signed")
    assert (done.exit_code, done.stderr) == (0, "")
    casemate("gate", "add", tmp_path / "whole.signed")
    opened = casemate("gate", "check")
    assert (opened.exit_code, opened.stdout.startswith("open for the engine without a model")) == (0, True)


def test_what_is_signed_is_what_was_written(casemate, drafted, tmp_path):
    """Quotes, backslashes and lines of an answer come through; one changed byte of the signed file is refused."""
    odd = r"We say \"yes\" to C:\\temp, and \"\"\" too." + "\nSecond line: é"
    drafted.write_text(drafted.read_text().replace('answer = """\n"""', f'answer = """\n{odd}\n"""', 1))
    casemate("assess", "sign", drafted)
    shown = casemate("assess", "show", tmp_path / "engine.signed")
    assert shown.exit_code == 0
    assert '  We say "yes" to C:\\temp, and """ too.\n  Second line: é\n' in shown.stdout
    assert re.search(r"^signer +\S+, casemate\.alt/key/[0-9a-f]{32}: signed$", shown.stdout, re.M)
    assert re.search(r"^open +residual-acceptable, monitoring$", shown.stdout, re.M)
    (tmp_path / "other.signed").write_bytes((tmp_path / "engine.signed").read_bytes().replace(b"Second", b"Sacond"))
    done = casemate("assess", "show", tmp_path / "other.signed")
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"casemate: '.*other.signed' is no assessment: .* does not verify; see .*\n", done.stderr)


def test_two_people_sign(casemate, drafted, tmp_path, monkeypatch):
    """Whoever is named signs the very same bytes; until then it is shown as not signed. A stranger does not sign."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "second"))
    second = ground().person
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    drafted.write_text(drafted.read_text() + f'\n[[signers]]\nname = "bob"\nkey = "{second}"\n')
    casemate("assess", "sign", drafted)
    alone = casemate("assess", "show", tmp_path / "engine.signed")
    assert alone.exit_code == 1 and "bob, " in alone.stdout and "NOT SIGNED" in alone.stdout
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "second"))
    casemate("assess", "sign", tmp_path / "engine.signed", "-o", tmp_path / "both.signed")
    both = casemate("assess", "show", tmp_path / "both.signed")
    assert both.exit_code == 0 and "NOT SIGNED" not in both.stdout
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "third"))
    done = casemate("assess", "sign", tmp_path / "both.signed")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "does not name this operator's key among those who sign; add [[signers]]" in done.stderr


def test_evaluations_are_told_with_their_intervals(casemate, tmp_path):
    """A log that the operator signed, of this very system; one of another system or of a stranger is refused."""
    system = system_now()
    log = an_evaluation(Task.FIND, system)
    (tmp_path / "find.log").write_bytes(sign_statement(EVALUATION, log.body(), ground().signer))
    done = casemate("assess", "new", "-o", tmp_path / "a.toml", "--evaluation", tmp_path / "find.log")
    assert done.exit_code == 0
    tests = next(s for s in tomllib.loads((tmp_path / "a.toml").read_text())["sections"] if s["id"] == "tests")
    assert f"- find: done: {log.passed()};" in tests["answer"]
    (tmp_path / "stranger.log").write_bytes(signed_evaluation(log))
    done = casemate("assess", "new", "-o", tmp_path / "b.toml", "--evaluation", tmp_path / "stranger.log")
    assert (done.exit_code, (tmp_path / "b.toml").exists()) == (2, False)
    assert "is no evaluation that counts here: it is signed by nobody whose signature counts here" in done.stderr
    other = an_evaluation(Task.FIND, a_system())
    (tmp_path / "other.log").write_bytes(sign_statement(EVALUATION, other.body(), ground().signer))
    done = casemate("assess", "new", "-o", tmp_path / "b.toml", "--evaluation", tmp_path / "other.log")
    assert (done.exit_code, "is an evaluation of another system" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('tier = "find"', 'tier = "all"', 1), "tier is 'all', which is not known"),
        (lambda text: text.replace("until = ", "untill = ", 1), "has no until"),
        (
            lambda text: re.sub('until = ".*?"', 'until = "2000-01-01T00:00:00Z"', text, count=1),
            "ends before it begins",
        ),
        (lambda text: text.replace('id = "use"', 'id = "misuse-risks"', 1), "stands in it twice"),
        (lambda text: text.replace("\nanswer = ", "\nanswr = ", 1), "has no answer"),
        (lambda text: text + "x = [", "it is no TOML"),
        (lambda text: text.replace('answer = """\n"""', 'answer = """a\u202eb"""', 1), "U+202E, which is not seen"),
        (lambda text: "\xff" + text, "it is no TOML"),
    ],
)
def test_a_draft_that_cannot_be_meant(casemate, drafted, change, said):
    """One line with the next step, and nothing is signed."""
    drafted.write_text(change(drafted.read_text()))
    done = casemate("assess", "sign", drafted)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(r"casemate: .*; see docs/assessment.md on its form\n", done.stderr)
    assert said in done.stderr
    assert not drafted.with_suffix(".signed").exists()


def test_what_somebody_wrote_is_not_overwritten(casemate, drafted):
    """A draft that is there stays."""
    before = drafted.read_bytes()
    done = casemate("assess", "new", "-o", drafted)
    assert (done.exit_code, drafted.read_bytes()) == (2, before)
    assert "is there already" in done.stderr


def test_a_strangers_table_does_not_count(casemate, tmp_path):
    """Nor one with a class twice."""
    rows = (AttackClass(id="x", attempts=1, successes=0),)
    body = table_body(Safeguards(version="0.1.0", seed=1, classes=rows), ground().now())
    (tmp_path / "t").write_bytes(sign_statement(SAFEGUARDS, body, signer("stranger")))
    done = casemate("assess", "new", "-o", tmp_path / "a.toml", "--safeguards", tmp_path / "t")
    assert (done.exit_code, "no table of safeguards that counts here" in done.stderr) == (2, True)
    assert person_key(signer("stranger").public_key) != ground().person
    twice = json.loads(json.dumps(body)) | {"classes": [body["classes"][0]] * 2}
    (tmp_path / "t").write_bytes(sign_statement(SAFEGUARDS, twice, ground().signer))
    done = casemate("assess", "new", "-o", tmp_path / "a.toml", "--safeguards", tmp_path / "t")
    assert "a class stands in it twice" in done.stderr
