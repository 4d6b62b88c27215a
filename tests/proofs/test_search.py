"""The control: an oracle of canaries is asked about it in full, so that its silence says something."""

import pytest

from casemate.proofs.catalogue import oracle
from casemate.proofs.search import answer_to_control
from proofs.oracles.table import NOTHING, WORDS, judged, page, seen, sink

SPOILED = {
    "xss": page(f"<{WORDS.canary}>"),
    "path": seen(sink("canary.path", "read", f"/tmp/x/{WORDS.canary}.txt")),
    "code": seen(sink("canary.called", WORDS.canary)),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_control_under_which_the_canary_took_effect(name):
    """It shows that the oracle answers to something else than the input, also where it compares with a control."""
    assert answer_to_control(oracle(name), WORDS, SPOILED[name]) != ""
    assert answer_to_control(oracle(name), WORDS, NOTHING) == ""


def test_an_observation_may_be_made_under_a_control():
    """A broken hash is as broken then; nothing is concluded from it."""
    hashed = seen(sink("hash.fed", 1, "md5", WORDS.canary))
    assert judged(oracle("hash"), hashed) != ""
    assert answer_to_control(oracle("hash"), WORDS, hashed) == ""
