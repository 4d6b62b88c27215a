"""Questions about small targets, made by hand so that no rule and no engine stands between a test and what it proves.

In a target's text `# source` marks the line at which the value enters (its note follows the colon) and `# sink` the line of
the finding.
"""

import re
import textwrap

from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.proofs.question import Question

_SOURCE = re.compile(r"# source: (.*)$")


def written(folder, files):
    """The files, with their texts dedented, below a folder."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text).lstrip("\n"))
    return folder


def question(folder, path, *, cwe=78, boundary=Boundary.API, function="", by_design=False, identity="", doubt=None):
    """The question that the marks in a file ask. Where the source is in another file, that is told as `other.py:note`."""
    lines = (folder / path).read_text().splitlines()
    sink = next(at for at, line in enumerate(lines, 1) if "# sink" in line)
    at, note = next((at, m.group(1)) for at, line in enumerate(lines, 1) if (m := _SOURCE.search(line)))
    steps = (
        Step(location=Location(path=path, line=at), role=Role.SOURCE, note=f"{note} enters"),
        Step(location=Location(path=path, line=sink), role=Role.SINK, note="reaches it"),
    )
    lead = Lead(
        rule=RuleId("command-injection"),
        location=Location(path=path, line=sink),
        function=function,
        message="",
        trace=Trace(boundary=boundary, steps=steps),
        by_design=by_design,
        doubt=doubt,
    )
    return Question(identity=identity or path, cwe=cwe, lead=lead)
