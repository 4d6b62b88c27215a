"""The code oracle fires where the canary function was called on the finding's line."""

import pytest

from casemate.proofs.oracles.code import ORACLE
from proofs.oracles.table import NOTHING, WORDS, apart, judged, page, seen, sink

CALL = (f"{WORDS.canary}",)

QUIET = {
    "compiled and not run, as literal_eval does": (seen(sink("compile", f"{WORDS.canary}()", "<unknown>")), NOTHING),
    "called elsewhere": (seen(apart("canary.called", *CALL)), NOTHING),
    "the control's function was called": (seen(sink("canary.called", WORDS.calm)), NOTHING),
    "the text came out as it went in": (page(f"{WORDS.canary}()"), NOTHING),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


def test_fires():
    assert judged(ORACLE, seen(sink("canary.called", *CALL))) == "code in the input was executed"
    assert judged(ORACLE, seen(sink("canary.called", *CALL, "an argument"))) == "code in the input was executed"
