"""The deserialization oracle fires where reading called the canary, and its inputs do no more than that."""

import builtins
import io
import pickle
import sys

import pytest

from casemate.proofs.inputs.deserialization import INPUTS
from casemate.proofs.oracles.deserialization import ORACLE
from casemate.proofs.runtime.payload import fill, make
from proofs.oracles.table import NOTHING, WORDS, apart, judged, seen, sink

QUIET = {
    "the name was only looked up": (seen(sink("pickle.find_class", "builtins", WORDS.canary)), NOTHING),
    "the text of the object came back": (seen(returned=f"builtins.{WORDS.canary}"), NOTHING),
    "it was called elsewhere": (seen(apart("canary.called", WORDS.canary)), NOTHING),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


def test_fires():
    assert (
        judged(ORACLE, seen(sink("canary.called", WORDS.canary))) == "reading the input called a function that it names"
    )


class OnlyTheCanary(pickle.Unpickler):
    def find_class(self, module, name):
        assert (module, name) == ("builtins", WORDS.canary)
        return super().find_class(module, name)


@pytest.mark.parametrize(
    "one", [one for one in INPUTS if one.name.startswith("pickle") and "," not in one.name], ids=lambda o: o.name
)
def test_the_only_act_of_a_pickle_is_the_call(one):
    """And the control's is a text."""
    filled = fill({"canary": WORDS.canary, "calm": WORDS.calm})
    calls = []
    setattr(builtins, WORDS.canary, lambda: calls.append(1))
    try:
        data, calm = (
            value if isinstance(value, bytes) else value.encode()
            for value in (make(one.payload, filled), make(one.control, filled))
        )
        if data.startswith(b"\x93NUMPY"):
            data, calm = data[128:], calm[128:]
        OnlyTheCanary(io.BytesIO(data)).load()
        assert OnlyTheCanary(io.BytesIO(calm)).load() == WORDS.calm
    finally:
        delattr(builtins, WORDS.canary)
    assert calls == [1]
    assert "builtins" in sys.modules
