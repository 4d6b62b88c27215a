"""A run whose model server is killed in the middle of one answer, and that goes on once there is a server again."""

import json
from dataclasses import dataclass

from adapters.providers.server import SPEECHES, Server, http

from agents.known import CASES
from agents.support import work
from casemate.adapters.providers.openai import Compatible
from casemate.adapters.providers.recording import read_recording
from casemate.evidence import jsonreport
from casemate.governance.budget import Counts
from casemate.governance.spending import Terms

TERMS = Terms(sent=3_000_000, received=15_000_000)
PARCELS = next(case for case in CASES if case.name == "parcels")
SPEECH = SPEECHES["compatible"]


def a_target(place):
    """A program whose weakness the rules miss."""
    place.mkdir()
    (place / "parcels.py").write_text(PARCELS.code)
    (place / "test_parcels.py").write_text(PARCELS.tests)
    return place


def knowing(request):
    """What a server that knows the case says: to who has a role's own tool that call, and afterwards that it is done."""
    made = {
        "propose": PARCELS.proposal,
        "stand": {"stand": "stands", "reason": "nothing checks it"},
        "attempt": {"text": PARCELS.text, "control": PARCELS.control},
        "patch": {"path": "parcels.py", "old": PARCELS.old, "new": PARCELS.new, "what": "no shell"},
    }
    first = all(message["role"] != "assistant" for message in request.body["messages"])
    (own,) = made.keys() & {tool["function"]["name"] for tool in request.body["tools"]}
    call = (own, made[own]) if first else ("done", {"why": "nothing is left"})
    return http(200, SPEECH.answer(None, [("c", *call)], usage=(100, 10)))


@dataclass(frozen=True)
class Ran:
    """Of all runs on one recording: the last report, and what the server was asked and answered. billed, unanswered: tokens and
    millionths of money that were charged for each answer, and for each exchange without one. spent: all together. lost: what the
    first run says that it did not look at."""

    report: str
    answered: tuple[str, ...]
    billed: tuple[tuple[int, int], ...]
    unanswered: tuple[tuple[int, int], ...]
    spent: Counts
    lost: tuple[str, ...]


def run(target, record, *, killed=None, fix=True):
    """One run on a recording; or two, when the server is killed at that exchange, counted from 0."""
    answered, port, lost = [], 0, ()
    for dying in ([] if killed is None else [True]) + [False]:

        def answer(request, dying=dying):
            said = knowing(request)
            if dying and len(server.requests) > killed:
                server.die()
                yield said[: len(said) // 2]
                return
            yield said
            answered.append(json.dumps(request.body, sort_keys=True))

        with Server(answer, port=port) as server:
            port = server.port
            model = Compatible("m", endpoint=server.url, patience=60.0)
            worked = work(target, model, record=record, fix=fix, terms=TERMS)
        if dying:
            lost = tuple(f"{loss.what}: {loss.detail}" for loss in worked.report.not_examined)
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    ended = [
        ("why" in line["reply"], (line["used"]["tokens"], line["used"]["micros"])) for line in lines if "used" in line
    ]
    return Ran(
        report=jsonreport.render(worked.report),
        answered=tuple(answered),
        billed=tuple(used for silent, used in ended if not silent),
        unanswered=tuple(used for silent, used in ended if silent),
        spent=read_recording(record).spent,
        lost=lost,
    )
