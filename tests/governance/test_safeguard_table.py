"""The safeguards' table as a signed statement: read as it was written, and refused when its counts cannot be."""

from datetime import UTC, datetime

import pytest

from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.fields import InvalidStatement
from casemate.governance.safeguard_table import SAFEGUARDS, open_table, table_body
from casemate.governance.statement import sign_statement
from casemate.safeguards.launching import key, signer

TRIED = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
ONE, TWO = AttackClass(id="a", attempts=10, successes=1), AttackClass(id="b", attempts=5, successes=0)


def opened(*classes, **changes):
    body = table_body(Safeguards(version="1.0", seed=7, classes=classes), TRIED)
    return open_table(sign_statement(SAFEGUARDS, {**body, **changes}, signer("a")), (key("a"),))


def test_it_is_read_as_it_was_written():
    """Rows, version, seed and time."""
    found = opened(ONE, TWO)
    assert (found.table, found.tried) == (Safeguards(version="1.0", seed=7, classes=(ONE, TWO)), TRIED)


@pytest.mark.parametrize(
    ("classes", "changes", "why"),
    [
        ((ONE, ONE), {}, "a class stands in it twice"),
        ((AttackClass(id="a", attempts=1, successes=2),), {}, "the class 'a' has more successes than attempts"),
        ((ONE,), {"more": 1}, "has a field 'more' that is not known"),
    ],
)
def test_a_table_that_cannot_be(classes, changes, why):
    """It is signed, and refused."""
    with pytest.raises(InvalidStatement, match=why):
        opened(*classes, **changes)
