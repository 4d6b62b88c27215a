"""Reports to render: a realistic one, and hypothesis strategies for any."""

from dataclasses import replace

from hypothesis import strategies as st

from casemate import __version__
from casemate.evidence.assemble import assemble
from casemate.evidence.rulebook import RuleText
from casemate.model.decision import Decided, Stance
from casemate.model.finding import Baseline, Coverage, Demonstration, Disposition, Since
from casemate.model.hiding import Amiss, Hider, Remark, Suppression
from casemate.model.lead import Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.model.proposal import Priority, Triaged
from casemate.model.trace import Boundary, Role, Step, Trace


def rule(name, title, cwe, severity=Severity.HIGH):
    page = f"# {title}\n\n## What it is\nSomething.\n"
    return RuleText(id=RuleId(name), title=title, cwe=cwe, severity=severity, owasp="A03:2021 Injection", page=page)


RULES = (
    rule("command-injection", "Command injection", 78, Severity.CRITICAL),
    rule("path-traversal", "Path traversal", 22),
    rule("sql-injection", "SQL injection", 89),
    rule("unsafe-deserialization", "Unsafe deserialization", 502, Severity.MEDIUM),
    rule("xss", "Cross-site scripting", 79, Severity.LOW),
)


def at(path, line, column=1):
    return Location(path=path, line=line, column=column)


def trace(*places, boundary=Boundary.REMOTE, source="query string", sink="sqlite3.Cursor.execute"):
    """A trace through these places."""
    first, *between, last = places
    steps = [
        Step(location=first, role=Role.SOURCE, note=f"{source} enters"),
        *(Step(location=place, role=Role.CALL, note="passed to find_owner") for place in between),
        Step(location=last, role=Role.SINK, note=f"reaches {sink}"),
    ]
    return Trace(boundary=boundary, steps=tuple(steps))


def lead(name, place, message, *, function="find", way=None, by_design=False):
    return Lead(rule=RuleId(name), location=place, function=function, message=message, trace=way, by_design=by_design)


DAO, SHELL = at("backoffice/dao.py", 27, 5), at("backoffice/settlement/runner.py", 88, 9)
DEEP = at("backoffice/very/deep/folders/of/an/old/back_office/documents/archive/store.py", 1204, 9)
LEADS = (
    lead(
        "sql-injection",
        DAO,
        "sqlite3.Cursor.execute is given a statement made from the query string",
        function="find_accounts",
        way=trace(at("backoffice/routes.py", 41), at("backoffice/service.py", 12), DAO),
    ),
    lead(
        "command-injection",
        SHELL,
        "subprocess.run runs a command made from the form field",
        function="Runner.settle",
        way=trace(at("backoffice/settlement/runner.py", 80), SHELL, source="form field", sink="subprocess.run"),
    ),
    lead(
        "path-traversal",
        DEEP,
        "open uses a path made from the parameter name of the public function Store.document",
        function="Store.document",
        way=trace(
            at("backoffice/very/deep/folders/of/an/old/back_office/documents/archive/api.py", 7),
            DEEP,
            boundary=Boundary.API,
        ),
    ),
    lead(
        "unsafe-deserialization",
        at("batch/nightly.py", 30, 12),
        "pickle.loads rebuilds objects, and runs what they name, out of the file content",
        function="",
    ),
    lead("xss", at("backoffice/pages.py", 3), "the cookie becomes markup of a page by Markup", by_design=True),
    lead("xss", at("backoffice/old.py", 9), "the cookie becomes markup of a page by Markup"),
)
LINES = {
    DAO: '    cursor.execute("SELECT * FROM account WHERE owner LIKE \'%" + owner + "%\'")',
    SHELL: "        subprocess.run('settle --password hunter2 ' + name, shell=True)",
}
NOT_EXAMINED = (
    NotExamined(what="legacy/broken.py:12", reason=Reason.SYNTAX, detail="statement not understood", lines=3),
    NotExamined(what="legacy/dump.py", reason=Reason.TOO_LARGE, detail="52,428,800 bytes, the limit is 10,485,760"),
    NotExamined(what="legacy/pipe.py", reason=Reason.SPECIAL_FILE, detail="a FIFO"),
    NotExamined(what=".git", reason=Reason.EXCLUDED, deliberate=True),
)
IGNORED = Suppression(by=Hider.CONFIGURATION, reason="The target's own configuration ignores it.")
COVERAGE = Coverage(files=12, lines=2345, functions=120, entry_points=7, sinks=14, sinks_reached=9)


def block(path, first, last):
    """Lines of any file of the bank: those listed above, numbered words elsewhere; no file is longer than 1,300 lines."""
    listed = {place.line: text for place, text in LINES.items() if place.path == path}
    return [listed.get(number, f"    step_{number}()") for number in range(first, min(last, 1300) + 1)]


TRIAGED = Suppression(
    by=Hider.TRIAGE, reason="The mainframe quotes it.", state="accepted", who="alice", until="2099-12-31"
)
EXPIRED = Remark(kind=Amiss.EXPIRED_TRIAGE, location=SHELL, text="accepted by bob until 2020-01-01: until the rewrite")
STALE = Remark(kind=Amiss.STALE_IGNORE, location=at("backoffice/old.py", 30), text="ignore[xss] hides nothing")


def bank(leads=LEADS, not_examined=NOT_EXAMINED, coverage=COVERAGE, rules=RULES, source_block=block, remarks=()):
    """The report of a small back office."""
    return assemble(
        version=__version__,
        target=["bank"],
        rules=rules,
        leads=leads,
        source_line=lambda place: LINES.get(place, ""),
        not_examined=not_examined,
        coverage=coverage,
        source_block=source_block,
        suppressed=lambda one: IGNORED if one.location.path == "backoffice/old.py" else None,
        remarks=remarks,
    )


def decided_bank():
    """The same after people have decided: one known, one accepted, one put off, remarks, and narrowed to a change."""
    report = bank(remarks=(EXPIRED, STALE))
    known, hidden, noted = (lead_of(report, name) for name in ("sql-injection", "path-traversal", "command-injection"))
    changed = {
        known: {"disposition": Disposition.KNOWN, "baseline": Baseline.UNCHANGED},
        hidden: {"disposition": Disposition.SUPPRESSED, "suppression": TRIAGED},
        noted: {"note": "later by carol until 2099-01-01: the next release", "baseline": Baseline.NEW},
    }
    findings = tuple(replace(finding, **changed.get(finding, {})) for finding in report.findings)
    since = Since(revision="origin/main", bases=("a" * 40,), untouched=(noted, noted))
    return replace(report, findings=findings, since=since)


def lead_of(report, name):
    """The first finding of a rule."""
    return next(finding for finding in report.findings if finding.lead.rule == name)


# Text as an adversary writes it: controls, bidirectional overrides, lone surrogates, markup, braces, links.
nasty = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\u202e\u2066\udc80[]{}%()\"'\\<>&")), max_size=40)
paths = nasty.map(lambda text: text.replace("/", "-")).filter(lambda text: text not in ("", ".", ".."))
locations = st.builds(at, paths, st.integers(1, 10**6), st.integers(1, 10**4))
traces = st.builds(
    lambda places, boundary, source: trace(*places, boundary=boundary, source=source),
    st.lists(locations, min_size=2, max_size=5),
    st.sampled_from(Boundary),
    nasty,
)
leads = st.builds(
    lambda one, place, message, function, way, design: lead(
        one.id, place, message or "m", function=function, way=way, by_design=design
    ),
    st.sampled_from(RULES),
    locations,
    nasty,
    nasty,
    st.none() | traces,
    st.booleans(),
)
missing = st.builds(
    lambda path, line, reason, detail, lines, deliberate: NotExamined(
        what=path if line is None else f"{path}:{line}",
        reason=reason,
        detail=detail,
        lines=lines,
        deliberate=deliberate,
    ),
    paths,
    st.none() | st.integers(1, 999),
    st.sampled_from(Reason),
    nasty,
    st.integers(0, 50),
    st.booleans(),
)
suppressions = st.builds(
    lambda by, reason, state, who: Suppression(by=by, reason=reason or "r", state=state, who=who),
    st.sampled_from(Hider),
    nasty,
    nasty,
    nasty,
)
remarks = st.builds(
    lambda kind, place, text: Remark(kind=kind, location=place, text=text), st.sampled_from(Amiss), locations, nasty
)


proofs = st.builds(
    lambda kind, observer, fidelity, text, stubs: Proof(
        oracle="command",
        kind=kind,
        observer=observer,
        fidelity=fidelity,
        happened=text or "h",
        runs=5,
        stubs=tuple(stubs),
        bundle="ab" * 32,
    ),
    st.sampled_from(ProofKind),
    st.sampled_from(Observer),
    st.sampled_from(Fidelity),
    nasty,
    st.lists(nasty, max_size=2),
)
verdicts = st.builds(
    lambda result, proof, text: (
        Verdict(result=result, detail="" if proof else text or "d", proof=proof if result is Result.PROVEN else None)
        if (result is Result.PROVEN) is bool(proof)
        else Verdict(result=Result.BROKEN, detail=text or "d")
    ),
    st.sampled_from(Result),
    st.none() | proofs,
    nasty,
)


decisions = st.builds(
    lambda stance, who, reason: Decided(
        stance=stance, who=who, key=f"casemate.alt/key/{'ab' * 16}", reason=reason, until="2027-01-31", id="cd" * 32
    ),
    st.sampled_from(Stance),
    nasty,
    nasty,
)
demonstrations = st.builds(
    lambda statement, place, never, decided, void: Demonstration(
        statement=statement or "s",
        rests_on=place,
        watched=place,
        never=never or "n",
        runs=5,
        digest="ef" * 32,
        decided=decided,
        void="" if decided else void,
    ),
    nasty,
    nasty,
    nasty,
    st.none() | decisions,
    nasty,
)


def decide(report, suppression, baseline, note, revision, verdict, shown=None):
    """The report with the same decisions on every finding that counts, and narrowed when there is a revision; a verdict on
    each, what a proof was driven with, a property, and what a model says of each."""
    said = Triaged(priority=Priority.LATER, reason=note) if note else None
    if verdict and verdict.proof and verdict.proof.kind is ProofKind.PROPERTY and not (shown and shown.accepted):
        verdict = None
    fate = {"suppression": suppression, "disposition": Disposition.SUPPRESSED} if suppression else {"note": note}
    findings = tuple(
        replace(
            finding,
            baseline=baseline,
            verdict=verdict,
            triaged=said,
            demonstration=shown,
            **(fate if finding.disposition is Disposition.ACTIVE else {}),
        )
        for finding in report.findings
    )
    since = Since(revision=revision, bases=("0" * 40,), untouched=report.findings[:1]) if revision else None
    inputs = tuple((finding.identity, note) for finding in findings if verdict and verdict.proof and note)
    return replace(report, findings=findings, since=since, inputs=inputs)


reports = st.builds(
    lambda found, left, line, amiss, *decisions: decide(
        bank(tuple(found), tuple(left), source_block=lambda *_: [line, line], remarks=tuple(amiss)), *decisions
    ),
    st.lists(leads, max_size=6),
    st.lists(missing, max_size=6),
    nasty,
    st.lists(remarks, max_size=3),
    st.none() | suppressions,
    st.none() | st.sampled_from(Baseline),
    nasty,
    nasty,
    st.none() | verdicts,
    st.none() | demonstrations,
)
