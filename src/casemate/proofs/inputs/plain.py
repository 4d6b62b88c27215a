"""Values that are nothing but the canary word: for oracles that look at which function ran on it, and where it went."""

from __future__ import annotations

from casemate.proofs.oracle import Input

INPUTS = (
    Input(name="the word", payload={"text": "{canary}"}),
    Input(name="the word as bytes", payload={"latin1": "{canary}"}, control={"latin1": "{calm}"}),
    Input(name="an address", payload={"text": "{canary}@{canary}.invalid"}, control={"text": "{calm}@{calm}.invalid"}),
    Input(name="a number", payload={"text": "1701"}, control={"text": "1702"}),
)
