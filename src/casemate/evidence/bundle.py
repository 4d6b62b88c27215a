"""The evidence bundle: one file that holds all that it takes to see a proof again, beside the target and an interpreter.

A zip archive in one spelling (`evidence.archive`): first MANIFEST.json, what is claimed and the hash of everything that it
rests on; then the settings of the harness, the cases and controls that it was driven with, and what was reported. The same
proof gives the same bytes. Reading is strict: what packing would not give back byte for byte is refused, whoever changed it.
The inputs stand in it, because they must be replayed; what is quoted of the target is redacted as in a report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite
from typing import Any

from casemate.evidence import archive, exact
from casemate.evidence.mended import Mended, mended, read_mended
from casemate.evidence.redact import PLACEHOLDER, redact
from casemate.evidence.stated import Stated, read_stated
from casemate.model.errors import UserError
from casemate.model.finding import Demonstration, Finding, FindingId
from casemate.model.lead import Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.model.trace import Boundary, Role, Step, Trace

FORMAT = 3
"""Format 3 is of a property, 2 may hold a fix; what holds neither is of format 1, as it was before there were these."""

KIND = "casemate-evidence"
MANIFEST = "MANIFEST.json"  # sorts before every other member, and stands first in every format
SETTINGS = "settings.json"
PARTS = ("cases", "controls", "reports")
DECISION = "decision.txt"  # what a person signed about a property
SUFFIX = ".casemate"
MOST_TEXT = 4_000  # characters of one reported text that are kept
GET_IT_AGAIN = "get it again from where it was made: one changed byte and a bundle is refused whole"

_MEMBER = re.compile(r"settings\.json|decision\.txt|(?:cases|controls|reports)/[0-9]{3}\.json")
_NO_WORD = re.compile(r"\W+")
_DEMONSTRATION = ("statement", "rests_on", "watched", "never", "runs", "tests", "calls", "digest")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What is claimed, and what shows it again. version: of the Casemate that made it. finding: with its proof, without what
    anybody decided about it; or with a demonstration. fix: the patch that holds on every rung of its ladder, as `evidence.mended`
    tells it; None for none. decision: what a person signed about a property, b"" for nothing; it is not believed either."""

    version: str
    finding: Finding
    exhibit: Exhibit
    fix: Mended | None = None
    decision: bytes = b""

    @property
    def stated(self) -> Stated | None:
        """The property that it is of; None where it is of a proof by an oracle. Raises as `read_stated` does."""
        if self.finding.demonstration is None:
            return None
        return read_stated(json.loads(self.exhibit.settings)["property"])

    @property
    def proof(self) -> Proof:
        """What the oracle saw, or the runner of properties."""
        if self.finding.demonstration is not None:
            return self.finding.demonstration.proof
        verdict = self.finding.verdict
        if verdict is None or verdict.proof is None:
            raise ValueError(f"a bundle is of what is proven: {self.finding.identity!r}")
        return verdict.proof


def seal(
    finding: Finding, exhibit: Exhibit, version: str, decision: bytes = b"", fix: Mended | None = None
) -> tuple[Finding, bytes]:
    """The finding whose proof names its bundle, and the bundle. finding: with a verdict that proves it, or a demonstration.
    version: of Casemate. decision: what a person signed about a property. fix: a patch for it that is kept as it was."""
    if finding.demonstration is not None:
        return _sealed_property(finding, finding.demonstration, exhibit, version, decision, fix)
    verdict = finding.verdict
    if verdict is None or verdict.proof is None:
        raise ValueError(f"only what is proven is sealed: {finding.identity!r}, {verdict!r}")
    shown = _proof(verdict.proof)
    bare = _bare(finding, shown)
    offered = finding.mending.fix if finding.mending is not None else None
    fix = None if offered is None else mended(offered)
    data = encode(Bundle(version=version, finding=bare, exhibit=_shown(exhibit), fix=fix))
    return replace(finding, verdict=replace(verdict, proof=replace(shown, bundle=digest(data)))), data


def _sealed_property(
    finding: Finding, shown: Demonstration, exhibit: Exhibit, version: str, decision: bytes, fix: Mended | None
) -> tuple[Finding, bytes]:
    """As `seal`: a patch that holds is kept also where nobody has accepted the property, so that it need not be sought anew."""
    bare = replace(shown, bundle="", decided=None, void="")
    mending = finding.mending
    held = (
        [] if mending is None else [fix for fix in (mending.fix, *mending.attempts) if fix is not None and fix.offered]
    )
    bundle = Bundle(
        version=version,
        finding=replace(_bare(finding, None), demonstration=bare),
        exhibit=_shown(exhibit),
        fix=mended(held[0]) if held else fix,
        decision=decision,
    )
    data = encode(bundle)
    sealed, verdict = replace(shown, bundle=digest(data)), finding.verdict
    if verdict is not None and verdict.proof is not None:
        verdict = replace(verdict, proof=sealed.proof)
    return replace(finding, demonstration=sealed, verdict=verdict), data


def digest(data: bytes) -> str:
    """What a bundle is known by: SHA-256 of its bytes, in hex."""
    return sha256(data).hexdigest()


def encode(bundle: Bundle) -> bytes:
    """The bundle's bytes."""
    members = _members(bundle)
    return archive.pack({MANIFEST: canonical(_manifest(bundle, members)), **members})


def read(data: bytes, name: str) -> Bundle:
    """The bundle in a file. name: the file's, for errors. Raises UserError for anything but what `encode` gives."""
    try:
        _refuse_newer(data, name)
        members = archive.unpack(data)
        return _read(data, members)
    except archive.NoArchive as error:
        why = str(error)
    except exact.Invalid as error:
        why = str(error)
    except RecursionError:
        why = "its manifest is nested too deeply"
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        why = "its manifest is not as Casemate writes it"
    raise UserError(f"{name!r} is no sound evidence bundle: {why}", GET_IT_AGAIN)


def canonical(value: object) -> bytes:
    """JSON in one spelling: sorted keys, no white space, ASCII alone, so that showing it is safe."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


# --- writing


def _bare(finding: Finding, proof: Proof | None) -> Finding:
    """The finding as the bundle claims it: nothing of what people decided, and nothing that quotes a secret."""
    lead = finding.lead
    trace = lead.trace and replace(
        lead.trace, steps=tuple(replace(step, note=redact(step.note)) for step in lead.trace.steps)
    )
    return Finding(
        identity=finding.identity,
        lead=replace(lead, message=redact(lead.message), trace=trace, by_design=False),
        title=finding.title,
        cwe=finding.cwe,
        severity=finding.severity,
        snippet=redact(finding.snippet),
        verdict=None if proof is None else Verdict(result=Result.PROVEN, proof=proof),
    )


def _proof(proof: Proof) -> Proof:
    return replace(proof, bundle="", happened=redact(proof.happened), stubs=tuple(map(redact, proof.stubs)))


def _shown(exhibit: Exhibit) -> Exhibit:
    """The exhibit with what the target said of itself redacted; what is replayed stays as it is."""
    reports = tuple(canonical(_redacted(json.loads(report))) for report in exhibit.reports)
    return replace(exhibit, reports=reports, sources=tuple(sorted(set(exhibit.sources))))


def _redacted(value: Any, name: str = "") -> Any:
    """A reported value without secrets. name: of what it is the value."""
    if isinstance(value, str):
        return quoted(value if len(value) <= MOST_TEXT else f"{value[:MOST_TEXT]}…", _NO_WORD.sub("_", name)[:60])
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_redacted(one, name) for one in value]
    if isinstance(value, dict):
        return {redact(key): _redacted(one, key) for key, one in value.items()}
    return value


def quoted(text: str, name: str) -> str:
    """A value of the target, redacted as if it stood in a source line that gives it that name."""
    out = []
    for line in redact(text).split("\n"):
        quote = next((mark for mark in ('"', "'", '"""', "'''") if mark not in line), '"')
        head = f"{name} = {quote}"
        shown = redact(f"{head}{line}{quote}")
        out.append(shown.removeprefix(head).removesuffix(quote) if shown.startswith(head) else PLACEHOLDER)
    return "\n".join(out)


def _members(bundle: Bundle) -> dict[str, bytes]:
    exhibit = bundle.exhibit
    decision = {DECISION: bundle.decision} if bundle.decision else {}
    numbered = {
        f"{part}/{number:03}.json": content
        for part in PARTS
        for number, content in enumerate(getattr(exhibit, part), 1)
    }
    return {SETTINGS: exhibit.settings, **decision, **numbered}


def _manifest(bundle: Bundle, members: Mapping[str, bytes]) -> Json:
    proof, exhibit = bundle.proof, bundle.exhibit
    fix = {} if bundle.fix is None else {"fix": bundle.fix.as_json()}
    shown = bundle.finding.demonstration
    fix |= {} if shown is None else {"demonstration": {name: getattr(shown, name) for name in _DEMONSTRATION}}
    return fix | {
        "format": FORMAT if shown is not None else 2 if bundle.fix is not None else 1,
        "kind": KIND,
        "tool": {"name": "casemate", "version": bundle.version},
        "finding": of_finding(bundle.finding),
        "proof": of_proof(proof),
        "python": exhibit.python,
        "sandbox": exhibit.sandbox,
        "sources": [{"path": path, "sha256": hashed} for path, hashed in exhibit.sources],
        "members": [{"name": n, "size": len(members[n]), "sha256": digest(members[n])} for n in sorted(members)],
    }


def of_proof(proof: Proof) -> Json:
    """A proof as JSON tells it, but for its bundle."""
    return {
        "oracle": proof.oracle,
        "kind": proof.kind.value,
        "observer": proof.observer.value,
        "fidelity": proof.fidelity.value,
        "happened": proof.happened,
        "runs": proof.runs,
        "stubs": list(proof.stubs),
    }


def of_finding(finding: Finding) -> Json:
    """What a bundle says of its finding as JSON, but for its proof."""
    lead = finding.lead
    return {
        "identity": finding.identity,
        "rule": lead.rule,
        "title": finding.title,
        "cwe": finding.cwe,
        "severity": finding.severity.value,
        "message": lead.message,
        "function": lead.function,
        "snippet": finding.snippet,
        "fact": lead.fact,
        "location": _of_location(lead.location),
        "boundary": lead.boundary and lead.boundary.value,
        "trace": [
            {"role": step.role.value, "note": step.note, "location": _of_location(step.location)}
            for step in (lead.trace.steps if lead.trace else ())
        ],
    }


def _of_location(location: Location) -> Json:
    return {"path": location.path, "line": location.line, "column": location.column}


# --- reading


def _refuse_newer(data: bytes, name: str) -> None:
    """Every format has its manifest first, and its number in it: so that what is only newer is told apart from damage."""
    label, content = archive.first(data)
    try:
        manifest = json.loads(content) if label == MANIFEST else None
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise exact.Invalid("it does not begin with the manifest of one")
    number = manifest.get("format")
    if type(number) is not int or number < 1:
        raise exact.Invalid("its manifest has no format")
    if number > FORMAT:
        raise UserError(
            f"{name!r} was made by a newer version of Casemate: its format is {number}, this version reads {FORMAT}",
            "update Casemate and verify it again",
        )


def _read(data: bytes, members: dict[str, bytes]) -> Bundle:
    manifest = json.loads(members.pop(MANIFEST))
    stated = {exact.text(m["name"]): (exact.number(m["size"]), exact.sha256(m["sha256"])) for m in manifest["members"]}
    for name, content in members.items():
        if not _MEMBER.fullmatch(name):
            raise exact.Invalid(f"it holds {name!r}, which no bundle has")
        if name not in stated:
            raise exact.Invalid(f"it holds {name!r}, which its manifest does not name")
        if stated[name] != (len(content), digest(content)):
            raise exact.Invalid(f"the content of {name!r} is not what its manifest states")
    if lost := sorted(stated.keys() - members.keys()):
        raise exact.Invalid(f"it lacks {lost[0]!r}")
    exhibit = Exhibit(
        settings=members[SETTINGS],
        python=exact.text(manifest["python"]),
        sandbox=exact.text(manifest["sandbox"]),
        sources=tuple((exact.path(one["path"]), exact.sha256(one["sha256"])) for one in manifest["sources"]),
        **{part: tuple(members[n] for n in sorted(members) if n.startswith(f"{part}/")) for part in PARTS},
    )
    decision = members.get(DECISION, b"")
    if not exhibit.cases or not exhibit.controls:
        raise exact.Invalid("it has no case, or no control, to see again")
    bundle = Bundle(
        version=exact.text(manifest["tool"]["version"]),
        finding=_finding(manifest),
        exhibit=exhibit,
        fix=read_mended(manifest["fix"], exact.path, exact.sha256) if "fix" in manifest else None,
        decision=decision,
    )
    _check_property(bundle)
    if encode(bundle) != data:
        raise exact.Invalid("its manifest is not as Casemate writes it")
    return bundle


def _finding(manifest: Json) -> Finding:
    told, seen = manifest["finding"], manifest["proof"]
    proof = Proof(
        oracle=exact.text(seen["oracle"]),
        kind=ProofKind(seen["kind"]),
        observer=Observer(seen["observer"]),
        fidelity=Fidelity(seen["fidelity"]),
        happened=exact.text(seen["happened"]),
        runs=exact.number(seen["runs"]),
        stubs=tuple(map(exact.text, seen["stubs"])),
    )
    shown = manifest.get("demonstration")
    lead = Lead(
        rule=RuleId(exact.text(told["rule"])),
        location=_location(told["location"]),
        function=exact.text(told["function"]),
        message=exact.text(told["message"]),
        trace=_trace(told["boundary"], told["trace"]),
        fact=told["fact"] is True,
    )
    return Finding(
        identity=FindingId(exact.sha256(told["identity"])),
        lead=lead,
        title=exact.text(told["title"]),
        cwe=exact.number(told["cwe"]),
        severity=Severity(told["severity"]),
        snippet=exact.text(told["snippet"]),
        verdict=Verdict(result=Result.PROVEN, proof=proof) if shown is None else None,
        demonstration=None if shown is None else _demonstration(shown),
    )


def _check_property(bundle: Bundle) -> None:
    """What the manifest says of a property is what its members hold. Raises exact.Invalid."""
    stated, shown = bundle.stated, bundle.finding.demonstration
    if stated is None or shown is None:
        if bundle.decision:
            raise exact.Invalid("it holds a decision, and is of no property")
        return
    claimed = stated.claimed
    said = (bundle.finding.lead.message, shown.statement, shown.never, shown.digest, shown.watched, shown.rests_on)
    places = (f"{place.path}:{place.line}" for place in (claimed.watched, claimed.rests_on))
    if said != (stated.claim, claimed.statement, claimed.never, stated.digest, *places):
        raise exact.Invalid("its property is not the one that its manifest states")
    driven = [(bundle.exhibit.cases, claimed.violates), (bundle.exhibit.controls, claimed.ordinary)]
    if any(set(given) != {canonical({"payload": {"text": program}})} for given, program in driven):
        raise exact.Invalid("its programs are not those of its property")


def _demonstration(told: Json) -> Demonstration:
    return Demonstration(
        statement=exact.text(told["statement"]),
        rests_on=exact.text(told["rests_on"]),
        watched=exact.text(told["watched"]),
        never=exact.text(told["never"]),
        runs=exact.number(told["runs"]),
        tests=exact.number(told["tests"]),
        calls=exact.number(told["calls"]),
        digest=exact.sha256(told["digest"]),
    )


def _trace(boundary: object, steps: Sequence[Json]) -> Trace | None:
    if boundary is None:
        return None
    return Trace(
        boundary=Boundary(exact.text(boundary)),
        steps=tuple(
            Step(location=_location(s["location"]), role=Role(s["role"]), note=exact.text(s["note"])) for s in steps
        ),
    )


def _location(told: Json) -> Location:
    return Location(path=exact.path(told["path"]), line=exact.number(told["line"]), column=exact.number(told["column"]))
