"""The path oracle fires where a path led into the canary's folder on the finding's line, and nowhere else."""

import pytest

from casemate.proofs.oracles.path import ORACLE
from proofs.oracles.table import NOTHING, WORDS, apart, judged, page, seen, sink

FILE = f"/tmp/canaries/{WORDS.canary}/{WORDS.canary}.txt"
CONTENT = f"content of {WORDS.canary}\n"

QUIET = {
    "it was opened elsewhere, not on the finding's line": (seen(apart("canary.path", "read", FILE)), NOTHING),
    "the name was opened, but led to the target's own folder": (
        seen(sink("open", f"uploads/{WORDS.canary}.txt", "r")),
        NOTHING,
    ),
    "the audit event fired, and the path led nowhere": (seen(sink("open", f"../..{FILE}", "r")), NOTHING),
    "an archive's member was made in its place": (seen(sink("path.made", f"/tmp/out/{WORDS.canary}.txt")), NOTHING),
    "the input came out, not the content": (page(f"no file of {FILE}"), NOTHING),
    "the content came out, but the finding's line did not run": (page(CONTENT, passed=0), NOTHING),
    "the control shows the same content": (page(CONTENT), page(CONTENT)),
    "its content was read by another line, and came out": (
        seen(apart("canary.path", "read", FILE), body=CONTENT),
        NOTHING,
    ),
    "it is the control itself, whose word is never the canary": (page(f"content of {WORDS.calm}"), None),
}
FIRES = {
    "read": (seen(sink("canary.path", "read", FILE)), "a file outside of what was meant was opened for reading"),
    "written, which counts for more": (
        seen(sink("canary.path", "asked", FILE), sink("canary.path", "written", FILE)),
        "a file outside of what was meant was opened for writing",
    ),
    "listed": (seen(sink("canary.path", "listed", "/tmp/canaries/x")), "a folder outside of what was meant was listed"),
    "removed": (seen(sink("canary.path", "removed", FILE)), "a file outside of what was meant was removed"),
    "its content came out": (page(CONTENT), "the content of a file outside of what was meant came out"),
    "its content came back": (
        seen(returned=f"['{CONTENT}']"),
        "the content of a file outside of what was meant came out",
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    observation, said = FIRES[name]
    assert judged(ORACLE, observation) == said
