"""Inputs for command lines: the canary command in command position, and as an argument that was injected."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_SHELL = (
    (";{canary};", "after a separator"),
    ("';{canary};'", "out of single quotes"),
    ('";{canary};"', "out of double quotes"),
    ("$({canary})", "a substitution"),
    ("\n{canary}\n", "on a line of its own"),
    ("|{canary} #", "behind a pipe"),
    ("{calm} && {canary}", "after a word"),
    ("{canary}", "the program itself"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _SHELL)
