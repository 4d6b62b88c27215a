"""Words and observations for the tables of oracles."""

from dataclasses import replace

from casemate.proofs.observation import Event, Observation, Response
from casemate.proofs.oracle import Oracle, Run, Words

WORDS = Words(canary="cmq7x1", calm="okq7x1")
NOTHING = Observation(probes={}, measures={}, session={}, passed=1)


def seen(*events, body=None, headers=(), status=200, **more):
    """An observation; body or headers make it one with a response."""
    response = None
    if body is not None or headers:
        response = Response(status=status, headers=tuple(headers), body=body or "")
    return replace(NOTHING, events=events, response=response, **more)


def sink(name, *args):
    """An event on the finding's line."""
    return Event(name=name, args=args, at_sink=True, stack=("app.py:3 view",))


def apart(name, *args):
    """The same elsewhere."""
    return Event(name=name, args=args, at_sink=False, stack=("app.py:9 other",))


def page(body, **more):
    return seen(body=body, headers=(("content-type", "text/html; charset=utf-8"),), **more)


def judged(oracle: Oracle, observation: Observation, calm: Observation | None = NOTHING) -> str:
    return oracle.judge(Run(words=WORDS, seen=observation, calm=calm))
