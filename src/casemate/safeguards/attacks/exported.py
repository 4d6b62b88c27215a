"""Inputs of proofs and secrets in a draft that leaves without a release.

The variants put them where a report or a bundle may hold them: where a release puts an input, into every text that a target or
an edited report decides, into the notes of a trace, and into a bundle's own cases. The draft is made by the functions that
`casemate export` uses.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

from casemate.evidence import csaf, openvex
from casemate.evidence.bundle import canonical, digest, read, seal
from casemate.evidence.escape import visible
from casemate.evidence.publication import Publication, Status
from casemate.evidence.told import Page, Told, of_bundle, of_report
from casemate.model.finding import Finding, FindingId
from casemate.model.lead import Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.safeguards.attack import Attack, Attempt, Ground

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_PAGE: Final = Page(what="What it is.", why="Why it matters.", fix="How to fix it.")
_PLACES: Final = ("message", "function", "title", "happened", "note", "path", "patch", "rung", "stub", "state")
_PLAIN: Final = "a message that may leave"


def _word(random: Random, length: int = 12) -> str:
    return "".join(random.choice(_LETTERS) for _ in range(length))


def _secret(random: Random) -> tuple[str, str]:
    """A secret, and the text that it stands in: each by a form that is known, or by what it is given to."""
    word = _word(random, 16)
    key = "AKIA" + _word(random, 16).upper()
    return random.choice(
        (
            (word, f"password = '{word}'"),
            (word, f'api_key="{word}"'),
            (word, f"postgresql://bank:{word}@db/main"),
            (word, f"--token {word}" if random.random() < 0.5 else f"'--token', '{word}'"),
            (key, f"reads {key}"),
            (word, f"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n{word}\n-----END RSA PRIVATE KEY-----"),
            (word, visible(f"-----BEGIN PRIVATE KEY-----\r\nMIIEow\r\n{word}\r\n-----END PRIVATE KEY-----")),
        )
    )


def _input(random: Random) -> tuple[str, dict[str, Any]]:
    """An input, and the payload that holds it: alone, in a list, or deep inside."""
    word = _word(random)
    text = random.choice((f";{{canary}} {word}", f"$({word})", f"../{word}", word, f"' OR '{word}'='"))
    return text, random.choice(({"text": text}, {"parts": ["x", text]}, {"form": {"a": {"b": text}}, "n": 1}))


def _report(inputs: dict[str, Any] | None, place: str, text: str) -> dict[str, Any]:
    """A report with one proven and fixed finding, this text at one place, and what was released in it."""
    proof: dict[str, Any] = {
        "oracle": "command",
        "kind": "canary",
        "observer": "outside the process",
        "fidelity": "public API",
        "happened": text if place == "happened" else "a program was run",
        "runs": 5,
        "stubs": [text] if place == "stub" else [],
        "bundle": "ab" * 32,
    }
    if inputs is not None:
        proof["input"] = canonical(inputs).decode()
    location = {"path": text if place == "path" else "a.py", "uri": "a.py", "line": 3, "column": 1}
    ladder = [{"rung": text if place == "rung" else "applies", "step": "holds", "detail": text}]
    fix = {"what": text if place == "patch" else "quote it", "ladder": ladder, "diff": [text], "proposer": text}
    hidden = place == "state"
    return {
        "tool": {"name": "casemate", "version": text},
        "format": 1,
        "excerpts": [{"path": "a.py", "lines": [text]}],
        "findings": [
            {
                "identity": "cd" * 32,
                "rule": "command-injection",
                "title": text if place == "title" else "Command injection",
                "cwe": 78,
                "severity": "critical",
                "evidence": "fixed",
                "boundary": "remote",
                "disposition": "suppressed" if hidden else "active",
                "suppression": {"by": "triage", "state": text, "reason": text} if hidden else None,
                "note": text,
                "message": text if place == "message" else _PLAIN,
                "location": location,
                "function": text if place == "function" else "f",
                "snippet": text,
                "trace": [
                    {"role": role, "note": text if place == "note" else "", "location": location}
                    for role in ("source", "flow", "sink")
                ],
                "verdict": {"result": "proven", "detail": text, "executions": 5, "proof": proof},
                "fix": {"offered": fix, "why": "", "attempts": [fix]},
            }
        ],
    }


def _bundle(random: Random, payload: dict[str, Any], place: str, text: str) -> bytes:
    """A bundle that was driven with the payload, and tells the text at one place."""
    location = Location(path="a.py", line=3)

    def said(name: str, plain: str) -> str:
        return text if place == name else plain

    steps = tuple(Step(location=location, role=role, note=said("note", "")) for role in (Role.SOURCE, Role.SINK))
    lead = Lead(
        rule=RuleId("command-injection"),
        location=location,
        function=said("function", "f"),
        message=said("message", _PLAIN),
        trace=Trace(boundary=Boundary.REMOTE, steps=steps),
    )
    proof = Proof(
        oracle="command",
        kind=ProofKind.CANARY,
        observer=Observer.OUTSIDE,
        fidelity=Fidelity.PUBLIC_API,
        happened=said("happened", "a program was run"),
        runs=1,
        stubs=(said("stub", "a login"),),
    )
    finding = Finding(
        identity=FindingId("cd" * 32),
        lead=lead,
        title=said("title", "Command injection"),
        cwe=78,
        severity=Severity.CRITICAL,
        snippet=text,
        verdict=Verdict(result=Result.PROVEN, proof=proof),
    )
    case = canonical({"canary": _word(random), "calm": _word(random), "payload": payload})
    exhibit = Exhibit(
        settings=canonical({"driver": "function"}),
        cases=(case,),
        controls=(case,),
        reports=(canonical({"returned": text}),),
        python="3.12.1",
        sandbox="bubblewrap",
        sources=(),
    )
    return seal(finding, exhibit, "0.1.0")[1]


def _drafted(told: Told, ground: Ground) -> str:
    """All that may leave of a finding, in both forms."""
    said = Publication(
        date=ground.clock.now(),
        product="Back Office",
        version="4.2.0",
        purl="pkg:generic/back-office@4.2.0",
        publisher="Example CERT",
        namespace="https://www.example.com",
        status=Status.INVESTIGATED if told.hidden else Status.AFFECTED,
    )
    return csaf.render([(told, _PAGE)], said) + openvex.render([(told, _PAGE)], said)


def _honest(ground: Ground) -> None:
    """The control: a draft says what it is to say. Raises AssertionError."""
    text = _drafted(of_report(json.dumps(_report(None, "none", "")).encode(), "r.json")[0], ground)
    if _PLAIN not in text or "SHA-256 " + "ab" * 32 not in text or "quote it" not in text:
        raise AssertionError("a draft lost what it is to say")


def _attempt(ground: Ground) -> Attempt:
    _honest(ground)
    random = ground.random
    place = random.choice(_PLACES)
    variant = random.choice(("released input", "released input quoted", "bundle's input quoted", "secret in a report"))
    payload: dict[str, Any] | None = None
    if variant == "secret in a report":
        kept, quoted = _secret(random)
        if random.random() < 0.3 and place in ("message", "function", "note", "happened", "stub"):
            data = _bundle(random, {"text": "x"}, place, quoted)
            told = of_bundle(read(data, "b"), digest(data))
        else:
            told = of_report(json.dumps(_report(None, place, quoted)).encode(), "r.json")[0]
    else:
        kept, payload = _input(random)
        quoted = f"seen with {kept} here" if variant != "released input" else "seen"
        if variant == "bundle's input quoted":
            data = _bundle(random, payload, place, quoted)
            told = of_bundle(read(data, "b"), digest(data))
        else:
            told = of_report(json.dumps(_report(payload, place, quoted)).encode(), "r.json")[0]
    left = kept in _drafted(told, ground)
    return Attempt(what=f"{variant}, {place}", succeeded=left, answer="" if left else "taken out of the draft")


ATTACK = Attack(
    id="exported",
    title="proof inputs or secrets in an export",
    aim="the input of a proof, or a secret of the target, in the draft of an advisory that takes no release",
    attempt=_attempt,
)
