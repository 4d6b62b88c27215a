"""Inputs for logs: a new line, and what could be a record of its own."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_LINES = (
    ("{calm}\n{canary} INFO signed in", "a line feed"),
    ("{calm}\r\n{canary} INFO signed in", "both characters"),
    ("{calm}\r{canary} INFO signed in", "a carriage return"),
    ("{calm}%0a{canary} INFO signed in", "encoded for a URL"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _LINES)
