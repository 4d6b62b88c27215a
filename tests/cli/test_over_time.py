"""`casemate scan --baseline`, `--triage` and `casemate diff`: findings that stay, come and go."""

import json
import os

import pytest

WEAK = """\
import os
from flask import Flask, request
app = Flask(__name__)

@app.get("/ping")
def ping():
    os.system("ping -c1 " + request.args["host"])
    return "done"
"""
MORE = """

@app.get("/eval")
def run():
    return str(eval(request.args["code"]))
"""


@pytest.fixture
def target(tmp_path):
    """A folder with one weak file."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "views.py").write_text(WEAK)
    return folder


@pytest.fixture(params=["old.json", "old.sarif"])
def old(request, casemate, target):
    """A report of the target as it was first, in both forms."""
    place = target.parent / request.param
    assert casemate("scan", target, "--quiet", "-o", place).exit_code == 1
    return place


def identities(report):
    return [finding["identity"] for finding in json.loads(report.read_text())["findings"]]


@pytest.fixture
def triaged(casemate, target, tmp_path):
    """Decide about the one finding; returns the triage file."""

    def decide(state, *options):
        report, place = tmp_path / "whole.json", tmp_path / "triage.toml"
        casemate("scan", target, "--quiet", "-o", report)
        (identity,) = identities(report)
        done = casemate("triage", "set", identity, state, "--why", "ours", "--who", "alice", "--file", place, *options)
        assert done.exit_code == 0, done.output
        return place

    return decide


# --- baseline


BROKEN = {
    "--baseline": "'{}' is no report of Casemate: it is no JSON; ",
    "--triage": "the triage file '{}' cannot be used: ",
}


def test_what_is_known_is_no_reason_to_fail(casemate, target, old):
    """Although its lines moved; it is counted."""
    (target / "views.py").write_text("# a line\n\n" + WEAK)
    result = casemate("scan", target, "--baseline", old, "--quiet")
    assert result.exit_code == 0
    assert result.stdout.endswith("nothing new and 1 known from the baseline in what was examined\n")


def test_what_is_new_is(casemate, target, old):
    """And alone is listed."""
    (target / "views.py").write_text(WEAK + MORE)
    result = casemate(
        "scan", target, "--baseline", old, "--quiet", "--rule", "code-injection", "--rule", "command-injection"
    )
    assert result.exit_code == 1
    assert ("code-injection " in result.stdout, "command-injection " in result.stdout) == (True, False)
    assert result.stdout.endswith("\n1 new finding (1 traced) and 1 known from the baseline in what was examined\n")


@pytest.mark.parametrize("option", ["--baseline", "--triage"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot read '{}': No such file or directory; "),
        ("folder", "'{}' is a folder; "),
        (b"[1", BROKEN),
        (b"\xff", BROKEN),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(casemate, target, tmp_path, option, content, why):
    """One line, before anything is examined."""
    place = tmp_path / "handed-in"
    if content == "folder":
        place.mkdir()
    elif content is not None:
        place.write_bytes(content)
    result = casemate("scan", target, option, place)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("casemate: " + (why if isinstance(why, str) else why[option]).format(place))


def test_a_baseline_may_come_through_a_pipe(casemate, target, tmp_path):
    """As from `<(…)` in a shell."""
    report = casemate("scan", target, "--format", "json", "--quiet").stdout
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        file.write(report)
    try:
        assert casemate("scan", target, "--quiet", "--baseline", f"/dev/fd/{reader}").exit_code == 0
    finally:
        os.close(reader)


# --- triage


@pytest.mark.parametrize(("state", "code"), [("accepted", 0), ("false", 0), ("fixed-later", 1)])
def test_a_decision_is_followed_when_the_operator_names_its_file(casemate, target, triaged, state, code):
    """Accepted and false ones are hidden, and counted; without the option nothing is."""
    place = triaged(state)
    result = casemate("scan", target, "--triage", place, "--quiet")
    assert result.exit_code == code
    assert (f"Suppressed by triage: 1 {state} (--show-suppressed)\n" in result.stdout) is (code == 0)
    assert ("fixed-later by alice: ours" in result.stdout) is (code == 1)
    assert casemate("scan", target).exit_code == 1


def test_a_triage_file_in_the_target_counts_for_nothing_by_itself(casemate, target, triaged, monkeypatch):
    """Also where it has the usual name, and is in the current folder."""
    triaged("false").rename(target / ".casemate-triage.toml")
    monkeypatch.chdir(target)
    assert casemate("scan", ".").exit_code == 1
    assert casemate("scan", ".", "--triage", ".casemate-triage.toml").exit_code == 0
    assert casemate("scan", ".", "--untrusted", "--triage", ".casemate-triage.toml").exit_code == 0


def test_a_decision_that_is_over_is_said(casemate, target, triaged):
    """The finding counts again."""
    over, holds = ("--until", "2001-01-31"), ("--until", "9999-12-31")
    result = casemate("scan", target, "--triage", triaged("accepted", *over), "--quiet")
    assert result.exit_code == 1
    assert "  views.py:7  accepted by alice until 2001-01-31: ours\n" in result.stdout
    assert casemate("scan", target, "--triage", triaged("accepted", *holds), "--quiet").exit_code == 0


def test_what_is_decided_is_not_known(casemate, target, old, triaged):
    """It is suppressed; when the decision is over, the baseline holds for it again."""
    place = triaged("accepted")
    hidden = casemate("scan", target, "--triage", place, "--baseline", old, "--format", "json").stdout
    over = casemate(
        "scan", target, "--triage", triaged("accepted", "--until", "2001-01-31"), "--baseline", old, "--format", "json"
    )
    assert [json.loads(text)["findings"][0]["disposition"] for text in (hidden, over.stdout)] == ["suppressed", "known"]


def test_two_scans_give_the_same_bytes(casemate, target, old, triaged):
    """With all of it at once, in every form."""
    place = triaged("accepted")
    (target / "views.py").write_text(WEAK + MORE + "\nx = 1  # casemate: ignore[xss] nothing\n")
    for form in ("table", "json", "sarif"):
        runs = {
            casemate("scan", target, "--triage", place, "--baseline", old, "--format", form).stdout for _ in range(2)
        }
        assert len(runs) == 1


# --- diff


def test_two_reports(casemate, target, old, tmp_path):
    """1 when there is something new at the level asked for; the other way round it is fixed."""
    (target / "views.py").write_text(WEAK + MORE)
    casemate(
        "scan",
        target,
        "--quiet",
        "-o",
        tmp_path / "new.json",
        "--rule",
        "code-injection",
        "--rule",
        "command-injection",
    )
    result = casemate("diff", old, tmp_path / "new.json")
    assert result.exit_code == 1
    assert result.stdout.endswith("\n\n1 new finding (1 traced), 0 fixed, 1 unchanged\n")
    assert casemate("diff", old, tmp_path / "new.json", "--fail-on", "proven").exit_code == 0
    assert casemate("diff", old, tmp_path / "new.json", "--fail-on", "never").exit_code == 0
    back = casemate("diff", tmp_path / "new.json", old)
    assert (back.exit_code, back.stdout.splitlines()[-1]) == (0, "0 new findings, 1 fixed, 1 unchanged")


@pytest.mark.parametrize(
    ("form", "start"), [("json", '{\n  "fixed": []'), ("md", "**Casemate**: 0 new findings"), ("table", "0 new")]
)
def test_the_forms_of_a_comparison(casemate, old, form, start):
    """For programs, for a comment on a change, for the screen."""
    result = casemate("diff", old, old, "--format", form)
    assert result.exit_code == 0
    assert result.stdout.startswith(start)


def test_a_report_that_is_none(casemate, old, target):
    """One line that names it."""
    result = casemate("diff", old, target / "views.py")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"casemate: {str(target / 'views.py')!r} is no report of Casemate: it is no JSON; name a"
    )
    assert len(result.stderr.splitlines()) == 1


# --- comments


def test_a_comment_hides_with_its_reason_in_every_form(casemate, target):
    """Counted on the screen, `inSource` in SARIF; one that is not in order is a notification."""
    text = WEAK.replace('"])', '"])  # casemate: ignore[command-injection] behind the VPN')
    (target / "views.py").write_text(text + "x = 1  # casemate: ignore[xss]\n")
    result = casemate("scan", target, "--quiet")
    assert result.exit_code == 0
    assert "Suppressed by comments in the target: 1 (--show-suppressed, --untrusted)\n" in result.stdout
    assert "not in order: 1\n  views.py:9  it gives no reason\n" in result.stdout
    (run,) = json.loads(casemate("scan", target, "--format", "sarif").stdout)["runs"]
    assert [one["suppressions"] for one in run["results"]] == [
        [{"kind": "inSource", "justification": "behind the VPN"}]
    ]
    (told,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert (told["descriptor"]["id"], told["message"]["text"].endswith(" it gives no reason")) == (
        "hiding/invalid-ignore",
        True,
    )
    document = json.loads(casemate("scan", target, "--format", "json").stdout)
    assert document["findings"][0]["suppression"] == {"by": "comment", "reason": "behind the VPN"}
    assert [(one["kind"], one["location"]["line"]) for one in document["remarks"]] == [("invalid-ignore", 9)]
    assert casemate("scan", target, "--untrusted").exit_code == 1
