"""The public report, put together from what was signed and what the ledger counts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from casemate import __version__
from casemate.adapters.statements import read_statement
from casemate.app.assess import evaluation, signed_table
from casemate.app.authority import Ground, ground
from casemate.app.ground import own_signer
from casemate.app.launch import folder, trusted
from casemate.evidence import transparency
from casemate.evidence.figures import figures
from casemate.evidence.transparency import Access, Evaluated, Transparency
from casemate.governance.entries import Outcome
from casemate.governance.evaluation import SignedEvaluation, open_evaluation
from casemate.governance.fields import InvalidStatement
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.questions import told
from casemate.governance.standing import CLOSE_INCIDENT
from casemate.model.errors import UserError

FORMS = ("html", "md", "json")


def report(*, safeguards: Path | None, evaluations: Sequence[Path], titles: Sequence[tuple[str, str]]) -> Transparency:
    """What is told now. evaluations: beside those that the gate keeps. titles: of the classes of attack, by their names.

    Raises UserError for a file whose signature does not count.
    """
    own = ground()
    keys = trusted(own).keys
    table = signed_table(safeguards, keys) if safeguards is not None else None
    return Transparency(
        version=__version__,
        made=own.now(),
        figures=figures(),
        evaluated=tuple(
            Evaluated(system=one.evaluation.system.name, found=told(one), id=one.id)
            for one in _evaluations(evaluations, keys)
        ),
        safeguards=table.table if table is not None else None,
        tried=table.tried if table is not None else None,
        titles=tuple(titles),
        access=_access(own),
        person=str(own.person),
    )


def rendered(found: Transparency, form: str) -> str:
    """The report in a form; JSON is signed by the operator."""
    if form == "html":
        return transparency.as_html(found)
    return transparency.as_markdown(found) if form == "md" else transparency.as_json(found, own_signer())


def check(path: Path, key: str) -> tuple[str, VerifierKey]:
    """When a signed report was made, and whose key signed it. key: that it must be, as text, "" for the one that it names. Raises
    UserError."""
    try:
        wanted = parse_key(key) if key else None
    except ValueError as error:
        raise UserError(f"{key[:120]!r} is no key: {error}", "the report's publisher gives it") from error
    try:
        return transparency.check(read_statement(path), wanted)
    except InvalidStatement as error:
        raise UserError(f"{str(path)!r} is not what was signed: {error}", "get it again from its publisher") from error


def _access(own: Ground) -> Access:
    """Counts from what the ledger says holds: nothing of an entry's subject is looked at."""
    standing = own.standing
    return Access(
        outcomes=tuple((name, outcome, count) for (name, outcome), count in sorted(standing.outcomes.items())),
        refused=standing.refused,
        entries=standing.size,
        root=b64encode(standing.root).decode() if standing.size else "",
        key=str(own.ledger.key),
        charters=len(standing.charters),
        revocations=standing.revoked[0],
        incidents=tuple(sorted(standing.incidents.values(), reverse=True)),
        closed=standing.outcomes.get((CLOSE_INCIDENT, Outcome.COMPLETED.value), 0),
    )


def _evaluations(paths: Sequence[Path], keys: Sequence[VerifierKey]) -> list[SignedEvaluation]:
    found: dict[str, SignedEvaluation] = {}
    for name in folder().names():
        if name.endswith(".evaluation"):
            try:
                one = open_evaluation(folder().read(name) or b"", keys)
            except InvalidStatement:
                continue  # what was not kept by the gate does not count, whatever lies there
            found[one.id] = one
    for path in paths:
        one = evaluation(path, keys)
        found[one.id] = one
    return [found[id] for id in sorted(found)]
