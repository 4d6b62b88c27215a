"""The XXE oracle fires where a parser fetched what the document names."""

import pytest

from casemate.proofs.oracles.xxe import ORACLE
from proofs.oracles.table import NOTHING, WORDS, apart, judged, page, seen, sink

C = WORDS.canary
FILE = f"/tmp/canaries/{C}/{C}.txt"
CONTENT = f"content of {C}\n"

QUIET = {
    "the entity stayed what it was": (page(f'<!ENTITY x SYSTEM "file://{FILE}">&x;'), NOTHING),
    "the document was refused": (seen(error=f"EntitiesForbidden: {FILE}"), NOTHING),
    "the file was opened elsewhere": (seen(apart("canary.path", "read", FILE)), NOTHING),
    "the name was opened, and led nowhere": (seen(sink("open", f"file://{FILE}")), NOTHING),
    "another host was looked up": (seen(sink("socket.getaddrinfo", f"www.{C}.example", 80)), NOTHING),
    "an inner entity grew": (page("a" * 100_000), NOTHING),
    "the control shows the same content": (page(CONTENT), page(CONTENT)),
}
FIRES = {
    "opened by a parser in Python": seen(sink("canary.path", "read", FILE)),
    "opened by libxml2": seen(sink("canary.read", "read", FILE)),
    "its content came out": page(f"<r>{CONTENT}</r>"),
    "its content came back": seen(returned=f"<Element {CONTENT}>"),
    "its content stood on the line": seen(probes={"0 value": CONTENT}),
    "its host was looked up": seen(sink("socket.getaddrinfo", f"{C}.invalid", 80)),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    assert judged(ORACLE, FIRES[name]) != ""
