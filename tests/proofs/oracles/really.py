"""Searches for inputs over small targets in the sandbox that this machine has: what a campaign does before it confirms."""

import re
import sys
from dataclasses import replace

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.model.location import Location
from casemate.model.sandbox import Profile
from casemate.model.trace import Boundary
from casemate.proofs import campaign
from casemate.proofs.lockstep import Lockstep
from casemate.proofs.replay import job, profile
from casemate.proofs.search import Candidate, search
from proofs.questions import question, written


def answers(folder, targets, *, budget=90, python=sys.executable):
    """Path → the oracle that answered, or the verdict in words. targets: path → (CWE, text); each is a library."""
    written(folder, {path: text for path, (_, text) in targets.items()})
    questions = [question(folder, path, cwe=cwe) for path, (cwe, _) in targets.items()]
    return _searched(folder, questions, budget, python)


def answers_of_a_site(folder, text, cwes, *, budget=90):
    """Name of a view → the oracle that answered, or the verdict in words, for an application of one file with marked views.
    cwes: name → CWE."""
    written(folder, {"app.py": text})
    lines = text.splitlines()
    questions = []
    for name, cwe in cwes.items():
        at = next(number for number, line in enumerate(lines, 1) if line.startswith(f"def {name}("))
        source = next(number for number in range(at, len(lines) + 1) if "# source" in lines[number - 1])
        sink = next(number for number in range(at, len(lines) + 1) if "# sink" in lines[number - 1])
        note = re.search(r"# source: ([^#]*[^# ])", lines[source - 1]).group(1)
        one = question(folder, "app.py", cwe=cwe, boundary=Boundary.REMOTE, function=name, identity=name)
        first, last = one.lead.trace.steps
        first = replace(
            first,
            location=Location(path="app.py", line=source, column=lines[source - 1].index("args") + 1),
            note=f"{note} enters",
        )
        said = re.search(r"# sink: (.*)", lines[sink - 1])
        last = replace(last, location=Location(path="app.py", line=sink), note=said.group(1) if said else last.note)
        trace = replace(one.lead.trace, steps=(first, last))
        questions.append(replace(one, lead=replace(one.lead, trace=trace, location=last.location)))
    return _searched(folder, questions, budget)


def _searched(folder, questions, budget, python=sys.executable):
    sandbox = Chosen()
    if why := sandbox.examine(Profile(interpreter=python)).refusal:
        pytest.skip(why)
    bench = campaign.Bench(
        sandbox=sandbox,
        profile=profile(str(folder), python),
        source=lambda path: (folder / path).read_bytes(),
        copied=True,
        stubs=False,
        budget=budget,
    )
    driver = questions[0].drivers[0]
    state = Lockstep()
    searches = (search(one, budget, bench.source) for one in questions)
    for run in sandbox.search(bench.profile, job(bench.settings(driver)), state.cases(searches)):
        state.last = run
    return {
        one.identity: end.oracle.id if isinstance(end, Candidate) else f"{end.result.value}: {end.detail}"
        for one, end in zip(questions, state.ended, strict=True)
    }
