"""Searches for inputs over small targets in the sandbox that this machine has: what a campaign does before it confirms."""

import sys

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.model.sandbox import Profile
from casemate.proofs import campaign
from casemate.proofs.replay import job, profile
from proofs.questions import question, written


def answers(folder, targets, *, boundary, copied=False, python=sys.executable, functions=None, budget=40):
    """Path → the oracle that answered, or the verdict in words. targets: path → (CWE, text)."""
    sandbox = Chosen()
    if why := sandbox.examine(Profile(interpreter=python)).refusal:
        pytest.skip(why)
    written(folder, {path: text for path, (_, text) in targets.items()})
    bench = campaign.Bench(
        sandbox=sandbox,
        profile=profile(str(folder), python),
        source=lambda path: (folder / path).read_bytes(),
        copied=copied,
        stubs=False,
        budget=budget,
    )
    questions = [
        question(folder, path, cwe=cwe, boundary=boundary, function=(functions or {}).get(path, ""))
        for path, (cwe, _) in targets.items()
    ]
    driver = campaign._driver(questions[0].lead)
    state = campaign._Lockstep()
    searches = (campaign._search(bench, driver, q) for q in questions)
    for run in sandbox.search(bench.profile, job(bench.settings(driver)), state.cases(searches)):
        state.last = run
    out = {}
    for path, end in zip(targets, state.ended, strict=True):
        found = isinstance(end, campaign.Candidate)
        out[path] = end.oracle.id if found else f"{end.result.value}: {end.detail}"
    return out
