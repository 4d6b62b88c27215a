"""A scripted model through Inspect: every sample is asked once, by our port, and nothing is fetched."""

import importlib.util
import json
import socket

import pytest

from casemate.evals import inspecting
from casemate.evals.answers import posed
from casemate.evals.variants import variant
from casemate.governance.evaluation import Task
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer as Said
from casemate.model.dialogue import NoAnswer, Silence, Usage
from casemate.model.errors import UserError

from .support import case

POSED = [
    posed(variant(case(id), 1), Task.FIND, twin=twin) for id in ("four-eyes", "sql-concat") for twin in (False, True)
]
MISSING = importlib.util.find_spec("inspect_ai") is None


class Scripted:
    """Says the number of its exchange; is silent at the second."""

    name = "example:scripted"
    endpoint = ""

    def __init__(self):
        self.prompts = []

    def reply(self, prompt):
        self.prompts.append(prompt)
        if len(self.prompts) == 2:
            return NoAnswer(why=Silence.OUTAGE, detail="gone")
        found = {"findings": [{"file": "a.py", "line": len(self.prompts), "cwe": 89}]}
        return Said(text=json.dumps(found), charged=Usage(sent=10, received=5))


def test_without_the_extra_one_line_says_so(monkeypatch, tmp_path):
    """And what to install."""

    def none(name):
        raise ImportError(name)

    monkeypatch.setattr(inspecting, "import_module", none)
    with pytest.raises(UserError, match="inspect-ai") as error:
        inspecting.ask(POSED, Scripted(), Terms(), tmp_path, 1)
    assert error.value.next_step == "pip install 'casemate[evals]'"


@pytest.mark.skipif(MISSING, reason="inspect-ai is not installed")
@pytest.mark.filterwarnings("default")
def test_every_sample_is_one_exchange(monkeypatch, tmp_path):
    """In order, once each, also where there is no answer; no socket is opened for it, and a log of Inspect's lies there."""
    made = []
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, to: made.append(to) or connect(self, to))
    model = Scripted()
    answers = inspecting.ask(POSED, model, Terms(sent=1_000_000), tmp_path, 3)
    assert [answers[one.name].claims[0].line if answers[one.name].claims else 0 for one in POSED] == [1, 0, 3, 4]
    assert answers[POSED[1].name].silence == "outage: gone"
    assert [prompt.seed for prompt in model.prompts] == [3] * 4
    assert answers[POSED[0].name].used.micro == 10
    assert made == []
    (log,) = tmp_path.glob("*.json")
    assert len(json.loads(log.read_text())["samples"]) == 4
