"""Properties that were demonstrated before, put to the test again without anybody who proposes; and what a person's decision
makes of one.

What is kept is not believed: places are looked up anew, programs are checked, every run is made again. A patch that is kept with
it climbs the ladder again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from casemate.evidence.bundle import Bundle
from casemate.evidence.identity import identities, rank
from casemate.evidence.mended import Mended
from casemate.evidence.redact import excerpt
from casemate.evidence.stated import Stated
from casemate.leads import proposed
from casemate.model.decision import Decided, Stance
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.fix import Mending
from casemate.model.hiding import Hider, Suppression
from casemate.model.proof import Exhibit, Result, Verdict
from casemate.pipeline.desk import named
from casemate.pipeline.properties import Held, held, placed
from casemate.pipeline.property_ladder import climb, offer, unoffered
from casemate.pipeline.study import Study
from casemate.pipeline.validate import Grounds
from casemate.pipeline.verify_fix import patch_of
from casemate.proofs.campaign import Bench

_NEAR: Final = 4_000  # lines around its old place in which a finding is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The report with the kept findings as they are now, and what shows each that is demonstrated again. fixes: kept patches that
    were not put to the ladder, because nobody wants patches. quiet: digests of the properties that were not seen violated, as
    they are now."""

    report: Report
    exhibits: dict[FindingId, Exhibit]
    fixes: dict[FindingId, Mended]
    quiet: dict[FindingId, str]


def again(
    bundles: Sequence[Bundle],
    report: Report,
    study: Study,
    bench: Bench,
    grounds: Grounds | None,
    progress: Callable[[str, int, int], None],
) -> Again:
    """Put kept properties to the test. bundles: of demonstrations, each of another finding. report: of the target as it is: what
    a rule says of such a finding stands, and what an oracle has proven is put to no test. grounds: where patches are wanted."""
    exhibits: dict[FindingId, Exhibit] = {}
    fixes: dict[FindingId, Mended] = {}
    quiet: dict[FindingId, str] = {}
    found: list[Finding] = []
    here = {one.identity: one for one in report.findings if one.lead.rule != proposed.ID}
    for number, bundle in enumerate(bundles):
        progress("proving", number, len(bundles))
        there = here.get(bundle.finding.identity)
        if there is not None and there.verdict is not None and there.verdict.proof is not None:
            continue
        located = there or _located(bundle.finding, study)
        finding = located or _unlocated(bundle.finding)
        whole = bundle.stated
        assert whole is not None
        claimed = placed(whole, study)
        one = held(claimed, study, bench, finding.lead)
        if one.shown is None or one.stated is None or one.exhibit is None:
            found.append(replace(finding, demonstration=None, verdict=finding.verdict or _verdict(one)))
            if located is not None and one.stated is not None:
                quiet[finding.identity] = one.stated.digest
            continue
        if located is None:  # it is not the finding any more that somebody decided about
            found.append(replace(finding, demonstration=replace(one.shown, digest="")))
            continue
        exhibits[finding.identity] = one.exhibit
        mending = None
        if grounds is not None:
            progress("fixing", number, len(bundles))
            mending = _mended(bundle.fix, one.stated, finding, grounds)
        elif bundle.fix is not None:
            fixes[finding.identity] = bundle.fix
        found.append(replace(finding, demonstration=one.shown, verdict=None, mending=mending))
    progress("proving", len(bundles), len(bundles))
    known = {finding.identity for finding in found}
    findings = [*(one for one in report.findings if one.identity not in known), *found]
    rules = {*report.rules, *(one.lead.rule for one in found)}
    told = replace(report, findings=tuple(sorted(findings, key=rank)), rules=tuple(sorted(rules)))
    return Again(report=told, exhibits=exhibits, fixes=fixes, quiet=quiet)


def decided(findings: Iterable[Finding], said: Callable[[Finding], Decided | str | None]) -> tuple[Finding, ...]:
    """The findings with what people decided about their properties, ranked. said: of a finding the decision that counts, why one
    does not, or None where nobody decided."""
    return tuple(sorted((_decided(finding, said(finding)) for finding in findings), key=rank))


def _decided(finding: Finding, said: Decided | str | None) -> Finding:
    shown = finding.demonstration
    if said is None or (shown is None and isinstance(said, str)):
        return finding
    if isinstance(said, str):
        return replace(finding, demonstration=shown and replace(shown, void=said))
    shown = shown and replace(shown, decided=said)
    if said.stance is Stance.REFUSED:
        if finding.lead.rule != proposed.ID:  # it rests on more than the property: what a rule has shown of it stands
            return replace(finding, demonstration=shown)
        why = Suppression(by=Hider.DECISION, reason=said.reason, state=said.stance, who=said.who, until=said.until)
        return replace(finding, demonstration=shown, disposition=Disposition.SUPPRESSED, suppression=why)
    if shown is None:  # what is to hold was not seen violated
        return finding
    verdict = Verdict(result=Result.PROVEN, executions=shown.runs, proof=shown.proof)
    mending = None if finding.mending is None else offer(finding.mending)
    return replace(finding, demonstration=shown, verdict=verdict, mending=mending)


def _verdict(one: Held) -> Verdict:
    """Of a property that is not seen violated any more, or that could not be put to the test."""
    return Verdict(result=one.result, detail=f"the kept property: {one.why}", executions=one.executions)


def _located(finding: Finding, study: Study) -> Finding | None:
    """The finding at its line, wherever in its function that has moved; None where there is no line any more of which its
    identity is. What follows from its CWE is not taken from what was kept."""
    lead = finding.lead
    lines = study.lines(lead.location.path) or []
    for number in sorted(range(1, len(lines) + 1), key=lambda number: abs(number - lead.location.line))[:_NEAR]:
        there = replace(lead, location=replace(lead.location, line=number))
        if identities([there], [f"{excerpt(lines[number - 1], 1)} CWE-{finding.cwe}"]) == [finding.identity]:
            spot = study.at(lead.location.path, number)
            if spot is None or spot.name != lead.function:  # the same line, and of another function
                continue
            title, severity = named(finding.cwe)
            return replace(finding, lead=there, title=title, severity=severity)
    return None


def _unlocated(finding: Finding) -> Finding:
    """A finding that is not there any more: no rule says it now, whatever the bundle says."""
    return replace(finding, lead=replace(finding.lead, rule=proposed.ID, trace=None))


def _mended(fix: Mended | None, whole: Stated, finding: Finding, grounds: Grounds) -> Mending:
    """The patch that is kept with a property, put to the ladder again."""
    if fix is None:
        return unoffered(())
    patch = patch_of(fix, grounds.bench.source)
    if isinstance(patch, str):
        return Mending(why=f"the patch that was kept with it cannot be applied: {patch}")
    return unoffered([climb(whole, finding.lead, patch, grounds)])
