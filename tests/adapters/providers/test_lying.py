"""Budgets hold whatever a server says; a server that is killed costs nothing twice. `benchmarks/models.py` is the large one."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from governance.support import SOURCE, a_charter, a_wall

from adapters.providers.lying import run
from adapters.providers.server import SPEECHES, Server, http
from casemate.adapters.providers.recording import Recording, Replay
from casemate.governance.spending import Terms
from casemate.model.dialogue import Message, NoAnswer, Prompt, Role

TERMS = Terms(sent=3_000_000, received=15_000_000, patience_ms=5000)
PROMPTS = [Prompt(messages=(Message(role=Role.USER, text=f"step {n}"),), limit=20) for n in range(6)]


def test_no_budget_is_passed_by_more_than_one_exchange(tmp_path):
    """Over runs of up to four workers; each is replayed from its recording alone, with the same replies."""
    outcomes = [run(seed, tmp_path) for seed in range(40)]
    assert [found for outcome in outcomes for found in outcome.overruns()] == []
    # Not one is sent that was not charged; on a busy machine some are given up before the server has read them.
    assert all(outcome.used.requests >= outcome.seen.requests for outcome in outcomes)
    assert all(outcome.replayed for outcome in outcomes)
    silences = sum(outcome.silences for outcome in outcomes)
    assert 0 < silences < sum(outcome.replies for outcome in outcomes)
    assert sum(outcome.used.requests for outcome in outcomes) > 40


def the_run(model):
    """What a run is answered; it ends at the first outage, as its process might."""
    replies = []
    for prompt in PROMPTS:
        replies.append(model.reply(prompt))
        if isinstance(replies[-1], NoAnswer):
            break
    return replies


@pytest.mark.parametrize("name", sorted(SPEECHES))
@pytest.mark.parametrize("half", [False, True])
def test_a_server_killed_at_each_step(tmp_path, name, half):
    """Killed at each second request, before an answer or in the middle of it: the next run goes on where this one ended, every
    step is answered once, and what was sent and not answered stays charged."""
    speech, path, port = SPEECHES[name], tmp_path / "r.jsonl", 0
    answered: list[str] = []

    for life in range(len(PROMPTS)):
        requests: list[str] = []

        def answer(request, requests=requests):
            requests.append(request.path)
            what = re.search(r"step \d", json.dumps(request.body))[0]
            whole = http(200, speech.answer(f"to {what}"))
            if len(requests) > 1:
                return [whole[: len(whole) // 2]] if half else []
            answered.append(what)
            return [whole]

        with Server(answer, port) as server:
            port = int(server.url.rpartition(":")[2])
            model = speech.make("m", endpoint=server.url, patience=5)
            recording = Recording(path, model=model.name, endpoint=model.endpoint, terms=TERMS)
            wall = a_wall(charter=a_charter(models=frozenset({server.url})))
            with wall.operation("scan", subject=(SOURCE,)) as op:
                replies = the_run(recording.around(op.model(model, TERMS, recording.spent), lambda: 0.0))
                assert op.used.requests == 2 * (life + 1) - (
                    life == 5
                )  # one answered and one lost in each life but the last
            recording.close()
        assert answered == [f"step {n}" for n in range(life + 1)]
    assert [reply.text for reply in replies] == [f"to step {n}" for n in range(6)]
    assert the_run(Replay(path)) == replies


SCRIPT = """
import os, signal, sys
from pathlib import Path
from casemate.adapters.providers.recording import Recording
from casemate.adapters.providers.openai import Compatible
from casemate.governance.spending import Terms
from casemate.model.dialogue import Message, Prompt, Role
url, path, dies = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
model = Compatible("m", endpoint=url, patience=5)
recording = Recording(path, model=model.name, endpoint=model.endpoint, terms=Terms())
talker = recording.around(model, lambda: 0.0)
for n in range(6):
    print(talker.reply(Prompt(messages=(Message(role=Role.USER, text=f"step {n}"),), limit=20)).text, flush=True)
    if n + 1 == dies:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_goes_on(tmp_path):
    """A real one, by a signal that nobody can catch, after each second step."""
    speech, path = SPEECHES["compatible"], tmp_path / "r.jsonl"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with Server(lambda request: [http(200, speech.answer(f"to {request.body['messages'][0]['content']}"))]) as server:
        for dies in (2, 4, 0):
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT, server.url, str(path), str(dies)],
                capture_output=True,
                text=True,
                check=False,
                env=environment,
            )
            assert done.returncode == (-signal.SIGKILL if dies else 0), done.stderr
        assert done.stdout.splitlines() == [f"to step {n}" for n in range(6)]
        assert len(server.requests) == 6
    assert Path(path).read_bytes().count(b"\n") == 1 + 2 * 6
