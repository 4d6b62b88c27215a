"""The safeguards' table as a signed statement: what was attacked, how often, and how often that succeeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from casemate.governance.assessment import Safeguards, read_safeguards
from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement

SAFEGUARDS = "casemate/safeguards@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTable:
    """A table whose signature was verified. tried: when the attempts had been made, by the clock of who signed. id: of the
    statement."""

    table: Safeguards
    tried: datetime
    id: str


def table_body(table: Safeguards, tried: datetime) -> Body:
    """What is signed, as `sign_statement(SAFEGUARDS, …)` takes it."""
    return {**asdict(table), "tried": time_text(tried)}


def open_table(data: bytes, keys: Sequence[VerifierKey]) -> SignedTable:
    """The table that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, SAFEGUARDS, keys)
    fields = statement.fields()
    tried = fields.time("tried")
    table = read_safeguards(fields)
    if len({row.id for row in table.classes}) != len(table.classes):
        raise InvalidStatement("a class stands in it twice")
    return SignedTable(table=table, tried=tried, id=statement.id)
