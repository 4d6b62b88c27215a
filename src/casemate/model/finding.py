"""A finding: a lead with an identity that survives moved lines; and the report of one scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from casemate.model.decision import Decided, Stance
from casemate.model.fix import Mending
from casemate.model.hiding import Remark, Suppression
from casemate.model.host_report import HostReport
from casemate.model.lead import Evidence, Lead, Severity
from casemate.model.outcome import NotExamined
from casemate.model.proof import Fidelity, Observer, Proof, ProofKind, Verdict
from casemate.model.proposal import Triaged

FindingId = NewType("FindingId", str)

PROPERTY = "property"
"""Stands in the place of an oracle's id where a property was violated: none of our oracles knows that it must hold."""


class Disposition(StrEnum):
    """What becomes of a finding in the report."""

    ACTIVE = "active"
    KNOWN = "known"  # stands in the baseline that the operator named: counted, and no reason to fail
    BY_DESIGN = "by-design"  # the API is meant to do this: counted, shown on request
    SUPPRESSED = "suppressed"  # the target's configuration or comment, or a triage entry, hides it: counted


class Baseline(StrEnum):
    """What a finding is compared with an earlier report, in the words of SARIF §3.27.24."""

    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """A property that was seen to be violated, and to hold otherwise. No oracle knows that it must hold: until a person says so
    nothing is proven.

    statement: what must never happen, in the words of who proposed it. rests_on: the place in the target that says so, as
    "path:line". watched: the function that it is about. never: the condition over its arguments and its result. runs: in how
    many it happened, all of them. tests: files of the target's own tests through which it held. calls: of the function there.
    digest: in hex, of all that a person decides about, "" where it is not known. bundle: SHA-256 of the evidence bundle,
    in hex, "" before it is made. decided: what a person decided that counts here. void: why what somebody decided does not, ""
    where nobody did.
    """

    statement: str
    rests_on: str
    watched: str
    never: str
    runs: int
    tests: int = 0
    calls: int = 0
    digest: str = ""
    bundle: str = ""
    decided: Decided | None = None
    void: str = ""

    def __post_init__(self) -> None:
        if not self.statement or not self.never or self.runs < 1:
            raise ValueError(f"a demonstration has a statement, a condition and runs: {self!r}")
        if self.decided is not None and self.void:
            raise ValueError(f"a decision counts, or it does not: {self.decided!r}, {self.void!r}")

    @property
    def accepted(self) -> bool:
        """Whether a person whose word counts here says that it must hold."""
        return self.decided is not None and self.decided.stance is Stance.ACCEPTED

    @property
    def refused(self) -> bool:
        """Whether such a person says that it need not hold."""
        return self.decided is not None and self.decided.stance is Stance.REFUSED

    @property
    def proof(self) -> Proof:
        """What was seen, as a proof tells it. Whether it is one depends on `accepted`."""
        return Proof(
            oracle=PROPERTY,
            kind=ProofKind.PROPERTY,
            observer=Observer.INSIDE,
            fidelity=Fidelity.PUBLIC_API,
            happened=f"what must never happen did: {self.statement.rstrip('.')}",
            runs=self.runs,
            bundle=self.bundle,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lead as reported.

    identity: hex digest over rule, path, function and the normalised text of the line, so that it survives moved
    lines (SARIF partialFingerprints). snippet: the source line, already redacted. title, cwe, severity: the rule's.
    suppression: why it is hidden, when it is. baseline: None when there is none to compare with. note: what people decided
    of it that does not hide it. verdict: how the attempt to prove it ended; None when there was none. mending: what became of
    the attempt to fix what is proven; None when there was none. demonstration: the property that was seen to be violated.
    triaged: when a model would try to prove it, and why; None when it said nothing.
    """

    identity: FindingId
    lead: Lead
    title: str
    cwe: int
    severity: Severity
    snippet: str
    disposition: Disposition = Disposition.ACTIVE
    suppression: Suppression | None = None
    baseline: Baseline | None = None
    note: str = ""
    verdict: Verdict | None = None
    mending: Mending | None = None
    demonstration: Demonstration | None = None
    triaged: Triaged | None = None

    def __post_init__(self) -> None:
        if not self.identity or self.cwe < 1:
            raise ValueError(f"a finding has an identity and a CWE: {self.identity!r}, {self.cwe!r}")
        if (self.disposition is Disposition.SUPPRESSED) is not (self.suppression is not None):
            raise ValueError(f"a finding is suppressed for a reason: {self.disposition!r}, {self.suppression!r}")
        if self.disposition is Disposition.KNOWN and self.baseline is not Baseline.UNCHANGED:
            raise ValueError(f"a known finding stands in a baseline: {self.baseline!r}")
        proof = self.verdict.proof if self.verdict is not None else None
        if proof is not None and proof.kind is ProofKind.PROPERTY:
            if self.demonstration is None or not self.demonstration.accepted:
                raise ValueError(f"no property is proven that no person has accepted: {self.identity!r}")

    @property
    def evidence(self) -> Evidence:
        """The rung that the finding stands on."""
        if self.mending is not None and self.mending.fix is not None:
            return Evidence.FIXED
        if self.verdict is not None and self.verdict.proof is not None:
            return Evidence.PROVEN
        shown = self.demonstration
        return self.lead.evidence if shown is None or shown.refused else Evidence.DEMONSTRATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was examined, in counts."""

    files: int = 0
    lines: int = 0
    functions: int = 0
    entry_points: int = 0  # functions at which a value from outside enters
    sinks: int = 0  # dangerous calls that the engine recognised
    sinks_reached: int = 0  # of these, reached by a value from a trust boundary


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A report narrowed to what a change touches.

    revision: as the operator gave it. bases: ids of the commits compared with, one for each repository. untouched: the
    findings of the whole that the change does not touch, ranked, every disposition.
    """

    revision: str
    bases: tuple[str, ...]
    untouched: tuple[Finding, ...]

    @property
    def others(self) -> int:
        """How many findings would count if the report were not narrowed."""
        return sum(finding.disposition is Disposition.ACTIVE for finding in self.untouched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Consecutive lines of a file of the target, already redacted and shortened. start: number of the first."""

    path: str
    start: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.start < 1 or not self.lines:
            raise ValueError(f"an excerpt has lines, counted from 1: {self.path!r}, {self.start!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The model that a run asked. name: "provider:model". exchanges: with an answer or without. leads: how many it proposed;
    each is a finding of the rule `proposed`, and stands as high as those who judge have put it."""

    name: str
    exchanges: int
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that one scan says. Holds no clock time, no absolute path: same input, same report, byte for byte.

    target: the names of the scanned paths as given by the operator (last component only). findings: ranked, every
    disposition. rules: ids of the rules that ran. since: when it is narrowed to what a change touches. remarks: what is
    amiss with what hides findings. excerpts: the lines around every place of a finding, each line once, by path and number.
    inputs: what proofs were driven with, by the identity of their finding; only where somebody decided to release it. host:
    who reaches root and how that is ended, of the audit of a host. asked: the model that was asked, None when none was.
    """

    version: str
    target: tuple[str, ...]
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_examined: tuple[NotExamined, ...]
    coverage: Coverage
    since: Since | None = None
    remarks: tuple[Remark, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    inputs: tuple[tuple[FindingId, str], ...] = ()
    host: HostReport | None = None
    asked: Asked | None = None

    def of(self, disposition: Disposition) -> tuple[Finding, ...]:
        """Findings of one disposition, in rank order."""
        return tuple(f for f in self.findings if f.disposition is disposition)
