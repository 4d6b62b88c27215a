"""Texts that grow: made for the patterns that stand in the finding's file, then those that slow patterns of all kinds.

`runtime/growth.py` drives them in growing sizes.
"""

from __future__ import annotations

import ast
import warnings

from casemate.proofs.oracle import Input
from casemate.taint.redos import attacks, explosive, slow

_MOST = 8  # inputs for a file
_ENDS = ("\0!", "")

_UNITS = (
    ("a", "\0!", "letters"),
    (" ", "x", "spaces"),
    ("0", "\0!", "digits"),
    ("\n", "x", "new lines"),
    ("\t", "x", "tabs"),
    ("a.", "\0", "a name of many parts"),
    ("a-", "\0", "words with hyphens"),
    ("/", "\0", "slashes"),
    ("<", "", "angle brackets"),
    ("<!--", "", "comments that stay open"),
    ("[", "", "brackets"),
    ("![", "", "pictures of Markdown"),
    ("\\", "", "back slashes"),
    ('"', "", "double quotes"),
    (",", "\0", "commas"),
    ("a,", "\0", "a list"),
    ("a=a;", "\0", "parameters"),
    ("@", "\0", "at signs"),
)


def _input(name: str, before: str, unit: str, after: str) -> Input:
    return Input(name=name, payload={"grow": True, "repeat": unit, "before": before, "after": after})


INPUTS = tuple(_input(name, "", unit, after) for unit, after, name in _UNITS)


def aimed(source: bytes, line: int) -> tuple[Input, ...]:
    """Inputs for the patterns of a file, those that stand closest to the line first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if text not in found or abs(node.lineno - line) < found[text]:
                found[text] = abs(node.lineno - line)
    out: list[Input] = []
    for text in sorted((text for text in found if slow(text) or explosive(text)), key=lambda text: found[text]):
        for one in attacks(text)[:2]:
            out += [
                _input("made for a pattern of the file", one.lead, one.pump, end)
                for end in dict.fromkeys((one.end, *_ENDS))
            ]
    return tuple(out[:_MOST])
