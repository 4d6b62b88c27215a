"""The whole flow over HTTP: an empty home, the commands that a user runs, and a model server of another make, by its address.

The server is fakellm of PyPI: it was written by others for OpenAI's protocol, knows nothing of Casemate, and says what a file
of rules tells it to. Everything runs in processes of its own.
"""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from agents.known import CASES
from targetpython import target_python

from casemate import __version__
from casemate.app.agents import crew_system
from casemate.app.authority import ground
from casemate.app.ground import examine_sandbox
from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.evaluation import EVALUATION, Task
from casemate.governance.safeguard_table import SAFEGUARDS, table_body
from casemate.governance.statement import sign_statement
from casemate.safeguards.launching import an_evaluation

MODEL = "openai:some-model"
PARCELS = next(case for case in CASES if case.name == "parcels")
COMMAND = (sys.executable, "-c", "from casemate.cli.main import main; main()")
PATIENCE = 300.0  # seconds, for what takes a few


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """An account's folder with nothing in it."""
    (tmp_path / "home").mkdir()
    for name in [name for name in os.environ if name.startswith(("CASEMATE_", "XDG_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def casemate(tmp_path):
    """Run a command line in a process of its own."""

    def run(*arguments, code=0):
        words = [*COMMAND, *(str(argument) for argument in arguments)]
        done = subprocess.run(words, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done

    return run


def rules():
    """What the server says: to who has a role's own tool, in the first turn that call, and from then on that it is done."""
    patch = {"path": "parcels.py", "old": PARCELS.old, "new": PARCELS.new, "what": "No shell."}
    said = {
        "propose": PARCELS.proposal,
        "stand": {"stand": "stands", "reason": "Nothing checks it."},
        "attempt": {"text": PARCELS.text, "control": PARCELS.control},
        "patch": patch,
    }
    for tool, given in said.items():
        call = {"name": tool, "arguments": given}
        yield {"name": tool, "when": {"tools_include": tool, "turn": 1}, "respond": {"tool_calls": [call]}}
    done = {"name": "done", "arguments": {"why": "Nothing is left."}}
    yield {"name": "done", "respond": {"tool_calls": [done]}}


@contextmanager
def serving(folder):
    """The server, in a process of its own, on a port of its own: its base address, and what it saw once it has ended."""
    (folder / "rules.yaml").write_text(json.dumps({"version": 1, "rules": list(rules())}))  # JSON is YAML
    words = [sys.executable, "-m", "fakellm.cli", "serve", "--config", "rules.yaml", "--port", "0"]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "running on" in line)
            yield re.findall(r"http://127\.0\.0\.1:\d+", line)[0]
        finally:
            server.terminate()
            server.stderr.close()


def evaluated(casemate, tmp_path):
    """Stands in for `casemate eval find|prove|fix|injection|containment` and `casemate safeguards`, which take hours: logs and
    a table in which nothing went wrong, signed by the key of this home, under a rule that this home has registered."""
    (tmp_path / "rule.txt").write_text("Not one harmless twin is proven.\n")
    said = dict(line.split() for line in casemate("gate", "register", "rule.txt").stdout.splitlines())
    proof = casemate("ledger", "prove", said["entry"]).stdout
    system = crew_system(MODEL)
    when, files = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1), []
    for task in (Task.FIND, Task.PROVE, Task.FIX, Task.INJECTION, Task.CONTAINMENT):
        log = replace(
            an_evaluation(task, system),
            began=when,
            ended=when,
            rule=said["rule"],
            registration=tuple(proof.rstrip("\n").split("\n")),
        )
        files.append(tmp_path / f"{task}.log")
        files[-1].write_bytes(sign_statement(EVALUATION, log.body(), ground().signer))
    rows = (AttackClass(id="policy-emptied", attempts=10_000, successes=0),)
    table = table_body(Safeguards(version=__version__, seed=1, classes=rows), ground().now())
    (tmp_path / "safeguards.signed").write_bytes(sign_statement(SAFEGUARDS, table, ground().signer))
    return files


def written(draft):
    """What people write into a draft."""
    text = re.sub(r'(# OPEN:[^#]*?answer = """\n)(""")', r"\1A test.\n\2", draft.read_text())
    draft.write_text(
        re.sub(r'^(residual = """\n)(?:.*\n)*?(""")', r"\1Leads may be wrong.\n\2", text, flags=re.MULTILINE)
    )


def test_from_an_empty_home_to_a_finding_that_is_fixed(casemate, tmp_path):
    """The gate is closed, then opened; scout, adversary, prover and mender each get their answers by the base address alone; what
    comes is proven and fixed, stands in the ledger, and is replayed without the server, byte for byte."""
    pytest.importorskip("fakellm")
    if why := examine_sandbox()[0].refusal:
        pytest.skip(why)
    target = tmp_path / "shop"
    target.mkdir()
    (target / "parcels.py").write_text(PARCELS.code)
    (target / "test_parcels.py").write_text(PARCELS.tests)
    with serving(tmp_path) as url:
        hunt = ("hunt", "shop", "--fail-on", "never", "--python", target_python(), "-o")
        asked = ("--model", MODEL, "--model-url", f"{url}/v1")
        refused = casemate(*hunt, "closed.json", *asked, code=2).stderr
        assert f"{MODEL} may not fix: assessment: nobody whose signature counts" in refused

        logs = evaluated(casemate, tmp_path)
        named = [word for log in logs for word in ("--evaluation", log.name)]
        about = ("--model", MODEL, "--tier", "fix")
        casemate("assess", "new", *about, "--safeguards", "safeguards.signed", *named, "-o", "model.toml")
        written(tmp_path / "model.toml")
        casemate("assess", "sign", "model.toml")
        casemate("gate", "add", *(log.name for log in logs), "model.signed")
        casemate("gate", "check", *about)

        done = casemate(*hunt, "report.json", *asked, "--model-record", "said.jsonl")
    assert f"model: {MODEL} at {url}/v1 (not encrypted); at most 500 requests" in done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    (finding,) = report["findings"]
    assert (finding["rule"], finding["evidence"], finding["location"]["line"]) == (
        "proposed",
        "fixed",
        PARCELS.line(PARCELS.sink),
    )
    assert report["asked"] == {"model": MODEL, "exchanges": 7, "leads": 1}
    exchanges = [json.loads(line) for line in (tmp_path / "said.jsonl").read_text().splitlines()]
    assert exchanges[0]["endpoint"] == f"{url}/v1"

    casemate(*hunt, "again.json", "--replay", "said.jsonl")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "report.json").read_bytes()
    told = [json.loads(casemate("ledger", "show", "--json").stdout)][0]
    roles = [one["before"]["operation"] for one in told if one["before"]["operation"].startswith("agent-")]
    assert roles[:4] == ["agent-scout", "agent-adversary", "agent-prover", "agent-mender"]
    casemate("ledger", "verify")
