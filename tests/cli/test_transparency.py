"""`casemate transparency`: three forms of one report, counts and no names, and a signature that a stranger checks."""

import json
import re
from contextlib import suppress
from functools import cache

import pytest

from casemate.app import launch
from casemate.app.authority import authorise, ground
from casemate.app.launch import system_now
from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.evaluation import EVALUATION, Task
from casemate.governance.safeguard_table import SAFEGUARDS, table_body
from casemate.governance.statement import sign_statement
from casemate.safeguards.launching import an_evaluation

SECRET = "swordfish-ledger"


@pytest.fixture(autouse=True, scope="module")
def one_examination():
    """The sandbox of this machine is examined once for all tests of this page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "examine_sandbox", cache(launch.examine_sandbox))
        yield


@pytest.fixture
def used(casemate, tmp_path):
    """A home in which something was done: a scan, one that failed, a denied one, an incident."""
    place = Target(name=f"./{SECRET}", path=f"/srv/{SECRET}")
    wall = authorise((place,), Tier.FIND, announce=lambda _: None).wall
    with wall.operation("scan", subject=(place,)):
        pass
    with suppress(ValueError), wall.operation("scan", subject=(place,)):
        raise ValueError(SECRET)
    with suppress(Denied), wall.operation("release", subject=(place,)):
        pass
    factors = [f"--{name}=2" for name in ("gain", "breadth", "weaponisation", "discoverability")]
    casemate("incident", "open", "--what", f"{SECRET} was read by a stranger", *factors)
    rows = (
        AttackClass(id="target-steers", attempts=40, successes=0),
        AttackClass(id="new-one", attempts=7, successes=2),
    )
    body = table_body(Safeguards(version="0.1.0", seed=6, classes=rows), ground().now())
    (tmp_path / "safeguards.signed").write_bytes(sign_statement(SAFEGUARDS, body, ground().signer))
    return tmp_path / "safeguards.signed"


def made(casemate, tmp_path, form, *arguments):
    done = casemate("transparency", "-o", tmp_path / f"report.{form}", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    return (tmp_path / f"report.{form}").read_text()


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_no_target_and_no_person_is_named(casemate, tmp_path, used, form):
    """What was examined, what went wrong there, and who did it stay out of every form; what was tried is counted."""
    text = made(casemate, tmp_path, form, "--safeguards", used)
    assert SECRET not in text and "swordfish" not in text
    assert '"alice"' not in text and str(tmp_path) not in text
    for told in ("49 of 80, 61.3 % (50.3 to 71.2)", "Anything with a live language model", "target-steers"):
        assert told in text


def test_the_counts(casemate, tmp_path, used):
    """Operations by kind and by end, denied ones, incidents by severity, and the table of safeguards."""
    shown = json.loads(made(casemate, tmp_path, "json", "--safeguards", used))["report"]
    counts = {(one["name"], one["outcome"]): one["count"] for one in shown["access"]["operations"]}
    assert counts[("scan", "completed")] == 1 and counts[("scan", "failed")] == 1
    assert counts[("release", "denied")] == 1 and counts[("incident-open", "completed")] == 1
    assert (shown["access"]["denied"], shown["access"]["releases"]) == (1, 0)
    assert len(shown["incidents"]["open"]) == 1 and shown["incidents"]["closed"] == 0
    assert [(row["id"], row["attempts"], row["successes"]) for row in shown["safeguards"]["classes"]] == [
        ("target-steers", 40, 0),
        ("new-one", 7, 2),
    ]
    assert shown["ledger"]["entries"] == 8 and shown["ledger"]["key"] == str(ground().ledger.key)


def test_the_signed_form_is_checked_by_a_stranger(casemate, tmp_path, used, monkeypatch):
    """With the key alone, from another home; whatever is changed in it is seen."""
    text, key = made(casemate, tmp_path, "json", "--safeguards", used), str(ground().person)
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "stranger"))
    done = casemate("transparency", "--check", tmp_path / "report.json", "--key", key)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"signed by {key}")
    assert not (tmp_path / "stranger").exists()
    unknown = casemate("transparency", "--check", tmp_path / "report.json")
    assert unknown.stdout.endswith("whose it is, you must know from elsewhere.\n")
    for old, new in (
        ('"successes": 2', '"successes": 0'),
        ('"denied": 1', '"denied": 0'),
        ("61.3 %", "92.5 %"),
        ("@v1", "@v2"),
        ('{\n  "kind"', '{\n  "verdict": "safe",\n  "kind"'),
        ('  "report"', '   "report"'),
    ):
        assert old in text
        (tmp_path / "changed.json").write_text(text.replace(old, new))
        done = casemate("transparency", "--check", tmp_path / "changed.json", "--key", key)
        assert (done.exit_code, done.stdout) == (2, ""), old
        assert re.fullmatch(r"casemate: '.*changed.json' is not what was signed: .*; get it again .*\n", done.stderr)
    done = casemate("transparency", "--check", tmp_path / "report.json", "--key", str(ground().person))
    assert (done.exit_code, "signed by nobody whose signature counts" in done.stderr) == (2, True)


def test_what_was_not_done_is_said(casemate, tmp_path):
    """Without a table, an evaluation or a ledger: each is said to be missing, none reads as a pass."""
    html, text = made(casemate, tmp_path, "html"), made(casemate, tmp_path, "md")
    assert "They were not attacked for this report." in html and "They were not attacked for this report." in text
    assert "Nothing has been recorded yet." in html
    assert json.loads(made(casemate, tmp_path, "json"))["report"]["safeguards"] == {}


def test_evaluations_stand_with_their_intervals(casemate, tmp_path):
    """Those that were given, signed; then a live model counts as measured only if one was."""
    log = an_evaluation(Task.FIND, system_now("ollama:some-model"))
    (tmp_path / "find.log").write_bytes(sign_statement(EVALUATION, log.body(), ground().signer))
    shown = json.loads(made(casemate, tmp_path, "json", "--evaluation", tmp_path / "find.log"))["report"]
    assert shown["evaluations"][0]["system"] == "ollama:some-model"
    assert str(log.passed()) in shown["evaluations"][0]["found"]
    assert not [text for text in shown["never_measured"] if "live language model" in text]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "one of them is needed"),
        (["-o", "report.pdf"], "ends in none of .html, .htm, .md, .json"),
        (["-o", "r.html", "--key", "x"], "--key goes with --check"),
        (["--check", "absent.json"], "cannot read 'absent.json'"),
        (["-o", "r.html", "--safeguards", "absent"], "cannot read 'absent'"),
    ],
)
def test_wrong_usage(casemate, arguments, said):
    """One line, exit code 2."""
    done = casemate("transparency", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
