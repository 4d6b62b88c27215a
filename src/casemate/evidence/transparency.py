"""The public report: what Casemate can do, measured; what it cannot; what nobody measured; and how it was used here, in counts.

It names no target and no person. The same report in three forms; the JSON one is signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from casemate.evidence.commonmark import prose
from casemate.evidence.counts import plural
from casemate.evidence.figures import Figure, Figures
from casemate.evidence.webpage import environment, part, policy
from casemate.governance.assessment import Safeguards
from casemate.governance.evaluation import Rate
from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement, sign_statement, statement_text
from casemate.ports import Signer

TRANSPARENCY = "casemate/transparency@v1"
MOST = 16 << 20  # bytes of a report


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An evaluation log in a line. system: what was evaluated. id: of the signed log."""

    system: str
    found: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the ledger counts. outcomes: how many operations of a name ended how. refused: calls within operations that were
    refused. entries: of the ledger. root: of its tree, in base64, "" while it is empty. key: the ledger's. charters,
    revocations: of an organisation, that were installed. incidents: severity of each that is open. closed: how many were."""

    outcomes: tuple[tuple[str, str, int], ...] = ()
    refused: int = 0
    entries: int = 0
    root: str = ""
    key: str = ""
    charters: int = 0
    revocations: int = 0
    incidents: tuple[int, ...] = ()
    closed: int = 0

    @property
    def denied(self) -> int:
        """Operations that were denied."""
        return self._of("denied")

    @property
    def releases(self) -> int:
        """Releases of proof inputs that were carried out."""
        return sum(count for name, outcome, count in self.outcomes if (name, outcome) == ("release", "completed"))

    @property
    def operations(self) -> int:
        """All that have ended."""
        return sum(count for _, _, count in self.outcomes)

    def _of(self, outcome: str) -> int:
        return sum(count for _, how, count in self.outcomes if how == outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transparency:
    """All that is told. safeguards: None when no table was given. tried: when they were attacked. person: the key that signs."""

    version: str
    made: datetime
    figures: Figures
    evaluated: tuple[Evaluated, ...]
    safeguards: Safeguards | None
    tried: datetime | None
    titles: tuple[tuple[str, str], ...]
    access: Access
    person: str

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """What nobody measured; what evaluation logs have measured since then is left out."""
        live = any(one.system != "the engine without a model" for one in self.evaluated)
        return tuple(text for text in self.figures.unmeasured if not (live and "live language model" in text))

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """How to check all of it oneself: what, and by which command."""
        seed = self.safeguards.seed if self.safeguards is not None else 1
        return (
            (
                "This report is what was signed (in its JSON form)",
                "casemate transparency --check report.json --key KEY",
            ),
            (
                "The safeguards hold: the same attempts, and others by another seed",
                f"casemate safeguards --seed {seed}",
            ),
            ("The ledger is intact, and has this root at this size", "casemate ledger verify"),
            ("What lets a system run, line by line", "casemate gate explain"),
            ("What an assessment says, and who signed it", "casemate assess show FILE"),
            ("A proof holds: see it again from its bundle", "casemate verify BUNDLE --target PATH"),
            ("The figures: repeat them", "make bench"),
        )

    def body(self) -> Body:
        """What is signed. Rates are counts: whoever reads them computes shares and intervals."""
        access, table = self.access, self.safeguards
        return {
            "version": self.version,
            "made": time_text(self.made),
            "can": [
                {"area": f.area, "what": f.what, "found": f.shown, "hits": f.hits, "cases": f.cases, "date": f.date}
                | {"command": f.command}
                for f in self.figures.measured
            ],
            "evaluations": [{"system": one.system, "found": one.found, "id": one.id} for one in self.evaluated],
            "cannot": list(self.figures.limits),
            "never_measured": list(self.unmeasured),
            "safeguards": {}
            if table is None
            else {
                "version": table.version,
                "seed": table.seed,
                "tried": time_text(self.tried) if self.tried else "",
                "classes": [
                    {"id": row.id, "attempts": row.attempts, "successes": row.successes} for row in table.classes
                ],
            },
            "access": {
                "operations": [{"name": n, "outcome": o, "count": c} for n, o, c in access.outcomes],
                "denied": access.denied,
                "refused_calls": access.refused,
                "releases": access.releases,
                "charters": access.charters,
                "revocations": access.revocations,
            },
            "incidents": {"open": list(access.incidents), "closed": access.closed},
            "ledger": {"entries": access.entries, "root": access.root, "key": access.key},
            "checks": [{"what": what, "command": command} for what, command in self.checks],
        }


def as_json(report: Transparency, signer: Signer) -> str:
    """The signed report: what is said, by whom, and the signature lines over the one spelling of it (docs/transparency.md)."""
    body = report.body()
    note = sign_statement(TRANSPARENCY, body, signer).decode()
    lines = note.removeprefix(f"{statement_text(TRANSPARENCY, body)}\n").splitlines()
    shown = {"kind": TRANSPARENCY, "key": report.person, "signatures": lines, "report": body}
    return _encoded(shown)


def _encoded(shown: object) -> str:
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def check(data: bytes, key: VerifierKey | None) -> tuple[str, VerifierKey]:
    """When a signed report was made, and the key that signed it. key: that it must be signed by; None for the one that it names,
    which shows only that it is whole. Raises InvalidStatement."""
    try:
        shown = json.loads(data)
        text = statement_text(TRANSPARENCY, shown["report"])
        note = "\n".join([text, *shown["signatures"], ""]).encode()
        named = _key(shown["key"])
        # One spelling, and nothing beside what was signed: what else a reader's eye could meet would be nobody's word.
        whole = _encoded(shown).encode() == data and shown.keys() == {"kind", "key", "signatures", "report"}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidStatement("it is no signed report") from error
    if not whole or shown["kind"] != TRANSPARENCY:
        raise InvalidStatement("it is not in the one spelling that a signed report has")
    statement = open_statement(note, TRANSPARENCY, (key or named,))
    return statement.fields().text("made"), statement.signers[0]


def _key(text: object) -> VerifierKey:
    from casemate.governance.note import parse_key

    return parse_key(str(text))


def as_html(report: Transparency) -> str:
    """One page that loads nothing and runs nothing."""
    style = f"{part('report.css')}\n{part('transparency.css')}"
    rows = report.safeguards.classes if report.safeguards is not None else ()
    return (
        environment()
        .get_template("transparency.html.j2")
        .render(
            policy=policy(style),
            style=Markup(style),  # ours
            report=report,
            areas=_areas(report.figures.measured),
            made=time_text(report.made),
            tried=time_text(report.tried) if report.tried else "",
            rows=rows,
            titles=dict(report.titles),
            attempts=sum(row.attempts for row in rows),
            successes=sum(row.successes for row in rows),
            operations=_operations(report.access),
            plural=plural,
            span=_span,
        )
    )


def as_markdown(report: Transparency) -> str:
    """The same as CommonMark with GitHub's tables."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Transparency) -> Iterator[str]:
    """Our own texts stand as they are; what a signed log says is escaped."""
    access, table = report.access, report.safeguards
    yield "# Transparency report"
    yield from ("", f"Casemate {report.version}, made at {time_text(report.made)}. No target and no person is named.")
    yield from ("", "## What it can do, measured", "")
    yield "Of the engine without a model. Rates stand with their 95 % intervals (Wilson)."
    for area, figures in _areas(report.figures.measured):
        yield from ("", f"### {area}", "", "| what | measured | date | again by |", "| --- | --- | --- | --- |")
        yield from (f"| {f.what} | {f.shown} | {f.date or 'not kept'} | `{f.command}` |" for f in figures)
    if report.evaluated:
        yield from ("", "### Evaluations that were signed", "")
        yield from (f"- {prose(one.system)}: {prose(one.found)}" for one in report.evaluated)
    yield from ("", "## What it cannot do", "", *(f"- {text}" for text in report.figures.limits))
    yield from ("", "## What was never measured", "", *(f"- {text}" for text in report.unmeasured))
    yield from ("", "## Safeguards, attacked", "")
    if table is None:
        yield "They were not attacked for this report."
    else:
        titles = dict(report.titles)
        yield f"From seed {table.seed} on version {prose(table.version)}."
        yield from ("", "| class | what an attacker tries | attempts | succeeded |", "| --- | --- | ---: | ---: |")
        for row in table.classes:
            name = f"`{row.id}`" if row.id in titles else prose(row.id)
            yield f"| {name} | {titles.get(row.id, '')} | {row.attempts:,} | {row.successes:,} |"
    yield from ("", "## Access", "", "Counted by the ledger of this machine.", "")
    yield from (f"| operation | {' | '.join(_ENDS)} |", f"| --- |{' ---: |' * len(_ENDS)}")
    yield from (f"| {prose(name)} | {' | '.join(map(str, counts))} |" for name, counts in _operations(access))
    yield ""
    yield f"{plural(access.refused, 'call')} within operations refused, {plural(access.releases, 'release')} of proof inputs, "
    yield f"{plural(access.charters, 'charter')} of an organisation, {plural(access.revocations, 'list')} of revocations."
    worst = f", of severity {', '.join(map(str, access.incidents))} (of 4)" if access.incidents else ""
    yield from ("", "## Incidents", "", f"{len(access.incidents)} open{worst}; {access.closed} closed.")
    yield from ("", "## Check it yourself", "", *(f"- {what}: `{command}`" for what, command in report.checks))
    yield from ("", f"Ledger: {access.entries} entries, root `{access.root or 'none yet'}`, key `{access.key}`. ")
    yield f"The JSON form is signed by `{report.person}`."


_ENDS = ("completed", "failed", "interrupted", "denied")


def _operations(access: Access) -> list[tuple[str, tuple[int, ...]]]:
    """For each operation, how often it ended in each way."""
    counts = {(name, outcome): count for name, outcome, count in access.outcomes}
    names = sorted({name for name, _ in counts})
    return [(name, tuple(counts.get((name, end), 0) for end in _ENDS)) for name in names]


def _areas(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    return [(area, [f for f in figures if f.area == area]) for area in dict.fromkeys(f.area for f in figures)]


def _span(rate: Rate) -> tuple[int, int, int]:
    """Where a rate and its interval stand on a line of 1,000: beginning, width, and the rate itself."""
    low, high = round(1000 * rate.low), round(1000 * rate.high)
    return low, max(4, high - low), min(994, round(1000 * float(rate.rate)))
