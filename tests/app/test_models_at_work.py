"""Whole runs over HTTP with model servers that are no good or are killed: each ends in a clear outcome, and goes on later."""

import sys

import pytest
from adapters.providers.server import SPEECHES, Server, http
from agents.killed import a_target, knowing, run
from agents.support import work

from casemate.adapters.providers.openai import Compatible
from casemate.adapters.sandbox.choice import Chosen
from casemate.model.lead import Evidence
from casemate.model.sandbox import Profile

SPEECH = SPEECHES["compatible"]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """An operator of the test's own."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))


@pytest.fixture
def target(tmp_path):
    """A program whose weakness the rules miss."""
    return a_target(tmp_path / "target")


@pytest.fixture(scope="module")
def sealed_here():
    """A sandbox holds."""
    if why := Chosen().examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)


def asked_of(server):
    return Compatible("m", endpoint=server.url, patience=60.0)


def constant(body):
    """A server that always gives the same answer."""
    return Server(lambda request: [http(200, body)])


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (SPEECH.answer(""), "3 rounds without news: an answer was empty (3)"),
        (SPEECH.answer(None), "3 rounds without news: an answer was empty (3)"),
        (SPEECH.answer("我没有发现任何问题。Всё безопасно."), "3 rounds without news: an answer called no tool (3)"),
        (
            SPEECH.answer(None, [("c", "read", {"path": 7, "first": "one"})]),
            "3 rounds without news: its arguments did not fit (3)",
        ),
        (SPEECH.answer(None, [("c", "read", "{")]), "3 rounds without news: its arguments did not fit (3)"),
        (SPEECH.answer(None, [("c", "list", {"what": "files"})]), "3 rounds without news"),
    ],
    ids=["empty", "null", "another language", "wrong types", "no JSON", "the same again and again"],
)
def test_an_answer_that_is_no_good(target, tmp_path, body, outcome):
    """The scout's session ends after three rounds without news, the run goes on, and its report says what was not looked at."""
    with constant(body) as server:
        worked = work(target, asked_of(server), record=tmp_path / "said.jsonl")
        asked = len(server.requests)
    assert worked.report.asked.exchanges == asked <= 4
    (lost,) = [loss for loss in worked.report.not_examined if loss.what == "the scout's work"]
    assert lost.detail == f"no news: {outcome}"


def small(request):
    """Knows the case, and has a window of 8,192 tokens: a token has three bytes, and what is larger is refused."""
    if len(request.raw) // 3 + SPEECH.limit(request.body) > 8192:
        return [http(400, SPEECH.error("this model's maximum context length is 8192 tokens"))]
    return [knowing(request)]


def test_a_window_of_8192_tokens(target, tmp_path, sealed_here):
    """Of the request as it is sent, with the descriptions of tools: nothing is refused, and it comes to a proof."""
    with Server(small) as server:
        worked = work(target, asked_of(server), record=tmp_path / "said.jsonl", fix=False)
    (finding,) = worked.report.findings
    assert finding.evidence is Evidence.PROVEN and worked.report.not_examined == ()


@pytest.fixture(scope="module")
def whole(tmp_path_factory, sealed_here):
    """The run that nothing disturbs."""
    place = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMATE_HOME", str(place / "home"))
        return run(a_target(place / "target"), place / "said.jsonl", fix=False)


@pytest.mark.parametrize("killed", (0, 3, 5))
def test_a_server_that_is_killed(target, tmp_path, whole, killed):
    """In the middle of an answer (`benchmarks/models.py --killed` does it at each): the run says what it did not look at, and the
    next one on its recording ends as if nothing had happened. No answer is asked for or charged twice; beside them the exchange
    that broke off is charged, once, and what met nobody costs nothing."""
    assert len(whole.answered) == 6 and whole.unanswered == ()
    ran = run(target, tmp_path / "said.jsonl", killed=killed, fix=False)
    assert ran.lost and all("no answer: outage" in lost for lost in ran.lost)
    assert ran.report == whole.report
    assert (ran.answered, ran.billed) == (whole.answered, whole.billed)
    (broken,) = [used for used in ran.unanswered if used != (0, 0)]
    assert (ran.spent.tokens, ran.spent.micros) == tuple(map(sum, zip(*ran.billed, broken, strict=True)))
