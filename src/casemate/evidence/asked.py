"""What a report says of the model that a run asked, and of properties that were demonstrated, in words and for programs."""

from __future__ import annotations

from typing import Any

from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.redact import redact
from casemate.model.decision import Decided
from casemate.model.finding import Asked, Demonstration
from casemate.model.proof import Proof, ProofKind
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


def standing_word(shown: Demonstration) -> str:
    """What the property is: demonstrated, accepted or refused."""
    if shown.decided is None:
        return "demonstrated"
    return f"{shown.decided.stance} property"


def decision_words(shown: Demonstration) -> str:
    """What a person decided about a property: that nobody did, who did until when and why, or why a decision does not count."""
    if shown.decided is None:
        return shown.void or "no person has accepted it yet"
    said = shown.decided
    return f"{said.stance} by {said.who} ({short_key(said.key)}) until {said.until}: {said.reason}"


def judge_words(proof: Proof) -> str:
    """Who says that it is a proof: an oracle with the kind of what it saw, or a person."""
    if proof.kind is ProofKind.PROPERTY:
        return "a property that a person accepted; no oracle, and no canary"
    return f"{proof.oracle} ({proof.kind})"


def short_key(name: str) -> str:
    """The name of a key, as far as people are shown it: `key 1a2b3c4d5e6f`."""
    return f"key {name.rpartition('/')[2][:12]}"


def demonstration_words(shown: Demonstration) -> str:
    """What was violated, in how many runs, what it rests on, and what a person decided."""
    tests = (
        f", and in {plural(shown.calls, 'call')} that {plural(shown.tests, 'file')} of its tests made"
        if shown.tests
        else "; there are no tests that ran"
    )
    return visible(
        f"{shown.statement.rstrip('.')}: violated in {shown.runs} of {shown.runs} runs, held in ordinary use{tests}; "
        f"rests on {shown.rests_on}; {redact(decision_words(shown))}"
    )


def demonstration_json(shown: Demonstration) -> dict[str, Any]:
    """For programs."""
    return {
        "statement": visible(shown.statement),
        "rests_on": visible(shown.rests_on),
        "watched": visible(shown.watched),
        "never": visible(redact(shown.never)),
        "runs": shown.runs,
        "tests": shown.tests,
        "calls": shown.calls,
        "digest": shown.digest,
        "bundle": shown.bundle,
        "decision": shown.decided and _decision(shown.decided),
        "void": visible(shown.void),
    }


def _decision(said: Decided) -> dict[str, str]:
    return {
        "stance": said.stance.value,
        "who": visible(said.who),
        "key": visible(said.key),
        "reason": visible(redact(said.reason)),
        "until": said.until,
        "id": said.id,
    }
