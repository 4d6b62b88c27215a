"""Inputs for arguments: options that are called after the canary, which no program has."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_OPTIONS = (
    ("--{canary}", "an option"),
    ("-{canary}", "a short option"),
    ("--{canary}={calm}", "an option with a value"),
    ("--upload-pack={canary}", "an option that some programs have"),
    ("-o{canary}", "a short option with its value"),
    (" --{canary}", "an option behind a space"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _OPTIONS)
