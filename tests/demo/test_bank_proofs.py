"""The bundled example, hunted: what is proven of it is what `expected.toml` says, and nothing that looks alike is."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from targetpython import target_python

ROOT = Path(__file__).parents[2]
BANK = ROOT / "examples" / "bank"
CASEMATE = Path(sys.executable).parent / "casemate"
EXPECTED = tomllib.loads((BANK / "expected.toml").read_text())


def hunted(home, *more):
    """The findings of a hunt of the example."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    asked = [CASEMATE, "hunt", BANK, "--python", target_python(), "--format", "json", "--quiet", *more]
    done = subprocess.run(asked, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode()
    report = json.loads(done.stdout)
    if any(loss["reason"] == "no-sandbox" for loss in report["not_examined"]):
        pytest.skip("no sandbox holds here")
    return report["findings"]


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    return hunted(tmp_path_factory.mktemp("home"), "--no-fix")


def test_what_is_proven(findings):
    """All planted weaknesses but those of which the list says why not; near-misses have no finding, so no proof either."""
    proven = {(f["rule"], f["location"]["path"], f["location"]["line"]) for f in findings if f["verdict"]["proof"]}
    assert proven == {(w["rule"], w["file"], w["line"]) for w in EXPECTED["weakness"] if "unproven" not in w}


def test_proofs_go_through_the_entry_points(findings):
    """Pages are driven by requests, with the logins and tables of the example's own tests; the batch by its functions."""
    fidelity = {
        f["verdict"]["proof"]["fidelity"]
        for f in findings
        if f["verdict"]["proof"] and f["location"]["path"].startswith("backoffice/")
    }
    assert fidelity == {"entry point"}


def test_what_is_proven_is_fixed(tmp_path):
    """The proof has a patch on which every rung holds, the example's own tests among them. `make demo` does so for all."""
    fixed = hunted(tmp_path, "--rule", "path-prefix")
    assert [(f["rule"], f["evidence"]) for f in fixed] == [("path-prefix", "fixed")]
    assert {climb["step"] for f in fixed for climb in f["fix"]["offered"]["ladder"]} == {"holds"}
