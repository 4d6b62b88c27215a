"""What may be told of a finding to its maintainer: in words, without a line of the source and without the input of a proof.

It is read from a JSON report of ours or from an evidence bundle. Both may hold what a proof was driven with: that is looked
for and taken out of every text, so that it leaves only by a release. What looks like a secret is redacted as in every report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from casemate.evidence.bundle import GET_IT_AGAIN, Bundle, of_finding, of_proof, quoted
from casemate.evidence.earlier import IDENTITY
from casemate.evidence.escape import visible
from casemate.evidence.fixes import ladder_json
from casemate.evidence.jsonreport import FORMAT
from casemate.evidence.pages import FIX, sections
from casemate.evidence.verdicts import seen_words
from casemate.evidence.words import BOUNDARY, EVIDENCE, HOST_EVIDENCE
from casemate.model.errors import UserError
from casemate.model.finding import Disposition
from casemate.model.fix import Step
from casemate.model.lead import Evidence, Severity
from casemate.model.proof import Fidelity, Observer, Proof, ProofKind
from casemate.model.trace import Boundary, Role

WITHHELD: Final = "‹withheld›"
NEXT_STEP: Final = "name a report that `casemate scan`, `hunt` or `host` wrote with -o FILE.json, or an evidence bundle"
WHAT: Final = "What it is"
WHY: Final = "Why it matters"

_STEPS: Final = {
    Role.SOURCE: "the value enters",
    Role.FLOW: "the value goes on",
    Role.CALL: "the value is passed to a function",
    Role.RETURN: "the value comes back",
    Role.SINK: "the place where it does harm",
}
_HASH_WORDS: Final = 12  # digits of an identity that people are shown

Json = Mapping[str, Any]
Clean = Callable[[object], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding for its maintainer; every text is safe to show.

    meaning: of the evidence. way: the trace, a line for each step. boundary: from where the value comes, "" when that is not
    known. happened, seen, bundle: of the proof, "" without one; bundle is the SHA-256 of its evidence bundle, in hex. patch:
    what a patch that held does, "" without one; rungs, without: of its ladder what holds, and what does not apply. hidden: why
    the finding does not count, "" when it does. host: it is of the audit of a host, not of code.
    """

    identity: str
    rule: str
    title: str
    cwe: int
    severity: Severity
    evidence: Evidence
    meaning: str
    message: str
    place: str
    function: str
    boundary: str
    way: tuple[str, ...]
    happened: str = ""
    seen: str = ""
    bundle: str = ""
    patch: str = ""
    rungs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    hidden: str = ""
    host: bool = False

    @property
    def short(self) -> str:
        """The beginning of its identity, for people."""
        return self.identity[:_HASH_WORDS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a rule's page says: what the weakness is, why it matters, how to fix it. "" for what it does not say."""

    what: str = ""
    why: str = ""
    fix: str = ""


def page_of(text: str) -> Page:
    """The parts of a rule's page. text: in Markdown; "" for a rule that this version does not know."""
    by = {section.heading: section.text for section in sections(text)} if text else {}
    return Page(what=by.get(WHAT, ""), why=by.get(WHY, ""), fix=by.get(FIX, ""))


def of_report(content: bytes, name: str) -> tuple[Told, ...]:
    """Every finding of a JSON report of ours. name: the file's, for errors. Raises UserError."""
    try:
        return _of_report(json.loads(content))
    except _NotOurs as error:
        why = str(error)
    except RecursionError:
        why = "its values are nested too deeply"
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):  # also a number that is none
        why = "it is not as Casemate writes it"
    raise UserError(f"{name!r} is no JSON report of Casemate: {why}", NEXT_STEP)


def of_bundle(bundle: Bundle, digest: str) -> Told:
    """The finding of an evidence bundle. digest: what the bundle is known by. Raises UserError when its inputs cannot be read:
    then it is not known what must not be told."""
    try:
        driven = [json.loads(case) for case in (*bundle.exhibit.cases, *bundle.exhibit.controls)]
        inputs = [value for case in driven for value in (case.get("payload"), case.get("canary"), case.get("calm"))]
        clean = _cleaner(inputs)
    except (RecursionError, AttributeError, ValueError) as error:
        raise UserError(
            f"the evidence bundle {digest[:12]} holds cases that Casemate does not write", GET_IT_AGAIN
        ) from error
    told = of_finding(bundle.finding)
    proof = of_proof(bundle.proof) | {"bundle": digest}
    fix = None
    if bundle.finding.demonstration is not None:  # who may say that it must hold, no bundle knows
        return _told({**told, "evidence": Evidence.DEMONSTRATED.value}, proof, None, clean, host=False)
    if bundle.fix is not None:
        fix = {"what": bundle.fix.what, "ladder": ladder_json(bundle.fix.ladder)}
    rung = Evidence.PROVEN if bundle.fix is None else Evidence.FIXED
    return _told({**told, "evidence": rung.value}, proof, fix, clean, host=False)


def chosen(findings: Sequence[Told], prefixes: Sequence[str]) -> tuple[Told, ...]:
    """Those whose identities begin so, in the order asked; without any prefix the only one. Raises UserError."""
    repeated = next((f for n, f in enumerate(findings) if f.identity in {g.identity for g in findings[:n]}), None)
    if repeated is not None:
        raise UserError(f"the finding {repeated.short} stands in two of the files", "name one of them")
    if not findings:
        raise UserError("there is no finding in it", NEXT_STEP)
    if not prefixes:
        if len(findings) > 1:
            raise UserError(f"there are {len(findings):,} findings", "name one of them by --finding ID")
        return tuple(findings)
    out: dict[str, Told] = {}
    for prefix in prefixes:
        found = [finding for finding in findings if prefix and finding.identity.startswith(prefix.lower())]
        if len(found) != 1:
            count = f"{len(found):,} findings have" if found else "no finding has"
            raise UserError(
                f"{count} an identity that begins with {visible(prefix[:80])!r}",
                "give more of it" if found else "give one that the report shows",
            )
        out[found[0].identity] = found[0]
    return tuple(out.values())


class _NotOurs(ValueError):
    """The document is no report of Casemate, and why."""


def _of_report(document: Any) -> tuple[Told, ...]:
    if not isinstance(document, dict) or not isinstance(document.get("tool"), dict):
        raise _NotOurs("it names no tool")
    if document["tool"].get("name") != "casemate":
        raise _NotOurs(f"it is one of {visible(str(document['tool'].get('name'))[:80])!r}")
    if document.get("format") != FORMAT:
        raise _NotOurs(f"its format is {visible(str(document.get('format'))[:80])!r}, this version reads {FORMAT}")
    findings = document["findings"]
    proofs = [(finding.get("verdict") or {}).get("proof") for finding in findings]
    clean = _cleaner(_released(proof["input"]) for proof in proofs if proof and "input" in proof)
    return tuple(
        _told(finding, proof, (finding.get("fix") or {}).get("offered") or None, clean, host="host" in document)
        for finding, proof in zip(findings, proofs, strict=True)
    )


def _released(text: str) -> object:
    """What a report says that a proof was driven with; as text where it is no JSON any more."""
    try:
        return [text, json.loads(text)]
    except ValueError:
        return text


def _told(finding: Json, proof: Json | None, fix: Json | None, clean: Clean, *, host: bool) -> Told:
    identity = finding["identity"]
    if not isinstance(identity, str) or not IDENTITY.fullmatch(identity):
        raise ValueError(identity)
    evidence = Evidence(finding["evidence"])
    boundary = finding["boundary"]
    meaning = (HOST_EVIDENCE.get(evidence) if host else None) or EVIDENCE[evidence]
    ladder = [] if fix is None else [(clean(one["rung"]), Step(one["step"])) for one in fix["ladder"]]
    return Told(
        identity=identity,
        rule=clean(finding["rule"]),
        title=clean(finding["title"]),
        cwe=_number(finding["cwe"]),
        severity=Severity(finding["severity"]),
        evidence=evidence,
        meaning=meaning,
        message=clean(finding["message"]),
        place=_place(finding["location"], clean),
        function=clean(finding["function"]),
        boundary="" if boundary is None else BOUNDARY[Boundary(boundary)],
        way=tuple(_way(finding["trace"], clean)),
        happened="" if proof is None else clean(proof["happened"]),
        seen="" if proof is None else clean(seen_words(_proof(proof))),
        bundle="" if proof is None else _digest(proof["bundle"]),
        patch="" if fix is None else clean(fix["what"]),
        rungs=tuple(rung for rung, step in ladder if step is Step.HOLDS),
        without=tuple(rung for rung, step in ladder if step is Step.NOT_APPLICABLE),
        hidden=_hidden(finding, clean),
        host=host,
    )


def _proof(told: Json) -> Proof:
    return Proof(
        oracle=str(told["oracle"]),
        kind=ProofKind(told["kind"]),
        observer=Observer(told["observer"]),
        fidelity=Fidelity(told["fidelity"]),
        happened=str(told["happened"]),
        runs=_number(told["runs"]),
        stubs=tuple(map(str, told["stubs"])),
    )


def _hidden(finding: Json, clean: Clean) -> str:
    disposition = Disposition(finding.get("disposition", Disposition.ACTIVE))
    if disposition is Disposition.BY_DESIGN:
        return "by design"
    if disposition is not Disposition.SUPPRESSED:
        return ""
    suppression = finding["suppression"]
    return f"suppressed: {clean(suppression.get('state') or suppression['reason'])}"


def _way(steps: Sequence[Json], clean: Clean) -> Iterator[str]:
    before = ""
    for step in steps:
        place, note, role = _place(step["location"], clean), clean(step["note"]), Role(step["role"])
        if note or role is not Role.FLOW or place != before:
            yield f"{place}: {note or _STEPS[role]}"
        before = place


def _place(location: Json, clean: Clean) -> str:
    return f"{clean(location['path'])}:{_number(location['line'])}"


def _number(value: object) -> int:
    if type(value) is not int or value < 1:  # JSON's true is none
        raise ValueError(value)
    return value


def _digest(value: str) -> str:
    if value and not IDENTITY.fullmatch(value):  # of the same form: SHA-256 in hex
        raise ValueError(value)
    return value


def _cleaner(inputs: Iterable[object]) -> Clean:
    """What makes a text one that may leave: without these inputs, without secrets, safe to show."""
    known = sorted({text for value in inputs for text in _texts(value) if _telling(text)}, key=lambda t: (-len(t), t))

    def clean(text: object) -> str:
        if not isinstance(text, str):
            raise TypeError(text)
        for one in known:
            text = text.replace(one, WITHHELD)
        # In one line, so that a key in PEM is seen whole; as in a string, so that what is a secret only there is seen.
        return visible(quoted(" ".join(text.splitlines()), "text"))

    return clean


def _telling(text: str) -> bool:
    """Whether a text says something of an input: not a digit or a short word, which stand everywhere."""
    return len(text) >= 6 or (len(text) >= 3 and not text.isalnum())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
