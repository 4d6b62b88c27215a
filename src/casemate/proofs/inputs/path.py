"""Inputs for paths: ways to the canary file and its folder from where the target looks, and to where it can be put beside that
(`runtime/nearby.py`)."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_UP = "../" * 12 + ".."

_WAYS = (
    (_UP + "{file}", "up to the root and down again"),
    ("{file}", "an absolute path"),
    ("{calm}/" + _UP + "{file}", "down and up again"),
    (_UP + "{folder}/{canary}", "up, without a suffix"),
    ("{folder}/{canary}", "an absolute path without a suffix"),
    (_UP + "{folder}", "up to a folder"),
    ("{folder}", "a folder by its absolute path"),
    (_UP + "{folder}/new-{canary}.txt", "up, to a file that is not there"),
    ("{folder}/new-{canary}.txt", "an absolute path to a file that is not there"),
    ("..././" * 12 + "..{file}", "dots that are left when some are taken away"),
    ("....//" * 12 + "..{file}", "dots and slashes that are left when some are taken away"),
    ("%2e%2e%2f" * 12 + "%2e%2e{file}", "encoded for a URL"),
    ("%252e%252e%252f" * 12 + "%252e%252e{file}", "encoded twice for a URL"),
    ("file://{file}", "a URL of a file"),
    ("/" + "/{file}", "an absolute path with more than one slash"),
    ("..\\" * 12 + "..{file}", "back slashes"),
    (_UP + "{file}\0{calm}", "a byte that ends a path"),
    ("{folder}/*", "a pattern"),
)

_NEARBY = (
    ("sibling", "{way}/{canary}.txt", "a folder whose name begins like that of the right one"),
    ("sibling", "{way}/{canary}", "the same, without a suffix"),
    ("above", "..", "one part of a path, which is two dots"),
)

_FIRST = 6  # ways that are likelier than those

INPUTS = (
    *(Input(name=name, payload={"text": text}) for text, name in _WAYS[:_FIRST]),
    *(Input(name=name, payload={"nearby": kind, "text": text}) for kind, text, name in _NEARBY),
    *(Input(name=name, payload={"text": text}) for text, name in _WAYS[_FIRST:]),
)
