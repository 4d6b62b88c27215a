"""What became of the attempts to prove findings: sealed into a report, and in the words that every rendering shares.

No word of an input stands here: what a proof was driven with is in its bundle, and in a report only when it was released.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from casemate.evidence.bundle import canonical, digest, of_proof, read, seal
from casemate.evidence.counts import plural
from casemate.evidence.mended import Mended
from casemate.evidence.redact import redact
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, Result, Verdict

RESULT: Final = {
    Result.PROVEN: (
        "An oracle saw it in every one of its runs, in fresh sandboxes, and what a canary did, a harmless input did not; or a "
        "property that a person has accepted was violated in every run, and held in ordinary use."
    ),
    Result.NOT_TRIGGERED: "The code was driven up to the finding's line, and no oracle saw anything take effect.",
    Result.NOT_REACHED: "The code was driven, and never came to the finding's line.",
    Result.BROKEN: "The target could not be loaded or driven.",
    Result.TIMED_OUT: "The target was ended for the time that it took.",
    Result.OUT_OF_MEMORY: "The target was ended for the memory that it took.",
    Result.MISSING: "The target needs a module that its interpreter does not have.",
    Result.UNSAFE: "The target was ended for how much it wrote or started.",
    Result.SPENT: "The budget was used up before anything was seen.",
    Result.BY_DESIGN: "The API is meant to do this with what it is given, so that there is nothing to prove.",
    Result.NOT_EXAMINED: "Nothing was tried: there is no oracle or no driver for it, or no sandbox that holds.",
}

FIDELITY: Final = {
    Fidelity.ENTRY_POINT: "Driven as in life: by a request, a command line, a message.",
    Fidelity.PUBLIC_API: "Driven by a call of what the target offers to others.",
    Fidelity.ISOLATED: "One function was driven, with stand-ins for what it needs.",
}

WAY: Final = {
    Fidelity.ENTRY_POINT: "through the entry point",
    Fidelity.PUBLIC_API: "through the public API",
    Fidelity.ISOLATED: "in an isolated function",
}

OBSERVER: Final = {
    Observer.OUTSIDE: "It needs no word of the target: what was seen are files, processes, output.",
    Observer.INSIDE: "It was seen in the target's own process, and assumes that the target does not forge on purpose.",
}


def sealed(
    report: Report,
    exhibits: Mapping[FindingId, Exhibit],
    decisions: Mapping[str, bytes] = MappingProxyType({}),
    fixes: Mapping[FindingId, Mended] = MappingProxyType({}),
) -> tuple[Report, dict[FindingId, bytes]]:
    """The report whose proofs name their bundles, and the bundles. exhibits: of what is proven or demonstrated, by identity.
    decisions: what people signed about properties, by the identity of the finding; those that count are sealed with it. fixes:
    patches that are kept as they were.

    What verdicts quote of the target is redacted, as everything in a report is.
    """
    bundles: dict[FindingId, bytes] = {}
    findings = []
    for finding in report.findings:
        if finding.identity in exhibits:
            shown = finding.demonstration
            said = decisions.get(finding.identity, b"") if shown is not None and shown.decided is not None else b""
            finding, bundles[finding.identity] = seal(
                finding, exhibits[finding.identity], report.version, said, fixes.get(finding.identity)
            )
        findings.append(_redacted(finding))
    return replace(report, findings=tuple(findings)), bundles


def released(report: Report, bundles: Iterable[bytes]) -> Report:
    """The report with what its proofs were driven with: of each bundle the payload of a case. Somebody has decided so.

    bundles: as they were sealed; one that no proof of the report names adds nothing.
    """
    by_digest = {digest(data): read(data, "a bundle").exhibit for data in bundles}
    inputs = tuple(
        (finding.identity, _payload(by_digest[finding.verdict.proof.bundle]))
        for finding in report.findings
        if finding.verdict and finding.verdict.proof and finding.verdict.proof.bundle in by_digest
    )
    return replace(report, inputs=inputs)


def judged(report: Report) -> bool:
    """Whether any finding was put to the proof."""
    return any(finding.verdict is not None for finding in report.findings)


def seen_words(proof: Proof) -> str:
    """`seen from outside the process, through the public API, in 5 of 5 runs, with a stand-in for mainframe`."""
    stubs = ""
    if proof.stubs:
        stubs = f", with {'a stand-in' if len(proof.stubs) == 1 else 'stand-ins'} for {', '.join(proof.stubs)}"
    return f"seen from {proof.observer}, {WAY[proof.fidelity]}, in {proof.runs} of {proof.runs} runs{stubs}"


def why(verdict: Verdict) -> str:
    """Why it is not proven, in one line; what it quotes of the target is redacted, whoever made the verdict."""
    return redact(" ".join(verdict.detail.split()))


def verdict_words(verdict: Verdict) -> str:
    """What happened, or how the attempt ended and why, in one line."""
    if verdict.proof is not None:
        return verdict.proof.happened
    return f"{verdict.result}: {why(verdict)}"


def tried_words(report: Report) -> str:
    """`4 findings: 1 proven, 2 not triggered, 1 not examined`; "" when none was put to the proof."""
    results = Counter(f.verdict.result for f in report.of(Disposition.ACTIVE) if f.verdict is not None)
    if not results:
        return ""
    return f"{plural(results.total(), 'finding')}: {', '.join(f'{results[r]:,} {r}' for r in Result if results[r])}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """For programs; every text still to be made visible."""
    proof = verdict.proof
    return {
        "result": verdict.result.value,
        "detail": why(verdict),
        "executions": verdict.executions,
        "proof": proof and {**of_proof(proof), "bundle": proof.bundle},
    }


def _redacted(finding: Finding) -> Finding:
    verdict = finding.verdict
    if verdict is None:
        return finding
    proof = verdict.proof and replace(
        verdict.proof, happened=redact(verdict.proof.happened), stubs=tuple(map(redact, verdict.proof.stubs))
    )
    return replace(finding, verdict=replace(verdict, detail=why(verdict), proof=proof))


def _payload(exhibit: Exhibit) -> str:
    return canonical(json.loads(exhibit.cases[0])["payload"]).decode()
