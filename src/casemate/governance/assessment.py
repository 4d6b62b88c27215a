"""The risk assessment of a system: what was measured, what could be misused, what people judged; signed, and valid until a day.

What is asked and by which source is data of whoever writes it (`Section`); what nobody has answered stays in it, visibly, and the
gate does not open for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from casemate.governance.charter import Person, Tier
from casemate.governance.charter_file import person_body, read_person
from casemate.governance.fields import Fields, InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement
from casemate.governance.system import System, read_system

ASSESSMENT = "casemate/assessment@v1"


class Writer(StrEnum):
    """Who can answer a section."""

    MEASURED = "measured"  # filled from evidence, by us
    PEOPLE = "people"  # a judgement, which nobody but people can make


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackClass:
    """A class of attack on the safeguards: how often it was tried, and how often it got what it must not."""

    id: str
    attempts: int
    successes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """The safeguards' table. version: of Casemate that was attacked. seed: what the attempts were made from."""

    version: str
    seed: int
    classes: tuple[AttackClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misuse:
    """A foreseeable misuse. mitigations: what stands against it. evidence: where that is shown (a class of attack, a test, a
    page)."""

    what: str
    mitigations: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question. source: which law, code or standard asks it, with its place. binds: whom that source binds. answer: "" while
    nobody has answered. evidence: what answers it, by name or digest."""

    id: str
    question: str
    source: str
    binds: str
    writer: Writer
    answer: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return not self.answer.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment. evaluations: identities of the logs that it rests on. residual: the risk that remains, as people wrote it.

    signers: who answers for it; each of them must have signed. tier: how far the system may go. since, until: it holds from the
    one moment on and before the other.
    """

    system: System
    evaluations: tuple[str, ...]
    safeguards: Safeguards
    misuse: tuple[Misuse, ...]
    sections: tuple[Section, ...]
    residual: str
    signers: tuple[Person, ...]
    tier: Tier
    since: datetime
    until: datetime

    @property
    def open(self) -> tuple[str, ...]:
        """What people have not written yet, by name; empty when nothing is left."""
        left = [section.id for section in self.sections if section.open]
        return (*left, *(["residual"] if not self.residual.strip() else []))

    def body(self) -> Body:
        """What is signed, as `sign_statement(ASSESSMENT, …)` takes it."""
        return {
            "system": self.system.body(),
            "evaluations": list(self.evaluations),
            "safeguards": _lists(self.safeguards),
            "misuse": [_lists(misuse) for misuse in self.misuse],
            "sections": [{**_lists(section), "writer": section.writer.value} for section in self.sections],
            "residual": self.residual,
            "signers": [person_body(person.name, person.key) for person in self.signers],
            "tier": self.tier.value,
            "from": time_text(self.since),
            "until": time_text(self.until),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAssessment:
    """An assessment whose signature was verified. id: of the statement. signers: of the keys that were asked for."""

    assessment: Assessment
    id: str
    signers: tuple[VerifierKey, ...]


def open_assessment(data: bytes, keys: Sequence[VerifierKey]) -> SignedAssessment:
    """The assessment that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, ASSESSMENT, keys)
    return SignedAssessment(assessment=read_assessment(statement.fields()), id=statement.id, signers=statement.signers)


def read_assessment(fields: Fields) -> Assessment:
    """The assessment that a statement is, or a draft of one. Raises InvalidStatement."""
    assessment = Assessment(
        system=read_system(fields.part("system")),
        evaluations=fields.texts("evaluations"),
        safeguards=read_safeguards(fields.part("safeguards")),
        misuse=tuple(_misuse(misuse) for misuse in fields.each("misuse")),
        sections=tuple(_section(section) for section in fields.each("sections")),
        residual=fields.text("residual"),
        signers=tuple(read_person(person) for person in fields.each("signers", 60)),
        tier=fields.choice("tier", Tier),
        since=fields.time("from"),
        until=fields.time("until"),
    )
    fields.end()
    if assessment.until <= assessment.since:
        raise InvalidStatement("it ends before it begins")
    names = [section.id for section in assessment.sections]
    classes = [row.id for row in assessment.safeguards.classes]
    for listed in (names, classes, assessment.evaluations, [person.key for person in assessment.signers]):
        if len(set(listed)) != len(listed):
            raise InvalidStatement("a section, a class of attack, an evaluation or a signer stands in it twice")
    return assessment


def _lists(part: Safeguards | Misuse | Section) -> dict[str, object]:
    """The fields of a part, with lists for tuples, as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(part).items()}


def read_safeguards(fields: Fields) -> Safeguards:
    """The safeguards' table that these fields are, and nothing else. Raises InvalidStatement."""
    safeguards = Safeguards(
        version=fields.text("version"),
        seed=fields.integer("seed"),
        classes=tuple(_class(row) for row in fields.each("classes")),
    )
    fields.end()
    return safeguards


def _class(fields: Fields) -> AttackClass:
    row = AttackClass(id=fields.text("id"), attempts=fields.integer("attempts"), successes=fields.integer("successes"))
    fields.end()
    if row.successes > row.attempts:
        raise InvalidStatement(f"the class {row.id[:80]!r} has more successes than attempts")
    return row


def _misuse(fields: Fields) -> Misuse:
    misuse = Misuse(
        what=fields.text("what"), mitigations=fields.texts("mitigations"), evidence=fields.texts("evidence")
    )
    fields.end()
    return misuse


def _section(fields: Fields) -> Section:
    section = Section(
        id=fields.text("id"),
        question=fields.text("question"),
        source=fields.text("source"),
        binds=fields.text("binds"),
        writer=fields.choice("writer", Writer),
        answer=fields.text("answer"),
        evidence=fields.texts("evidence"),
    )
    fields.end()
    return section
