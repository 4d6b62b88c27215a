"""What a report says of the model that a run asked, and of properties that were demonstrated, in words and for programs."""

from __future__ import annotations

from typing import Any

from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.model.finding import Asked, Demonstration
from casemate.model.proposal import Triaged


def asked_words(asked: Asked) -> str:
    """Its name, the exchanges with it, the leads that it proposed, and that it judged none of them."""
    judged = "; what is proven or fixed, oracles and the ladder say, not the model" if asked.leads else ""
    return (
        f"{visible(asked.name)}, {plural(asked.exchanges, 'exchange')}, {plural(asked.leads, 'lead')} proposed "
        f"(rule `proposed`){judged}"
    )


def asked_json(asked: Asked | None) -> dict[str, Any] | None:
    """For programs; None when no model was asked."""
    if asked is None:
        return None
    return {"model": visible(asked.name), "exchanges": asked.exchanges, "leads": asked.leads}


def triaged_words(said: Triaged) -> str:
    """When a model would try it, and why, marked as no more than that."""
    return visible(f'a model said to try it {said.priority}: "{said.reason}"; its words order, and decide nothing')


def triaged_json(said: Triaged) -> dict[str, Any]:
    """For programs."""
    return {"by": "model", "priority": said.priority.value, "reason": visible(said.reason)}


def demonstration_words(shown: Demonstration) -> str:
    """What was violated, in how many runs, and what it rests on."""
    tests = (
        f", and in {plural(shown.calls, 'call')} that {plural(shown.tests, 'file')} of its tests made"
        if shown.tests
        else "; there are no tests that ran"
    )
    return visible(
        f"{shown.statement.rstrip('.')}: violated in {shown.runs} of {shown.runs} runs, held in ordinary use{tests}; "
        f"rests on {shown.rests_on}; no person has accepted it yet"
    )


def demonstration_json(shown: Demonstration) -> dict[str, Any]:
    """For programs."""
    return {
        "statement": visible(shown.statement),
        "rests_on": visible(shown.rests_on),
        "watched": visible(shown.watched),
        "never": visible(shown.never),
        "runs": shown.runs,
        "tests": shown.tests,
        "calls": shown.calls,
    }
