"""The archive oracle fires where a member was made outside of its neighbour's folder."""

import pytest

from casemate.proofs.oracles.archive import ORACLE
from proofs.oracles.table import NOTHING, WORDS, apart, judged, seen, sink

C, K = WORDS.canary, WORDS.calm
HOME = sink("path.made", f"/tmp/out/{K}.txt")
FOLDER = f"/tmp/canaries/{C}"

QUIET = {
    "the dots were taken away": (seen(HOME, sink("path.made", f"/tmp/out/{C}.txt")), NOTHING),
    "an absolute name was put below": (
        seen(HOME, sink("path.made", f"/tmp/out/tmp/canaries/{C}/new-{C}.txt")),
        NOTHING,
    ),
    "nothing was made": (seen(HOME), NOTHING),
    "it is a folder of our word that holds a calm file": (seen(HOME, sink("path.made", f"/tmp/{C}/x.txt")), NOTHING),
    "where the destination is, is not known": (seen(sink("path.made", f"/tmp/{C}.txt")), NOTHING),
    "it was made elsewhere than on the finding's line": (seen(HOME, apart("path.made", f"/tmp/{C}.txt")), NOTHING),
    "the canary's file was only read": (seen(HOME, sink("canary.path", "read", f"{FOLDER}/{C}.txt")), NOTHING),
}
FIRES = {
    "beside the destination": seen(HOME, sink("path.made", f"/tmp/{C}.txt")),
    "beside a destination that begins alike": seen(HOME, sink("path.made", f"/tmp/outer/{C}.txt")),
    "in a folder of its own choice": seen(HOME, sink("canary.path", "written", f"{FOLDER}/new-{C}.txt")),
    "a link to a file outside": seen(sink("canary.path", "moved", f"{FOLDER}/{C}.txt")),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    assert judged(ORACLE, FIRES[name]) != ""
