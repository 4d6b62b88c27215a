"""Where the lines of a lead are once a patch is applied."""

from dataclasses import replace

import pytest

from casemate.model.fix import Change
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.pipeline.moved import moved

BEFORE = "import os\n\n\ndef f(name):\n    line = 'ls ' + name\n    os.system(line)\n    return line\n"


def lead(sink=6):
    at = Location(path="a.py", line=sink)
    steps = (
        Step(location=Location(path="a.py", line=4), role=Role.SOURCE, note=""),
        Step(location=Location(path="b.py", line=2), role=Role.CALL, note=""),
        Step(location=at, role=Role.SINK, note=""),
    )
    return Lead(
        rule=RuleId("r"), location=at, function="f", message="m", trace=Trace(boundary=Boundary.API, steps=steps)
    )


def places(after):
    there = moved(lead(), [Change(path="a.py", before=BEFORE.encode(), after=after.encode())])
    assert there.lead.location.line == there.lead.trace.steps[-1].location.line
    return [step.location.line for step in there.lead.trace.steps], there.spread


@pytest.mark.parametrize(
    ("after", "lines", "spread"),
    [
        pytest.param(BEFORE.replace("import os\n", "import os\nimport shlex\n"), [5, 2, 7], None, id="moved"),
        pytest.param(BEFORE.replace("os.system(line)", "run(['ls', name])"), [4, 2, 6], (6, 6), id="replaced"),
        pytest.param(
            BEFORE.replace(
                "    os.system(line)", "    if '/' in name:\n        raise ValueError\n    os.system(q(line))"
            ),
            [4, 2, 8],
            (6, 8),
            id="replaced by more",
        ),
        pytest.param(
            BEFORE.replace("    line = 'ls ' + name\n    os.system(line)\n", "    os.system(['ls', name])\n"),
            [4, 2, 5],
            (5, 5),
            id="replaced by fewer",
        ),
        pytest.param(BEFORE.replace("    os.system(line)\n", ""), [4, 2, 5], None, id="gone"),
    ],
)
def test_lines_follow_the_patch(after, lines, spread):
    """What is as it was is found where it went; of what was changed the lines that it became."""
    assert places(after) == (lines, spread)


def test_other_files_stay():
    """A change elsewhere moves nothing here."""
    change = Change(path="c.py", before=b"a\n", after=b"b\n")
    assert moved(lead(), [change]).lead == lead()
    fact = replace(lead(), trace=None)
    assert moved(fact, [change]).lead == fact


def test_an_expression_is_known_again():
    """What enters on the sink's own line, and is given a name by the patch, enters where it stands then."""
    before = "def f(q):\n    return go(q.get('to', '/'))\n"
    after = "def f(q):\n    to = q.get('to', '/')\n    if '//' in to:\n        to = '/'\n    return go(to)\n"
    here, sink = Location(path="a.py", line=2, column=15), Location(path="a.py", line=2, column=12)
    steps = (Step(location=here, role=Role.SOURCE, note=""), Step(location=sink, role=Role.SINK, note=""))
    found = moved(
        replace(lead(), location=sink, trace=Trace(boundary=Boundary.API, steps=steps)),
        [Change(path="a.py", before=before.encode(), after=after.encode())],
    )
    assert found.lead.trace.steps[0].location == Location(path="a.py", line=2, column=10)
    assert found.lead.trace.steps[1].location.line == found.lead.location.line == 5


def test_a_call_that_moved_down_is_still_the_sink():
    """All that the patch wrote in the function counts as the sink's own lines, and nothing of other functions."""
    before = "def f(x):\n    go('ls ' + x)\n    log()\n\n\ndef g(x):\n    return x\n"
    after = "def f(x):\n    line = 'ls ' + x\n    log()\n    go(line)\n\n\ndef g(x):\n    return x + 1\n"
    sink = Location(path="a.py", line=2)
    found = moved(
        replace(lead(), location=sink, trace=None), [Change(path="a.py", before=before.encode(), after=after.encode())]
    )
    assert found.spread == (2, 4)
