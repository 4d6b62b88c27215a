"""Inputs for headers: a new line, and a header that is called after the canary."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_LINES = (
    ("{calm}\r\n{canary}: {calm}", "both characters"),
    ("{calm}\n{canary}: {calm}", "a line feed"),
    ("{calm}\r{canary}: {calm}", "a carriage return"),
    ("{calm}%0d%0a{canary}:%20{calm}", "encoded for a URL"),
    ("{calm}\n {calm}\n{canary}: {calm}", "behind a folded line"),
    ("{calm}\u560d\u560a{canary}: {calm}", "characters that lose a byte"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _LINES)
