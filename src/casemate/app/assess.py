"""Risk assessments at work: what can be filled is filled, people write the rest and sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from casemate.adapters.statements import read_statement
from casemate.app.agents import crew_system
from casemate.app.authority import ground
from casemate.app.ground import operator
from casemate.app.launch import system_from, system_now, trusted
from casemate.evidence import assessment_text
from casemate.evidence.figures import figures
from casemate.governance.assessment import ASSESSMENT, Assessment, open_assessment, read_assessment
from casemate.governance.charter import Person, Tier
from casemate.governance.evaluation import SignedEvaluation, open_evaluation
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.note import VerifierKey
from casemate.governance.questions import draft
from casemate.governance.safeguard_table import SignedTable, open_table
from casemate.governance.statement import cosign, read_unverified, sign_statement
from casemate.model.errors import UserError


class Written(NamedTuple):
    """What was written, and what is open in it, by name."""

    data: bytes
    open: tuple[str, ...]


def new(
    *,
    model: str = "",
    system: Path | None = None,
    tier: Tier = Tier.FIND,
    safeguards: Path | None = None,
    evaluations: Sequence[Path] = (),
) -> Written:
    """The draft of an assessment, as TOML. safeguards, evaluations: signed files. Raises UserError for one that does
    not count."""
    own = ground()
    keys = trusted(own).keys
    described = system_from(system) if system is not None else crew_system(model) if model else system_now()
    logs = [evaluation(path, keys) for path in evaluations]
    pairs = zip(evaluations, logs, strict=True)
    if other := next((path for path, log in pairs if log.evaluation.system.id != described.id), None):
        raise UserError(f"{str(other)!r} is an evaluation of another system", "leave it out, or name that system")
    assessment = draft(
        (resources.files("casemate.governance") / "questions.toml").read_text("utf-8"),
        system=described,
        tier=tier,
        signer=Person(name=operator(), key=own.person),
        now=own.now(),
        safeguards=signed_table(safeguards, keys).table if safeguards is not None else None,
        evaluations=logs,
        figures=[figure.line for figure in figures().measured],
    )
    return Written(assessment_text.write(assessment).encode(), assessment.open)


def sign(path: Path) -> Written:
    """A draft, signed by the operator, that holds from now on if it does not say a later time; or a signed assessment with the
    operator's signature beside the others.

    Raises UserError for what is no assessment, and for one that does not name the operator as somebody who signs.
    """
    own, data = ground(), read_statement(path)
    try:
        if _signed(data):
            _, body = read_unverified(data, ASSESSMENT)
            assessment = read_assessment(Fields(body, path.name))
        else:
            drafted = assessment_text.parse(_decoded(data), path.name)
            now = own.now().replace(microsecond=0)  # it holds from when it is signed: of two the later one is judged by
            assessment = replace(drafted, since=min(max(drafted.since, now), drafted.until))
        if own.person not in {person.key for person in assessment.signers}:
            raise UserError(
                f"{str(path)!r} does not name this operator's key among those who sign",
                f'add [[signers]] with a name and key = "{own.person}", before anybody signs',
            )
        if _signed(data):
            return Written(cosign(data, own.signer), assessment.open)
        return Written(sign_statement(ASSESSMENT, assessment.body(), own.signer), assessment.open)
    except (InvalidStatement, ValueError) as error:
        raise UserError(f"{str(path)!r} is no assessment: {error}", "see docs/assessment.md on its form") from error


def show(path: Path) -> tuple[str, bool]:
    """An assessment in words, a draft or a signed one; and whether everybody whom it names has signed."""
    own, data = ground(), read_statement(path)
    try:
        if not _signed(data):
            found: Assessment = assessment_text.parse(_decoded(data), path.name)
            return assessment_text.told(found, signed=None, now=own.now()), False
        named = read_assessment(Fields(read_unverified(data, ASSESSMENT)[1], path.name))
        signed = open_assessment(data, [person.key for person in named.signers])
    except (InvalidStatement, ValueError) as error:
        raise UserError(f"{str(path)!r} is no assessment: {error}", "see docs/assessment.md on its form") from error
    whole = all(person.key in signed.signers for person in signed.assessment.signers)
    return assessment_text.told(signed.assessment, signed=signed.signers, now=own.now()), whole


def _signed(data: bytes) -> bool:
    return data.startswith(b"casemate/")


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InvalidStatement("it is not UTF-8") from error


def evaluation(path: Path, keys: Sequence[VerifierKey]) -> SignedEvaluation:
    """The signed log in a file. keys: whose signature counts. Raises UserError for one that does not count."""
    try:
        return open_evaluation(read_statement(path), keys)
    except InvalidStatement as error:
        raise UserError(
            f"{str(path)!r} is no evaluation that counts here: {error}", "see docs/evaluations.md"
        ) from error


def signed_table(path: Path, keys: Sequence[VerifierKey]) -> SignedTable:
    """The signed table of safeguards in a file. keys: whose signature counts. Raises UserError for one that does not count."""
    try:
        return open_table(read_statement(path), keys)
    except InvalidStatement as error:
        raise UserError(
            f"{str(path)!r} is no table of safeguards that counts here: {error}",
            "`casemate safeguards --sign FILE` makes one",
        ) from error
