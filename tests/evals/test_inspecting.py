"""A scripted model through Inspect: every sample is asked once, by our port, and nothing is fetched."""

import gc
import importlib.util
import json
import socket

import pytest

from casemate.app.evaluate import EvaluationRequest, run_corpus, with_model
from casemate.app.models import Limits, Talk
from casemate.evals import inspecting
from casemate.evals.answers import posed
from casemate.evals.asking import prompt
from casemate.evals.cases import digest
from casemate.evals.variants import variant
from casemate.governance.evaluation import Suite, Task
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer as Said
from casemate.model.dialogue import NoAnswer, Silence, Usage
from casemate.model.errors import UserError

from .support import a_judge, case, knowing

POSED = [
    posed(variant(case(id), 1), Task.FIND, twin=twin) for id in ("four-eyes", "sql-concat") for twin in (False, True)
]
MISSING = importlib.util.find_spec("inspect_ai") is None


@pytest.fixture
def collected():
    """What Inspect leaves open is collected here, where its warnings are no errors of ours."""
    yield
    gc.collect()


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
def test_every_sample_is_one_exchange(monkeypatch, tmp_path, collected):
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


class Knowing:
    """A model that knows these cases: it answers each prompt as its author would, and no other."""

    name = "example:scripted"
    endpoint = ""

    def __init__(self, cases, seed):
        self.answers = {}
        for task in (Task.FIND, Task.PROVE, Task.FIX):
            for twin in (False, True):
                for one in cases:
                    asked = posed(variant(one, seed), task, twin=twin)
                    self.answers[prompt(asked, seed)] = self.spelled(task, knowing(asked))

    @staticmethod
    def spelled(task, answer):
        found = [{"file": at.path, "line": at.line, "cwe": at.cwe} for at in answer.claims]
        told = {
            Task.FIND: {"findings": found, "hostile": False},
            Task.PROVE: {"harness": answer.harness},
            Task.FIX: {"files": dict(answer.patch)},
        }
        return "As asked:\n" + json.dumps(told[task])

    def reply(self, asked):
        return Said(text=self.answers[asked], charged=Usage(sent=200, received=100))


@pytest.mark.skipif(MISSING, reason="inspect-ai is not installed")
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("task", [Task.FIND, Task.PROVE, Task.FIX])
def test_a_scripted_model_that_knows_solves_what_rules_miss(monkeypatch, tmp_path, task, collected):
    """Through Inspect, the wall, the judge and the log: each case, no alarm, every exchange counted and priced."""
    a_judge()
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    cases = tuple(case(id) for id in ("four-eyes", "joined-mac", "second-order-sql"))
    terms = Terms(sent=3_000_000, received=15_000_000)
    talk = Talk(model=Knowing(cases, 1), terms=terms, limits=Limits(), record=None)
    suite = Suite(name="casemate/corpus/part", version="1", digest=digest(cases), seed=1)
    request = EvaluationRequest(task=task, cases=cases, suite=suite)
    quiet = {"announce": lambda line: None, "progress": lambda *told: None}
    (evaluation,) = run_corpus(request, with_model(talk, 1), **quiet).evaluations
    assert [(one.successes, one.false_alarms, one.unanswered) for one in evaluation.items] == [(1, 0, 0)] * 3
    requests = 3 if task is Task.FIX else 6
    assert (evaluation.spent.requests, evaluation.spent.input_tokens) == (requests, 200 * requests)
    assert evaluation.spent.micro == requests * (200 * 3 + 100 * 15)
    assert (evaluation.system.model, len(evaluation.system.prompts)) == ("example:scripted", 4)
